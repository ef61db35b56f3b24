#!/usr/bin/env python3
"""Generates Tests/Fixtures/model-files/VERSION: a models' folder that this release has written, with every
architecture, error kind and scaling, and in expected.json what it responds. The test
ServingAPITests/ModelFileFixtureTests lets every later release serve the folder.

Run it once for each release, before the release is tagged: `scripts/model-fixtures.py`. It refuses to replace
the folder of a release, because the files of a release must stay as they were written. Needs the standard
library and a server built with `make build`."""

import argparse
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
AZURE = "/anomalydetector/v1.1/multivariate/models"
T, F = 4, 2


def row(index):
    return [round(math.sin(index / 3), 4), round(2 + math.cos(index / 3) / 2 + (index % 5) / 20, 4)]


SERIES = [row(index) for index in range(60)]
WINDOWS = [[row(index + step) for step in range(T)] for index in (0, 7, 100)]
WINDOWS[2][1] = [3.0, -1.0]

EVERY_LAYER = [
    {"type": "Bidirectional", "layer": {"type": "LSTM", "units": 2, "activation": "relu",
                                        "recurrent_activation": "hard_sigmoid"}},
    {"type": "Dropout", "rate": 0.25}, {"type": "RepeatVector", "n": T},
    {"type": "LSTM", "units": 3, "return_sequences": True},
    {"type": "Dense", "units": 3, "activation": "sigmoid"},
    {"type": "TimeDistributed", "layer": {"type": "Dense", "units": F}},
]
# Members of POST /train besides the data. The order is that of the requests: a warm start follows its base.
TRAININGS = [
    ("autoencoder", {"units": [3, 2], "error_kind": "mse", "feature_names": ["flow, in l/s", "p \"bar\""]}),
    ("autoencoder", {"warm_start": True}),
    ("stacked", {"architecture": "stacked", "units": [3], "scaling": "minmax", "error_kind": "mae",
                 "validation_split": 0.2, "early_stopping": {"restore_best_weights": True},
                 "reduce_lr_on_plateau": {"factor": 0.5}, "clip_norm": 1, "loss": "huber"}),
    ("layers", {"architecture": "layers", "layers": EVERY_LAYER, "scaling": "none",
                "error_kind": "mahalanobis"}),
    ("fixed", {"units": [2], "threshold": 0.75, "activation": "relu",
               "recurrent_activation": "hard_sigmoid"}),
    ("sigmas", {"units": [2], "sigmas": 3, "calibration_split": 0.3}),
]


class Server:
    """A server on a folder, at a free port."""

    def __init__(self, executable, models, data):
        self.log = tempfile.NamedTemporaryFile("r")
        self.process = subprocess.Popen(
            [executable, "serve", "--port", "0", "--models", models, "--data", data],
            stderr=open(self.log.name, "w"))
        while not (found := re.search(r"url=(\S+)", pathlib.Path(self.log.name).read_text())):
            if self.process.poll() is not None:
                sys.exit(pathlib.Path(self.log.name).read_text())
            time.sleep(0.01)
        self.url = found[1]

    def call(self, method, path, body=None, **fields):
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        fields = {
            "Content-Type": "application/octet-stream" if isinstance(body, bytes) else "application/json"
        } | fields
        request = urllib.request.Request(self.url + path, data, fields, method=method)
        with urllib.request.urlopen(request) as response:
            content = response.read()
            return json.loads(content) if "json" in response.headers.get("Content-Type", "") else content


def fill(server):
    """Stores every model."""
    for model, members in TRAININGS:
        body = {"model": model, "series": SERIES, "timesteps": T, "epochs": 3, "seed": 7} | members
        if "warm_start" in members:
            del body["timesteps"]
        server.call("POST", "/train", body, **{"Idempotency-Key": f"fixture-{model}-{len(members)}"})
    server.call("PUT", "/models/autoencoder/aliases/stable", {"version": 1})
    server.call("PUT", "/models/uploaded/model.safetensors",
                server.call("GET", "/models/layers/model.safetensors"))
    created = server.call("POST", AZURE, {"dataSource": "table.csv", "startTime": "2026-01-01T00:00:00Z",
                                          "endTime": "2026-01-01T00:59:00Z", "slidingWindow": 28,
                                          "displayName": "Ä pump"})
    while server.call("GET", f"{AZURE}/{created['modelId']}")["modelInfo"]["status"] != "READY":
        time.sleep(0.05)


def expected(server):
    """What the server responds, for each version: a request and the members that a response must have."""
    records = []

    def record(method, path, body, *names):
        response = server.call(method, path, body)
        records.append({"method": method, "path": path, "body": body,
                        "response": {name: response[name] for name in names} if names else response})

    for model in server.call("GET", "/models")["models"]:
        name = model["model"]
        record("GET", f"/models/{name}", None, "versions", "aliases")
        windows = WINDOWS if model["timesteps"] == T else [SERIES[:28], SERIES[20:48]]
        for version in server.call("GET", f"/models/{name}")["versions"]:
            reference = {"model": name, "version": version, "windows": windows}
            record("GET", f"/models/{name}/versions/{version}", None)
            record("POST", "/reconstruct", reference, "reconstructions", "errors")
            record("POST", "/score", reference | {"include": ["windows", "features"]})
    record("POST", "/score", {"model": "autoencoder", "version": "stable", "windows": WINDOWS,
                              "quantile": 0.9})
    for model in server.call("GET", AZURE)["models"]:
        record("GET", f"{AZURE}/{model['modelId']}", None)
    return records


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reprise", default=ROOT / ".build/release/reprise", help="the executable")
    executable = os.path.abspath(parser.parse_args().reprise)
    with tempfile.TemporaryDirectory() as folder:
        models, data = pathlib.Path(folder, "models"), pathlib.Path(folder, "data")
        data.mkdir()
        (data / "table.csv").write_text("timestamp,flow,pressure\n" + "".join(
            f"2026-01-01T00:{index:02}:00Z,{flow},{pressure}\n"
            for index, (flow, pressure) in enumerate(SERIES)))
        server = Server(executable, models, data)
        try:
            out = ROOT / "Tests/Fixtures/model-files" / server.call("GET", "/v2")["version"]
            if out.exists():
                sys.exit(f"{out} exists; the files of a release are never written again")
            fill(server)
            records = expected(server)
        finally:
            server.process.terminate()
            server.process.wait()
        for lock in models.glob("*/.lock"):
            lock.unlink()
        shutil.copytree(models, out / "models")
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in records)
    (out / "expected.json").write_text(f"[\n{lines}\n]\n")
    print(out, sum(path.stat().st_size for path in out.rglob("*") if path.is_file()), "bytes")


if __name__ == "__main__":
    main()
