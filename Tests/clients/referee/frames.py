"""Frames, and what to_csv writes."""

import io

import numpy as np
import pandas as pd

from .facts import IGNORED, TIMESTAMP, File, Refused

CSV = "text/csv"
START = "2026-01-20 06:00:00"
NAMES = ["temp", "flow", "pressure"]
# What messages about cells that are no numbers say.
MISSING = r"a missing value is"


def plant(rows=60, seed=0, names=NAMES, gaps=3):
    """Three sensors with some cells missing."""
    numbers = np.random.default_rng(seed)
    row = np.arange(rows)
    frame = pd.DataFrame({
        names[0]: 20 + 5 * np.sin(row / 7) + numbers.normal(0, 0.3, rows),
        names[1]: 300 * np.cos(row / 5) + numbers.normal(0, 9, rows),
        names[2]: 101_325 + numbers.normal(0, 40, rows)
    })
    for row, column in zip(numbers.integers(0, rows, gaps), numbers.integers(0, 3, gaps)):
        frame.iat[row, column] = np.nan
    return frame


def minutes(rows=60, start=START, freq="min", tz=None, name=None):
    return pd.date_range(start, periods=rows, freq=freq, tz=tz, name=name)


def written(frame, **options):
    """The bytes of to_csv."""
    if options.get("compression") or options.get("encoding"):
        file = io.BytesIO()
        frame.to_csv(file, **options)
        return file.getvalue()
    return frame.to_csv(**options).encode()


def as_written(frame, float_format=None):
    """The values of a frame as to_csv writes them."""
    def rounded(column):
        if float_format is None or not pd.api.types.is_float_dtype(column):
            return column.astype(float)
        return column.map(lambda value: value
            if pd.isna(value) else float(float_format % value)).astype(float)

    return frame.apply(rounded).reset_index(drop=True)


def index_role(index):
    """The roles of the columns that an index becomes, and the times that are in it."""
    name = "Unnamed: 0" if index.name in (None, "") else str(index.name)
    if isinstance(index, pd.PeriodIndex):
        return {name: TIMESTAMP}, index.to_timestamp()
    if isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)):
        return {name: TIMESTAMP}, index
    return {name: IGNORED}, None


def table(name, frame, truth=None, *, codes=(), fields=None, query=None, **facts):
    """A CSV file, which to_csv writes with the other options."""
    options = {key: facts.pop(key) for key in list(facts) if key not in File.__dataclass_fields__}
    content = options.pop("content", CSV)
    codes = set(codes)
    if options.get("index", True) and not isinstance(truth, Refused) and "others" not in facts:
        index = frame.index.rename(options.get("index_label") or frame.index.name)
        facts["others"], times = index_role(index)
        if times is not None:
            facts.setdefault("times", times)
        if IGNORED in facts["others"].values():
            codes.add("ignored_column")
    if truth is None:
        truth = as_written(frame, options.get("float_format"))
    return File(name,
        written(frame, **options),
        truth,
        codes=frozenset(codes),
        query=query or {},
        fields={"Content-Type": content, **(fields or {})},
        **facts)
