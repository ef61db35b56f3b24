"""scripts/keras_bridge.py converts networks from Keras to the server's files and back."""

import json
import pathlib
import re
import subprocess
import sys

import keras
import networks
import numpy as np
import pytest
from api import call, download, post, upload
from keras import layers as L
from networks import keras_bridge
from safetensors.numpy import load, save
from test_safetensors import (
    EVERY_LAYER, TRAININGS, UPLOADS, check_predictions, check_same_bits, network_of)

SCRIPT = pathlib.Path(keras_bridge.__file__)


def run(*arguments):
    return subprocess.run(
        [sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True, timeout=120)


def sequential(*layers, shape=(4, 2), **options):
    return keras.Sequential([keras.Input(shape), *layers], **options)


def test_every_layer_type_of_the_server_is_known(server):
    unknown = {"timesteps": 4, "features": 2, "layers": [{"type": "?"}]}
    detail = post(server, "/summary", unknown, status=422)["detail"]
    types = re.findall(r"'(\w+)'", re.search("must be one of ([^;]*)", detail)[1])
    assert set(keras_bridge.NAMES) == set(keras_bridge.OPTIONS) == set(types)
    assert {layer["type"] for layer in EVERY_LAYER} == set(types)


def custom_network():
    """A network as a user writes it, with custom names."""
    return sequential(
        keras.Sequential(
            [L.LSTM(6, activation="relu", return_sequences=True, name="first"), L.LSTM(3)], name="encoder"),
        L.RepeatVector(4, name="again"),
        L.Bidirectional(
            L.LSTM(5, return_sequences=True, recurrent_activation="hard_sigmoid", use_bias=False)),
        L.Dropout(0.3),
        L.TimeDistributed(L.Dense(7, activation="sigmoid", use_bias=False)),
        L.Dense(2, name="last"))


def add_noise(network):
    noise = np.random.default_rng(3)
    for weight in network.weights:
        weight.assign(np.asarray(weight.value) + 0.2 * noise.standard_normal(weight.shape))


# To the server.


@pytest.mark.parametrize("name", UPLOADS)
def test_tensor_names_are_those_of_keras(name):
    network = network_of(UPLOADS[name])
    tensors, _ = keras_bridge.to_reprise(network)
    check_same_bits(tensors, networks.tensors(network))


@pytest.mark.parametrize("scaled", [False, True])
def test_the_server_agrees_with_a_custom_network(server, scaled):
    network = custom_network()
    add_noise(network)
    scaling = {"offset": [20, -0.5], "scale": [5, 0.25]} if scaled else {}
    tensors, metadata = keras_bridge.to_reprise(network, threshold=0.5, **scaling)
    response = upload(server, "m", save(tensors, metadata))
    assert response.status == 201, response.body
    offset, scale = keras_bridge.scaling(metadata)
    x = np.float32(offset + scale * np.random.default_rng(5).uniform(-2, 2, (7, 4, 2)))
    y = np.asarray(network((x - offset) / scale))
    response = post(server, "/reconstruct", {"model": "m", "windows": x.tolist()})
    assert np.abs((np.array(response["reconstructions"]) - offset) / scale - y).max() <= 1e-5
    assert post(server, "/score", {"model": "m", "windows": x.tolist()})["threshold"] == 0.5


def test_a_network_of_keras_is_calibrated_with_data(server):
    # The weights are as Keras initializes them: a threshold needs no good reconstruction.
    network = custom_network()
    normal = np.random.default_rng(6).normal([20, -0.5], [5, 0.25], (1500, 2))
    tensors, metadata = keras_bridge.to_reprise(network, offset=[20, -0.5], scale=[5, 0.25])
    assert upload(server, "m", save(tensors, metadata)).status == 201
    new = {"model": "m", "series": normal[1000:].tolist()}
    assert call(server, "POST", "/score", new).status == 409
    body = {"series": normal[:1000].tolist(), "feature_names": ["level", "flow"]}
    model = post(server, "/models/m/calibrate", body, status=201)
    assert (model["version"], model["error_kind"], model["threshold_windows"]) == (2, "level_spread", 997)
    assert model["feature_names"] == ["level", "flow"]
    alarms = np.mean([window["is_anomaly"] for window in post(server, "/score", new)["windows"]])
    assert alarms <= 0.04
    fault = normal[1000:] + [0, 2]
    found = post(server, "/score", {"model": "m", "series": fault.tolist()})["windows"]
    assert np.mean([window["is_anomaly"] for window in found]) > 0.9
    # Weights and scaling are still those of Keras.
    file = download(server, "m")
    check_same_bits(load(file), tensors)
    header = json.loads(file[8:8 + int.from_bytes(file[:8], "little")])["__metadata__"]
    assert keras_bridge.is_scaling_of(header, np.float64([20, -0.5]), np.float64([5, 0.25]))


def test_a_network_of_any_length_needs_the_number_of_timesteps(server, tmp_path):
    network = sequential(L.LSTM(3, return_sequences=True), L.Dense(2), shape=(None, 2))
    network.save(tmp_path / "m.keras")
    failed = run("to-reprise", tmp_path / "m.keras", tmp_path / "m.safetensors")
    assert failed.returncode == 1 and "give the number of timesteps" in failed.stderr
    done = run(
        "to-reprise", tmp_path / "m.keras", tmp_path / "m.safetensors", "--timesteps", 4, "--offset", -1, 2,
        "--scale", 3, 4)
    assert done.returncode == 0, done.stderr
    assert upload(server, "m", (tmp_path / "m.safetensors").read_bytes()).status == 201
    tensors, metadata = keras_bridge.read(tmp_path / "m.safetensors")
    assert [array.tolist() for array in keras_bridge.scaling(metadata)] == [[-1, 2], [3, 4]]
    check_predictions(server, "m", metadata, network)


# From the server.


@pytest.mark.parametrize("training", TRAININGS)
def test_keras_agrees_with_converted_models(server, tmp_path, training):
    post(server, "/train", {"model": "m", "epochs": 5, "learning_rate": 0.02, **TRAININGS[training]},
         status=201)
    (tmp_path / "m.safetensors").write_bytes(download(server, "m"))
    tensors, metadata = keras_bridge.read(tmp_path / "m.safetensors")
    keras_bridge.to_keras(tensors, metadata).save(tmp_path / "m.keras")
    network = keras.saving.load_model(tmp_path / "m.keras")
    check_predictions(server, "m", metadata, network)

    # Convert back to a file of the server.
    offset, scale = keras_bridge.scaling(metadata)
    again, described = keras_bridge.to_reprise(network, offset=offset.tolist(), scale=scale.tolist())
    check_same_bits(again, tensors)
    assert upload(server, "again", save(again, described)).status == 201
    check_predictions(server, "again", metadata, network)


def test_the_command_writes_a_file_for_keras(server, tmp_path):
    post(server, "/train", {"model": "m", "epochs": 1, **TRAININGS["standard"]}, status=201)
    (tmp_path / "m.safetensors").write_bytes(download(server, "m"))
    done = run("to-keras", tmp_path / "m.safetensors", tmp_path / "m.keras")
    assert done.returncode == 0, done.stderr
    assert "(x - offset) / scale" in done.stdout
    network = keras.saving.load_model(tmp_path / "m.keras")
    tensors, _ = keras_bridge.read(tmp_path / "m.safetensors")
    found, _ = keras_bridge.to_reprise(network)
    check_same_bits(found, tensors)

    failed = run("to-keras", tmp_path / "none.safetensors", tmp_path / "none.keras")
    assert failed.returncode == 1 and "none.safetensors" in failed.stderr


# There and back.


def trained(server, kind="level_spread", offset=0):
    """A trained model with all that a file can have: names, roles, differences, warnings, unknown entries."""
    noise = np.random.default_rng(4)
    values = offset + np.cumsum(noise.standard_normal((300, 4)), axis=0) / 10
    values[:, 0] = np.abs(np.cumsum(np.abs(values[:, 0])))
    values[:, 3] = 7 / 3
    body = "time,count,pressure,flow,constant\n" + "".join(
        f"2026-01-01T{row // 60:02}:{row % 60:02}:00Z,{','.join(map(repr, map(float, line)))}\n"
        for row, line in enumerate(values))
    query = "model=m&timesteps=6&units=9,5&epochs=3&difference=count&outliers=keep&error_kind=" + kind
    response = call(server, "POST", f"/train?{query}", body.encode(), {"Content-Type": "text/csv"})
    assert response.status == 201, response.body
    return response, values.tolist()


@pytest.mark.parametrize("kind", ["mse", "mae", "mahalanobis", "level_spread"])
def test_a_model_survives_the_way_to_keras_and_back(server, tmp_path, kind):
    response, rows = trained(server, kind)
    assert {warning["code"] for warning in json.loads(response.body)["warnings"]} >= {"constant_column"}
    # An entry that this release does not know.
    header, data = keras_bridge.header_of(put(tmp_path / "m.safetensors", download(server, "m")))
    changed = json.loads(header)
    changed["__metadata__"]["from_a_newer_release"] = "ünknown"
    changed = json.dumps(changed).encode()
    file = len(changed).to_bytes(8, "little") + changed + data
    assert upload(server, "m", file).status == 201
    wanted = download(server, "m")

    path = put(tmp_path / "m.safetensors", wanted)
    for command in ("to-keras", path, tmp_path / "m.keras"), ("to-reprise", tmp_path / "m.keras", path):
        done = run(*command)
        assert done.returncode == 0, done.stderr
        assert "calibrate" not in done.stdout
    assert path.read_bytes() == wanted
    _, metadata = keras_bridge.read(path)
    assert metadata["from_a_newer_release"] == "ünknown"
    for name in (
            "feature_names", "columns", "preparation", "scaling", "threshold", "errors", "row_errors",
            "baseline_errors", "detector", "data"):
        assert name in metadata

    assert upload(server, "again", wanted).status == 201
    scores = [post(server, "/score", {"model": name, "series": rows}) for name in ("m", "again")]
    assert scores[0]["windows"] == scores[1]["windows"] and scores[0]["threshold"] == scores[1]["threshold"]
    evaluations = [
        post(server, "/evaluate", {"model": name, "series": rows, "labels": [[20, 30]]})["baselines"]
        for name in ("m", "again")]
    assert evaluations[0] == evaluations[1]


def test_the_scaling_can_be_layers(server, tmp_path):
    # Half the ratio that float32 allows, so that one float32 offset would cost 5e-4 of a standard deviation.
    _, rows = trained(server, offset=2000)
    path = put(tmp_path / "m.safetensors", download(server, "m"))
    done = run("to-keras", "--scaling-layers", path, tmp_path / "m.keras")
    assert done.returncode == 0, done.stderr
    assert "input of the network" not in done.stdout and "differences" in done.stdout
    network = keras.saving.load_model(tmp_path / "m.keras")
    _, metadata = keras_bridge.read(path)
    offset, scale = keras_bridge.scaling(metadata)
    assert np.abs(offset / scale).max() > 1000
    windows = np.float32(offset + scale * np.random.default_rng(5).uniform(-2, 2, (7, 6, 4)))
    plain = keras_bridge.to_keras(*keras_bridge.read(path))
    y = np.asarray(plain(np.float32((windows - offset) / scale)))
    # The output is float32 in the units of the data.
    difference = np.abs((np.asarray(network(windows)) - offset) / scale - y)
    assert (difference <= np.spacing(np.float32(offset)) / scale + 1e-5).all()
    # The errors that the server computes need the precision of the input.
    scaled = keras.Model(network.inputs[0], network.get_layer("scaling_scale").output)
    assert np.abs(np.asarray(scaled(windows)) - (windows - offset) / scale).max() <= 1e-5

    # Back without the header: Keras has saved the file, and only its layers are left.
    network.save(tmp_path / "saved.keras")
    done = run("to-reprise", tmp_path / "saved.keras", tmp_path / "bare.safetensors")
    assert done.returncode == 0, done.stderr
    tensors, bare = keras_bridge.read(tmp_path / "bare.safetensors")
    check_same_bits(tensors, keras_bridge.read(path)[0])
    assert [numbers.tolist() for numbers in keras_bridge.scaling(bare)] == [offset.tolist(), scale.tolist()]
    assert "threshold" not in bare

    # Back with it, from the file and from the original.
    for arguments in ("m.keras",), ("saved.keras", "--original", path):
        source, *options = arguments
        done = run("to-reprise", tmp_path / source, tmp_path / "back.safetensors", *options)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "back.safetensors").read_bytes() == path.read_bytes()


