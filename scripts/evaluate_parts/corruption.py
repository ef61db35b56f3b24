"""Training data that are spoilt in the ways of real exports, to compare how scalings and errors bear it."""

import dataclasses
import zlib

import numpy as np

KINDS = {
    "none": "the data as they are",
    "sentinels": "-9999 in 5 of 400 training rows of one column",
    "spikes": "10 training rows in which each column is 50 standard deviations away",
    "offset": "1e9 added to all columns, in training and test rows",
    "constant": "one column constant in training rows; it changes by 7 % in the middle of the test rows",
}


def corrupted(case, kind, seed):
    """The case with corrupt data. The same seed spoils the same cells of it each time."""
    random = np.random.default_rng([seed, zlib.crc32(case.name.encode())])
    training = np.array(case.training, float)
    rows, features = training.shape
    if kind == "sentinels":
        count = max(1, round(rows * 5 / 400))
        training[random.choice(rows, count, replace=False), random.integers(features)] = -9999
    elif kind == "spikes":
        spoilt = random.choice(rows, min(10, rows), replace=False)
        signs = random.choice([-1, 1], (len(spoilt), features))
        training[spoilt] = training.mean(axis=0) + 50 * signs * training.std(axis=0)
    elif kind == "offset":
        series = [dataclasses.replace(one, rows=one.rows + 1e9) for one in case.series]
        return dataclasses.replace(case, training=training + 1e9, series=series)
    elif kind == "constant":
        column = random.integers(features)
        value = np.median(training[:, column]) or 1.0
        training[:, column] = value
        series = [_stepped(one, column, value) for one in case.series]
        return dataclasses.replace(case, training=training, series=series)
    return dataclasses.replace(case, training=training)


def _stepped(series, column, value):
    rows = np.array(series.rows, float)
    rows[:, column] = value
    rows[(series.unseen + len(rows)) // 2:, column] = 1.07 * value
    return dataclasses.replace(series, rows=rows)
