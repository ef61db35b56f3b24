"""Models as ONNX files: the ONNX checker accepts them, and ONNX Runtime computes the same as the server."""

import itertools
import json
import re

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


def metadata_of_file(file):
    return {entry.key: entry.value for entry in file.metadata_props}


def agrees(found, wanted, unit=1):
    """Whether errors are equal up to 1e-4, or 1e-6 of a unit: the threshold in the units of the errors."""
    found, wanted = np.float64(found), np.float64(wanted)
    return np.all(np.abs(found - wanted) <= np.maximum(1e-4 * np.abs(wanted), 1e-6 * unit))


def check_scores(server, model, session, windows):
    """ONNX Runtime and POST /score agree on errors and scores."""
    wanted = post(server, "/score", {"model": model, "windows": windows.tolist()})
    error, score = session.run(["error", "score"], {"windows": windows})
    threshold = wanted["threshold"]
    for found, name, unit in (error, "error", threshold), (score, "score", 1):
        expected = [window[name] for window in wanted["windows"]]
        assert agrees(found, expected, unit), (name, list(zip(found.tolist(), expected)))
    # Rounding can decide for a window at the threshold only.
    clear = np.abs(score - 1) > 1e-4
    flags = np.array([window["is_anomaly"] for window in wanted["windows"]])
    assert np.array_equal((score > 1)[clear], flags[clear])


def check(server, model, metadata, count=7):
    """ONNX Runtime and the server agree on random windows."""
    _, session = exported(server, model)
    x = random_windows(metadata, count)
    shape = ["batch", *x.shape[1:]]
    facts = get(server, f"/models/{model}")
    outputs = {"reconstruction": (shape, "tensor(float)"), "error": (["batch"], "tensor(float)")}
    if facts["threshold"] is not None:
        outputs["score"] = ["batch"], "tensor(float)"
        check_scores(server, model, session, x)
    if "encoding_units" in facts:
        outputs["encoding"] = ["batch", facts["encoding_units"]], "tensor(float)"
    assert declared(session.get_inputs()) == {"windows": (shape, "tensor(float)")}
    assert declared(session.get_outputs()) == outputs

    found = dict(zip(outputs, session.run(list(outputs), {"windows": x})))
    wanted = post(server, "/reconstruct", {"model": model, "windows": x.tolist()})
    _, scale = scaling_of(metadata)
    difference = (found["reconstruction"] - np.float32(wanted["reconstructions"])) / scale
    assert np.abs(difference).max() <= TOLERANCE
    if facts["error_kind"] == "mse":
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
    assert metadata_of_file(file)["input_type"] == "float64"
    assert [value.type for value in session.get_inputs()] == ["tensor(double)"]
    types = {value.name: value.type for value in session.get_outputs()}
    assert types == {
        "reconstruction": "tensor(double)", "encoding": "tensor(float)", "error": "tensor(float)",
        "score": "tensor(float)"}
    windows = np.stack([series[start:start + 8] for start in range(0, 100, 10)])
    found = dict(zip(types, session.run(list(types), {"windows": windows})))
    body = {"model": "m", "windows": windows.tolist()}
    wanted = post(server, "/reconstruct", body)
    np.testing.assert_allclose(found["reconstruction"], wanted["reconstructions"], rtol=0, atol=1e-5)
    check_scores(server, "m", session, windows)
    wanted = post(server, "/encode", body)
    np.testing.assert_allclose(found["encoding"], wanted["encodings"], rtol=0, atol=1e-5)


ARCHITECTURES = {
    "autoencoder": {"units": [8, 4]},
    "relu": {"units": [6], "activation": "relu", "recurrent_activation": "hard_sigmoid"},
    "stacked": {"architecture": "stacked", "units": [8]},
    "layers": {"layers": EVERY_LAYER}}
SCALINGS = "robust", "standard", "minmax", "none"
T = 6  # that of EVERY_LAYER


def error_kinds(server):
    """The error kinds that the server knows."""
    body = {"model": "m", "series": [[0]], "timesteps": 1, "error_kind": "?"}
    detail = post(server, "/train", body, status=422)["detail"]
    return re.findall(r"'(\w+)'", re.search("must be one of ([^;]*)", detail)[1])