def test_scaling_layers_that_would_lose_data_are_refused(server, tmp_path):
    trained(server, offset=1e9)
    path = put(tmp_path / "m.safetensors", download(server, "m"))
    failed = run("to-keras", "--scaling-layers", path, tmp_path / "m.keras")
    assert failed.returncode == 1 and "10000 times the scale" in failed.stderr


def test_a_network_that_was_trained_further_keeps_the_rest(server, tmp_path):
    trained(server)
    path = put(tmp_path / "m.safetensors", download(server, "m"))
    tensors, metadata = keras_bridge.read(path)
    network = keras_bridge.to_keras(tensors, metadata)
    add_noise(network)
    network.save(tmp_path / "m.keras")
    done = run("to-reprise", tmp_path / "m.keras", tmp_path / "back.safetensors", "--original", path)
    assert done.returncode == 0, done.stderr
    assert "calibrate" in done.stdout
    _, found = keras_bridge.read(tmp_path / "back.safetensors")
    assert found == {name: metadata[name] for name in metadata if name not in ("sha256", "data_sha256")}
    assert upload(server, "m", (tmp_path / "back.safetensors").read_bytes()).status == 201

    other = sequential(L.LSTM(2, return_sequences=True), L.Dense(4), shape=(5, 4))
    with pytest.raises(keras_bridge.Unsupported, match="5 timesteps, its original 6"):
        keras_bridge.to_reprise(other, original=metadata)


