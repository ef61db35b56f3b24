"""GET and POST /summary as text, and `reprise summary`: Keras' `model.summary()`, character for character."""

import json
import random
import subprocess
import sys

import keras
import pytest
from api import call, download, get, post
from conftest import PROGRAM
from keras import layers as L
from networks import keras_bridge
from test_safetensors import EVERY_LAYER, TRAININGS

TEXT = {"Accept": "text/plain"}


@pytest.fixture(autouse=True)
def terminal(monkeypatch):
    """The screen of a notebook, a pipe or a file: Keras makes the table as wide as a terminal."""
    monkeypatch.setenv("COLUMNS", "80")


def summary(layers, timesteps, features, name=None):
    """What Keras prints for a network that is built and not compiled."""
    # Without this, names such as lstm_1 would continue the numbering of the previous network.
    keras.backend.clear_session()
    layers = [keras_bridge.make(layer) for layer in layers]
    return printed(keras.Sequential([keras.Input((timesteps, features)), *layers], name=name))


def printed(network):
    text = []
    network.summary(print_fn=text.append)
    return "".join(text)


def served(server, timesteps, features, **architecture):
    body = {"timesteps": timesteps, "features": features, **architecture}
    response = call(server, "POST", "/summary", body, TEXT)
    assert response.status == 200, response.body
    return response.body.decode()


def check(server, layers, timesteps, features):
    assert served(server, timesteps, features, layers=layers) == summary(layers, timesteps, features)


def lstm(units, return_sequences=True, **options):
    return {"type": "LSTM", "units": units, "return_sequences": return_sequences, **options}


def bidirectional(units, return_sequences=True, **options):
    return {"type": "Bidirectional", "layer": lstm(units, return_sequences, **options)}


def dense(units, **options):
    return {"type": "Dense", "units": units, **options}


def time_distributed(units, **options):
    return {"type": "TimeDistributed", "layer": dense(units, **options)}


def repeat(n):
    return {"type": "RepeatVector", "n": n}


DROPOUT = {"type": "Dropout", "rate": 0.1}


@pytest.mark.parametrize("kind", ["autoencoder", "stacked"])
def test_named_architectures(server, kind):
    for timesteps, features, units in (
            (3, 2, [128, 64]), (1, 1, [1]), (100, 52, [64, 32, 16]), (7, 5, [300])):
        for activation in "relu", "tanh", "sigmoid", "linear":
            architecture = {"architecture": kind, "units": units, "activation": activation}
            layers = keras_bridge.listed(architecture, timesteps, features)
            text = served(server, timesteps, features, **architecture)
            assert text == summary(layers, timesteps, features)


def test_each_layer_type_alone_and_all_together(server):
    check(server, EVERY_LAYER, 6, 3)
    for layer in (
            lstm(64), lstm(64, False, activation="relu", recurrent_activation="hard_sigmoid"),
            bidirectional(5), bidirectional(5, False, activation="linear"),
            dense(3), dense(1, activation="sigmoid"), time_distributed(2, activation="tanh")):
        check(server, [layer], 3, 2)
    check(server, [DROPOUT, dense(4), DROPOUT], 3, 2)
    check(server, [lstm(4, False), repeat(9), DROPOUT], 3, 2)


def test_names_wider_than_their_column(server):
    # bidirectional_9 fills the column; wrapped layers are counted before their wrappers.
    check(server, [layer for _ in range(11) for layer in (bidirectional(1), lstm(1), dense(1))], 2, 1)
    check(server, [time_distributed(1)] * 12 + [dense(2)], 2, 1)
    check(server, [layer for _ in range(32) for layer in (lstm(1, False), repeat(2))], 2, 1)


def test_wide_numbers_and_shapes(server):
    check(server, [time_distributed(1 << 20), dense(9)], 1000, 8)
    check(server, [lstm(2000, False), repeat(1 << 20), time_distributed(2)], 3, 2)
    check(server, [lstm(2200)], 12345, 11)


@pytest.mark.parametrize("features", [1, 25, 254, 255, 287, 351, 415, 9999, (1 << 18) - 2, (1 << 18) - 1])
def test_sizes(server, features):
    check(server, [dense(1)], 1, features)


def test_random_networks(server):
    choose = random.Random(25)

    def layer(is_sequence):
        """A layer that fits, and whether it returns a sequence."""
        units, emits_sequence = choose.choice([1, 2, 7, 31, 128]), choose.random() < 0.7
        if choose.random() < 0.3:
            return (dense(units) if choose.random() < 0.6 else DROPOUT), is_sequence
        if not is_sequence:
            return repeat(choose.choice([1, 12, 1234, 99999])), True
        kind = choose.choice([lstm, bidirectional, time_distributed])
        if kind is time_distributed:
            return time_distributed(units), True
        return kind(units, emits_sequence), emits_sequence

    for _ in range(30):
        layers, is_sequence = [dense(choose.randint(1, 40))], True
        for _ in range(choose.randint(0, 25)):
            added, is_sequence = layer(is_sequence)
            layers.append(added)
        check(server, layers, choose.choice([1, 2, 10, 1000, 54321]), choose.randint(1, 1000))


def test_directions_are_joined_as_by_default(server):
    text = served(server, 4, 2, layers=[bidirectional(3), dense(2)])
    for options in {}, {"merge_mode": "concat"}:
        keras.backend.clear_session()
        both = L.Bidirectional(L.LSTM(3, return_sequences=True), **options)
        assert text == printed(keras.Sequential([keras.Input((4, 2)), both, L.Dense(2)]))


@pytest.mark.parametrize("training", TRAININGS)
def test_trained_models(server, training):
    post(server, "/train", {"model": "a.model-with_Signs", "epochs": 1, **TRAININGS[training]}, status=201)
    text = call(server, "GET", "/summary?model=a.model-with_Signs", fields=TEXT).body.decode()
    file = download(server, "a.model-with_Signs")
    header = json.loads(file[8:8 + int.from_bytes(file[:8], "little")])["__metadata__"]
    shape = int(header["timesteps"]), int(header["features"])
    layers = keras_bridge.listed(json.loads(header["architecture"]), *shape)
    assert text == summary(layers, *shape, name="a.model-with_Signs")


@pytest.mark.parametrize("length", [1, 70, 71, 72, 77, 78, 79, 128])
def test_titles(server, length):
    name = ("a.b-c_D" * 20)[:length]
    body = {"model": name, "windows": [[[1, 2], [3, 4]]] * 2, "epochs": 1, "layers": [dense(2)]}
    post(server, "/train", body, status=201)
    text = call(server, "GET", f"/summary?model={name}", fields=TEXT).body.decode()
    assert text == summary([dense(2)], 2, 2, name=name)
    assert get(server, f"/summary?model={name}")["model"] == name


def test_the_command_prints_what_keras_prints(server, tmp_path):
    layers = [lstm(4, False), repeat(3), time_distributed(2)]
    (tmp_path / "layers.json").write_text(json.dumps(layers))
    shape = ["--timesteps", "3", "--features", "2"]
    shown = subprocess.run(
        [PROGRAM, "summary", "--url", f"http://{server}", *shape, "--layers", tmp_path / "layers.json"],
        capture_output=True, text=True, check=True)
    program = (
        "import keras; from keras import layers as L; "
        "keras.Sequential([keras.Input((3, 2)), L.LSTM(4), L.RepeatVector(3), L.TimeDistributed(L.Dense(2))])"
        ".summary()")
    wanted = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout == wanted.stdout
