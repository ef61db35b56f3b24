#!/usr/bin/env python3
"""Converts models between Keras 3 and Reprise.

    keras_bridge.py to-reprise model.keras model.safetensors
    keras_bridge.py to-keras model.safetensors model.keras

The first command converts a Sequential network that reconstructs its input into a file for PUT
/models/{model}/model.safetensors. The second converts such a file into a Sequential network with scaled
windows as input and output, or with --scaling-layers windows in the units of the data. The .keras file keeps
what Keras has no place for (names, threshold, error kind, baselines, ...), so that the first command restores
the model unchanged. A file that Keras has saved since has lost it: give the original with --original.

Needs keras. As a module: `read`, `to_keras` and `save`; `load`, `to_reprise` and `write`.
"""

import argparse
import collections
import hashlib
import json
import math
import os
import zipfile

if __name__ == "__main__":
    # Keras can always load this backend, and the conversion computes nothing.
    os.environ.setdefault("KERAS_BACKEND", "numpy")

import keras
import numpy as np
from keras import layers as L

ACTIVATIONS = "tanh", "relu", "sigmoid", "linear"
RECURRENT_ACTIVATIONS = "sigmoid", "hard_sigmoid"

# The default names of Keras layers, by type; a wrapped layer is named before its wrapper.
NAMES = {
    "LSTM": "lstm", "Bidirectional": "bidirectional", "RepeatVector": "repeat_vector", "Dense": "dense",
    "TimeDistributed": "time_distributed", "Dropout": "dropout"}
WRAPPED = {"Bidirectional": "LSTM", "TimeDistributed": "Dense"}

# The entry of a .keras file that is the header of the safetensors file. Keras ignores and does not save it.
HEADER = "reprise/header.json"
# The names of the layers that scale windows, before and after the network.
BEFORE = "scaling_offset", "scaling_offset_rest", "scaling_scale"
AFTER = "unscaling_scale", "unscaling_offset"
# Beyond this ratio of offset and scale, float32 windows lose the data.
MAX_RATIO = 1e4
CHECKSUMS = "sha256", "data_sha256"


class Unsupported(ValueError):
    """A layer or tensor that cannot be converted; the message names it."""


# From Keras.


def to_reprise(network, timesteps=None, offset=None, scale=None, threshold=None, original=None):
    """Converts a Keras network into the tensors and metadata of a file.

    `timesteps` is required if the input of the network does not fix it. `offset` and `scale`, lists with a
    number for each feature, describe a network that was trained on (x - offset) / scale; a network with the
    layers of `scalers` describes them itself. `threshold` is the error, in scaled units, above which a window
    is an anomaly. `original` are the metadata of the model that the network comes from, which are kept except
    for what the other arguments and a changed network replace. Raises Unsupported for a network that Reprise
    cannot run. """
    if not isinstance(network, keras.Sequential):
        raise Unsupported(
            f"{network.name!r} is a {type(network).__name__}; only a Sequential network can be converted")
    shape = window_shape(network, timesteps)
    layers, scaled = unscaled_layers(list(flat(network)))
    described = [describe(layer) for layer in layers]
    if (found := network.compute_output_shape((None, *shape))[1:]) != shape:
        raise unsupported(
            layers[-1], f"emits {found}; the last layer must emit {shape}, the shape of the input")
    tensors = {
        name: array(variable) if variable is not None else np.zeros(array(kernel).shape[-1:], np.float32)
        for name, variable, kernel in weights(layers, described)}
    metadata = kept(original or {}, tensors, described, shape)
    if offset is None and scale is None and scaled is not None and not is_scaling_of(metadata, *scaled):
        offset, scale = (numbers.tolist() for numbers in scaled)
    if offset is not None or scale is not None:
        given = {"scaling": "standard", "offset": offset, "scale": scale}
        metadata["scaling"] = json.dumps({name: value for name, value in given.items() if value is not None})
    if threshold is not None:
        metadata["threshold"] = json.dumps({"value": float(threshold)})
    return tensors, metadata


