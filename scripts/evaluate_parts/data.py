"""Labelled data sets: what trains a model, and the series that it scores."""

import csv
import dataclasses
import gzip
import re

import numpy as np

IGNORED = {"datetime", "timestamp", "changepoint"}
LABELS = {"anomaly", "Label"}


@dataclasses.dataclass
class Series:
    """A series that is scored: `rows` [rows][F], `labels` [rows]."""

    name: str
    rows: np.ndarray
    labels: np.ndarray
    # The first row whose score is measured.
    measured: int = 0
    # The first row that no model was trained on: false alarms and events are counted from here on.
    unseen: int = 0


@dataclasses.dataclass
class Case:
    """The rows that train a model, [rows][F], and the series that it scores."""

    name: str
    training: np.ndarray
    series: list


def table(path):
    """Features [rows][F] and labels [rows] of a CSV file; all labels are 0 if it has none."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", newline="") as file:
        header = next(csv.reader(file))
        used = [index for index, name in enumerate(header) if name not in IGNORED]
        cells = np.loadtxt(file, delimiter=",", quotechar='"', comments=None, usecols=used, ndmin=2)
    is_label = np.array([header[index] in LABELS for index in used])
    labels = cells[:, is_label].any(axis=1) if is_label.any() else np.zeros(len(cells), bool)
    return cells[:, ~is_label], labels.astype(int)


def split(name, rows, labels, training):
    """A case that trains on the first rows of a series and is measured on the rest."""
    return Case(name, rows[:training], [Series(name, rows, labels, training, training)])


def skab(folder):
    for path in sorted((folder / "skab").glob("valve*.csv")):
        yield split(path.stem, *table(path), 400)


def tep(folder):
    paths = sorted((folder / "tep").glob("d*_te.csv"))
    if paths:
        series = [Series(path.stem, *table(path)) for path in paths]
        yield Case("d00", table(folder / "tep" / "d00.csv")[0], series)


def nab(folder):
    for path in sorted((folder / "nab").glob("*.csv")):
        rows, labels = table(path)
        yield split(path.stem, rows, labels, int(0.15 * len(rows)))


def tsb(folder):
    for path in sorted(folder.glob("*.csv.gz")):
        training = int(re.search(r"_tr_(\d+)_", path.name)[1])
        rows, labels = table(path)
        name = path.name.partition("_tr_")[0]
        # The benchmark measures the scores of all rows.
        yield Case(name, rows[:training], [Series(name, rows, labels, 0, training)])


SETS = {
    "skab": skab, "tep": tep, "nab": nab,
    "tsb": lambda folder: tsb(folder / "tsb"), "tsb-tuning": lambda folder: tsb(folder / "tsb" / "tuning"),
}