def series_of(features, offset):
    """300 rows of correlated features with standard deviations of about 1; the third is constant."""
    noise = np.random.default_rng(2)
    phase = np.arange(300)[:, None] / np.arange(3, 3 + features)
    values = 1.3 * np.sin(phase) + 0.2 * noise.standard_normal((300, features))
    values[:, 1:] += 0.5 * values[:, :1]
    if features > 2:
        values[:, 2] = 0
    return values + offset


def far_outside(windows, offset):
    """Windows of a series, and the same with all or one of their features further and further away."""
    far = [windows]
    for distance in 3, 30, 1e3, 1e5, 1e8, 1e12, 1e18, 1e19, 2e19, 1e25, 1e30, 1e34:
        far.append((windows - offset) * distance + offset)
        one = windows.copy()
        one[:, :, 0] += distance
        far.append(one)
        one = windows.copy()
        one[:, T // 2, -1] -= distance
        far.append(one)
    return np.concatenate(far)


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_errors_and_scores_are_those_of_the_server(server, architecture, scaling):
    kinds = error_kinds(server)
    assert len(kinds) >= 4
    # Without scaling, both compute in float32 with the offset in it, and round it differently.
    offsets = [0, 50] if scaling == "none" else [0, 5000, 1e9]
    for kind, features, offset in itertools.product(kinds, [1, 3], offsets):
        if architecture == "layers" and features == 1:
            continue  # the layers end with three features
        series = series_of(features, offset)
        body = {
            "model": "m", "series": series.tolist(), "timesteps": T, "epochs": 2, "learning_rate": 0.02,
            "calibration_split": 0.2, "error_kind": kind, "scaling": scaling, **ARCHITECTURES[architecture]}
        post(server, "/train", body, status=201)
        file, session = exported(server, "m")
        assert metadata_of_file(file)["error_kind"] == kind
        is_double = session.get_inputs()[0].type == "tensor(double)"
        assert is_double == (offset > 1e5), (features, offset)
        windows = np.stack([series[start:start + T] for start in range(0, 290, 9)])
        windows = far_outside(windows, offset).astype(np.float64 if is_double else np.float32)
        try:
            check_scores(server, "m", session, windows)
        except AssertionError as error:
            raise AssertionError(kind, features, offset) from error


def test_a_model_without_a_threshold_has_no_score(server):
    uploaded(server, metadata_of({"units": [3]}))
    file, session = exported(server, "m")
    assert [output.name for output in session.get_outputs()] == ["reconstruction", "encoding", "error"]
    assert "threshold" not in metadata_of_file(file)


def test_a_window_with_nan_is_not_normal(server):
    for kind in error_kinds(server):
        post(server, "/train", {
            "model": "m", "series": series_of(3, 0).tolist(), "timesteps": T, "units": [4], "epochs": 1,
            "error_kind": kind}, status=201)
        _, session = exported(server, "m")
        windows = np.float32(series_of(3, 0)[None, :T])
        windows[0, 2, 1] = np.nan
        score, = session.run(["score"], {"windows": windows})
        assert not score[0] <= 1, kind


def test_the_metadata_are_those_of_the_safetensors_file(server):
    series = series_of(3, 0)
    series[:, 0] = np.cumsum(np.abs(series[:, 0]))
    names = ["count", "flow", "zero"]
    post(server, "/train", {
        "model": "m", "series": series.tolist(), "feature_names": names, "timesteps": T, "units": [4, 3],
        "epochs": 1, "quantile": 0.98, "difference": ["count"]}, status=201)
    found = metadata_of_file(exported(server, "m")[0])
    response = call(server, "GET", "/models/m/model.safetensors")
    wanted = json.loads(response.body[8:8 + int.from_bytes(response.body[:8], "little")])["__metadata__"]
    own = {"input_type": "float32", "error_kind": "level_spread", "error_units": "scaled"}
    shared = [
        "software", "created_at", "timesteps", "features", "architecture", "scaling", "feature_names",
        "preparation", "threshold", "errors"]
    assert found == {**own, **{name: wanted[name] for name in shared}}
    assert json.loads(found["feature_names"]) == names
    assert json.loads(found["threshold"])["quantile"] == 0.98
    assert json.loads(found["architecture"])["units"] == [4, 3]
    assert json.loads(found["preparation"])["difference"]["features"] == [0]
    assert found["timesteps"] == str(T)


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
