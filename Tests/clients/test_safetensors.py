"""Model files between the server and Python: safetensors reads and writes them, Keras runs them."""

import functools
import hashlib
import json

import networks
import numpy as np
import pytest
from api import call, download, get, post, upload
from safetensors import safe_open
from safetensors.numpy import load, load_file, save, save_file

TOLERANCE = 1e-5  # in scaled units


def waves(rows, features):
    """A series whose features differ in scale."""
    time = np.arange(rows)[:, None]
    unit = np.array([5, 0.1, 40])[:features]
    return unit * (3 + np.sin(time / (3 + np.arange(features))) + 0.1 * np.sin(time**2))


def article():
    """The data of "Step-by-step understanding LSTM Autoencoder layers"."""
    return [[i / 10, (i / 10) ** 3] for i in range(1, 10)]


def lstm(units, **options):
    return {"type": "LSTM", "units": units, **options}


EVERY_LAYER = [
    {"type": "Dense", "units": 6, "activation": "relu"},
    {"type": "Bidirectional", "layer": lstm(5, return_sequences=True, recurrent_activation="hard_sigmoid")},
    {"type": "Dropout", "rate": 0.2},
    {"type": "Bidirectional", "layer": lstm(4)},
    {"type": "Dense", "units": 7, "activation": "sigmoid"},
    {"type": "RepeatVector", "n": 6},
    {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 5, "activation": "tanh"}},
    lstm(8, return_sequences=True, activation="linear", recurrent_activation="hard_sigmoid"),
    {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 3}},
]

TRAININGS = {
    "article": {
        "series": article(), "timesteps": 3, "windowing": "temporalize", "units": [128, 64],
        "activation": "relu", "scaling": "none", "learning_rate": 0.001, "batch_size": 5},
    "standard": {"series": waves(80, 3).tolist(), "timesteps": 8, "units": [16, 9], "scaling": "standard"},
    "minmax": {"series": waves(80, 3).tolist(), "timesteps": 8, "units": [12], "scaling": "minmax"},
    "stacked": {
        "series": waves(60, 2).tolist(), "timesteps": 5, "architecture": "stacked", "units": [10, 6],
        "recurrent_activation": "hard_sigmoid"},
    "layers": {"series": waves(60, 3).tolist(), "timesteps": 6, "layers": EVERY_LAYER},
}

# The shape of the windows, and a small architecture.
SHAPE = (4, 2)
SMALL = {"architecture": "autoencoder", "units": [8, 5]}


def metadata(architecture, shape=SHAPE, **documents):
    """The documented metadata and nothing else."""
    return {
        "timesteps": str(shape[0]), "features": str(shape[1]), "architecture": json.dumps(architecture),
        **{name: json.dumps(document) for name, document in documents.items()}}


def network_of(metadata, tensors=None):
    """The Keras network that a file's metadata describe."""
    shape = int(metadata["timesteps"]), int(metadata["features"])
    network = networks.build(json.loads(metadata["architecture"]), *shape)
    networks.assign(network, tensors or networks.noisy_weights(network))
    return network


def scaling_of(metadata):
    """Offset and scale of each feature."""
    scaling = json.loads(metadata.get("scaling", "{}"))
    return np.float32(scaling.get("offset", 0)), np.float32(scaling.get("scale", 1))


def random_windows(metadata, count=7):
    offset, scale = scaling_of(metadata)
    shape = count, int(metadata["timesteps"]), int(metadata["features"])
    return np.float32(offset + scale * np.random.default_rng(5).uniform(-2, 2, shape))