def put(path, content):
    path.write_bytes(content)
    return path


# Rejected networks.


@keras.saving.register_keras_serializable()
class Scaled(L.Dense):
    def call(self, inputs):
        return 2 * super().call(inputs)


def wraps(layer, **options):
    return L.Bidirectional(layer, name="both", **options)


BACKWARD = {"go_backwards": True, "return_sequences": True}
REJECTED = {
    "unknown layer": (L.GRU(2, return_sequences=True, name="gate"), "'gate' (GRU)"),
    "subclass": (Scaled(2, name="mine"), "'mine' (Scaled)"),
    "activation layer": (L.Activation("relu", name="act"), "'act' (Activation)"),
    "activation": (
        L.LSTM(2, activation="gelu", return_sequences=True, name="l"), "'l' (LSTM) has activation 'gelu'"),
    "gates": (
        L.LSTM(2, recurrent_activation="tanh", return_sequences=True, name="l"),
        "'l' (LSTM) has recurrent_activation 'tanh'"),
    "dense activation": (L.Dense(2, activation="softmax", name="d"), "'d' (Dense) has activation 'softmax'"),
    "backwards": (
        L.LSTM(2, go_backwards=True, return_sequences=True, name="l"), "'l' (LSTM) has go_backwards True"),
    "dropout inside": (L.LSTM(2, dropout=0.1, return_sequences=True, name="l"), "'l' (LSTM) has dropout 0.1"),
    "precision": (L.Dense(2, dtype="float64", name="d"), "'d' (Dense) computes in float64"),
    "sum of directions": (
        wraps(L.LSTM(2, return_sequences=True), merge_mode="sum"),
        "'both' (Bidirectional) has merge_mode 'sum'"),
    "other direction": (
        wraps(L.LSTM(1, return_sequences=True), backward_layer=L.LSTM(1, activation="relu", **BACKWARD)),
        "'both' (Bidirectional) has a backward_layer that differs"),
    "wrapped GRU": (wraps(L.GRU(1, return_sequences=True, name="gate")),
                    "'both' (Bidirectional) wraps 'forward_gate' (GRU)"),
    "wrapped dropout": (L.TimeDistributed(L.Dropout(0.1), name="each"), "'each' (TimeDistributed) wraps"),
    "other shape": (L.Dense(3, name="d"), "'d' (Dense) emits (4, 3)"),
    "no sequence": (L.LSTM(2, name="l"), "'l' (LSTM) emits (2,)"),
}


