"""The code of docs/python.md works as printed."""

import pathlib
import re

import numpy as np
import pytest
from api import call, post

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / "docs/python.md"


def rows(count):
    """Noise with a different scale for each feature."""
    return np.random.default_rng(1).normal(size=(count, 8)) * np.arange(1, 9) + 100


def train(server, folder, monkeypatch, **options):
    """Trains the model of the page, and writes the files that the page uses."""
    fit = {"timesteps": 30, "units": [12, 7], "epochs": 20, "learning_rate": 0.02, **options}
    post(server, "/train", {"model": "pump", "series": rows(200).tolist(), **fit}, status=201)
    for name in "model.onnx", "model.safetensors":
        response = call(server, "GET", f"/models/pump/{name}")
        (folder / name.replace("model", "pump")).write_bytes(response.body)
    monkeypatch.chdir(folder)


@pytest.fixture
def pump(server, tmp_path, monkeypatch):
    """The files that the page uses, and a server with their model."""
    train(server, tmp_path, monkeypatch)
    return server


def run(package):
    """Runs the code block that imports a package; returns its variables."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    block, = [block for block in blocks if f"import {package}\n" in block]
    variables = {}
    exec(compile(block, PAGE.name, "exec"), variables)
    return variables


def test_the_onnx_runtime_block_agrees_with_the_server(pump):
    found = run("onnxruntime")
    wanted = post(pump, "/reconstruct", {"model": "pump", "windows": found["windows"].tolist()})
    np.testing.assert_allclose(found["reconstructions"], wanted["reconstructions"], atol=1e-4)
    wanted = post(pump, "/score", {"model": "pump", "windows": found["windows"].tolist()})
    assert found["threshold"] == pytest.approx(wanted["threshold"])
    for name in "error", "score":
        expected = [window[name] for window in wanted["windows"]]
        np.testing.assert_allclose(found[f"{name}s"], expected, rtol=1e-4)
    assert found["anomalies"].tolist() == [window["is_anomaly"] for window in wanted["windows"]]
    assert found["metadata"]["error_kind"] == wanted["error_kind"] == "level_spread"


def test_the_pytorch_block_agrees_with_the_server(pump):
    # PyTorch with CUDA takes gigabytes, so it is not among the requirements.
    torch = pytest.importorskip(
        "torch", reason="torch is not installed; pip install -r Tests/clients/requirements-torch.txt")
    model = run("torch")["model"]
    windows = np.float32(rows(150).reshape(5, 30, 8))
    with torch.no_grad():
        reconstructions, encodings = model(torch.tensor(windows)), model.encode(torch.tensor(windows))
    body = {"model": "pump", "windows": windows.tolist()}
    scale = model.scale.numpy()
    difference = (
        reconstructions.numpy() - np.array(post(pump, "/reconstruct", body)["reconstructions"])) / scale
    assert np.abs(difference).max() <= 1e-5
    assert np.abs(encodings.numpy() - post(pump, "/encode", body)["encodings"]).max() <= 1e-5


@pytest.mark.parametrize("kind", ["mse", "mae", "mahalanobis", "level_spread"])
def test_the_scores_of_the_pytorch_block_are_those_of_the_server(server, tmp_path, monkeypatch, kind):
    torch = pytest.importorskip(
        "torch", reason="torch is not installed; pip install -r Tests/clients/requirements-torch.txt")
    train(server, tmp_path, monkeypatch, error_kind=kind)
    model = run("torch")["model"]
    windows = rows(150).reshape(5, 30, 8)
    windows = np.concatenate([windows, *(100 + (windows - 100) * far for far in (2, 30, 1e6, 1e15, 1e28))])
    with torch.no_grad():
        scores = model.score(torch.tensor(windows)).numpy()
    wanted = post(server, "/score", {"model": "pump", "windows": windows.tolist()})["windows"]
    np.testing.assert_allclose(scores, [window["score"] for window in wanted], rtol=1e-4, atol=1e-6)
    assert len({window["is_anomaly"] for window in wanted}) == 2
