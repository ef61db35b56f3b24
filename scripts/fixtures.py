#!/usr/bin/env python3
"""Generates Tests/Fixtures/keras/*.json and keras-summaries.json with Keras, the reference for the tests of
the engine and of summaries.

Run by `make fixtures`, in a virtual environment of its own. Weights and windows are not stored: both sides
compute them with the formula in `numbers`. Large tensors are stored as samples with their norm. With the
argument `summaries`, generates only the summaries. """

import json
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import keras
import keras_bridge
import numpy as np
from keras import layers as L

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "keras"
FULL = 2000  # maximum size of a tensor that is stored completely
SAMPLES = 97  # evenly spaced samples of a larger tensor


def numbers(count, stream, limit, offset=0.0):
    """Pseudo-random float32 in offset ± limit, as in Swift (Tests/NeuralNetworkTests/Fixture.swift)."""
    h = (np.arange(count, dtype=np.uint64) * 2654435761 + stream * 2246822519 + 12345) & 0xFFFFFFFF
    for _ in range(2):
        h ^= h >> np.uint64(16)
        h = (h * 0x45D9F3B) & 0xFFFFFFFF
    h ^= h >> np.uint64(16)
    return (offset + limit * (h.astype(np.float64) / 2147483648.0 - 1)).astype(np.float32)


def stored(tensor):
    flat = np.asarray(tensor, dtype=np.float32).ravel()
    if flat.size <= FULL:
        return {"values": [float(f"{x:.9g}") for x in flat]}
    at = np.linspace(0, flat.size - 1, SAMPLES).astype(int)
    return {
        "at": at.tolist(),
        "values": [float(f"{x:.9g}") for x in flat[at]],
        "norm": float(np.linalg.norm(flat.astype(np.float64))),
        "largest": float(np.abs(flat).max()),
    }


def autoencoder(units, timesteps, features, **options):
    spec = [{"type": "LSTM", "units": u, "return_sequences": i < len(units) - 1, **options}
            for i, u in enumerate(units)]
    spec.append({"type": "RepeatVector", "n": timesteps})
    spec += [{"type": "LSTM", "units": u, "return_sequences": True, **options} for u in reversed(units)]
    return spec + [{"type": "TimeDistributed", "units": features}]


def stacked(units, features, **options):
    spec = [{"type": "LSTM", "units": u, "return_sequences": True, **options} for u in units + units[::-1]]
    return spec + [{"type": "TimeDistributed", "units": features}]


def build(spec, timesteps, features):
    def layer(s):
        s = dict(s)
        kind = s.pop("type")
        if kind == "Bidirectional":
            return L.Bidirectional(L.LSTM(**s))
        if kind == "TimeDistributed":
            return L.TimeDistributed(L.Dense(**s))
        return getattr(L, kind)(**s)

    keras.backend.clear_session()
    model = keras.Sequential([keras.Input((timesteps, features))] + [layer(s) for s in spec])
    for stream, weight in enumerate(model.weights):
        limit = 0.1 if len(weight.shape) == 1 else (3.0 / (weight.shape[0] + weight.shape[1] / 4)) ** 0.5
        weight.assign(numbers(int(np.prod(weight.shape)), stream, limit).reshape(weight.shape))
    return model


LOSSES = {"mse": keras.losses.MeanSquaredError, "mae": keras.losses.MeanAbsoluteError,
          "huber": keras.losses.Huber}


def gradients(model, x, loss):
    def objective(trainable):
        y, _ = model.stateless_call(
            trainable, [v.value for v in model.non_trainable_variables], x, training=True)
        return LOSSES[loss]()(x, y)

    return jax.grad(objective)([v.value for v in model.trainable_variables])


