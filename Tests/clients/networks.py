"""Keras networks built from the content of a model file alone."""

import pathlib
import sys

import keras
import numpy as np
from keras import layers as L

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))
import keras_bridge  # noqa: E402 (the line above adds its folder)


def build(architecture, timesteps, features):
    """The network that a file's `architecture` describes, with Keras' initial weights."""
    # Without this, names such as lstm_1 would continue the numbering of the previous network.
    keras.backend.clear_session()
    keras.utils.set_random_seed(7)
    return keras_bridge.build(architecture, timesteps, features)


def name(weight):
    """A weight's Keras path without the network's name."""
    return weight.path.split("/", 1)[1]


def tensors(network):
    return {name(weight): np.asarray(weight.value) for weight in network.weights}


def noisy_weights(network):
    """Initial weights with noise: zero biases would hide a permutation of biases."""
    noise = np.random.default_rng(11)
    return {
        name: tensor + np.float32(0.2) * noise.standard_normal(tensor.shape, np.float32)
        for name, tensor in tensors(network).items()}


def assign(network, tensors):
    assert {name(weight) for weight in network.weights} == set(tensors)
    for weight in network.weights:
        weight.assign(tensors[name(weight)])


def encoder(network):
    """The part up to the encoding: the output of the layer that feeds the RepeatVector."""
    bridge = [isinstance(layer, L.RepeatVector) for layer in network.layers].index(True)
    return keras.Model(network.inputs[0], network.layers[bridge - 1].output)


def outputs(network, windows):
    """Each layer with its output."""
    probe = keras.Model(network.inputs[0], [layer.output for layer in network.layers])
    return zip(network.layers, map(np.asarray, probe(windows)))
