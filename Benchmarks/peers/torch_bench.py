"""Measures PyTorch: `torch_bench.py train|predict WORKLOAD THREADS`. Prints one line of JSON.

PyTorch is set up for speed: warm-up, number of threads, fused Adam, inference mode for predictions, and the
fused LSTM for tanh. There is no fused LSTM for relu, so that cell is compiled with TorchScript.
"""

import json
import sys
import time

import torch

from workloads import WORKLOADS, data, layers, median_time


class ReluLSTM(torch.nn.Module):
    """torch.nn.LSTM with relu in place of tanh."""

    def __init__(self, inputs: int, units: int):
        super().__init__()
        self.kernel = torch.nn.Parameter(torch.empty(inputs, 4 * units))
        self.recurrent = torch.nn.Parameter(torch.empty(units, 4 * units))
        self.bias = torch.nn.Parameter(torch.zeros(4 * units))
        torch.nn.init.xavier_uniform_(self.kernel)
        torch.nn.init.orthogonal_(self.recurrent)
        self.units = units

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        projected = torch.matmul(x, self.kernel) + self.bias
        h = torch.zeros(x.shape[0], self.units)
        c = torch.zeros(x.shape[0], self.units)
        outputs: list[torch.Tensor] = []
        for z in projected.unbind(1):
            i, f, g, o = torch.addmm(z, h, self.recurrent).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.relu(g)
            h = torch.sigmoid(o) * torch.relu(c)
            outputs.append(h)
        return torch.stack(outputs, 1)


class FusedLSTM(torch.nn.Module):
    def __init__(self, inputs, units):
        super().__init__()
        self.lstm = torch.nn.LSTM(inputs, units, batch_first=True)

    def forward(self, x):
        return self.lstm(x)[0]


class Autoencoder(torch.nn.Module):
    def __init__(self, workload):
        super().__init__()
        self.timesteps = workload.timesteps
        self.encoder, self.decoder = torch.nn.ModuleList(), torch.nn.ModuleList()
        for index, (inputs, units, _) in enumerate(layers(workload)):
            is_relu = workload.activation == "relu"
            layer = torch.jit.script(ReluLSTM(inputs, units)) if is_relu else FusedLSTM(inputs, units)
            (self.encoder if index < len(workload.units) else self.decoder).append(layer)
        self.dense = torch.nn.Linear(workload.units[0], workload.features)

    def forward(self, x):
        for layer in self.encoder:
            x = layer(x)
        x = x[:, -1:].expand(-1, self.timesteps, -1)
        for layer in self.decoder:
            x = layer(x)
        return self.dense(x)


def train(workload):
    model = Autoencoder(workload)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7, fused=True)
    windows = torch.from_numpy(data(workload))

    def epoch():
        for batch in torch.randperm(len(windows)).split(workload.batch):
            x = windows[batch]
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.mse_loss(model(x), x).backward()
            optimizer.step()

    for _ in range(20 if workload.epochs > 2 else 1):
        epoch()
    start = time.perf_counter()
    for _ in range(workload.epochs):
        epoch()
    return {"seconds": time.perf_counter() - start}


def predict(workload):
    model = Autoencoder(workload).eval()
    one, many = (torch.from_numpy(data(workload, count)) for count in (1, 256))
    with torch.inference_mode():
        return {
            "microseconds": 1e6 * median_time(lambda: model(one)),
            "windows_per_second": 256 / median_time(lambda: model(many)),
        }


if __name__ == "__main__":
    work, name, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    print(json.dumps({"name": name} | {"train": train, "predict": predict}[work](WORKLOADS[name])))