def check_predictions(server, model, metadata, network):
    """Server and Keras agree on random windows."""
    x = random_windows(metadata)
    offset, scale = scaling_of(metadata)
    scaled = (x - offset) / scale
    y = np.asarray(network(scaled))
    response = post(server, "/reconstruct", {"model": model, "windows": x.tolist()})
    difference = (np.array(response["reconstructions"]) - (y * scale + offset)) / scale
    assert np.abs(difference).max() <= TOLERANCE
    np.testing.assert_allclose(response["scaled_errors"], ((y - scaled) ** 2).mean((1, 2)), rtol=1e-4)
    np.testing.assert_allclose(response["errors"], ((y * scale + offset - x) ** 2).mean((1, 2)), rtol=1e-4)
    if "encoding_units" in get(server, f"/models/{model}"):
        response = post(server, "/encode", {"model": model, "windows": x.tolist()})
        difference = np.array(response["encodings"]) - np.asarray(networks.encoder(network)(scaled))
        assert np.abs(difference).max() <= TOLERANCE
    check_layers(post(server, "/layers", {"model": model, "windows": x.tolist()}), network, scaled)


def check_layers(response, network, scaled):
    """Every layer has the same output as in Keras."""
    assert np.abs(np.array(response["inputs"]) - scaled).max() <= TOLERANCE
    assert len(response["layers"]) == len(network.layers)
    for ours, (layer, output) in zip(response["layers"], networks.outputs(network, scaled)):
        assert ours["type"] == type(layer).__name__
        assert ours["output_shape"] == [None, *output.shape[1:]]
        assert np.abs(np.array(ours["outputs"]) - output).max() <= TOLERANCE, ours["name"]


def check_same_bits(found, expected):
    assert set(found) == set(expected)
    for name, tensor in expected.items():
        assert found[name].dtype == tensor.dtype and found[name].shape == tensor.shape, name
        assert found[name].tobytes() == tensor.tobytes(), name


# Export from the server.


@pytest.mark.parametrize("training", TRAININGS)
def test_keras_agrees_with_trained_models(server, tmp_path, training):
    # A high learning rate moves the biases away from their initial zeros.
    fast = {"epochs": 20, "learning_rate": 0.02, "seed": 3}
    trained = post(server, "/train", {"model": "m", **fast, **TRAININGS[training]}, status=201)
    path = tmp_path / "m.safetensors"
    path.write_bytes(download(server, "m"))
    with safe_open(path, "numpy") as file:
        metadata = file.metadata()
    tensors = load_file(path)
    network = network_of(metadata, tensors)
    assert network.count_params() == trained["parameters"]
    assert json.loads(metadata["scaling"])["scaling"] == trained["scaling"]
    check_predictions(server, "m", metadata, network)


def test_a_stacked_network_has_no_encoding(server):
    post(server, "/train", {"model": "m", "epochs": 1, **TRAININGS["stacked"]}, status=201)
    assert "encoding_units" not in get(server, "/models/m")
    windows = np.zeros((1, 5, 2)).tolist()
    assert call(server, "POST", "/encode", {"model": "m", "windows": windows}).status == 409


def test_the_checksum_covers_the_data(server, tmp_path):
    file = trained_file(server)
    path = tmp_path / "m.safetensors"
    path.write_bytes(file)
    header = int.from_bytes(file[:8], "little")
    with safe_open(path, "numpy") as opened:
        assert opened.metadata()["data_sha256"] == hashlib.sha256(file[8 + header:]).hexdigest()


# Import into the server.