@pytest.mark.parametrize("fault", REJECTED)
def test_an_unsupported_layer_is_rejected_by_name(fault):
    layer, reason = REJECTED[fault]
    with pytest.raises(keras_bridge.Unsupported) as error:
        keras_bridge.to_reprise(sequential(layer))
    assert reason in str(error.value)


def test_unsupported_kinds_of_network_are_rejected():
    windows = keras.Input((4, 2))
    others = {
        "only a Sequential network": keras.Model(windows, L.Dense(2)(windows)),
        "is not built": keras.Sequential([L.Dense(2)]),
        "must take": sequential(L.Dense(2), shape=(2,))}
    for reason, network in others.items():
        with pytest.raises(keras_bridge.Unsupported, match=reason):
            keras_bridge.to_reprise(network)
    with pytest.raises(keras_bridge.Unsupported, match="4 timesteps, not of 5"):
        keras_bridge.to_reprise(sequential(L.Dense(2)), timesteps=5)


@pytest.mark.parametrize(("change", "reason"), [
    ({"lstm/lstm_cell/bias": None}, "no tensor 'lstm/lstm_cell/bias'"),
    ({"lstm_9/lstm_cell/bias": np.zeros(4, np.float32)}, "a tensor 'lstm_9/lstm_cell/bias'"),
    ({"lstm/lstm_cell/bias": np.zeros(4, np.float32)}, "has shape (4,); the architecture needs (32,)")])