def kept(original, tensors, described, shape):
    """The metadata of a model that became a network with these tensors and layers."""
    metadata = dict(original)
    sizes = {"timesteps": str(shape[0]), "features": str(shape[1])}
    for name, size in sizes.items():
        if original.get(name, size) != size:
            raise Unsupported(f"the network has {size} {name}, its original {original[name]}")
    metadata.update(sizes)
    if "architecture" not in original or described != [
            describe(layer) for layer in build(json.loads(original["architecture"]), *shape).layers]:
        metadata["architecture"] = json.dumps({"architecture": "layers", "layers": described})
    if "data_sha256" in original and original["data_sha256"] != digest(tensors):
        # Other weights: the checksums would be wrong.
        for name in CHECKSUMS:
            metadata.pop(name, None)
    return metadata


def window_shape(network, timesteps):
    """The shape of a window, (T, F)."""
    if not network.built:
        raise Unsupported(
            f"network {network.name!r} is not built; start it with keras.Input((timesteps, features))")
    if len(network.input_shape) != 3:
        raise Unsupported(
            f"network {network.name!r} takes {network.input_shape}; it must take (None, timesteps, features)")
    found, features = network.input_shape[1:]
    if found is None and timesteps is None:
        raise Unsupported(
            f"network {network.name!r} takes windows of any length; give the number of timesteps")
    if None not in (found, timesteps) and found != timesteps:
        raise Unsupported(f"network {network.name!r} takes windows of {found} timesteps, not of {timesteps}")
    return found or timesteps, features


def flat(network):
    """The layers, including those of nested networks."""
    for layer in network.layers:
        yield from flat(layer) if isinstance(layer, keras.Sequential) else [layer]


def describe(layer):
    """A layer as a file describes it, with the names of Keras' options."""
    # Reject subclasses: they can compute something else.
    kind = type(layer).__name__
    if type(layer) is not getattr(L, kind, None) or kind not in NAMES:
        raise unsupported(layer, f"is not one of {', '.join(NAMES)}")
    if layer.compute_dtype != "float32":
        raise unsupported(layer, f"computes in {layer.compute_dtype}; it must be float32")
    return {"type": kind, **OPTIONS[kind](layer)}


def unsupported(layer, reason):
    return Unsupported(f"layer {layer.name!r} ({type(layer).__name__}) {reason}")


def activation(layer, option, known):
    name = keras.activations.serialize(getattr(layer, option))
    if name not in known:
        raise unsupported(layer, f"has {option} {name!r}; it must be one of {', '.join(known)}")
    return {option: name}


def lstm_options(layer, go_backwards=False):
    fixed = {
        "go_backwards": go_backwards, "stateful": False, "return_state": False, "dropout": 0,
        "recurrent_dropout": 0}
    for option, value in fixed.items():
        if getattr(layer, option) != value:
            raise unsupported(layer, f"has {option} {getattr(layer, option)}; it must be {value}")
    return {
        "units": layer.units, "return_sequences": layer.return_sequences,
        **activation(layer, "activation", ACTIVATIONS),
        **activation(layer, "recurrent_activation", RECURRENT_ACTIVATIONS)}


def bidirectional_options(layer):
    if layer.merge_mode != "concat":
        raise unsupported(layer, f"has merge_mode {layer.merge_mode!r}; it must be 'concat'")
    forward, backward = layer.forward_layer, layer.backward_layer
    described = wrapped(layer, forward)
    if type(backward) is not L.LSTM or lstm_options(backward, go_backwards=True) != lstm_options(forward):
        raise unsupported(layer, "has a backward_layer that differs from the forward one")
    return described


def wrapped(layer, inner):
    wanted = WRAPPED[type(layer).__name__]
    if type(inner).__name__ != wanted:
        raise unsupported(layer, f"wraps {inner.name!r} ({type(inner).__name__}); it must wrap {wanted}")
    return {"layer": describe(inner)}


