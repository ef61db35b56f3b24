#!/usr/bin/env python3
"""Distinguishes the operating states of a machine by the encodings of its windows. Needs NumPy and
scikit-learn.

    python3 examples/pumps.py data
    python3 examples/operating_states.py data/states.csv

An autoencoder is trained on the sensor columns only; its encoding describes a window in a few numbers.
scikit-learn finds the states in the encodings: a mixture of Gaussians without labels, and a linear classifier
trained on the first half of the recording. Both are compared with the column `state`, and with the same
methods on the windows themselves, in which a state looks different at each phase of an oscillation. The
server is --url, REPRISE_URL or http://127.0.0.1:8080; REPRISE_API_KEY is the key, if the server needs one."""

import argparse
import csv
import io
import pathlib

import numpy as np
from reprise_client import Client, problems_to_stderr
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TIMESTEPS = 24


def figures(points, states):
    """How well the points separate the states: the adjusted Rand index of clusters (1 is perfect, 0 is
    chance), and the accuracy of a linear classifier on the second half."""
    clusters = make_pipeline(
        StandardScaler(), GaussianMixture(len(set(states)), n_init=3, random_state=0)).fit_predict(points)
    half = len(points) // 2
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000)).fit(
        points[:half], states[:half])
    # Exclude windows that share rows with the first half.
    later = slice(half + TIMESTEPS, None)
    return adjusted_rand_score(states, clusters), classifier.score(points[later], states[later])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "recording", type=pathlib.Path, help="a CSV file with columns time, state, and the sensors")
    parser.add_argument("--model", default="states", help="the name of the model (default: states)")
    parser.add_argument("--url", help="URL of the server")
    arguments = parser.parse_args()
    with problems_to_stderr():
        client, body = Client(arguments.url), arguments.recording.read_bytes()
        options = {"model": arguments.model, "ignore": "state"}
        trained = client.json("POST", "/train", body, "text/csv", query={
            **options, "timesteps": TIMESTEPS, "units": [32, 8], "epochs": 40, "learning_rate": 0.003})
        # The response is an array in NumPy's format, [windows][8].
        response = client.call("POST", "/encode", body, "text/csv", "application/x-npy", query=options)
        encodings = np.load(io.BytesIO(response), allow_pickle=False)

    rows = list(csv.DictReader(io.StringIO(body.decode())))
    values = np.array([[float(row[name]) for name in trained["feature_names"]] for row in rows])
    # The windows that the server made: one ends in each row from the 24th on.
    windows = np.lib.stride_tricks.sliding_window_view(values, TIMESTEPS, axis=0)
    states = np.lib.stride_tricks.sliding_window_view(np.array([row["state"] for row in rows]), TIMESTEPS)
    # Exclude windows in which the state changes.
    pure = (states == states[:, :1]).all(axis=1)
    print(
        f"{pure.sum()} windows of {len(set(states[pure, 0]))} states; trained in {trained['seconds']:.1f} s")
    for name, points in ("encodings", encodings), ("windows", windows.reshape(len(windows), -1)):
        rand, accuracy = figures(points[pure], states[pure, 0])
        print(f"{name}: {points.shape[1]} numbers each, clusters' Rand index {rand:.3f}, "
              f"classifier's accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