GOOD = metadata(SMALL)
UPLOADS = {
    "autoencoder": GOOD,
    "defaults": metadata({}),
    "scaling": metadata(
        SMALL | {"activation": "relu"},
        scaling={"scaling": "standard", "offset": [20, -0.5], "scale": [5, 0.25]}),
    "threshold": metadata(SMALL, threshold={"value": 0.1}),
    "stacked": metadata({"architecture": "stacked", "units": [6], "recurrent_activation": "hard_sigmoid"}),
    "layers": metadata({"layers": EVERY_LAYER}, shape=(6, 3)),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_the_server_agrees_with_networks_of_keras(server, tmp_path, name):
    metadata = UPLOADS[name]
    network = network_of(metadata)
    path = tmp_path / "m.safetensors"
    save_file(networks.tensors(network), path, metadata)
    response = upload(server, "m", path.read_bytes())
    assert response.status == 201, response.body
    assert response.fields["Location"] == "/models/m/versions/1"
    model = get(server, "/models/m")
    assert model["versions"] == [1]
    assert model["parameters"] == network.count_params()
    assert model["loss"] is None
    assert model["threshold"] == (0.1 if name == "threshold" else None)
    check_predictions(server, "m", metadata, network)
    check_same_bits(load(download(server, "m")), networks.tensors(network))


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
def test_other_floats_are_converted(server, dtype):
    network = network_of(GOOD)
    tensors = {name: tensor.astype(dtype) for name, tensor in networks.tensors(network).items()}
    response = upload(server, "m", save(tensors, GOOD))
    assert response.status == 201, response.body
    converted = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
    check_same_bits(load(download(server, "m")), converted)
    networks.assign(network, converted)
    check_predictions(server, "m", GOOD, network)


# Files of the server that are imported again.


def trained_file(server):
    training = {"series": waves(40, 2).tolist(), "timesteps": SHAPE[0], "epochs": 3, **SMALL}
    post(server, "/train", {"model": "trained", **training}, status=201)
    return download(server, "trained")


def parts(file, path):
    """Tensors and metadata of a file."""
    path.write_bytes(file)
    with safe_open(path, "numpy") as opened:
        return load(file), opened.metadata()


def test_an_imported_file_keeps_weights_and_metadata(server):
    file = trained_file(server)
    assert upload(server, "copy", file).status == 201
    check_same_bits(load(download(server, "copy")), load(file))
    kept = "loss", "threshold", "threshold_source", "scaling", "epochs", "created_at", "software"
    facts = [get(server, f"/models/{model}") for model in ("trained", "copy")]
    assert [facts[0][name] for name in kept] == [facts[1][name] for name in kept]


def test_changed_weights_keep_the_metadata_without_the_checksum(server, tmp_path):
    tensors, metadata = parts(trained_file(server), tmp_path / "m.safetensors")
    changed = {name: tensor * np.float32(0.9) for name, tensor in tensors.items()}
    response = upload(server, "m", save(changed, metadata))
    assert response.status == 422
    assert "data_sha256" in json.loads(response.body)["detail"]
    del metadata["data_sha256"]
    response = upload(server, "m", save(changed, metadata))
    assert response.status == 201, response.body
    check_predictions(server, "m", metadata, network_of(metadata, changed))
    # The exported file has a new checksum.
    assert upload(server, "again", download(server, "m")).status == 201


# Rejected files.

BIAS = "lstm/lstm_cell/bias"


def bias_with(value):
    """A bias of zeros with one other value."""
    bias = np.zeros(32, np.float32)
    bias[3] = value
    return bias


def layers(*layers):
    return {"architecture": json.dumps({"layers": layers})}


def scaling(**members):
    return {"scaling": json.dumps({"scaling": "minmax", **members})}


# Replacements of tensors and metadata of a good file (None removes one), and a part of the expected detail.
REJECTED = {
    "missing tensor": ({BIAS: None}, {}, f"'{BIAS}'"),
    "extra tensor": ({"lstm_9/lstm_cell/bias": bias_with(0)}, {}, "'lstm_9/lstm_cell/bias'"),
    "wrong shape": ({BIAS: np.zeros((1, 32), np.float32)}, {}, f"'{BIAS}' has shape [1, 32]"),
    "too short": ({BIAS: np.zeros(31, np.float32)}, {}, f"'{BIAS}' has shape [31]"),
    "NaN": ({BIAS: bias_with(np.nan)}, {}, f"'{BIAS}' has a NaN"),
    "infinity": ({BIAS: bias_with(np.inf)}, {}, f"'{BIAS}' has a NaN or an infinity"),
    "beyond float32": ({BIAS: np.full(32, 1e39)}, {}, f"'{BIAS}' has a NaN or an infinity"),
    "integers": ({BIAS: np.zeros(32, np.int32)}, {}, f"'{BIAS}' is of type I32"),
    "no timesteps": ({}, {"timesteps": None}, "have no 'timesteps'"),
    "no features": ({}, {"features": None}, "have no 'features'"),
    "no architecture": ({}, {"architecture": None}, "have no 'architecture'"),
    "timesteps in words": ({}, {"timesteps": "four"}, "'timesteps' is 'four'"),
    "no JSON": ({}, {"architecture": "autoencoder"}, "is not JSON"),
    "unknown architecture": ({}, {"architecture": '{"architecture": "transformer"}'}, "'transformer'"),
    "unknown layer": ({}, layers({"type": "GRU", "units": 8}), "'GRU'"),
    "unknown option": ({}, layers(lstm(8, go_backwards=True)), "go_backwards"),
    "other features": ({}, layers(lstm(3, return_sequences=True)), "emits [4, 3]"),
    "no sequence": ({}, layers(lstm(2)), "emits [2]"),
    "scaling of one": ({}, scaling(offset=[0], scale=[1]), "1 numbers for 2 features"),
    "scale of 0": ({}, scaling(offset=[0, 0], scale=[1, 0]), "'scale' must be greater than 0"),
    "wrong checksum": ({}, {"data_sha256": 64 * "0"}, "'data_sha256'"),
}


@functools.cache
def good_tensors():
    return networks.tensors(network_of(GOOD))


def file_of(tensors={}, metadata={}):
    """A good file with replacements."""
    def changed(good, changes):
        return {name: value for name, value in (good | changes).items() if value is not None}

    return save(changed(good_tensors(), tensors), changed(GOOD, metadata))


def check_rejected(server, file, reason):
    """The server gives the reason and keeps exactly the version that it had."""
    windows = random_windows(GOOD).tolist()
    assert upload(server, "m", file_of()).status == 201
    before = post(server, "/reconstruct", {"model": "m", "windows": windows})
    for model in "m", "new":
        response = upload(server, model, file)
        assert response.status == 422, response.body
        problem = json.loads(response.body)
        assert problem["type"] == "/problems/invalid-model-file"
        assert reason in problem["detail"]
    assert [(model["model"], model["version"]) for model in get(server, "/models")["models"]] == [("m", 1)]
    assert get(server, "/models/m")["versions"] == [1]
    assert post(server, "/reconstruct", {"model": "m", "windows": windows}) == before


@pytest.mark.parametrize("fault", REJECTED)
def test_a_file_that_is_not_a_model_is_rejected(server, fault):
    tensors, metadata, reason = REJECTED[fault]
    check_rejected(server, file_of(tensors, metadata), reason)


@pytest.mark.parametrize(("end", "reason"), [
    (0, "there are 0 bytes"), (7, "there are 7 bytes"), (8, "was it cut off?"), (100, "was it cut off?"),
    (-1, "the data end at byte"), (-400, "the data end at byte")])
def test_a_truncated_file_is_rejected(server, end, reason):
    check_rejected(server, file_of()[:end], reason)


def test_a_file_with_trailing_bytes_is_rejected(server):
    check_rejected(server, file_of() + b"\0", "nothing may follow the last")


def test_offset_and_scale_are_applied_or_rejected(server):
    scaled = metadata(SMALL, scaling={"offset": [20, -0.5], "scale": [5, 0.25]})
    if upload(server, "m", file_of(metadata=scaled)).status == 201:
        check_predictions(server, "m", scaled, network_of(scaled))


@pytest.mark.parametrize("documents", [
    {"architecture": SMALL | {"activaton": "relu"}},
    {"scaling": {"scaling": "standard", "offset": [20, -0.5], "scales": [5, 0.25]}},
    {"threshold": {"value": 0.1, "sources": "validation"}}], ids=lambda documents: next(iter(documents)))
def test_a_misspelt_member_is_rejected(server, documents):
    misspelt = {name: json.dumps(document) for name, document in documents.items()}
    check_rejected(server, file_of(metadata=misspelt), "did you mean")


def test_an_invalid_date_is_rejected(server):
    check_rejected(server, file_of(metadata={"created_at": "yesterday"}), "created_at")