def test_tensors_of_another_architecture_are_rejected(change, reason):
    metadata = UPLOADS["autoencoder"]
    tensors = networks.tensors(network_of(metadata)) | change
    with pytest.raises(keras_bridge.Unsupported) as error:
        keras_bridge.to_keras(
            {name: tensor for name, tensor in tensors.items() if tensor is not None}, metadata)
    assert reason in str(error.value)


def test_unknown_layers_of_a_file_are_rejected():
    with pytest.raises(keras_bridge.Unsupported, match="'GRU'"):
        keras_bridge.build({"layers": [{"type": "GRU", "units": 2}]}, 4, 2)
    with pytest.raises(keras_bridge.Unsupported, match="'transformer'"):
        keras_bridge.build({"architecture": "transformer"}, 4, 2)


@pytest.mark.parametrize("detector", ["pca", "zscore", "kmeans"])
def test_detectors_without_a_network_are_rejected_in_one_line(server, tmp_path, detector):
    series = np.random.default_rng(4).standard_normal((100, 2)).tolist()
    body = {"model": "m", "series": series, "timesteps": 4}
    post(server, "/train", {**body, "detector": detector}, status=201)
    path = put(tmp_path / "m.safetensors", download(server, "m"))
    onnx = put(tmp_path / "m.onnx", call(server, "GET", "/models/m/model.onnx").body)
    post(server, "/train", {**body, "model": "network", "units": [3], "epochs": 1}, status=201)
    network = put(tmp_path / "network.safetensors", download(server, "network"))
    assert run("to-keras", network, tmp_path / "network.keras").returncode == 0
    reason = f"the model is a detector without a network ({detector})"
    for arguments, wanted in [
            (("to-keras", path, tmp_path / "m.keras"), reason),
            (("to-reprise", tmp_path / "network.keras", network, "--original", path), reason),
            (("to-keras", onnx, tmp_path / "m.keras"), f"{onnx} is not a safetensors file")]:
        done = run(*arguments)
        assert (done.returncode, done.stderr) == (1, f"keras_bridge.py: {wanted}\n")
        assert not (tmp_path / "m.keras").exists()
