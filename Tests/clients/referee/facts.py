"""What POST /inspect should say about a file: pandas says what is in the frame that was written."""

import dataclasses
import re
import typing

import numpy as np
import pandas as pd

# The limits of docs/data.md.
MOSTLY_MISSING, NEARLY_ALL_MISSING = 0.5, 0.9
OUTLIER_DEVIATIONS, OUTLIER_GAP, MAX_OUTLIER_SHARE, MIN_OUTLIER_ROWS = 20, 3, 0.05, 8
MIN_REPEATED_RATIO = 100
MIN_TREND_VALUES = 20
MIN_STAIRS, MIN_STAIR_ROWS = 3, 5
# Those of docs/detection.md.
MAX_DOUBTFUL_SHARE, MIN_DOUBTFUL_ROWS, MIN_REPEATS, MIN_REPEAT_GAP, MIN_DISTINCT = 0.1, 20, 3, 3, 8
MIN_DOMINANT_RATIO = 5
GAP = 3
MAX_LISTED = 20

FEATURE, TIMESTAMP, IGNORED, RECORDING, LABEL = "feature", "timestamp", "ignored", "recording", "label"


class Refused(typing.NamedTuple):
    """Patterns of the message about a file: where the trouble is, and what would be right."""
    place: str
    remedy: str
    status: int = 422


@dataclasses.dataclass
class File:
    """A file, and what is true of it."""
    name: str
    body: bytes
    # The features and their values, NaN for a missing one; or the reason for a refusal.
    truth: pd.DataFrame | Refused
    # The columns that are no features, with their roles, in front of the
    # features; or all columns in their order.
    others: dict[str, str] = dataclasses.field(default_factory=dict)
    order: list[str] | None = None
    # With an offset from UTC, without one (a local clock), or differences (a relative clock).
    times: pd.DatetimeIndex | pd.TimedeltaIndex | None = None
    # What the server should say of the times where they were written so that something is lost.
    time: dict[str, str] = dataclasses.field(default_factory=dict)
    # The first rows of recordings.
    starts: tuple[int, ...] = (0, )
    # The rows that do not count, if there are some.
    excluded: np.ndarray | None = None
    # T, if the file has windows.
    timesteps: int | None = None
    # The codes of warnings that come from the way of writing; the others follow from the values.
    codes: frozenset[str] = frozenset()
    fields: dict[str, str] = dataclasses.field(default_factory=lambda: {"Content-Type": "text/csv"})
    query: dict[str, str] = dataclasses.field(default_factory=dict)

    def __str__(self):
        return self.name


# MARK: Times


def clock(times):
    if isinstance(times, pd.TimedeltaIndex):
        return "relative"
    return "local" if times.tz is None else "utc"


