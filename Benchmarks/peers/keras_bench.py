"""Measures Keras on JAX: `keras_bench.py train WORKLOAD THREADS`. Prints one line of JSON."""

import json
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "jax"

import keras

from workloads import WORKLOADS, data, layers


def train(workload):
    model = keras.Sequential([keras.Input((workload.timesteps, workload.features))])
    for inputs, units, returns_sequences in layers(workload):
        model.add(
            keras.layers.LSTM(units, activation=workload.activation, return_sequences=returns_sequences))
        if not returns_sequences:
            model.add(keras.layers.RepeatVector(workload.timesteps))
    model.add(keras.layers.TimeDistributed(keras.layers.Dense(workload.features)))
    model.compile(optimizer="adam", loss="mse")
    windows = data(workload)

    def fit(epochs):
        start = time.perf_counter()
        model.fit(windows, windows, batch_size=workload.batch, epochs=epochs, verbose=0)
        return time.perf_counter() - start

    # The first call compiles the epoch.
    fit(2)
    return {"seconds": fit(workload.epochs)}


if __name__ == "__main__":
    _, name, _ = sys.argv[1:]
    print(json.dumps({"name": name} | train(WORKLOADS[name])))