def case(name, spec, timesteps, features, windows=5, batch_size=None, epochs=10, loss="mse",
         validation_split=0.0, clip_norm=None, range_=(0.0, 1.0), plateau=None):
    batch_size = batch_size or windows
    low, high = range_
    x = numbers(windows * timesteps * features, 1000, (high - low) / 2, (high + low) / 2)
    x = x.reshape(windows, timesteps, features)
    model = build(spec, timesteps, features)
    probe = keras.Model(model.inputs[0], [layer.output for layer in model.layers])
    outputs = probe(x)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    record = {
        "name": name, "timesteps": timesteps, "features": features, "windows": windows,
        "batch_size": batch_size,
        "epochs": epochs, "loss": loss, "validation_split": validation_split, "clip_norm": clip_norm,
        "range": [low, high], "layers": spec, **({"reduce_lr_on_plateau": plateau} if plateau else {}),
        "outputs": [{"name": l.name, "type": type(l).__name__, "shape": list(o.shape[1:]),
                     "parameters": l.count_params(), **stored(o)} for l, o in zip(model.layers, outputs)],
        "parameters": [w.path.split("/", 1)[1] for w in model.weights],
        "gradients": [stored(g) for g in gradients(model, x, loss)],
    }
    model.compile(optimizer=keras.optimizers.Adam(global_clipnorm=clip_norm), loss=LOSSES[loss]())
    callbacks = [keras.callbacks.ReduceLROnPlateau(**plateau)] if plateau else []
    history = model.fit(x, x, batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0,
                        validation_split=validation_split, callbacks=callbacks).history
    record["history"] = {k: [float(f"{v:.9g}") for v in values] for k, values in history.items()}
    record["trained"] = [stored(w.numpy()) for w in model.weights]
    (OUT / f"{name}.json").write_text(json.dumps(record, separators=(",", ":")) + "\n")
    print(f"{name}: {model.count_params()} parameters, "
          f"loss {history['loss'][0]:.6g} -> {history['loss'][-1]:.6g}")


def article_curves():
    """Loss curves of the article's training with ten seeds, every tenth epoch."""
    rows = np.array([[i / 10, (i / 10) ** 3] for i in range(1, 10)], dtype=np.float32)
    x = np.stack([rows[i + 2:i + 5] for i in range(5)])
    curves = []
    for seed in range(10):
        keras.utils.set_random_seed(seed)
        model = keras.Sequential(
            [keras.Input((3, 2)), L.LSTM(128, activation="relu", return_sequences=True),
             L.LSTM(64, activation="relu"), L.RepeatVector(3),
             L.LSTM(64, activation="relu", return_sequences=True),
             L.LSTM(128, activation="relu", return_sequences=True), L.TimeDistributed(L.Dense(2))])
        model.compile(optimizer="adam", loss="mse")
        loss = model.fit(x, x, epochs=300, batch_size=5, verbose=0).history["loss"]
        curves.append([float(f"{v:.6g}") for v in loss[::10] + loss[-1:]])
        print(f"article, seed {seed}: {loss[-1]:.3g}")
    (OUT / "article-curves.json").write_text(json.dumps({"every": 10, "curves": curves}) + "\n")


def lstm(units, return_sequences=True):
    return {"type": "LSTM", "units": units, "return_sequences": return_sequences}


def dense(units):
    return {"type": "Dense", "units": units}


def repeat(n):
    return {"type": "RepeatVector", "n": n}


def bidirectional(units, return_sequences=True):
    return {"type": "Bidirectional", "layer": lstm(units, return_sequences)}


def time_distributed(units):
    return {"type": "TimeDistributed", "layer": dense(units)}


DROPOUT = {"type": "Dropout", "rate": 0.2}
# The timesteps, the features and the architecture of a network, as in a request of POST /summary.
SUMMARIES = {
    "article": (3, 2, {"architecture": "autoencoder", "units": [128, 64], "activation": "relu"}),
    "stacked": (3, 2, {"architecture": "stacked", "units": [128, 64]}),
    "every type": (4, 3, {"layers": [
        dense(6), bidirectional(5), DROPOUT, bidirectional(4, False), dense(7), DROPOUT, repeat(4),
        time_distributed(5), lstm(8), lstm(6), time_distributed(3), dense(3)]}),
    "one layer": (3, 2, {"layers": [lstm(64, False)]}),
    # Names as wide as their column, and wider.
    "many names": (2, 1, {"layers": [
        *[bidirectional(1)] * 12, *[time_distributed(2)] * 11, *[lstm(1, False), repeat(2), DROPOUT] * 12]}),
    "wide numbers": (1000, 8, {"layers": [time_distributed(1 << 20), dense(9)]}),
    "wide shapes": (3, 2, {"layers": [lstm(2000, False), repeat(1 << 20), time_distributed(2)]}),
    # Sizes: bytes, ties (1.125 and 1.375 KB), the last size of a unit, and the first of the next one.
    **{f"{features + 1} parameters": (1, features, {"layers": [dense(1)]})
       for features in (1, 254, 255, 287, 351, (1 << 18) - 2, (1 << 18) - 1)},
    "gigabyte": (1, (1 << 14) - 1, {"layers": [dense(1 << 14)]}),
}
# Names of models that are as wide as the screen, and wider, for a network of one Dense layer.
NAMES = ["pump-7.v2_final", *(("a.b-c_" * 30)[:length] for length in (71, 72, 78, 79, 128))]


def summary(layers, timesteps, features, name=None):
    """The lines of `model.summary()` for a network that is built and not compiled."""
    keras.backend.clear_session()
    layers = [keras_bridge.make(layer) for layer in layers]
    text = []
    keras.Sequential([keras.Input((timesteps, features)), *layers], name=name).summary(print_fn=text.append)
    return "".join(text).removesuffix("\n").split("\n")


