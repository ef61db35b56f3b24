"""CSV files with columns of any type, and with odd values."""

import decimal
import itertools

import numpy as np
import pandas as pd

from .facts import IGNORED, LABEL, Refused
from .frames import MISSING, NAMES, as_written, minutes, plant, table


def columns():
    clean = plant(gaps=0)
    rows = len(clean)
    row = np.arange(rows)
    numbers = np.random.default_rng(6)
    flat = {"index": False}

    def typed(name, values, truth=None, refused=None, **facts):
        data = clean.assign(x=values)
        if truth is None:
            truth = refused or as_written(data)
        elif not isinstance(truth, pd.DataFrame):
            truth = as_written(clean).assign(x=np.asarray(truth, float))
        return table(f"column-{name}", data, truth, **flat, **facts)

    flags = row % 20 < 4
    yes, rounded = {"number_format"}, {"precision"}
    for name in ["int8", "int16", "int32", "int64", "uint8", "uint64"]:
        yield typed(name, numbers.integers(0, 100, rows).astype(name))
    for name in ["Int8", "Int64", "UInt32", "Float32", "Float64"]:
        yield typed(f"nullable-{name}", pd.array(numbers.integers(0, 100, rows), dtype=name))
        data = pd.Series(numbers.integers(0, 100, rows), dtype=name).mask(row % 17 == 3)
        yield typed(f"nullable-{name}-missing", data, data.astype(float))
    single = numbers.normal(size=rows).astype(np.float32)
    # to_csv writes the shortest decimal digits of a float32.
    yield typed("float32", single, [float(str(value)) for value in single])
    half = numbers.normal(size=rows).astype(np.float16)
    yield typed("float16", half, [float(str(value)) for value in half])
    yield typed("bool", flags, codes=yes)
    yield typed("boolean", pd.array(flags), flags, codes=yes)
    yield typed("boolean-missing",
        pd.Series(flags, dtype="boolean").mask(row % 9 == 1),
        np.where(row % 9 == 1, np.nan, flags),
        codes=yes)
    yield typed("yes-and-no", np.where(flags, "yes", "no"), flags, codes=yes)
    yield typed("on-and-off", np.where(flags, "on", "off"), refused=Refused("line 2.*'x'", "ignore=x"))
    yield table("all-bool", pd.DataFrame({"a": flags, "b": row % 3 == 0}), codes=yes, **flat)
    yield table("labels-bool",
        clean.assign(label=flags),
        as_written(clean),
        others={"label": LABEL},
        order=[*NAMES, "label"],
        query={"exclude": "label"},
        excluded=flags,
        **flat)
    yield typed("counter", 4_000_000_000_000 + numbers.integers(1000, 2000, rows).cumsum())
    yield typed("counter-down", -numbers.integers(1, 9, rows).cumsum())
    yield typed("clock", 1_700_000_000 + row)
    yield typed("steps", row // 10 * 5)
    yield typed("rising-and-falling", np.minimum(row, rows - row))
    yield typed("large-int64", 2**53 + 1 + 2 * numbers.integers(0, 50, rows), codes=rounded)
    large = np.uint64(2**63) + numbers.integers(0, 9, rows).astype(np.uint64)
    yield typed("large-uint64", large, codes=rounded)
    yield typed("python-int", [10**30 + int(k) for k in numbers.integers(0, 9, rows)], codes=rounded)
    yield typed("offset", 1e9 + np.sin(row / 3))
    yield typed("northing", 5_823_456.123 + numbers.normal(0, 0.005, rows))
    yield typed("tiny", 1e-300 * numbers.normal(size=rows))
    yield typed("huge", 1e300 * numbers.normal(size=rows))
    yield typed("subnormal", 5e-324 * numbers.integers(1, 9, rows))
    yield typed("negative-zero", np.where(flags, -0.0, 1.5))
    yield typed("decimal", [decimal.Decimal(int(k)) / 8 for k in numbers.integers(0, 99, rows)])
    yield typed("category-of-numbers", pd.Categorical(numbers.integers(0, 4, rows)))
    yield typed("category",
        pd.Categorical(np.where(flags, "open", "shut")),
        refused=Refused("line 2.*'x'", "ignore=x"))
    yield typed("string-of-numbers", pd.array([f"{value:.3f}" for value in clean["temp"]], dtype="string"),
        clean["temp"].round(3))
    yield typed("string",
        pd.array([f"ok {k}" for k in row], dtype="string"),
        refused=Refused("line 2.*'x'", "ignore=x"))
    yield typed("object-mixed",
        np.where(row == 7, "error",
        row.astype(object) % 5),
        refused=Refused("line 9.*'x'.*'error'", MISSING))
    yield typed("object-none", np.where(row % 7 == 2, None,
        row.astype(object) % 5), np.where(row % 7 == 2, np.nan, row % 5))
    yield typed("bool-among-numbers",
        np.where(row == 5, True, (row % 5 + 2).astype(object)),
        refused=Refused("line 7.*'x'.*'True'", "0 or 1"))
    yield typed("complex", clean["temp"] + 1j, refused=Refused("line 2.*'x'", MISSING))
    yield typed("lists", [[1, 2]] * rows, refused=Refused("line 2.*'x'", "ignore=x|" + MISSING))
    yield typed("tuples-of-one", [(int(k), ) for k in row],
        refused=Refused("line 2.*'x'", "ignore=x|" + MISSING))
    yield typed("timedelta", pd.to_timedelta(row, unit="s"), refused=Refused("line 2.*'x'", "ignore=x"))
    yield typed("datetime", minutes(), refused=Refused("line 2.*'x'", "timestamp=x.*ignore=x"))
    yield typed("empty-string", np.where(row % 6 == 0, "", "3"), np.where(row % 6 == 0, np.nan, 3))
    yield typed("blank", np.where(row % 6 == 0, " ", "3"), np.where(row % 6 == 0, np.nan, 3))
    yield table("column-all-missing",
        clean.assign(x=np.nan),
        as_written(clean),
        others={"x": IGNORED},
        order=[*clean, "x"],
        codes={"ignored_column"},
        **flat)
    yield typed("constant", np.full(rows, 14.62))
    yield typed("constant-with-gaps", np.where(row % 5 == 0, np.nan, 3))
    for share in (40, 50, 75, 89, 91, 95, 99):
        data = plant(200, gaps=0)
        data["x"] = data["temp"].where(np.arange(200) * 100 // 200 % 100 >= share)
        yield table(f"missing-{share}-per-cent", data, **flat)
    for value in (np.inf, -np.inf):
        yield typed(f"infinite{value}",
            np.where(row == 11, value, clean["flow"]),
            refused=Refused("line 13.*'x'.*inf", "leave the cell of a missing value empty"))
    yield typed("overflow", ["1e400" if k == 11 else "2" for k in row],
        np.where(row == 11,
        np.finfo(float).max, 2.0),
        codes={"clamped_values"})
    for sentinel, count in itertools.product((-9999, 1e6, 0), (1, 5)):
        data = plant(400, gaps=0)
        data.iloc[50:50 + 31 * count:31, 2] = sentinel
        yield table(f"sentinel-{sentinel:g}-{count}", data)
    data = plant(400, gaps=0)
    data.iloc[::20, 2] = -9999
    yield table("sentinel-in-5-per-cent", data)
    mostly = pd.DataFrame(
        {"x": np.where(np.arange(400) % 100 == 7, numbers.normal(10, 2, 400), 0.0), **plant(400)})
    yield table("mostly-zero", mostly)
    burst = mostly.assign(x=np.where(np.arange(400) == 7, 1e5, mostly["x"]))
    yield table("mostly-zero-with-a-burst", burst)
