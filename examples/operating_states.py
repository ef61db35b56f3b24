#!/usr/bin/env python3
"""Tells the operating states of a machine apart by the encodings of its windows. Needs NumPy and scikit-learn.

    python3 examples/pumps.py data
    python3 examples/operating_states.py data/states.csv

An autoencoder sees the sensors only, and learns to say in a few numbers what a window looks like. With these, scikit-learn
finds the states: a mixture of Gaussians without being told anything, a linear classifier from the first half of the
recording. Both are held against the column `state`, beside the same from the windows themselves, in which a state looks
different at each moment of a swing. The server is --url, REPRISE_URL or http://127.0.0.1:8080; REPRISE_API_KEY is the key,
where one is needed."""

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
    """How well states are told apart: by clusters (adjusted Rand index: 1 is perfect, 0 chance), and by a linear classifier
    (the share of the second half that it gets right)."""
    clusters = make_pipeline(StandardScaler(), GaussianMixture(len(set(states)), n_init=3, random_state=0)).fit_predict(points)
    half = len(points) // 2
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000)).fit(points[:half], states[:half])
    # Windows that share rows with the first half are no test.
    later = slice(half + TIMESTEPS, None)
    return adjusted_rand_score(states, clusters), classifier.score(points[later], states[later])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", type=pathlib.Path, help="a CSV file with columns time, state, and the sensors")
    parser.add_argument("--model", default="states", help="its name (default: states)")
    parser.add_argument("--url", help="of the server")
    arguments = parser.parse_args()
    with problems_to_stderr():
        client, body = Client(arguments.url), arguments.recording.read_bytes()
        options = {"model": arguments.model, "ignore": "state"}
        trained = client.json("POST", "/train", body, "text/csv", query={
            **options, "timesteps": TIMESTEPS, "units": [32, 8], "epochs": 40, "learning_rate": 0.003})
        # The answer is an array as NumPy saves it, [windows][8].
        answer = client.call("POST", "/encode", body, "text/csv", "application/x-npy", query=options)
        encodings = np.load(io.BytesIO(answer), allow_pickle=False)

    rows = list(csv.DictReader(io.StringIO(body.decode())))
    values = np.array([[float(row[name]) for name in trained["feature_names"]] for row in rows])
    # What the server has cut the rows into: a window ends in each row from the 24th on.
    windows = np.lib.stride_tricks.sliding_window_view(values, TIMESTEPS, axis=0)
    states = np.lib.stride_tricks.sliding_window_view(np.array([row["state"] for row in rows]), TIMESTEPS)
    # A window in which the state changes is in neither.
    pure = (states == states[:, :1]).all(axis=1)
    print(f"{pure.sum()} windows of {len(set(states[pure, 0]))} states; trained in {trained['seconds']:.1f} s")
    for name, points in ("encodings", encodings), ("windows", windows.reshape(len(windows), -1)):
        rand, accuracy = figures(points[pure], states[pure, 0])
        print(f"{name}: {points.shape[1]} numbers each, clusters' Rand index {rand:.3f}, classifier's accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
