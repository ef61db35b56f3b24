"""CSV files of frames with any index, and of reshaped frames."""

import numpy as np
import pandas as pd

from .facts import IGNORED, RECORDING, TIMESTAMP, Refused
from .frames import NAMES, as_written, minutes, plant, table


def indices():
    frame, clean = plant(), plant(gaps=0)
    rows = len(frame)
    numbers = np.random.default_rng(4)

    def indexed(index, data=clean):
        return data.set_axis(index)

    yield table("from-10000", indexed(pd.RangeIndex(10_000, 10_000 + rows)))
    yield table("filtered", frame[frame["flow"] > 0], codes={"gaps"})
    yield table("sampled", frame.sample(40, random_state=3), codes={"unordered"})
    yield table("sorted-by-value", frame.sort_values("temp"), codes={"unordered"})
    yield table("reversed", frame[::-1], codes={"unordered"})
    yield table("every-tenth", plant(600)[::10])
    yield table("concatenated", pd.concat([frame, frame]))
    yield table("filtered-and-concatenated", pd.concat([frame[::2], frame[::3]]),
        Refused("line 1: the column 1", "ignore=Unnamed: 0"))
    # Other names can be those of measurements: a clock among the features is said.
    for name in ["row", "id", "sample"]:
        yield table(f"label-{name}",
            frame,
            as_written(frame.reset_index(names=name)),
            index_label=name,
            others={})
    yield table("label-#", frame, index_label="#")
    yield table("label-level_0", frame, index_label="level_0")
    yield table("index-of-floats", indexed(pd.Index(np.arange(rows) / 10)),
        Refused("line 1.*(name|'Unnamed: 0')", "ignore=Unnamed: 0"))
    yield table("index-of-seconds",
        indexed(pd.Index(np.arange(rows) / 10, name="Time (s)")),
        others={"Time (s)": TIMESTAMP},
        times=pd.to_timedelta(np.arange(rows) / 10, unit="s"))
    yield table("index-of-texts", indexed(pd.Index([f"pump{k % 3}" for k in range(rows)], name="unit")),
        Refused("line 2.*'unit'", "ignore=unit"))
    yield table("index-of-texts-without-name", indexed(pd.Index([f"r{k}" for k in range(rows)])),
        Refused("line 2", "ignore=Unnamed: 0"))
    yield table("index-of-texts-ignored",
        indexed(pd.Index([f"r{k}" for k in range(rows)], name="row")),
        as_written(clean),
        others={"row": IGNORED},
        query={"ignore": "row"})
    units = pd.Index(np.repeat(["pump1", "pump2", "pump3"], rows // 3), name="unit")
    yield table("recordings",
        indexed(units),
        as_written(clean),
        others={"unit": RECORDING},
        query={"recording": "unit"},
        starts=(0, 20, 40))
    yield table("recordings-by-number",
        indexed(pd.Index(np.repeat([7, 8, 9], rows // 3), name="batch")),
        as_written(clean),
        others={"batch": RECORDING},
        query={"recording": "batch"},
        starts=(0, 20, 40))
    yield table("recordings-by-category",
        clean.assign(unit=pd.Categorical(units)),
        as_written(clean),
        others={"unit": RECORDING},
        order=[*NAMES, "unit"],
        query={"recording": "unit"},
        starts=(0, 20, 40),
        index=False)
    inner = minutes(rows // 3)
    both = pd.MultiIndex.from_product([["a", "b", "c"], inner], names=["unit", "time"])
    yield table("multi-index", indexed(both), Refused("line 2.*'unit'", "recording=unit"))
    yield table("multi-index-with-recordings",
        indexed(both),
        as_written(clean),
        others={"unit": RECORDING, "time": TIMESTAMP},
        query={"recording": "unit"},
        starts=(0, 20, 40),
        times=pd.DatetimeIndex(np.tile(inner, 3)))
    yield table("multi-index-of-numbers",
        indexed(pd.MultiIndex.from_product([range(6), range(10)])),
        as_written(clean),
        others={"Unnamed: 0": IGNORED, "Unnamed: 1": IGNORED},
        codes={"ignored_column"})
    yield table("group-by", frame.groupby(frame.index // 5).agg("mean"))
    stacked = frame.set_axis(pd.MultiIndex.from_tuples([("T", "mean"), ("T", "max"), ("Q", "mean")]), axis=1)
    yield table("multi-columns", stacked, Refused("line [12].*'", "header|unique"))
    yield table("multi-columns-without-index", stacked, Refused("line [12].*'", "header|unique"), index=False)
    yield table("multi-columns-of-different-names",
        frame.set_axis(pd.MultiIndex.from_product([["T", "Q", "P"], ["mean"]]), axis=1),
        Refused("line 2", "header"),
        index=False)
    yield table("multi-columns-with-times", stacked.set_axis(minutes(rows, name="time")),
        Refused("line [123]", "header|unique"))
    yield table("aggregated",
        frame.groupby(frame.index // 5).agg(["mean", "max"]), Refused("line [12]", "header|unique"))
    flat = stacked.set_axis(["_".join(names) for names in stacked.columns], axis=1)
    yield table("multi-columns-flattened", flat)
    yield table("pivoted", clean.rename_axis(columns="sensor"))
    yield table("melted",
        clean.assign(time=minutes(rows)).melt("time", var_name="sensor", value_name="value"),
        Refused("line 2.*'sensor'", "recording=sensor"),
        index=False)
    yield table("described", frame.describe(), Refused("line 2", "ignore=Unnamed: 0"))
    yield table("transposed", frame.T, Refused("line [12]", "ignore=Unnamed: 0|header"))
    yield table("correlations", frame.corr(), Refused("line 2", "ignore=Unnamed: 0"))
    intervals = pd.cut(clean["temp"], 5)
    yield table("interval-column",
        clean.assign(bin=intervals),
        Refused("line 2.*'bin'", "ignore=bin"),
        index=False)
    yield table("interval-index", indexed(pd.IntervalIndex.from_breaks(range(rows + 1))),
        Refused("line 2", "ignore=Unnamed: 0"))
    yield table("shuffled-index-name",
        frame.sample(frac=1, random_state=2).rename_axis("index"),
        others={"index": IGNORED},
        codes={"ignored_column", "unordered"})
    yield table("negative-index", indexed(pd.RangeIndex(-rows, 0)),
        Refused("line 1: the column 1", "ignore=Unnamed: 0"))
    yield table("random-identifiers", indexed(pd.Index(numbers.permutation(10**6)[:rows])),
        codes={"unordered"})
    yield table("index-with-times-of-files",
        indexed(pd.Index([f"run_{k}.csv" for k in range(rows)], name="file")),
        Refused("line 2.*'file'", "ignore=file"))
