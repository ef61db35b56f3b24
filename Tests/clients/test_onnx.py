"""Models as ONNX files: the ONNX checker accepts them, and ONNX Runtime computes the same as the server."""

import itertools
import json

import numpy as np
import onnx
import onnxruntime
import pytest
from api import call, get, post
from networks import noisy_weights
from safetensors.numpy import save
from test_safetensors import EVERY_LAYER, TRAININGS, lstm, network_of, random_windows, scaling_of
from test_safetensors import metadata as metadata_of

TOLERANCE = 1e-5  # in scaled units


def exported(server, model):
    """The latest version as a checked ONNX file, and a session that runs it."""
    response = call(server, "GET", f"/models/{model}/model.onnx")
    assert response.status == 200, response.body
    file = onnx.load_from_string(response.body)
    onnx.checker.check_model(file, full_check=True)
    assert [(domain.domain, domain.version) for domain in file.opset_import] == [("", 17)]
    session = onnxruntime.InferenceSession(response.body, providers=["CPUExecutionProvider"])
    return file, session


def declared(values):
    return {value.name: (value.shape, value.type) for value in values}


def check(server, model, metadata, count=7):
    """ONNX Runtime and the server agree on random windows."""
    _, session = exported(server, model)
    x = random_windows(metadata, count)
    shape = ["batch", *x.shape[1:]]
    facts = get(server, f"/models/{model}")
    outputs = {"reconstruction": (shape, "tensor(float)"), "error": (["batch"], "tensor(float)")}
    if "encoding_units" in facts:
        outputs["encoding"] = ["batch", facts["encoding_units"]], "tensor(float)"
    assert declared(session.get_inputs()) == {"windows": (shape, "tensor(float)")}
    assert declared(session.get_outputs()) == outputs

    found = dict(zip(outputs, session.run(list(outputs), {"windows": x})))
    wanted = post(server, "/reconstruct", {"model": model, "windows": x.tolist()})
    _, scale = scaling_of(metadata)
    difference = (found["reconstruction"] - np.float32(wanted["reconstructions"])) / scale
    assert np.abs(difference).max() <= TOLERANCE
    np.testing.assert_allclose(found["error"], wanted["scaled_errors"], rtol=TOLERANCE, atol=TOLERANCE)
    if "encoding" in outputs:
        wanted = post(server, "/encode", {"model": model, "windows": x.tolist()})
        assert np.abs(found["encoding"] - wanted["encodings"]).max() <= TOLERANCE


@pytest.mark.parametrize("training", TRAININGS)
def test_onnx_runtime_agrees_with_trained_models(server, training):
    fast = {"epochs": 20, "learning_rate": 0.02, "seed": 3}
    post(server, "/train", {"model": "m", **fast, **TRAININGS[training]}, status=201)
    response = call(server, "GET", "/models/m/model.safetensors")
    header = json.loads(response.body[8:8 + int.from_bytes(response.body[:8], "little")])
    check(server, "m", header["__metadata__"])


def test_a_large_offset_needs_float64(server):
    phase = np.arange(400)[:, None] / [3, 5]
    series = np.sin(phase) * [1, 0.005] + [1e9, 5823456.123]
    post(server, "/train", {
        "model": "m", "series": series.tolist(), "timesteps": 8, "units": [8, 4], "epochs": 3}, status=201)
    file, session = exported(server, "m")
    assert {entry.key: entry.value for entry in file.metadata_props} == {"input": "float64"}
    assert [value.type for value in session.get_inputs()] == ["tensor(double)"]
    types = {value.name: value.type for value in session.get_outputs()}
    assert types == {
        "reconstruction": "tensor(double)", "encoding": "tensor(float)", "error": "tensor(float)"}
    windows = np.stack([series[start:start + 8] for start in range(0, 100, 10)])
    found = dict(zip(types, session.run(list(types), {"windows": windows})))
    body = {"model": "m", "windows": windows.tolist()}
    wanted = post(server, "/reconstruct", body)
    np.testing.assert_allclose(found["reconstruction"], wanted["reconstructions"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(found["error"], wanted["scaled_errors"], rtol=1e-4, atol=1e-6)
    wanted = post(server, "/encode", body)
    np.testing.assert_allclose(found["encoding"], wanted["encodings"], rtol=0, atol=1e-5)


def uploaded(server, metadata):
    file = save(noisy_weights(network_of(metadata)), metadata)
    assert call(server, "PUT", "/models/m/model.safetensors", file).status == 201


ACTIVATIONS = "tanh", "relu", "sigmoid", "linear"
GATES = "sigmoid", "hard_sigmoid"


@pytest.mark.parametrize(("activation", "recurrent_activation"), itertools.product(ACTIVATIONS, GATES))
@pytest.mark.parametrize("kind", ["autoencoder", "stacked", "bidirectional", "dense"])
def test_every_activation_agrees(server, kind, activation, recurrent_activation):
    options = {"activation": activation, "recurrent_activation": recurrent_activation}
    architecture = {"architecture": kind, "units": [6, 4], **options}
    if kind == "bidirectional":
        architecture = {"layers": [
            {"type": "Bidirectional", "layer": lstm(5, return_sequences=True, **options)},
            {"type": "Bidirectional", "layer": lstm(3, **options)},
            {"type": "RepeatVector", "n": 4},
            {"type": "Dense", "units": 2}]}
    elif kind == "dense":
        # Dense layers on sequences and on vectors, one of them after the encoding.
        architecture = {"layers": [
            {"type": "Dense", "units": 3, "activation": activation},
            lstm(4, recurrent_activation=recurrent_activation),
            {"type": "Dense", "units": 5, "activation": activation},
            {"type": "Dropout", "rate": 0.5},
            {"type": "RepeatVector", "n": 4},
            {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 2, "activation": activation}}]}
    metadata = metadata_of(architecture)
    uploaded(server, metadata)
    check(server, "m", metadata)


@pytest.mark.parametrize("scaling", ["standard", "minmax", "none"])
def test_the_graph_includes_the_scaling(server, scaling):
    members = {} if scaling == "none" else {"offset": [20, -0.5], "scale": [5, 0.25]}
    metadata = metadata_of({"units": [8, 5]}, scaling={"scaling": scaling, **members})
    uploaded(server, metadata)
    check(server, "m", metadata)


@pytest.mark.parametrize("count", [1, 100])
def test_any_number_of_windows_is_accepted(server, count):
    metadata = metadata_of({"layers": EVERY_LAYER}, shape=(6, 3))
    uploaded(server, metadata)
    check(server, "m", metadata, count)


def test_one_timestep_of_one_feature_is_accepted(server):
    metadata = metadata_of({"units": [3]}, shape=(1, 1))
    uploaded(server, metadata)
    check(server, "m", metadata)


def test_each_version_can_be_exported(server):
    uploaded(server, metadata_of({"units": [3]}))
    uploaded(server, metadata_of({"units": [4]}))
    _, latest = exported(server, "m")
    first = call(server, "GET", "/models/m/versions/1/model.onnx").body
    second = call(server, "GET", "/models/m/versions/2/model.onnx").body
    sizes = [onnxruntime.InferenceSession(file).get_outputs() for file in (first, second)]
    assert [declared(outputs)["encoding"][0] for outputs in sizes] == [["batch", 3], ["batch", 4]]
    assert declared(latest.get_outputs()) == declared(sizes[1])
