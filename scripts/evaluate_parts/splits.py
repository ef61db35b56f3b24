"""Small splits for the study of thresholds: a few hundred normal rows that train, and rows that follow, most
of them normal too. Some kinds are made to break a threshold in one way each."""

import dataclasses
import zlib

import numpy as np

from . import synthetic
from .data import tsb

TIMESTEPS = 10


@dataclasses.dataclass
class Split:
    """The rows that train, [rows][F], and the rows that follow with a label each."""

    kind: str
    name: str
    training: np.ndarray
    rows: np.ndarray
    labels: np.ndarray


def _random(*words):
    return np.random.default_rng([zlib.crc32(str(word).encode()) for word in words])


def _mixed(random, rows, columns, memory, noise=0.3):
    """Columns that mix two processes, which forget their past within about `memory` rows, and noise."""
    keep = 1 - 1 / memory
    steps = random.standard_normal((rows, 2)) * np.sqrt(1 - keep ** 2)
    walk = np.zeros((rows, 2))
    walk[0] = random.standard_normal(2)
    for row in range(1, rows):
        walk[row] = keep * walk[row - 1] + steps[row]
    return walk @ random.standard_normal((2, columns)) + noise * random.standard_normal((rows, columns))


def injected(random, rows, deviations, events=4, longest=40):
    """The rows with events and their labels: a column moves by 4 standard deviations, a column has values of
    other times, a column has noise, all columns move by 1.5 standard deviations."""
    rows, labels = np.array(rows, float), np.zeros(len(rows), int)
    active = np.flatnonzero(deviations > 1e-9)
    if len(active) == 0:
        return rows, labels
    part = len(rows) // events
    for number in range(events):
        length = int(random.integers(longest // 2, longest))
        start = number * part + int(random.integers(part // 3, part - length))
        place, column = slice(start, start + length), random.choice(active)
        kind = number % 4
        if kind == 0:
            rows[place, column] += random.choice([-4, 4]) * deviations[column]
        elif kind == 1:
            rows[place, column] = random.permutation(rows[:, column])[:length]
        elif kind == 2:
            rows[place, column] += 3 * deviations[column] * random.standard_normal(length)
        else:
            rows[place] += 1.5 * deviations * random.choice([-1, 1], rows.shape[1])
        labels[place] = 1
    return rows, labels


def _split(kind, name, random, rows, training):
    fitted = rows[:training]
    return Split(kind, name, fitted, *injected(random, rows[training:], fitted.std(axis=0)))


# Kinds that break a threshold. Each function returns the rows and the number of those that train.

def overlapping(random, number):
    """99 calibration windows of a slow process, which are worth about ten observations."""
    return _mixed(random, 1504, 4, 30), 504


def burst(random, number):
    """75 calibration windows with a burst that is short and large."""
    rows = _mixed(random, 1380, 4, 8)
    start = int(random.integers(310, 360))
    rows[start:start + 6, random.integers(4)] += 10
    return rows, 380


def still(random, number):
    """Columns that stand still while the threshold is learned, one or three of them."""
    rows = _mixed(random, 1600, 1 if number % 2 else 3, 12)
    rows[460:600] = rows[460]
    rows[1000:1150] = rows[1000]
    return rows, 600


def switches(random, number):
    """Commands that change while the weights are fitted, and rest while the threshold is learned."""
    rows = 1600
    commands = np.zeros((rows, 3))
    for column in range(3):
        row = 0
        while row < rows:
            length = 1 + int(random.geometric(1 / 40))
            commands[row:row + length, column] = random.integers(2)
            row += length
    resting = 1 + number % 3
    commands[440:600, :resting] = commands[440, :resting]
    flows = np.zeros((rows, 3))
    for row in range(1, rows):
        flows[row] = flows[row - 1] + (10 * commands[row] - flows[row - 1]) / 4
    return np.column_stack([commands, flows[:, 1:] + 0.3 * random.standard_normal((rows, 2)),
                            _mixed(random, rows, 2, 20)]), 600


def heavy(random, number):
    """Columns with heavy tails."""
    rows = _mixed(random, 1500, 4, 10) + 0.5 * random.standard_t(2.5, (1500, 4))
    return (np.exp(rows / 2) if number % 2 else rows), 400


def exchangeable(random, number):
    """Rows that are independent of each other."""
    columns = [3, 6, 1][number % 3]
    return random.standard_normal((2000, columns)) @ random.standard_normal((columns, columns)), (
        [300, 500, 1000][number // 3 % 3])


def longer(random, number):
    """Some thousand rows, whose thresholds should not need a margin."""
    return _mixed(random, 6000, [2, 4, 8][number % 3], [3, 12][number % 2]), [2500, 4500][number // 2 % 2]


BREAKING = [overlapping, burst, still, switches, heavy, exchangeable, longer]


def _quiet(labels, length):
    """The first rows of stretches of this length without an event, one after the other."""
    row = 0
    while row + length <= len(labels):
        events = np.flatnonzero(labels[row:row + length])
        if len(events) == 0:
            yield row
            row += length
        else:
            row += int(events[-1]) + 1 + TIMESTEPS


def splits(seed, folder=None, of_a_kind=20):
    """The splits of a seed: those that break, pieces of the synthetic series, and, from a folder of sets,
    pieces of the tuning files of TSB-AD-M, whose stretches without a label have events injected."""
    for kind in BREAKING:
        for number in range(of_a_kind):
            random = _random("breaking", kind.__name__, seed, number)
            yield _split(kind.__name__, f"{number}", random, *kind(random, number))
    for half in range(2):
        for case in synthetic.synthetic(2 * seed + half):
            for training in (200, 400, 800):
                series = case.series[0]
                yield Split("synthetic", f"{case.name}-{half}-{training}", case.training[-training:],
                            series.rows[series.unseen:], series.labels[series.unseen:])
    if folder is None:
        return
    for case in tsb(folder / "tsb" / "tuning"):
        series = case.series[0]
        for training in (250, 500):
            starts = list(_quiet(series.labels, training + 600))
            random = _random("tuning", case.name, training, seed)
            for number, start in enumerate(random.permutation(starts)[:6]):
                piece = series.rows[start:start + training + 600]
                piece = piece[:, :1] if number % 3 == 2 else piece
                yield _split("tuning", f"{case.name}-{start}-{training}", random, piece, training)
