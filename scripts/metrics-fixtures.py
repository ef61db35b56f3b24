#!/usr/bin/env python3
"""Generates Tests/Fixtures/sklearn/*.json with scikit-learn, the reference for the tests of Evaluation and
Detection.

Run by `make fixtures`. Scores are small integers divided by 8: float32 represents them exactly, and many are
equal. """

import json
import pathlib

import numpy as np
from sklearn import metrics
from sklearn.covariance import ledoit_wolf
from sklearn.decomposition import PCA

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "sklearn"


def case(name, scores, labels):
    scores, labels = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=int)
    precision, recall, thresholds = metrics.precision_recall_curve(labels, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    best = int(np.argmax(f1[:-1]))
    threshold = float(np.median(scores))
    tn, fp, fn, tp = metrics.confusion_matrix(labels, scores > threshold, labels=[0, 1]).ravel()
    return {
        "name": name, "scores": scores.tolist(), "labels": labels.tolist(),
        "rocAUC": metrics.roc_auc_score(labels, scores) if 0 < labels.sum() < len(labels) else None,
        "averagePrecision": metrics.average_precision_score(labels, scores),
        "precision": precision[:-1].tolist(), "recall": recall[:-1].tolist(),
        "thresholds": thresholds.tolist(), "bestF1": float(f1[best]),
        "median": threshold, "confusion": [int(tp), int(fp), int(tn), int(fn)],
    }


def detection(random, count, timesteps, features, components):
    """Sliding windows of a correlated random walk: errors without the principal components, and the
    covariance of means."""
    steps = random.normal(size=(count + timesteps - 1, features)) @ random.normal(size=(features, features))
    series = (np.cumsum(steps, axis=0) * 0.1 + random.normal(size=steps.shape)).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(series, timesteps, axis=0).transpose(0, 2, 1)
    flat = windows.reshape(count, -1).astype(np.float64)
    pca = PCA(components, svd_solver="full").fit(flat)
    rest = flat - pca.inverse_transform(pca.transform(flat))
    means = windows.mean(axis=1, dtype=np.float64)
    scaled = (means - means.mean(axis=0)) / means.std(axis=0)
    covariance, _ = ledoit_wolf(scaled, assume_centered=True)
    return {
        "timesteps": timesteps, "features": features, "components": components,
        "series": series.ravel().tolist(),
        "pcaErrors": (rest ** 2).mean(axis=1).tolist(), "centred": scaled.ravel().tolist(),
        "covariance": covariance.ravel().tolist(),
    }


def main():
    random = np.random.default_rng(0)
    cases = []
    for number, (count, share, levels, shift) in enumerate(
            [(10, 0.3, 4, 2), (100, 0.1, 10, 3), (500, 0.5, 40, 0), (1000, 0.02, 400, 100),
             (300, 0.9, 3, 1)]):
        labels = random.random(count) < share
        labels[0] = True
        labels[1] = False
        scores = (random.integers(0, levels, count) + shift * labels) / 8
        cases.append(case(f"random {number}", scores, labels))
    cases.append(case("all equal", np.ones(20), np.arange(20) % 4 == 0))
    cases.append(case("perfect", np.arange(30) / 8, np.arange(30) >= 20))
    cases.append(case("reversed", np.arange(30) / 8, np.arange(30) < 10))
    cases.append(case("only anomalies", np.arange(5) / 8, np.ones(5)))
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "metrics.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    shapes = [(60, 4, 3, 6), (200, 10, 8, 16), (30, 6, 1, 3), (12, 5, 6, 11)]
    learned = [detection(random, *shape) for shape in shapes]
    (OUT / "detection.json").write_text(json.dumps(learned, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
