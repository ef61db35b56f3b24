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


@pytest.fixture
def pump(server, tmp_path, monkeypatch):
    """The files that the page uses, and a server with their model."""
    fit = {"timesteps": 30, "units": [12, 7], "epochs": 20, "learning_rate": 0.02}
    post(server, "/train", {"model": "pump", "series": rows(90).tolist(), **fit}, status=201)
    for name in "model.onnx", "model.safetensors":
        response = call(server, "GET", f"/models/pump/{name}")
        (tmp_path / name.replace("model", "pump")).write_bytes(response.body)
    monkeypatch.chdir(tmp_path)
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
    np.testing.assert_allclose(found["errors"], wanted["scaled_errors"], rtol=1e-5)


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
