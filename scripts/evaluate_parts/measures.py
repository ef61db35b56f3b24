"""Measures of anomaly scores against labels. Labels are 0 or 1 for each row, scores are higher for rows that
are more anomalous; both are `[rows]`. There is no point-adjusted measure: it calls a stretch detected if one
of its rows is, which random scores achieve too (Kim et al. 2022, arXiv:2109.05257)."""

import numpy as np


def stretches(labels):
    """The first rows of the stretches of ones, and the rows after their last ones."""
    changes = np.diff(np.concatenate([[0], np.asarray(labels, int), [0]]))
    return np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)


def _counts(labels, scores):
    """The anomalous rows and all rows that are flagged when each distinct score, from the highest to the
    lowest, is the lowest flagged score."""
    labels, scores = np.asarray(labels, bool), np.asarray(scores, float)
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    return np.cumsum(labels[order])[last], last + 1


def roc_auc(labels, scores):
    """The area under the ROC curve, or None if all labels are equal."""
    hits, flagged = _counts(labels, scores)
    positives, negatives = hits[-1], flagged[-1] - hits[-1]
    if positives == 0 or negatives == 0:
        return None
    heights = np.concatenate([[0], hits])
    widths = np.diff(flagged - hits, prepend=0)
    return float(widths @ (heights[1:] + heights[:-1]) / 2 / positives / negatives)


def average_precision(labels, scores):
    """The mean of the precision over the steps of recall, as scikit-learn computes it, or None without
    anomalous rows."""
    hits, flagged = _counts(labels, scores)
    return float(np.diff(hits, prepend=0) @ (hits / flagged) / hits[-1]) if hits[-1] else None


def best_f1(labels, scores):
    """The highest F1 of all thresholds, or None without anomalous rows."""
    hits, flagged = _counts(labels, scores)
    return float(np.max(2 * hits / (flagged + hits[-1]))) if hits[-1] else None


def at_threshold(labels, flags):
    """Counts of flagged rows and of events, the stretches of anomalous rows. An event is found if one of its
    rows is flagged."""
    labels, flags = np.asarray(labels, bool), np.asarray(flags, bool)
    starts, ends = stretches(labels)
    hits = int(np.sum(flags & labels))
    anomalous, normal = int(np.sum(labels)), int(np.sum(~labels))
    return {
        "f1": 2 * hits / (int(np.sum(flags)) + anomalous) if anomalous else None,
        "false_alarm_rate": int(np.sum(flags & ~labels)) / normal if normal else None,
        "normal_rows": normal, "anomalous_rows": anomalous,
        "events": len(starts), "events_found": sum(bool(flags[s:e].any()) for s, e in zip(starts, ends)),
    }


def vus_pr(labels, scores, widest, thresholds=250):
    """The volume under the surface of precision and recall (Paparrizos et al., PVLDB 15(11), 2022), or None
    without anomalous rows.

    For each buffer length l from 0 to `widest`, rows at most l / 2 before or after an event count as
    anomalous to the degree √(1 - distance / l). The result is the mean over l of the area under
    the curve of precision and recall, where recall is multiplied with the share of the events, with their
    buffers, in which a row is flagged. As in the authors' software, `thresholds` is the number of
    thresholds, evenly spaced by rank, events whose buffers overlap are one, and half of the weight of the
    buffers' flagged rows is added to the number of anomalous rows.
    """
    labels, scores = np.asarray(labels, bool), np.asarray(scores, float)
    if not labels.any():
        return None
    rows, (starts, ends) = len(labels), stretches(labels)
    rising = np.sort(scores)
    cuts = rising[::-1][np.linspace(0, rows - 1, thresholds).astype(int)]
    flagged = rows - np.searchsorted(rising, cuts, side="left")

    # adjacent[d - 1, row]: the number of events that start or end at the distance d from the row.
    distances = np.arange(1, widest // 2 + 1)
    adjacent = np.zeros((len(distances), rows))
    for distance in distances:
        adjacent[distance - 1, starts[starts >= distance] - distance] += 1
        adjacent[distance - 1, ends[ends + distance <= rows] + distance - 1] += 1
    near = np.flatnonzero(adjacent.any(axis=0) & ~labels)
    lengths = np.arange(widest + 1)[:, None]
    degrees = np.where(
        distances <= lengths // 2, np.sqrt(np.maximum(1 - distances / np.maximum(lengths, 1), 0)), 0)
    buffers = np.minimum(degrees @ adjacent[:, near], 1)

    # From here on, [buffer lengths, thresholds].
    hits = np.sum(scores[labels][:, None] >= cuts, axis=0)
    outside = buffers @ (scores[near][:, None] >= cuts)
    reached = np.array([_reached(scores, starts, ends, half, cuts) for half in range(widest // 2 + 1)])
    recall = np.minimum((hits + outside) / (labels.sum() + outside / 2), 1) * reached[lengths[:, 0] // 2]
    precision = (hits + outside) / flagged
    return float(np.mean(np.sum(np.diff(recall, axis=1, prepend=0) * precision, axis=1)))


def _reached(scores, starts, ends, half, cuts):
    """The share of the events in which a score reaches each cut, after each event was extended by `half`
    rows on both sides and overlapping ones were merged."""
    apart = np.flatnonzero(starts[1:] - ends[:-1] >= 2 * half)
    first = np.maximum(np.append(starts[0], starts[apart + 1]) - half, 0)
    after = np.minimum(np.append(ends[apart], ends[-1]) + half, len(scores))
    padded = np.append(scores, -np.inf)
    peaks = np.maximum.reduceat(padded, np.column_stack([first, after]).ravel())[::2]
    return np.mean(peaks[:, None] >= cuts, axis=0)


def period(values, most=300, default=125):
    """The lag in rows, at least 6 and at most 303, at which the autocorrelation of the first 20,000 values
    has its highest peak; 125 if there is none. The TSB-AD benchmark uses the period of a file's first column
    as the widest buffer of ``vus_pr``.
    """
    values = np.asarray(values, float)[:20000]
    centred = values - values.mean()
    shortest, longest = 3, min(400, len(values) - 1)
    lags = range(shortest, longest + 1)
    correlations = np.array([centred[lag:] @ centred[:-lag] for lag in lags])
    inner = correlations[1:-1]
    peaks = 1 + np.flatnonzero((inner > correlations[:-2]) & (inner > correlations[2:]))
    if len(peaks) == 0:
        return default
    best = peaks[np.argmax(correlations[peaks])]
    return int(best) + shortest if 3 <= best <= most else default
