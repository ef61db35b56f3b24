"""Keras networks made from nothing but what a model file says."""

import keras
import numpy as np
from keras import layers as L


def build(architecture, timesteps, features):
    """The network that a file's `architecture` stands for, with Keras' own initial weights."""
    # Names such as lstm_1 would count on from the network before.
    keras.backend.clear_session()
    keras.utils.set_random_seed(7)
    layers = [make(layer) for layer in listed(architecture, timesteps, features)]
    return keras.Sequential([keras.Input((timesteps, features)), *layers])


def make(layer):
    """One layer: the names in the file are those of Keras' options."""
    options = dict(layer)
    kind = getattr(L, options.pop("type"))
    if "layer" in options:
        options["layer"] = make(options["layer"])
    return kind(**options)


def listed(architecture, timesteps, features):
    """Layer by layer what `autoencoder` and `stacked` are short for; defaults as openapi.yaml has them."""
    if "layers" in architecture:
        return architecture["layers"]
    units = architecture.get("units", [64, 32])
    options = {k: v for k, v in architecture.items() if k in ("activation", "recurrent_activation")}

    def lstm(units, return_sequences=True):
        return {"type": "LSTM", "units": units, "return_sequences": return_sequences, **options}

    decoder = [lstm(size) for size in reversed(units)]
    decoder.append({"type": "TimeDistributed", "layer": {"type": "Dense", "units": features}})
    if architecture.get("architecture") == "stacked":
        return [lstm(size) for size in units] + decoder
    encoder = [lstm(size) for size in units[:-1]] + [lstm(units[-1], return_sequences=False)]
    return encoder + [{"type": "RepeatVector", "n": timesteps}] + decoder


def name(weight):
    """A weight's Keras path without the network's name."""
    return weight.path.split("/", 1)[1]


def tensors(network):
    return {name(weight): np.asarray(weight.value) for weight in network.weights}


def stirred(network):
    """Initial weights with noise: biases of zeros would hide that two were mixed up."""
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