OPTIONS = {
    "LSTM": lstm_options,
    "Bidirectional": bidirectional_options,
    "RepeatVector": lambda layer: {"n": layer.n},
    "Dense": lambda layer: {"units": layer.units, **activation(layer, "activation", ACTIVATIONS)},
    "TimeDistributed": lambda layer: wrapped(layer, layer.layer),
    "Dropout": lambda layer: {"rate": layer.rate}}


# To Keras.


def to_keras(tensors, metadata, scaling_layers=False):
    """Converts the tensors and metadata of a file into a Keras network.

    The network works in scaled units (see `scaling`), or with `scaling_layers` in the units of the data.
    Raises Unsupported if the tensors do not match the architecture, and for scaling layers that would lose
    data.
    """
    architecture = json.loads(metadata["architecture"])
    shape = int(metadata["timesteps"]), int(metadata["features"])
    network = build(architecture, *shape)
    left = dict(tensors)
    for name, variable, _ in weights(network.layers, listed(architecture, *shape)):
        if name not in left:
            raise Unsupported(f"there is no tensor {name!r}, which the architecture needs")
        tensor = left.pop(name)
        if tensor.shape != tuple(variable.shape):
            raise Unsupported(
                f"tensor {name!r} has shape {tensor.shape}; the architecture needs {tuple(variable.shape)}")
        variable.assign(tensor)
    if left:
        raise Unsupported(f"there is a tensor {min(left)!r}, which the architecture does not use")
    if scaling_layers:
        before, after = scalers(*scaling(metadata))
        network = keras.Sequential([keras.Input(shape), *before, *network.layers, *after])
    return network


def scaling(metadata):
    """Offset and scale of each feature, [F], as float64. The input of the network is (x - offset) / scale,
    and an output y stands for y * scale + offset. Compute both in float64: float32 loses data with a large
    offset."""
    scaling, features = json.loads(metadata.get("scaling", "{}")), int(metadata["features"])
    return np.float64(scaling.get("offset", [0] * features)), np.float64(scaling.get("scale", [1] * features))


def scalers(offset, scale):
    """Layers that scale windows, and layers that undo it, for float32 windows in the units of the data.

    The offset is the sum of two float32 numbers, which are subtracted one after the other, as precisely as
    one number of float64."""
    # A constant feature may have this ratio, up to rounding.
    if (np.abs(offset) * (1 - 1e-9) > MAX_RATIO * scale).any():
        raise Unsupported(
            f"an offset is more than {MAX_RATIO:g} times the scale, so that float32 windows would lose the "
            "data; scale the windows in float64 instead of in the network")
    first = np.float64(np.float32(offset))
    rest = offset - first

    def rescaling(name, scale=1, offset=0):
        return L.Rescaling(*(np.multiply(1.0, part).tolist() for part in (scale, offset)), name=name)

    before = [
        rescaling(BEFORE[0], offset=-first), rescaling(BEFORE[1], offset=-rest),
        rescaling(BEFORE[2], scale=1 / scale)]
    return before, [rescaling(AFTER[0], scale, rest), rescaling(AFTER[1], offset=first)]


def unscaled_layers(layers):
    """The layers without those of `scalers`, and the offset and scale of these, or None."""
    names = [layer.name for layer in layers]
    if not any(name in BEFORE + AFTER for name in names):
        return layers, None
    before, after = layers[:len(BEFORE)], layers[-len(AFTER):]
    if (*names[:len(BEFORE)], *names[-len(AFTER):]) != BEFORE + AFTER or not all(
            isinstance(layer, L.Rescaling) for layer in before + after):
        raise Unsupported(
            f"the layers {', '.join(BEFORE)} must begin the network, and {', '.join(AFTER)} must end it")
    scale = np.float64(after[0].scale)
    return layers[len(BEFORE):-len(AFTER)], (np.float64(after[1].offset) + np.float64(after[0].offset), scale)


def is_scaling_of(metadata, offset, scale):
    """Whether a file's metadata have this scaling."""
    return all(np.array_equal(*pair) for pair in zip(scaling(metadata), (offset, scale)))