def summaries():
    # Keras makes the table as wide as the terminal.
    os.environ["COLUMNS"] = "80"
    records = []
    for case, (timesteps, features, architecture) in SUMMARIES.items():
        layers = keras_bridge.listed(architecture, timesteps, features)
        request = {"timesteps": timesteps, "features": features, **architecture}
        records.append(
            {"case": case, "request": request, "summary": summary(layers, timesteps, features)})
        print(f"summary, {case}: {records[-1]['summary'][-3].strip()}")
    names = [{"model": name, "summary": summary([dense(2)], 2, 2, name)} for name in NAMES]
    document = {"architectures": records, "models": names}
    (OUT.parent / "keras-summaries.json").write_text(
        json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    summaries()
    if sys.argv[1:] == ["summaries"]:
        return
    for activation in ("relu", "tanh"):
        options = {"activation": activation}
        case(f"article-autoencoder-{activation}", autoencoder([128, 64], 3, 2, **options), 3, 2)
        case(f"article-stacked-{activation}", stacked([128, 64], 2, **options), 3, 2)
        case(f"small-autoencoder-{activation}", autoencoder([8, 5], 3, 2, **options), 3, 2)
        case(f"small-stacked-{activation}", stacked([8, 5], 2, **options), 3, 2)
    case("hard-sigmoid", autoencoder([6, 4], 4, 3, recurrent_activation="hard_sigmoid"), 4, 3, range_=(-2, 2))
    case("sigmoid-linear", [
        {"type": "LSTM", "units": 5, "activation": "sigmoid", "return_sequences": True},
        {"type": "LSTM", "units": 4, "activation": "linear"}, {"type": "RepeatVector", "n": 4},
        {"type": "LSTM", "units": 5, "return_sequences": True}, {"type": "Dense", "units": 3}], 4, 3)
    case("bidirectional", [
        {"type": "Bidirectional", "units": 5, "return_sequences": True},
        {"type": "Bidirectional", "units": 3},
        {"type": "RepeatVector", "n": 5}, {"type": "Bidirectional", "units": 4, "return_sequences": True},
        {"type": "TimeDistributed", "units": 3}], 5, 3, range_=(-1, 1))
    case("dense-dropout0", [
        {"type": "Dense", "units": 6, "activation": "relu"}, {"type": "Dropout", "rate": 0.0},
        {"type": "LSTM", "units": 7}, {"type": "Dense", "units": 4, "activation": "tanh"},
        {"type": "RepeatVector", "n": 4}, {"type": "TimeDistributed", "units": 5, "activation": "sigmoid"},
        {"type": "LSTM", "units": 6, "return_sequences": True}, {"type": "Dense", "units": 3}], 4, 3)
    case("uneven-batches", autoencoder([7, 3], 6, 3), 6, 3, windows=23, batch_size=5, epochs=2,
         range_=(-1, 1))
    case("sharded-batch", autoencoder([9, 5], 4, 3), 4, 3, windows=75, batch_size=37, epochs=5,
         range_=(-1, 1))
    case("one-timestep", autoencoder([6, 4], 1, 3), 1, 3, range_=(-1, 1))
    case("one-feature", autoencoder([6, 4], 5, 1), 5, 1, range_=(-1, 1))
    case("odd-units", autoencoder([13, 7], 4, 3), 4, 3, range_=(-1, 1))
    case("one-unit", autoencoder([1], 3, 2), 3, 2, range_=(-1, 1))
    # An odd number of errors: with an even one the gradient of a bias can cancel to rounding noise, which
    # Adam enlarges.
    case("mae", stacked([6], 2), 3, 2, loss="mae", range_=(-1, 1))
    case("huber", stacked([6], 2), 4, 2, loss="huber", range_=(-4, 4))
    case("validation-split", autoencoder([6, 3], 4, 2), 4, 2, windows=10, batch_size=4, epochs=5,
         validation_split=0.25, range_=(-1, 1))
    case("clip-norm", autoencoder([6, 3], 4, 2), 4, 2, clip_norm=0.05, range_=(-3, 3))
    # An improvement during the cooldown, two reductions, and a third that is limited by min_lr.
    case("reduce-lr-on-plateau", autoencoder([6, 3], 4, 2), 4, 2, windows=20, batch_size=4, epochs=14,
         validation_split=0.25,
         plateau={"factor": 0.4, "patience": 2, "min_delta": 0.014, "cooldown": 2, "min_lr": 1e-4})
    article_curves()


if __name__ == "__main__":
    main()