class Times:
    """Times within recordings: the order of rows, the intervals, and the gaps."""
    def __init__(self, file, rows):
        self.starts = set(file.starts)
        recording = np.isin(np.arange(rows), file.starts).cumsum()
        if file.times is None:
            self.facts, self.sorted, self.recordings = None, np.arange(rows), len(file.starts)
            self.codes = {}
            return
        nanoseconds = file.times.as_unit("ns").asi8
        sent = np.diff(nanoseconds)[np.diff(recording) == 0]
        order = ("ascending" if (sent >= 0).all() else "descending" if (sent <= 0).all() else "unordered")
        # A stable sort: rows of the same time keep their order.
        self.sorted = np.lexsort((np.arange(rows), nanoseconds, recording))
        steps = np.diff(nanoseconds[self.sorted])
        within = np.diff(recording[self.sorted]) == 0
        positive = np.sort(steps[within & (steps > 0)])
        median = positive[(len(positive) - 1) // 2] if len(positive) else None
        # Rows of the same time are one.
        odd = (positive < median // 2) | (positive // 2 > median) if median else np.array([])
        is_regular = len(odd) >= 3 and odd.sum() <= max(1, len(odd) // 10)
        gaps = 1 + np.flatnonzero(within & (steps > GAP * median)) if is_regular else np.array([], int)
        self.starts |= {int(gap) for gap in gaps}
        self.recordings = len(self.starts)
        duplicates = int((steps[within] == 0).sum())
        self.facts = {
            "clock": clock(file.times),
            "order": order,
            "interval": float(median / 1e9) if median else None,
            "duplicates": duplicates,
            "gaps": len(gaps),
            "gap_rows": [int(row) for row in self.sorted[gaps][:100]],
        } | file.time
        self.codes = {}
        if self.facts["order"] != "ascending":
            self.codes["unordered"] = "error"
        if duplicates:
            self.codes["duplicate_timestamps"] = "error"
        if len(gaps):
            self.codes["gaps"] = "warning"
        if len(positive) >= 3 and not is_regular:
            self.codes["irregular_intervals"] = "warning"


# MARK: Values


class Feature:
    """What pandas says about a feature, of the rows that count."""
    def __init__(self, values, times, is_series):
        known = values.dropna()
        self.facts = {"missing": float(values.isna().mean()), "distinct": int(known.nunique())}
        self.median, self.deviation, self.outliers, self.doubtful = None, None, [], []
        self.trend = None
        if len(known):
            self.median = lower_median(known)
            distances = (known - self.median).abs()
            self.deviation = lower_median(distances)
            if is_series:
                self.trend = trend(values, times)
            if self.trend is None:
                self.outliers = outliers(known)
                self.doubtful = doubtful(known, self.outliers)
        self.facts |= {
            "minimum": known.min() if len(known) else None,
            "median": self.median,
            "maximum": known.max() if len(known) else None,
            "median_absolute_deviation": self.deviation,
            "bad_rows": sorted({*values.index[values.isna()][:MAX_LISTED], *self.outliers})[:MAX_LISTED],
        }
        self.codes = {}
        share = self.facts["missing"]
        if share >= MOSTLY_MISSING:
            self.codes["mostly_missing"] = "error" if share >= NEARLY_ALL_MISSING else "warning"
        if self.facts["distinct"] == 1 and len(known) > 1:
            self.codes["constant_column"] = "warning"
        if self.trend:
            self.codes["monotone_column"] = "error"
        if self.outliers or self.doubtful:
            self.codes["outliers"] = "warning"
        if values.isna().any():
            self.codes["missing_values"] = "error"


def lower_median(values):
    return float(values.quantile(0.5, interpolation="lower"))


def outliers(known):
    """The rows of values that are far outside, as docs/detection.md defines it."""
    if len(known) < MIN_OUTLIER_ROWS:
        return []
    repeated = known.isin(repeated_outliers(known))
    rest = known[~repeated]
    few = isolated_outliers(rest) if len(rest) >= MIN_OUTLIER_ROWS else []
    return sorted([*few, *known.index[repeated]])


def repeated_outliers(known):
    """The values that are outliers though they may be many."""
    usual = known.map(is_usual_code)
    rest, found = known[~usual], []
    if usual.any() and len(rest) >= MIN_OUTLIER_ROWS:
        middle, varies, _ = bulk(rest)
        found = [code for code in known[usual].unique()
            if is_far(code, rest) and (varies or middle != 0 or code < 0)]
    if rest.empty:
        return found
    extreme = rest[rest.abs().idxmax()]
    count = (rest == extreme).sum()
    others = rest[rest != extreme]
    if MAX_OUTLIER_SHARE * len(known) < count < len(known) / 2 and len(others) >= MIN_OUTLIER_ROWS:
        if abs(extreme) >= MIN_REPEATED_RATIO * others.abs().max() and bulk(others)[1]:
            found += [extreme] if is_far(extreme, others) else []
    return found


def bulk(known):
    """The median, whether most values differ, and the robust standard deviation."""
    ordered, count = np.sort(known.to_numpy()), len(known)
    middle = ordered[count // 2]
    spread = (ordered[3 * count // 4] - ordered[count // 4]) / 1.349
    return middle, spread > resolution(middle), spread


def resolution(middle):
    """The spread below which values do not differ."""
    return 2 * np.spacing(abs(middle))


def is_far(value, rest):
    middle, _, spread = bulk(rest)
    distance, farthest = abs(value - middle), (rest - middle).abs().max()
    return distance > OUTLIER_DEVIATIONS * spread and distance > OUTLIER_GAP * farthest


def isolated_outliers(known):
    count = len(known)
    middle, varies, spread = bulk(known)
    distances = (known - middle).abs()
    ranked = np.sort(distances.to_numpy())
    limit = max(1, int(MAX_OUTLIER_SHARE * count))
    if not varies:
        # Of a feature that mostly has one value, what the others differ by is typical.
        other = int(np.searchsorted(ranked, resolution(middle), side="right"))
        if count - other <= limit:
            differs = distances > resolution(middle)
            return [row for row in known.index[differs] if is_code_of_missing_value(known[row])]
        spread = ranked[(other + count) // 2]
    for place in range(count - limit, count):
        if ranked[place] > OUTLIER_DEVIATIONS * spread and ranked[place] > OUTLIER_GAP * ranked[place - 1]:
            return list(distances.index[distances >= ranked[place]])
    return []


def doubtful(known, outlying):
    """The rows of each group of values that are no outliers but may be faults."""
    place = pd.Series(np.arange(len(known)), known.index)
    rest = known.drop(outlying)
    if len(rest) < MIN_DOUBTFUL_ROWS:
        return []
    middle, varies, spread = bulk(rest)
    if not varies:
        return []
    groups = []
    whole = rest
    for end in (whole.min(), whole.max()) if whole.nunique() > MIN_DISTINCT else ():
        rows = whole.index[whole == end]
        gap = (whole[whole != end] - end).abs().min()
        runs = 1 + (np.diff(place[rows]) > 1).sum()
        is_few = MIN_REPEATS <= len(rows) <= MAX_DOUBTFUL_SHARE * len(whole)
        if is_few and gap >= MIN_REPEAT_GAP * spread and 2 * runs >= len(rows):
            groups.append(list(rows))
            rest = rest.drop(rows)
    far = rest[(rest - middle).abs() > MIN_DOMINANT_RATIO * spread]
    if 0 < len(far) <= MAX_DOUBTFUL_SHARE * len(rest) and rest.std(ddof=0) > MIN_DOMINANT_RATIO * spread:
        groups.append(list(far.index))
    return groups


def is_code_of_missing_value(value):
    return abs(value) >= 1e15 or is_usual_code(value)


def is_usual_code(value):
    """Three or more nines, -999.25, and the limits of integers."""
    size = abs(value)
    if not 999 <= size <= 999_999_999_999:
        return False
    if size != int(size):
        return value == -999.25
    limits = {2**15 - 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1}
    return int(size) in limits or set(str(int(size))) == {"9"}


def trend(values, times):
    """Whether a feature is a clock, which rises by the same amount in each row, or a counter."""
    values = values.reindex(times.sorted).reset_index(drop=True)
    recording = np.isin(np.arange(len(values)), list(times.starts)).cumsum()
    known = values.dropna()
    if known.nunique() < MIN_TREND_VALUES:
        is_stairs = (known.nunique() >= MIN_STAIRS and known.is_monotonic_increasing
            and (known == known.round()).all() and len(known) >= MIN_STAIR_ROWS * known.nunique())
        return "stairs" if is_stairs else None
    rows = known.index.to_numpy()
    steps = (known.diff().to_numpy()[1:] / np.diff(rows))[np.diff(recording[rows]) == 0]
    if not ((steps >= 0).all() or (steps <= 0).all()) or (steps != 0).sum() < MIN_TREND_VALUES:
        return None
    sizes = np.abs(steps)
    return "clock" if sizes.max() - sizes.min() <= 1e-6 * sizes.max() else "counter"


# MARK: Comparison


def differences(file, status, body):
    """What is wrong with a response, in words; empty if nothing is."""
    if isinstance(file.truth, Refused):
        if status != file.truth.status:
            return [f"{status} instead of a refusal with {file.truth.status}"]
        # The place of a value of JSON is a pointer.
        message = f"{body['detail']} {body.get('pointer', '')}"
        return [
            f"the message has no {what} like /{pattern}/"
            for what, pattern in zip(("place", "remedy"), file.truth[:2]) if not re.search(pattern, message)
        ]
    if status != 200:
        return [f"refused with {status}"]
    return list(compare(file, body))


def compare(file, body):
    frame = file.truth.reset_index(drop=True).astype(float)
    times = Times(file, len(frame))
    counted = frame if file.excluded is None else frame[~file.excluded]
    features = {str(name): Feature(counted[name], times, file.timesteps is None) for name in frame.columns}
    wanted = {"rows": len(frame), "recordings": times.recordings}
    if file.timesteps is not None:
        windows = len(frame) // file.timesteps
        wanted = {"rows": len(frame), "timesteps": file.timesteps, "windows": windows}
    for name, value in wanted.items():
        if body.get(name) != value:
            yield f"{name}: {body.get(name)} instead of {value}"

    time = body["time"] and {name: value for name, value in body["time"].items() if name != "format"}
    if time != times.facts:
        yield f"time: {time} instead of {times.facts}"

    roles = file.others | {name: FEATURE for name in features}
    roles = {name: roles[name] for name in file.order or roles}
    ours = {column["name"]: column["role"] for column in body["columns"]}
    if list(ours.items()) != list(roles.items()):
        yield f"roles: {ours} instead of {roles}"
    for column in body["columns"]:
        feature = features.get(column["name"])
        for name, value in (feature.facts if feature else {}).items():
            if column.get(name) != value:
                yield f"{name} of {column['name']}: {column.get(name)} instead of {value}"

    warnings = {(code, level, None) for code, level in times.codes.items()}
    for name, feature in features.items():
        warnings |= {(code, level, name) for code, level in feature.codes.items()}
    found = {(warning["code"], warning["level"], name)
        for warning in body["warnings"] if warning["code"] not in file.codes
        for name in warning.get("columns", [None])}
    if found != warnings:
        yield f"warnings: {sorted(found, key=str)} instead of {sorted(warnings, key=str)}"
    lacking = file.codes - {warning["code"] for warning in body["warnings"]}
    if lacking:
        yield f"no warning {sorted(lacking)}"

    for warning in body["warnings"]:
        if warning["code"] == "outliers":
            rows = [row for first, last in warning["rows"] for row in range(first, last + 1)]
            feature = features[warning["columns"][0]]
            wanted = [feature.outliers[:MAX_LISTED], *feature.doubtful]
            if rows not in wanted:
                yield f"rows of {warning['columns'][0]} in the warning: {rows} instead of {wanted}"

    stairs = [name for name, feature in features.items() if feature.trend == "stairs"]
    suggestions = {
        "ignore": [
        name for name, feature in features.items()
        if feature.trend == "clock" or feature.facts["missing"] == 1
        ] + [name for name in stairs if name != body["suggestions"].get("recording")],
        "difference": [name for name, feature in features.items() if feature.trend == "counter"],
    }
    # One feature must remain.
    if len(suggestions["ignore"]) == len(features):
        suggestions["ignore"] = []
    for name, value in suggestions.items():
        if body["suggestions"].get(name, []) != value:
            yield f"suggestion of {name}: {body['suggestions'].get(name)} instead of {value}"