def build(architecture, timesteps, features):
    """The network that a file's `architecture` describes, with Keras' initial weights."""
    layers = [make(layer) for layer in listed(architecture, timesteps, features)]
    return keras.Sequential([keras.Input((timesteps, features)), *layers])


def make(layer):
    """A Keras layer from its description in a file, which uses the names of Keras' options."""
    options = dict(layer)
    kind = options.pop("type")
    if kind not in NAMES:
        raise Unsupported(f"a layer is of type {kind!r}, which is not one of {', '.join(NAMES)}")
    if "layer" in options:
        options["layer"] = make(options["layer"])
    return getattr(L, kind)(**options)


def listed(architecture, timesteps, features):
    """The list of layers of an architecture; `autoencoder` and `stacked` are expanded, with the defaults of
    openapi.yaml."""
    if "detector" in architecture:
        raise Unsupported(f"the model is a detector without a network ({architecture['detector']})")
    if "layers" in architecture:
        return architecture["layers"]
    kind = architecture.get("architecture", "autoencoder")
    if kind not in ("autoencoder", "stacked"):
        raise Unsupported(f"the architecture is {kind!r}, which is not one of autoencoder, stacked, layers")
    units = architecture.get("units", [64, 32])
    options = {k: v for k, v in architecture.items() if k in ("activation", "recurrent_activation")}

    def lstm(units, return_sequences=True):
        return {"type": "LSTM", "units": units, "return_sequences": return_sequences, **options}

    decoder = [lstm(size) for size in reversed(units)]
    decoder.append({"type": "TimeDistributed", "layer": {"type": "Dense", "units": features}})
    if kind == "stacked":
        return [lstm(size) for size in units] + decoder
    encoder = [lstm(size) for size in units[:-1]] + [lstm(units[-1], return_sequences=False)]
    return encoder + [{"type": "RepeatVector", "n": timesteps}] + decoder


# Weights and files.


def weights(layers, described):
    """For each tensor: its name in a file, the variable (None for a missing bias), and the kernel of the same
    layer."""
    counts = collections.Counter()

    def unique(name):
        counts[name] += 1
        return name if counts[name] == 1 else f"{name}_{counts[name] - 1}"

    for layer, description in zip(layers, described, strict=True):
        kind = description["type"]
        inner = unique(NAMES[WRAPPED[kind]]) if kind in WRAPPED else None
        name = unique(NAMES[kind])
        owners = {
            "LSTM": lambda: [(name, layer.cell)],
            "Bidirectional": lambda: [
                (f"{name}/forward_{inner}", layer.forward_layer.cell),
                (f"{name}/backward_{inner}", layer.backward_layer.cell)],
            "Dense": lambda: [(name, layer)],
            "TimeDistributed": lambda: [(f"{name}/{inner}", layer.layer)],
        }.get(kind, list)()
        for path, owner in owners:
            cell, parts = "", ("kernel", "bias")
            if hasattr(owner, "recurrent_kernel"):
                cell, parts = "/lstm_cell", ("kernel", "recurrent_kernel", "bias")
            for part in parts:
                yield f"{path}{cell}/{part}", getattr(owner, part), owner.kernel


def array(variable):
    return np.ascontiguousarray(keras.ops.convert_to_numpy(variable), np.float32)


def encode(tensors):
    """The bytes of the tensors as a file has them."""
    return b"".join(np.ascontiguousarray(tensor, "<f4").tobytes() for tensor in tensors.values())


def digest(tensors):
    """The checksum of a file's data."""
    return hashlib.sha256(encode(tensors)).hexdigest()


TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


