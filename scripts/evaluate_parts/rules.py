"""Rules for thresholds, in NumPy: the server's, those that it had before, and others that were tried."""

import dataclasses
import math
import statistics

import numpy as np

QUANTILE = 0.99
FOLDS, LEAST = 5, 20
LEAST_SPREAD_VARIANCE = 0.01


@dataclasses.dataclass(frozen=True)
class Rule:
    """A threshold is the limit of the calibration errors: their conformal quantile, or an upper prediction
    limit of a log-normal distribution."""

    name: str
    # Whether windows that overlap count by the rows that they cover.
    independent: bool = True
    # The maximum of a limit, as a multiple of the largest error.
    margin: float = math.inf
    # The minimum variance of a feature in the covariance, as a share of its variance over all windows.
    variance: float = 0.0
    # The fitted windows: "" for none, "quantile" or "limit" as a lower bound.
    fitted: str = ""
    # Whether calibration windows come from all parts of the recording.
    spread: bool = False


BEFORE = Rule("every window counted (before)", independent=False)
CHOSEN = Rule("chosen", margin=1.5, variance=0.3, fitted="limit")


def variants():
    yield BEFORE
    yield Rule("overlapping windows counted by their rows")
    yield Rule("… and at most 1.5 × the largest error", margin=1.5)
    yield Rule("… and a variance of at least .3", margin=1.5, variance=0.3)
    yield Rule("… and the fitted windows' quantile", margin=1.5, variance=0.3, fitted="quantile")
    yield dataclasses.replace(CHOSEN, name="… and the fitted windows' limit: chosen")
    for margin in (1.0, 1.25, 2.0):
        yield dataclasses.replace(
            CHOSEN, name=f"chosen, with at most {margin} × the largest error", margin=margin)
    for variance in (0.0, 0.1, 1.0):
        yield dataclasses.replace(
            CHOSEN, name=f"chosen, with a variance of at least {variance}", variance=variance)
    yield dataclasses.replace(BEFORE, name="before, with calibration blocks spread", spread=True)
    yield dataclasses.replace(CHOSEN, name="chosen, with calibration blocks spread", spread=True)


def _shrunk(rows):
    """The covariance of rows with mean 0, shrunk as the server does (Ledoit and Wolf 2004)."""
    count, size = rows.shape
    covariance = rows.T @ rows / count
    target, squares = np.trace(covariance) / size, (covariance ** 2).sum()
    noise = (((rows ** 2).sum(axis=1) ** 2).mean() - squares) / (size * count)
    distance = (squares - size * target ** 2) / size
    shrinkage = min(max(noise, 0), distance) / distance if distance > 0 else 0
    return covariance * (1 - shrinkage) + np.eye(size) * (shrinkage * target + 1e-3)


def _moments(rows, least, fills):
    """The mean of rows and the whitening matrix of their covariance, with a least variance of each column.
    `fills` adds what a variance lacks to the covariance, and not only to the scale of the column."""
    centred = rows - rows.mean(axis=0)
    variance = (centred ** 2).mean(axis=0)
    scale = np.sqrt(np.maximum(np.maximum(variance, least), 1e-4))
    covariance = _shrunk(centred / scale)
    if fills:
        covariance += np.diag(1 - variance / scale ** 2)
    values, vectors = np.linalg.eigh(covariance)
    return rows.mean(axis=0), (vectors / np.sqrt(np.maximum(values, 1e-3))) @ vectors.T / scale


def _distances(rows, moments):
    mean, whitening = moments
    return (((rows - mean) @ whitening.T) ** 2).mean(axis=1)


def errors(observation, rule, timesteps):
    """The errors of the fitted windows, of the calibration windows, each block with the covariance of the
    others, and of the test windows."""
    fitted, calibration, test = observation.fitted, observation.calibration, observation.test
    if observation.kind not in ("mahalanobis", "level_spread"):
        return fitted.errors, calibration.errors, test.errors
    first, count = calibration.first, len(calibration.means)
    least_level, least_spread = (
        rule.variance * np.concatenate([getattr(part, name) for part in (fitted, calibration)]).var(axis=0)
        for name in ("means", "spreads"))

    def distances(windows, rows, used):
        """The errors of rows of windows, fitted to some calibration windows."""
        moments = _moments(calibration.means[used], least_level, rule.variance > 0)
        level = _distances(windows.means[rows], moments)
        if observation.kind == "mahalanobis":
            return level
        spreads = calibration.spreads[used]
        variance = np.maximum(np.maximum(spreads.var(axis=0), least_spread), LEAST_SPREAD_VARIANCE)
        deviations = windows.spreads[rows] - spreads.mean(axis=0)
        return (level + (deviations ** 2 / variance).mean(axis=1)) / 2

    found = np.zeros(count)
    for fold in range(FOLDS):
        start, end = fold * count // FOLDS, (fold + 1) * count // FOLDS
        outside = np.r_[0:start, end:count]
        separate = outside[
            (first[outside] + timesteps <= first[start]) | (first[outside] >= first[end - 1] + timesteps)]
        used = separate if len(separate) >= LEAST else outside
        found[start:end] = distances(calibration, slice(start, end), used)
    return distances(fitted, slice(None), slice(None)), found, distances(test, slice(None), slice(None))


def _conformal(found):
    rank = min(max(math.ceil((len(found) + 1) * QUANTILE - 1e-9), 1), len(found))
    return np.sort(found)[rank - 1]


def _student(freedom):
    """The quantile of Student's t distribution (Abramowitz and Stegun, 26.7.5)."""
    z = statistics.NormalDist().inv_cdf(QUANTILE)
    return (z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2)
            + (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3))


def limit(found, worth, margin):
    """The limit of errors that are worth this number of independent ones."""
    quantile, largest = _conformal(found), found.max()
    if worth * (1 - QUANTILE) >= 10 or largest <= 0:
        return quantile
    if worth < 2:
        return margin * largest if margin < math.inf else quantile
    logarithms = np.log(np.maximum(found, 1e-6 * largest))
    spread = math.sqrt(logarithms.var(ddof=1) * (1 + 1 / worth))
    bound = logarithms.mean() + _student(worth - 1) * spread
    bound = math.exp(bound) if bound < 700 else math.inf
    bound = min(max(quantile, bound), margin * largest)
    return bound if bound < math.inf else quantile


def threshold(rule, fitted, calibration, timesteps):
    """The threshold of a rule."""
    def worth(found):
        return max(1, (len(found) + timesteps - 1) // timesteps) if rule.independent else len(found)

    found = limit(calibration, worth(calibration), rule.margin)
    if rule.fitted == "quantile":
        found = max(found, _conformal(fitted))
    elif rule.fitted == "limit":
        found = max(found, limit(fitted, worth(fitted), rule.margin))
    return max(found, 1e-30)