def header_of(path):
    """The header of a safetensors file, as text, and the data behind it."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = file.read(size) if size <= 100_000_000 else b""
        if len(header) < size or size == 0:
            raise Unsupported(f"{path} is not a safetensors file")
        return header.decode(), file.read()


def read(path):
    """Tensors and metadata of a safetensors file, the tensors in the order of their data."""
    text, data = header_of(path)
    header = json.loads(text)
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        start, end = entry["data_offsets"]
        if entry["dtype"] == "BF16":
            halves = np.frombuffer(data[start:end], "<u2").astype("<u4") << 16
            tensors[name] = halves.view("<f4").reshape(entry["shape"])
        elif entry["dtype"] in TYPES:
            tensors[name] = np.frombuffer(data[start:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
        else:
            raise Unsupported(f"tensor {name!r} is of type {entry['dtype']}; it must be of floats")
    return tensors, metadata


def write(path, tensors, metadata, header=None):
    """Writes a safetensors file. `header` is the text of one that is used if it describes the same file."""
    offset, described = 0, {"__metadata__": metadata}
    for name, tensor in tensors.items():
        end = offset + 4 * math.prod(tensor.shape)
        described[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    if header is None or json.loads(header) != described:
        header = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
        header += " " * (-len(header.encode()) % 8)
    content = header.encode()
    with open(path, "wb") as file:
        file.write(len(content).to_bytes(8, "little") + content + encode(tensors))


def save(network, path, header):
    """Saves a network as a .keras file that keeps the header of the file that it comes from, a text."""
    network.save(path)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(HEADER, header)


def load(path):
    """The network of a .keras file, and the header that `save` has kept; None without one."""
    network = keras.saving.load_model(path, compile=False)
    with zipfile.ZipFile(path) as file:
        return network, file.read(HEADER).decode() if HEADER in file.namelist() else None


def convert_to_reprise(options):
    network, header = load(options.source)
    if options.original:
        header, _ = header_of(options.original)
    original = json.loads(header).get("__metadata__", {}) if header else {}
    tensors, metadata = to_reprise(
        network, options.timesteps, options.offset, options.scale, options.threshold, original)
    write(options.target, tensors, metadata, header)
    if "data_sha256" in original and "data_sha256" not in metadata:
        print("The weights have changed. Learn the threshold again: POST /models/{model}/calibrate")


def convert_to_keras(options):
    header, _ = header_of(options.source)
    tensors, metadata = read(options.source)
    save(to_keras(tensors, metadata, options.scaling_layers), options.target, header)
    offset, scale = scaling(metadata)
    if not options.scaling_layers and (offset.any() or (scale != 1).any()):
        print(f"The input of the network is (x - offset) / scale: offset {offset.tolist()}, "
              f"scale {scale.tolist()}")
    differences = json.loads(metadata.get("preparation", "{}")).get("difference")
    if differences:
        print(f"The features {differences['features']} are differences of rows (docs/data.md)")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    to_reprise_parser = commands.add_parser("to-reprise", help="convert a .keras file to a safetensors file")
    to_keras_parser = commands.add_parser("to-keras", help="convert a safetensors file to a .keras file")
    for command in to_reprise_parser, to_keras_parser:
        command.add_argument("source")
        command.add_argument("target")
    to_reprise_parser.add_argument(
        "--timesteps", type=int, help="timesteps of a window, for a network that takes windows of any length")
    scaled = "one number per feature; the input of the network is (x - offset) / scale"
    to_reprise_parser.add_argument("--offset", type=float, nargs="+", help=scaled)
    to_reprise_parser.add_argument("--scale", type=float, nargs="+", help=scaled)
    to_reprise_parser.add_argument(
        "--threshold", type=float,
        help="error in scaled units above which a window is an anomaly")
    to_reprise_parser.add_argument(
        "--original", help="the safetensors file that the network comes from, if Keras has saved it since")
    to_keras_parser.add_argument(
        "--scaling-layers", action="store_true", help="make the scaling a part of the network")
    options = parser.parse_args()
    try:
        if options.command == "to-reprise":
            convert_to_reprise(options)
        else:
            convert_to_keras(options)
    except (Unsupported, OSError) as error:
        raise SystemExit(f"keras_bridge.py: {error}") from None


if __name__ == "__main__":
    main()
