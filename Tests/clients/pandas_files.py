"""Some 300 files as people write them with pandas and NumPy, each with what is true of it."""

import bz2
import csv
import datetime
import decimal
import gzip
import io
import itertools
import json
import lzma
import random
import zipfile

import numpy as np
import pandas as pd
from pandas_referee import FEATURE, IGNORED, LABEL, RECORDING, TIMESTAMP, File, Refused

START = "2026-01-20 06:00:00"
CSV, NPY, JSON = "text/csv", "application/x-npy", "application/json"
NAMES = ["temp", "flow", "pressure"]
MISSING = r"a missing value is"


def plant(rows=60, seed=0, names=NAMES, gaps=3):
    """Three sensors with some cells missing."""
    numbers = np.random.default_rng(seed)
    row = np.arange(rows)
    frame = pd.DataFrame({
        names[0]: 20 + 5 * np.sin(row / 7) + numbers.normal(0, 0.3, rows),
        names[1]: 300 * np.cos(row / 5) + numbers.normal(0, 9, rows),
        names[2]: 101_325 + numbers.normal(0, 40, rows)})
    for row, column in zip(numbers.integers(0, rows, gaps), numbers.integers(0, 3, gaps)):
        frame.iat[row, column] = np.nan
    return frame


def minutes(rows=60, start=START, freq="min", tz=None, name=None):
    return pd.date_range(start, periods=rows, freq=freq, tz=tz, name=name)


# MARK: CSV

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
        return column.map(lambda value: value if pd.isna(value) else float(float_format % value)).astype(float)
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
    return File(
        name, written(frame, **options), truth, codes=frozenset(codes), query=query or {},
        fields={"Content-Type": content, **(fields or {})}, **facts)


DIALECTS = {
    "sep": [",", ";", "\t", "|"],
    "decimal": [".", ","],
    "na_rep": ["", "NA", "NaN", "nan", "null", "None", "-", "?", "#N/A", "N/A", "n/a", "NULL", "-nan", "1.#QNAN"],
    "float_format": [None, "%.2f", "%.3f", "%.6g", "%.10e", "%+.4f", "%12.3f", "%.17g", "%E"],
    "quoting": [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE],
    "encoding": ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-16-le", "utf-16-be"],
    "lineterminator": ["\n", "\r\n", "\r"],
    "compression": [None, None, None, "gzip", "announced gzip"],
    "index": ["none", "range", "label", "name", "10000", "time", "times without a name", "UTC", "offset", "epoch"],
    "names": [
        NAMES, ["Temp °C", "Flow (l/min)", "Druck [mbar]"], ["a,b", 'the "hot" one', "c;d|e\tf"], ["1st", "2nd", "3rd"],
        ["T_in", "T.out", "T-Δ"], ["Größe", "Fluß µ", "x "], ["P1 (kW)", "P2 %", "#3"]],
}
CHARSETS = {
    "cp1252": "windows-1252", "latin-1": "iso-8859-1", "utf-16-le": "UTF-16LE", "utf-16-be": "utf-16be"}


def dialects(count):
    """Files in dialects drawn at random, so that all pairs of options occur."""
    for seed in range(count):
        draw = random.Random(seed)
        chosen = {name: draw.choice(values) for name, values in DIALECTS.items()}
        yield dialect(f"dialect-{seed:03}", seed, **chosen)


def dialect(name, seed, index, names, compression, **options):
    # With commas between cells, decimal commas are a case of their own.
    if options["sep"] == ",":
        options["decimal"] = "."
    if options["quoting"] == csv.QUOTE_NONE and names[0] == "a,b":
        names = NAMES
    if options["encoding"] in ("cp1252", "latin-1") and "Δ" in names[2]:
        options["encoding"] = "utf-8"
    if options["lineterminator"] == "\r" and compression:
        options["lineterminator"] = "\n"
    frame = plant(40 + seed % 50, seed, names)
    # The server trims names.
    truth = as_written(frame, options["float_format"]).rename(columns=str.strip)
    rows = len(frame)
    others, times = {}, None
    match index:
        case "label":
            options["index_label"] = "index"
        case "name":
            frame.index.name = "index"
        case "10000":
            frame.index = pd.RangeIndex(10_000, 10_000 + rows)
        case "time":
            frame.index = minutes(rows, freq="10s", name=random.Random(seed).choice(["time", "Date", "Zeitstempel"]))
        case "times without a name":
            frame.index = minutes(rows, freq="h")
        case "UTC":
            frame.index = minutes(rows, tz="UTC", name="timestamp")
        case "offset":
            frame.index = minutes(rows, tz="Asia/Kolkata", name="Date/Time")
        case "epoch":
            times = minutes(rows, freq="s", tz="UTC")
            frame.index = pd.Index(times.as_unit("s").asi8, name="epoch")
            others = {"epoch": TIMESTAMP}
    fields, codes = {}, set()
    if compression:
        options["compression"] = "gzip"
        if compression == "announced gzip":
            fields["Content-Encoding"] = "gzip"
        else:
            codes.add("compressed_body")
    if options["decimal"] == ",":
        codes.add("number_format")
    charset = CHARSETS.get(options["encoding"])
    content = f"{CSV}; charset={charset}" if charset else CSV
    facts = {"others": others, "times": times} if others or index == "none" else {}
    return table(
        name, frame, truth, index=index != "none", codes=codes, fields=fields, content=content, **options, **facts)


def writing():
    """Single options of to_csv, and combinations that need a decision."""
    frame = plant()
    clean = plant(gaps=0)
    flat = {"index": False}
    yield table("no-header", frame, Refused("line 1", "header=false"), header=False, **flat)
    yield table(
        "no-header-with-index", frame, Refused("line 1", "header=false"), header=False)
    yield table(
        "no-header-said", clean, as_written(clean).set_axis(["0", "1", "2"], axis=1), header=False,
        query={"header": "false"}, **flat)
    timed = clean.set_index(minutes())
    yield table("no-header-times", timed, Refused("line 1", "header=false"), header=False)
    yield table(
        "no-header-times-said", timed, as_written(clean).set_axis(["1", "2", "3"], axis=1), header=False,
        query={"header": "false"}, others={"0": TIMESTAMP}, times=timed.index)
    yield table("other-header", clean, as_written(clean).set_axis(["A", "B", "C"], axis=1),
                header=["A", "B", "C"], **flat)
    yield table("numbered-columns", clean.set_axis([0, 1, 2], axis=1),
                as_written(clean).set_axis(["0", "1", "2"], axis=1))
    yield table("numbered-columns-without-index", clean.set_axis([0, 1, 2], axis=1),
                as_written(clean).set_axis(["0", "1", "2"], axis=1), **flat)
    yield table("years-as-columns", clean.set_axis([2023, 2024, 2025], axis=1),
                Refused("line 1", "header=true"), **flat)
    yield table("years-as-columns-said", clean.set_axis([2023, 2024, 2025], axis=1),
                as_written(clean).set_axis(["2023", "2024", "2025"], axis=1), query={"header": "true"}, **flat)
    yield table("days-as-columns", clean.set_axis(pd.date_range("2026-01-01", periods=3), axis=1),
                Refused("line 1", "header=true"), **flat)
    yield table("index-label-false", frame, Refused("line 2", "header"), index_label=False)
    yield table("same-names", frame.set_axis(["a", "a", "b"], axis=1),
                Refused('line 1.*"a"', "unique"), **flat)
    yield table("name-of-time-for-a-sensor", clean.rename(columns={"temp": "time"}),
                Refused('"time"', "ignore|columns"), **flat)
    yield table("name-of-time-for-a-sensor-said", clean.rename(columns={"temp": "time"}),
                query={"columns": "time,flow,pressure"}, **flat)
    yield table("some-columns", clean, as_written(clean[["flow"]]), columns=["flow"], **flat)
    yield table("selected", clean, as_written(clean[["pressure", "temp"]]), **flat,
                query={"columns": "pressure,temp"}, others={"flow": IGNORED}, order=NAMES)
    yield table("left-out", clean, as_written(clean[["temp", "flow"]]), **flat,
                query={"ignore": "pressure"}, others={"pressure": IGNORED}, order=NAMES)

    yield table("decimal-comma-between-commas", clean, decimal=",", float_format="%.2f", codes={"number_format"},
                **flat)
    yield table("three-decimals-between-commas", clean.abs() + 1, Refused('line 2.*"temp"', "decimal point"),
                decimal=",", float_format="%.3f", **flat)
    yield table("three-decimals-between-tabs", clean.abs() + 1, Refused('line 2.*"temp"', "decimal point"),
                sep="\t", decimal=",", float_format="%.3f", **flat)
    yield table("three-decimals-between-semicolons", clean.abs() + 1, sep=";", decimal=",", float_format="%.3f",
                codes={"number_format"}, **flat)
    yield table("thousands", clean, as_written(clean, "%.2f"), float_format="{:,.2f}".format,
                codes={"number_format"}, **flat)
    yield table("thousands-whole", clean[["pressure"]], Refused('line 2.*"pressure"', "separators"),
                float_format="{:,.0f}".format, **flat)
    yield table("thousands-of-Python", clean, Refused('"pressure"', MISSING),
                float_format="{:_.2f}".format, **flat)
    yield table("per-cent", clean, Refused("line 2", MISSING), float_format="%.1f%%", **flat)
    yield table("with-units", clean, Refused("line 2", MISSING), float_format="%.1f mm", **flat)
    yield table("whole-numbers", clean, float_format="%.0f", **flat)
    yield table("hexadecimal", clean, Refused("line 2", MISSING), float_format=float.hex, **flat)
    for spelling in ["missing", "--", "n.a.", "NaT", "#DIV/0!", "<NA>", "9999 bad", "ERR"]:
        line = 2 + int(np.flatnonzero(frame.isna().any(axis=1))[0])
        yield table(f"na-rep-{spelling}", frame, Refused(f"line {line}", MISSING), na_rep=spelling, **flat)
    yield table("na-rep--9999", frame, frame.fillna(-9999), na_rep="-9999", **flat)
    yield table("single-quotes", clean, Refused("line [12]", MISSING), quotechar="'", quoting=csv.QUOTE_ALL, **flat)
    yield table("escaped-quotes", clean.rename(columns={"temp": 'the "hot" one'}), Refused("line 1", "quote"),
                doublequote=False, escapechar="\\", quoting=csv.QUOTE_ALL, **flat)
    yield table("escaped-commas", clean.rename(columns={"temp": "hot, inside"}), Refused("line 2", "cells"),
                quoting=csv.QUOTE_NONE, escapechar="\\", **flat)
    yield table("new-line-in-a-name", clean.rename(columns={"temp": "hot\ninside"}), **flat)
    yield table("other-separator", clean, Refused("line 1", "comma"), sep=":", **flat)
    yield table("blank-separator", clean, Refused("line [12]", "comma"), sep=" ", **flat)
    yield table("control-separator", clean, Refused("line 1", "comma"), sep="\x01", **flat)
    yield table("chunks", pd.concat([frame, frame], ignore_index=True), chunksize=7)
    yield table("appended-with-header", frame, Refused(f"line {2 + len(frame)}", MISSING), index=False)
    for file, codec in [("cp1252", "cp1252"), ("latin-1", "latin-1")]:
        yield table(f"{file}-without-charset", clean.rename(columns={"temp": "Temp °C"}),
                    Refused("line 1", "charset=windows-1252"), encoding=codec, **flat)
    yield table("utf-16-le-without-mark", clean, Refused("UTF-16", "charset=utf-16le"), encoding="utf-16-le", **flat)
    yield table("utf-32", clean, Refused("UTF-32", "UTF-8"), encoding="utf-32", **flat)
    yield table("shift-jis", clean.rename(columns={"temp": "温度"}),
                Refused("line 1", "UTF-8"), encoding="shift_jis", **flat)
    yield table("shift-jis-said", clean.rename(columns={"temp": "温度"}),
                Refused("shift_jis", "utf-8"), encoding="shift_jis", content=f"{CSV}; charset=shift_jis", **flat)
    yield table("euro", clean.rename(columns={"temp": "Preis €"}), encoding="cp1252",
                content=f"{CSV}; charset=cp1252", **flat)
    yield table("wide-names", clean.rename(columns={"temp": "温度", "flow": "🌊"}), **flat)
    yield table("empty-frame", clean.iloc[:0], Refused("line [12]", "row"), **flat)
    yield table("no-columns", clean[[]], Refused("line 1", "feature|row|column"))
    yield table("one-row", clean.iloc[:1], **flat)
    yield table("one-column", clean[["temp"]], **flat)
    yield table("one-column-with-gaps", frame[["temp"]].mask(frame["temp"] < 17), na_rep="NaN", **flat)
    yield table("one-column-with-empty-cells", frame[["temp"]].mask(frame["temp"] < 17), **flat)
    yield table("a-series", clean["temp"], as_written(clean[["temp"]]))
    yield table("a-series-without-name", clean["temp"].rename(None), Refused("line 1", "header|name|columns"),
                **flat)
    wide = pd.concat([plant(30, seed, [f"s{seed}.{k}" for k in range(3)]) for seed in range(40)], axis=1)
    yield table("wide", wide)
    yield table("no-index-but-column-index", clean.reset_index(), as_written(clean), others={"index": IGNORED},
                codes={"ignored_column"}, **flat)
    yield table("index-written-twice", pd.read_csv(io.StringIO(clean.to_csv())).rename(columns={"Unnamed: 0": ""}),
                as_written(clean), others={"Unnamed: 0": IGNORED, "Unnamed: 1": IGNORED}, codes={"ignored_column"})
    yield table("index-read-and-written", pd.read_csv(io.StringIO(clean.to_csv())), as_written(clean),
                others={"Unnamed: 0": IGNORED}, codes={"ignored_column"}, **flat)
    yield table("index-read-and-written-twice", pd.read_csv(io.StringIO(clean.to_csv())), as_written(clean),
                others={"Unnamed: 0": IGNORED, "Unnamed: 0.1": IGNORED}, codes={"ignored_column"},
                index_label=None)
    yield table("comma-at-the-end", clean.assign(**{"": np.nan}), as_written(clean), others={"Unnamed: 3": IGNORED},
                order=[*NAMES, "Unnamed: 3"], codes={"ignored_column"}, **flat)


# MARK: Indices

def indices():
    frame, clean = plant(), plant(gaps=0)
    rows = len(frame)
    numbers = np.random.default_rng(4)

    def indexed(index, data=clean):
        return data.set_axis(index)
    yield table("from-10000", indexed(pd.RangeIndex(10_000, 10_000 + rows)))
    yield table("filtered", frame[frame["flow"] > 0])
    yield table("sampled", frame.sample(40, random_state=3))
    yield table("sorted-by-value", frame.sort_values("temp"))
    yield table("reversed", frame[::-1])
    yield table("every-tenth", plant(600)[::10])
    yield table("concatenated", pd.concat([frame, frame]))
    yield table("filtered-and-concatenated", pd.concat([frame[::2], frame[::3]]))
    yield table("label-row", frame, index_label="row", others={"row": IGNORED}, codes={"ignored_column"})
    yield table("label-id", frame, index_label="id", others={"id": IGNORED}, codes={"ignored_column"})
    yield table("label-#", frame, index_label="#")
    yield table("label-level_0", frame, index_label="level_0")
    yield table("index-of-floats", indexed(pd.Index(np.arange(rows) / 10)),
                Refused('line 1.*(name|"Unnamed: 0")', "ignore=Unnamed: 0"))
    yield table("index-of-seconds", indexed(pd.Index(np.arange(rows) / 10, name="Time (s)")),
                others={"Time (s)": TIMESTAMP}, times=pd.to_timedelta(np.arange(rows) / 10, unit="s"))
    yield table("index-of-texts", indexed(pd.Index([f"pump{k % 3}" for k in range(rows)], name="unit")),
                Refused('line 2.*"unit"', "ignore=unit"))
    yield table("index-of-texts-without-name", indexed(pd.Index([f"r{k}" for k in range(rows)])),
                Refused("line 2", "ignore=Unnamed: 0"))
    yield table("index-of-texts-ignored", indexed(pd.Index([f"r{k}" for k in range(rows)], name="row")),
                as_written(clean), others={"row": IGNORED}, query={"ignore": "row"})
    units = pd.Index(np.repeat(["pump1", "pump2", "pump3"], rows // 3), name="unit")
    yield table("recordings", indexed(units), as_written(clean), others={"unit": RECORDING},
                query={"recording": "unit"}, starts=(0, 20, 40))
    yield table("recordings-by-number", indexed(pd.Index(np.repeat([7, 8, 9], rows // 3), name="batch")),
                as_written(clean), others={"batch": RECORDING}, query={"recording": "batch"}, starts=(0, 20, 40))
    yield table("recordings-by-category", clean.assign(unit=pd.Categorical(units)), as_written(clean),
                others={"unit": RECORDING}, order=[*NAMES, "unit"], query={"recording": "unit"}, starts=(0, 20, 40),
                index=False)
    inner = minutes(rows // 3)
    both = pd.MultiIndex.from_product([["a", "b", "c"], inner], names=["unit", "time"])
    yield table("multi-index", indexed(both), Refused('line 2.*"unit"', "recording=unit"))
    yield table("multi-index-with-recordings", indexed(both), as_written(clean),
                others={"unit": RECORDING, "time": TIMESTAMP}, query={"recording": "unit"}, starts=(0, 20, 40),
                times=pd.DatetimeIndex(np.tile(inner, 3)))
    yield table("multi-index-of-numbers",
                indexed(pd.MultiIndex.from_product([range(6), range(10)])), Refused("line 1", "ignore=Unnamed"))
    yield table("group-by", frame.groupby(frame.index // 5).agg("mean"))
    stacked = frame.set_axis(pd.MultiIndex.from_tuples([("T", "mean"), ("T", "max"), ("Q", "mean")]), axis=1)
    yield table("multi-columns", stacked, Refused('line [12].*"', "header"))
    yield table("multi-columns-without-index", stacked, Refused('line [12].*"', "header"), index=False)
    yield table("multi-columns-of-different-names", frame.set_axis(
        pd.MultiIndex.from_product([["T", "Q", "P"], ["mean"]]), axis=1), Refused("line 2", "header"), index=False)
    yield table("multi-columns-with-times", stacked.set_axis(minutes(rows, name="time")),
                Refused("line [123]", "header"))
    yield table("aggregated", frame.groupby(frame.index // 5).agg(["mean", "max"]), Refused("line [12]", "header"))
    flat = stacked.set_axis(["_".join(names) for names in stacked.columns], axis=1)
    yield table("multi-columns-flattened", flat)
    yield table("pivoted", clean.rename_axis(columns="sensor"))
    yield table("melted", clean.assign(time=minutes(rows)).melt("time", var_name="sensor", value_name="value"),
                Refused('line 2.*"sensor"', "recording=sensor"), index=False)
    yield table("described", frame.describe(), Refused("line 2", "ignore=Unnamed: 0"))
    yield table("transposed", frame.T, Refused("line [12]", "ignore=Unnamed: 0|header"))
    yield table("correlations", frame.corr(), Refused("line 2", "ignore=Unnamed: 0"))
    intervals = pd.cut(clean["temp"], 5)
    yield table("interval-column", clean.assign(bin=intervals), Refused('line 2.*"bin"', "ignore=bin"), index=False)
    yield table("interval-index", indexed(pd.IntervalIndex.from_breaks(range(rows + 1))),
                Refused("line 2", "ignore=Unnamed: 0"))
    yield table("shuffled-index-name", frame.sample(frac=1, random_state=2).rename_axis("index"),
                others={"index": IGNORED}, codes={"ignored_column"})
    yield table("negative-index", indexed(pd.RangeIndex(-rows, 0)))
    yield table("random-identifiers", indexed(pd.Index(numbers.permutation(10 ** 6)[:rows])))
    yield table("index-with-times-of-files", indexed(pd.Index([f"run_{k}.csv" for k in range(rows)], name="file")),
                Refused('line 2.*"file"', "ignore=file"))


# MARK: Times

def times():
    clean, frame = plant(gaps=0), plant()
    rows = len(clean)

    def at(index, name="time", data=clean):
        return data.set_axis(pd.Index(index, name=name))
    for zone in ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]:
        yield table(f"zone-{zone}", at(minutes(tz=zone)))
    for freq in ["ms", "250ms", "s", "15min", "h", "D", "7D", "us", "100ns"]:
        yield table(f"every-{freq}", at(minutes(freq=freq)))
    for name in ["Time", "TIMESTAMP", "date", "DateTime", "datetime_utc", "Date/Time", "@timestamp", "_time", "ts",
                 "Datum", "Zeitstempel", "Datum/Uhrzeit", "timestamp_utc", "fecha", "Local Time", "event_time",
                 "UTC", "Timestamp (UTC)"]:
        yield table(f"named-{name}", at(minutes(freq="s"), name))
    for name in ["measured_at", "when", "created", "x", "Messung"]:
        yield table(f"named-{name}", at(minutes(), name), Refused(f'line 2.*"{name}"', f"timestamp={name}"))
        yield table(f"named-{name}-said", at(minutes(), name), query={"timestamp": name})
    for position in (1, 3):
        data = clean.copy()
        data.insert(position, "time", minutes())
        yield table(f"time-at-{position}", data, as_written(clean), index=False, others={"time": TIMESTAMP},
                    order=list(data.columns), times=minutes())
    yield table("reset-index", at(minutes(), None).reset_index(), as_written(clean), index=False,
                others={"index": TIMESTAMP}, times=minutes())
    yield table("reset-index-and-index", at(minutes()).reset_index(), as_written(clean),
                others={"Unnamed: 0": IGNORED, "time": TIMESTAMP}, times=minutes(), codes={"ignored_column"})

    formats = {
        "german": "%d.%m.%Y %H:%M:%S", "german-short": "%d.%m.%y %H:%M", "american": "%m/%d/%Y %H:%M:%S",
        "american-12": "%m/%d/%Y %I:%M:%S %p", "british": "%d/%m/%Y %H:%M", "iso-t": "%Y-%m-%dT%H:%M:%S",
        "iso-z": "%Y-%m-%dT%H:%M:%SZ", "compact": "%Y%m%d%H%M%S", "compact-t": "%Y%m%dT%H%M%S",
        "month-name": "%d-%b-%Y %H:%M:%S", "month-first": "%b %d, %Y %H:%M", "slashes": "%Y/%m/%d %H:%M",
        "fractions": "%Y-%m-%d %H:%M:%S.%f", "c": "%c", "log": "%d/%b/%Y:%H:%M:%S", "long": "%B %d, %Y %H:%M:%S",
    }
    for name, form in formats.items():
        index = minutes(tz="UTC") if name == "iso-z" else minutes()
        truth = {"truth": Refused('line 2.*"time"', "ISO 8601")} if name in ("c", ) else {}
        yield table(f"format-{name}", at(index), date_format=form, **truth)
    yield table("format-with-offset", at(minutes(tz="Europe/Berlin")), date_format="%Y-%m-%d %H:%M:%S%z")
    yield table("format-dates", at(minutes(freq="D")), date_format="%Y-%m-%d")
    yield table("format-compact-dates", at(minutes(freq="D")), date_format="%Y%m%d")
    yield table("format-german-dates", at(minutes(freq="D")), date_format="%d.%m.%Y")
    yield table("format-time-of-day", at(minutes()), date_format="%H:%M:%S",
                times=pd.to_timedelta(minutes() - pd.Timestamp("2026-01-20")))
    yield table("format-time-over-midnight", at(minutes(start="2026-01-20 23:30")),
                Refused('line 32.*"time"', "add the dates"), date_format="%H:%M:%S")
    yield table("format-lost-seconds", at(minutes(freq="s")), date_format="%Y-%m-%d %H:%M",
                times=minutes(freq="s").floor("min"))
    yield table("format-day-or-month", at(minutes(start="2026-02-03")), Refused('line 2.*"time"', "ISO 8601"),
                date_format="%d/%m/%Y %H:%M")
    yield table("format-ordinal", at(minutes(freq="D")), Refused('line 2.*"time"', "ISO 8601"), date_format="%Y-%j")
    yield table("format-week", at(minutes(freq="7D")), Refused('line 2.*"time"', "ISO 8601"),
                date_format="%G-W%V-%u")
    yield table("format-month", at(minutes(freq="MS")), Refused('line 2.*"time"', "ISO 8601"), date_format="%Y-%m")
    yield table("format-excel", at(46_042 + np.arange(rows) / 24, "date"), Refused('line 2.*"date"', "ISO 8601"))

    utc = minutes(tz="UTC")
    for unit, name in itertools.product(["s", "ms", "us", "ns"], ["timestamp", "epoch", "unix_time"]):
        yield table(f"epoch-{unit}-{name}", at(utc.as_unit(unit).asi8, name), others={name: TIMESTAMP}, times=utc)
    yield table("epoch-floats", at(utc.as_unit("ns").asi8 / 1e9), others={"time": TIMESTAMP}, times=utc)
    fractions = minutes(freq="100ms", tz="UTC")
    yield table("epoch-fractions", at(fractions.as_unit("ns").asi8 / 1e9), others={"time": TIMESTAMP}, times=fractions)
    yield table("epoch-in-time_ms", at(utc.as_unit("ms").asi8, "time_ms"), others={"time_ms": TIMESTAMP}, times=utc)
    yield table("epoch-with-an-unknown-name", at(utc.as_unit("s").asi8, "moment"), as_written(
        clean.set_axis(utc.as_unit("s").asi8).reset_index(names="moment")), others={})
    yield table("seconds-from-0", at(np.arange(rows) * 0.25, "Time (s)"), others={"Time (s)": TIMESTAMP},
                times=pd.to_timedelta(np.arange(rows) * 0.25, unit="s"))
    yield table("milliseconds-from-0", at(np.arange(rows) * 20, "time_ms"), others={"time_ms": TIMESTAMP},
                times=pd.to_timedelta(np.arange(rows) * 20, unit="ms"))
    yield table("whole-seconds-from-0", at(np.arange(rows), "elapsed"), others={"elapsed": TIMESTAMP},
                times=pd.to_timedelta(np.arange(rows), unit="s"))

    for freq in ["D", "h", "min", "s"]:
        yield table(f"period-{freq}", at(pd.period_range("2026-01-20", periods=rows, freq=freq)))
    for freq in ["M", "Q", "W", "Y"]:
        yield table(f"period-{freq}", at(pd.period_range("2026-01-01", periods=rows, freq=freq)),
                    Refused('line 2.*"time"', "ISO 8601"))
    yield table("timedelta", at(pd.timedelta_range("0 s", periods=rows, freq="90s")))
    yield table("timedelta-fractions", at(pd.timedelta_range("0 s", periods=rows, freq="250ms")))
    yield table("python-dates", at([datetime.date(2026, 1, 20) + datetime.timedelta(k) for k in range(rows)], "date"),
                others={"date": TIMESTAMP}, times=minutes(start="2026-01-20", freq="D"))
    yield table("python-times", at([datetime.time(6, k) for k in range(rows)]),
                others={"time": TIMESTAMP}, times=pd.to_timedelta(np.arange(rows), unit="min"))
    isoformats = [time.isoformat() for time in minutes(freq="500ms").to_pydatetime()]
    yield table("isoformat", at(isoformats), others={"time": TIMESTAMP}, times=minutes(freq="500ms"))
    yield table("date-and-time", clean.assign(date=minutes().strftime("%Y-%m-%d"), time=minutes().strftime("%H:%M:%S"))[
        ["date", "time", *NAMES]], as_written(clean), index=False, others={"date": TIMESTAMP, "time": TIMESTAMP},
        times=minutes())
    yield table("two-equal-times", clean.assign(time=minutes(), timestamp=minutes())[["time", "timestamp", *NAMES]],
                as_written(clean), index=False, others={"time": TIMESTAMP, "timestamp": IGNORED}, times=minutes(),
                codes={"ignored_column"})
    yield table("two-other-times", clean.assign(time=minutes(), timestamp=minutes(freq="s")), index=False,
                truth=Refused('line 1.*"timestamp"', "timestamp=time.*ignore=timestamp"))
    yield table("arrival-time", clean.assign(time=minutes(), received=minutes()), index=False,
                truth=Refused('line 2.*"received"', "ignore=received"))

    index = minutes().to_series().sample(frac=1, random_state=5).index
    yield table("shuffled", at(minutes()).loc[index])
    yield table("newest-first", at(minutes())[::-1])
    yield table("one-swap", at(minutes().to_numpy()[[*range(30), 31, 30, *range(32, rows)]]))
    yield table("same-times", at(minutes().to_series().repeat(2)[:rows].index))
    yield table("one-time-twice", at([*minutes()[:30], *minutes()[29:59]]))
    yield table("repeated-rows", at(minutes()).iloc[np.repeat(np.arange(30), 2)])
    yield table("all-at-one-time", at(pd.DatetimeIndex([START] * rows)))
    yield table("concatenated-days", pd.concat([at(minutes()), at(minutes(start="2026-01-22"))]))
    yield table("overlapping", pd.concat([at(minutes()), at(minutes(start="2026-01-20 06:30"))]))
    yield table("seven-rows-missing", at(minutes()).drop(minutes()[20:27]))
    yield table("many-gaps", at(minutes(120), data=plant(120)).drop(minutes(120)[[*range(9, 12), *range(40, 50), 90]]))
    yield table("one-row-missing", at(minutes()).drop(minutes()[[20]]))
    yield table("dropped-missing", at(minutes(300), data=plant(300, gaps=40)).dropna())
    moments = pd.DatetimeIndex(pd.Timestamp(START) + pd.to_timedelta(
        np.cumsum(np.random.default_rng(1).exponential(60, rows).round(3)), unit="s"))
    yield table("events", at(moments))
    jitter = minutes() + pd.to_timedelta(np.random.default_rng(2).integers(-3000, 3000, rows), unit="ms")
    yield table("jitter", at(jitter))
    yield table("business-days", at(pd.bdate_range("2026-01-19", periods=rows)))
    yield table("month-starts", at(pd.date_range("2020-01-01", periods=rows, freq="MS")))
    holes = minutes().to_series().mask(np.arange(rows) == 12)
    yield table("nat", at(holes), Refused('line 14.*"time"', "add it, or remove the row"))
    yield table("nat-in-a-column", clean.assign(time=holes.to_numpy()), Refused('line 14.*"time"', "remove the row"),
                index=False)
    yield table("before-1678", at(pd.date_range("1650-01-01", periods=rows, freq="D", unit="s")),
                Refused('line 2.*"time"', "1678"))
    autumn = pd.date_range("2026-10-25 00:00", periods=24 * 6, freq="10min", tz="Europe/Berlin")
    yield table("clock-set-back", at(autumn.tz_localize(None), data=plant(144)), times=autumn,
                time={"clock": "local", "order": "clock_set_back"})
    yield table("clock-set-back-with-offset", at(autumn, data=plant(144)))
    spring = pd.date_range("2026-03-29 00:00", periods=24 * 6, freq="10min", tz="Europe/Berlin")
    yield table("clock-set-forward", at(spring.tz_localize(None), data=plant(144)))
    mixed = [*minutes(30).strftime("%Y-%m-%d %H:%M"), *minutes(30, start="2026-01-20 06:30").strftime("%d.%m.%Y %H:%M")]
    yield table("mixed-formats", at(mixed), Refused('line 32.*"time"', "one form"))
    zones = [*minutes(30).strftime("%Y-%m-%dT%H:%M"), *minutes(30, start="2026-01-20 06:30").strftime("%Y-%m-%dT%H:%MZ")]
    yield table("mixed-zones", at(zones), Refused('line 32.*"time"', "one form"))


# MARK: Types of columns

def types():
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
    yes = {"number_format"}
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
    yield typed("boolean-missing", pd.Series(flags, dtype="boolean").mask(row % 9 == 1),
                np.where(row % 9 == 1, np.nan, flags), codes=yes)
    yield typed("yes-and-no", np.where(flags, "yes", "no"), flags, codes=yes)
    yield typed("on-and-off", np.where(flags, "on", "off"), refused=Refused('line 2.*"x"', "ignore=x"))
    yield table("all-bool", pd.DataFrame({"a": flags, "b": row % 3 == 0}), codes=yes, **flat)
    yield table("labels-bool", clean.assign(label=flags), as_written(clean), others={"label": LABEL},
                order=[*NAMES, "label"], query={"exclude": "label"}, **flat)
    yield typed("counter", 4_000_000_000_000 + numbers.integers(1000, 2000, rows).cumsum())
    yield typed("counter-down", -numbers.integers(1, 9, rows).cumsum())
    yield typed("clock", 1_700_000_000 + row)
    yield typed("steps", row // 10 * 5)
    yield typed("rising-and-falling", np.minimum(row, rows - row))
    yield typed("large-int64", 2 ** 53 + 1 + 2 * numbers.integers(0, 50, rows))
    yield typed("large-uint64", np.uint64(2 ** 63) + numbers.integers(0, 9, rows).astype(np.uint64))
    yield typed("python-int", [10 ** 30 + int(k) for k in numbers.integers(0, 9, rows)])
    yield typed("offset", 1e9 + np.sin(row / 3))
    yield typed("northing", 5_823_456.123 + numbers.normal(0, 0.005, rows))
    yield typed("tiny", 1e-300 * numbers.normal(size=rows))
    yield typed("huge", 1e300 * numbers.normal(size=rows))
    yield typed("subnormal", 5e-324 * numbers.integers(1, 9, rows))
    yield typed("negative-zero", np.where(flags, -0.0, 1.5))
    yield typed("decimal", [decimal.Decimal(int(k)) / 8 for k in numbers.integers(0, 99, rows)])
    yield typed("category-of-numbers", pd.Categorical(numbers.integers(0, 4, rows)))
    yield typed("category", pd.Categorical(np.where(flags, "open", "shut")),
                refused=Refused('line 2.*"x"', "ignore=x"))
    yield typed("string-of-numbers", pd.array([f"{value:.3f}" for value in clean["temp"]], dtype="string"),
                clean["temp"].round(3))
    yield typed("string", pd.array([f"ok {k}" for k in row], dtype="string"), refused=Refused('line 2.*"x"', "ignore=x"))
    yield typed("object-mixed", np.where(row == 7, "error", row.astype(object) % 5),
                refused=Refused('line 9.*"x".*"error"', MISSING))
    yield typed("object-none", np.where(row % 7 == 2, None, row.astype(object) % 5),
                np.where(row % 7 == 2, np.nan, row % 5))
    yield typed("bool-among-numbers", np.where(row == 5, True, (row % 5 + 2).astype(object)),
                refused=Refused('line 7.*"x".*"True"', "0 or 1"))
    yield typed("complex", clean["temp"] + 1j, refused=Refused('line 2.*"x"', MISSING))
    yield typed("lists", [[1, 2]] * rows, refused=Refused('line 2.*"x"', "ignore=x|" + MISSING))
    yield typed("tuples-of-one", [(int(k),) for k in row], refused=Refused('line 2.*"x"', "ignore=x|" + MISSING))
    yield typed("timedelta", pd.to_timedelta(row, unit="s"), refused=Refused('line 2.*"x"', "ignore=x"))
    yield typed("datetime", minutes(), refused=Refused('line 2.*"x"', "timestamp=x.*ignore=x"))
    yield typed("empty-string", np.where(row % 6 == 0, "", "3"), np.where(row % 6 == 0, np.nan, 3))
    yield typed("blank", np.where(row % 6 == 0, " ", "3"), np.where(row % 6 == 0, np.nan, 3))
    yield typed("all-missing", np.full(rows, np.nan))
    yield typed("constant", np.full(rows, 14.62))
    yield typed("constant-with-gaps", np.where(row % 5 == 0, np.nan, 3))
    for share in (40, 50, 75, 89, 91, 95, 99):
        data = plant(200, gaps=0)
        data["x"] = data["temp"].where(np.arange(200) * 100 // 200 % 100 >= share)
        yield table(f"missing-{share}-per-cent", data, **flat)
    for value in (np.inf, -np.inf):
        yield typed(f"infinite{value}", np.where(row == 11, value, clean["flow"]),
                    refused=Refused('line 13.*"x".*inf', "leave the cell of a missing value empty"))
    yield typed("overflow", ["1e400" if k == 11 else "2" for k in row], np.where(
            row == 11, np.finfo(float).max, 2.0), codes={"clamped_values"})
    for sentinel, count in itertools.product((-9999, 1e6, 0), (1, 5)):
        data = plant(400, gaps=0)
        data.iloc[50:50 + 31 * count:31, 2] = sentinel
        yield table(f"sentinel-{sentinel:g}-{count}", data)
    data = plant(400, gaps=0)
    data.iloc[::20, 2] = -9999
    yield table("sentinel-in-5-per-cent", data)
    mostly = pd.DataFrame({"x": np.where(np.arange(400) % 100 == 7, numbers.normal(10, 2, 400), 0.0), **plant(400)})
    yield table("mostly-zero", mostly)
    burst = mostly.assign(x=np.where(np.arange(400) == 7, 1e5, mostly["x"]))
    yield table("mostly-zero-with-a-burst", burst)


# MARK: Arrays

def saved(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def numbered(values):
    return pd.DataFrame(np.asarray(values, float)).rename(columns=str)


def array(name, values, truth=None, *, codes=(), **facts):
    values = np.asarray(values)
    if truth is None:
        truth = numbered(values.reshape(-1, values.shape[-1]))
    return File(f"npy-{name}", saved(values), truth, codes=frozenset(codes), fields={"Content-Type": NPY}, **facts)


def arrays():
    frame, clean = plant(), plant(gaps=0)
    small = (np.random.default_rng(8).normal(40, 12, (50, 3))).round().clip(0, 100)
    for kind, size in [("f", 2), ("f", 4), ("f", 8), *itertools.product("iu", (1, 2, 4, 8))]:
        for byte_order, order in itertools.product("<>" if size > 1 else "|", "CF"):
            dtype = np.dtype(f"{byte_order}{kind}{size}")
            data = np.array(small, dtype, order=order)
            yield array(f"{dtype.str}-{order}", data)
    for order in "CF":
        yield array(f"bool-{order}", np.array(small > 40, order=order))
        yield array(f"values-{order}", np.array(frame, order=order))
    yield array("frame", frame)
    yield array("frame-float32", clean.astype(np.float32))
    yield array("strided", clean.to_numpy()[::-2, ::-1])
    yield array("one-row", clean.to_numpy()[:1])
    yield array("one-column", clean[["temp"]])
    yield array("offset-float64", 1e9 + np.sin(np.arange(120).reshape(-1, 2)))
    yield array("offset-float32", (1e6 + np.sin(np.arange(120).reshape(-1, 2))).astype(np.float32),
                codes={"precision"})
    yield array("offset-float16", (1000 + np.sin(np.arange(120).reshape(-1, 2))).astype(np.float16),
                codes={"precision"})
    counters = (2 ** 60 + np.random.default_rng(9).integers(1, 2000, (60, 2)).cumsum(0)).astype(np.int64)
    yield array("counters-int64", counters, codes={"precision"})
    yield array("counters-int64-exact", 4_000_000_000_000 + counters % 100_000)
    yield array("uint64-max", np.where(small > 60, np.uint64(2 ** 64 - 1), small.astype(np.uint64)),
                codes={"precision"})
    windows = np.lib.stride_tricks.sliding_window_view(clean.to_numpy(), 12, axis=0).transpose(0, 2, 1)
    for order in "CF":
        yield array(f"windows-{order}", np.array(windows, order=order), timesteps=12)
    yield array("windows-big-endian", windows.astype(">f4"), timesteps=12)
    yield array("windows-of-one", clean.to_numpy()[None], timesteps=60)
    yield array("masked", np.ma.masked_invalid(frame.to_numpy()).filled(np.nan))
    for name, data, place, remedy in [
            ("infinite", clean.assign(flow=np.where(clean.index == 3, np.inf, 1)), r"\(3, 1\)", "missing value is NaN"),
            ("infinite-float16", np.array([[np.inf, 1], [2, 3]], np.float16), r"\(0, 0\)", "missing value is NaN"),
            ("series", clean["temp"], "one axis", r"reshape\(-1, 1\)"),
            ("scalar", np.float64(3), "0 axes|no axes", r"\[rows\]\[F\]"),
            ("four-axes", np.zeros((2, 3, 4, 5)), "4 axes", r"\[rows\]\[F\]"),
            ("no-rows", clean.iloc[:0], r"\(0, 3\)", "no elements"),
            ("no-columns", clean[[]], r"\(60, 0\)", "no elements"),
            ("objects", clean.astype(object), "Python objects", "to_numpy"),
            ("mixed-frame", clean.assign(x="a"), "Python objects", "to_numpy"),
            ("records", clean.to_records(index=False), "structured|records", "to_numpy"),
            ("structured", np.zeros(3, [("a", "<f4"), ("b", "<i8", 2)]), "structured|records", "to_numpy"),
            ("texts", np.array([["1.5", "2"]]), "text", "astype"),
            ("bytes", np.array([[b"1.5", b"2"]]), "text", "astype"),
            ("complex", clean.to_numpy() + 1j, "complex", "real"),
            ("datetime64", minutes().to_numpy().reshape(-1, 1), "times", "CSV"),
            ("timedelta64", pd.to_timedelta(clean.index, unit="s").to_numpy().reshape(-1, 1), "times", "CSV"),
            ("void", np.zeros((3, 2), "V8"), "'?|.V8", "numbers"),
            ("longdouble", clean.to_numpy(np.longdouble), "f16", "astype")]:
        yield array(name, data, Refused(place, remedy))
    archive, pickled = io.BytesIO(), io.BytesIO()
    np.savez(archive, clean)
    clean.to_pickle(pickled)
    for name, body, place, remedy in [
            ("savez", archive.getvalue(), "npz", "numpy.save"), ("pickle", pickled.getvalue(), "pickle", "numpy.save"),
            ("raw", clean.to_numpy().tobytes(), "not an .npy file", "numpy.save"),
            ("csv", written(clean), "not an .npy file", "numpy.save|text/csv"),
            ("cut", saved(clean)[:-8], "1432 bytes.*1440", ""),
            ("twice", saved(clean) * 2, "bytes of data", "1440")]:
        yield File(f"npy-{name}", body, Refused(place, remedy), fields={"Content-Type": NPY})
    yield File("npy-gzip", gzip.compress(saved(clean)), numbered(clean), fields={"Content-Type": NPY},
               codes=frozenset({"compressed_body"}))


# MARK: JSON

def document(name, value, truth, content=JSON, **facts):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return File(f"json-{name}", body, truth, fields={"Content-Type": content} if content else {}, **facts)


def documents():
    frame, clean = plant(), plant(gaps=0)
    timed = clean.set_axis(minutes(tz="UTC"))
    values = [[None if np.isnan(cell) else cell for cell in row] for row in frame.to_numpy().tolist()]
    yield document("series", {"series": values, "feature_names": NAMES}, frame)
    yield document("series-without-names", {"series": values}, numbered(frame))
    yield document("without-content-type", {"series": values}, numbered(frame), content=None)
    yield document("like-curl", {"series": values}, numbered(frame), content="application/x-www-form-urlencoded")
    yield document("byte-order-mark", b"\xef\xbb\xbf" + json.dumps({"series": values}).encode(), numbered(frame))
    rounded = json.loads(frame.to_json(orient="values"))
    yield document("values-in-series", {"series": rounded}, numbered(rounded))
    yield document("precise-values", f'{{"series": {clean.to_json(orient="values", double_precision=15)}}}'.encode(),
                   numbered(json.loads(clean.to_json(orient="values", double_precision=15))))
    yield document("indented", json.dumps({"series": values}, indent=2).encode(), numbered(frame))
    for name, stamps in {
            "isoformat": [time.isoformat() for time in timed.index],
            "texts": timed.index.astype(str).tolist(), "seconds": timed.index.as_unit("s").asi8.tolist(),
            "milliseconds": timed.index.as_unit("ms").asi8.tolist(),
            "nanoseconds": timed.index.as_unit("ns").asi8.tolist(),
            "iso": json.loads(timed.index.to_series().to_json(orient="values", date_format="iso"))}.items():
        yield document(
            f"timestamps-{name}", {"series": clean.to_numpy().tolist(), "feature_names": NAMES, "timestamps": stamps},
            clean, times=timed.index)
    parts = [clean.iloc[:20].to_numpy().tolist(), clean.iloc[20:].to_numpy().tolist()]
    yield document("recordings", {"recordings": parts, "feature_names": NAMES}, clean, starts=(0, 20))
    yield document("windows", {"windows": clean.to_numpy().reshape(5, 12, 3).tolist()}, numbered(clean), timesteps=12)
    yield document("bool", {"series": (clean > clean.mean()).to_numpy().tolist()}, Refused("series", "number"))
    yield document("nan", json.dumps({"series": frame.to_numpy().tolist()}).encode(), Refused("NaN|byte|line", "null", 400))
    yield document("infinity", json.dumps({"series": [[1.0], [np.inf]]}).encode(),
                   Refused("Infinity|byte|line", "number|value", 400))
    whole = r'"?series"?'
    for orient, place, status in [
            ("records", "array", 422), ("values", "array", 422), ("columns", '"temp"', 422), ("index", '"0"', 422),
            ("split", '"index"|"data"', 422), ("table", '"schema"|"data"', 422)]:
        yield document(f"orient-{orient}", clean.to_json(orient=orient).encode(), Refused(place, whole, status))
    yield document("orient-index-of-times", timed.to_json(orient="index", date_format="iso").encode(), Refused('"', whole))
    yield document("a-series-of-pandas", clean["temp"].to_json().encode(), Refused('"0"', whole))
    lines = clean.to_json(orient="records", lines=True).encode()
    yield document("lines", lines, Refused("byte|line", "line|one", 400))
    yield document("dict-of-lists", clean.to_dict(orient="list"), Refused('"temp"', whole))
    yield document("records-in-series", {"series": clean.to_dict(orient="records")}, Refused("/series/0|series", "number"))
    yield document("columns-in-series", {"series": clean.to_dict(orient="list")}, Refused("series", r"\[rows\]\[F\]|array"))
    yield document("text-in-series", {"series": clean.to_json(orient="values")}, Refused("series", r"\[rows\]\[F\]|array"))
    yield document("texts-in-series", {"series": clean.astype(str).to_numpy().tolist()}, Refused("series", "number"))
    yield document("one-feature", {"series": clean["temp"].tolist()}, Refused("series", r"\[rows\]\[F\]|array"))
    yield document("ragged", {"series": [[1, 2], [3]]}, Refused("series", "2"))
    yield document("twice-encoded", json.dumps(json.dumps({"series": values})).encode(), Refused("string|text", "object"))
    for name, body in {"records": clean.to_json(orient="records"), "split": clean.to_json(orient="split"),
                       "values": clean.to_json(orient="values"), "columns": clean.to_json()}.items():
        yield File(f"json-{name}-as-csv", body.encode(), Refused("the body is JSON", "application/json"))
    yield File("json-lines-as-csv", lines, Refused("the body is JSON", "application/json|series"))
    yield document("csv", written(clean), Refused("", "text/csv", 400))
    yield document("csv-without-content-type", written(clean), Refused("", "text/csv", 400), content=None)
    yield document("csv-like-curl", written(clean), Refused("", "text/csv|Content-Type", 415),
                   content="application/x-www-form-urlencoded")
    yield document("npy", saved(clean), Refused("", "application/x-npy", 400))


# MARK: Other formats

def others():
    clean = plant(gaps=0)
    asCSV = "(?i)csv"

    def other(name, body, place, remedy=asCSV, status=422, **fields):
        body = body if isinstance(body, bytes) else body.encode()
        return File(f"as-csv-{name}", body, Refused(place, remedy, status), fields={"Content-Type": CSV, **fields})

    def to(method, **options):
        file = io.BytesIO()
        getattr(clean, method)(file, **options)
        return file.getvalue()
    yield other("pickle", to("to_pickle"), "pickle")
    yield other("stata", to("to_stata"), "Stata|UTF-8|byte", "CSV|UTF-8")
    yield other("html", clean.to_html(), "HTML")
    yield other("xml", clean.to_xml(parser="etree"), "XML")
    yield other("text", clean.to_string(), "line", "commas")
    yield other("text-without-index", clean.to_string(index=False), "line", "commas")
    yield other("npy", saved(clean), "NumPy", "application/x-npy")
    packed = written(clean)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("plant.csv", packed)
    yield other("zip", archive.getvalue(), "zip")
    yield other("bz2", bz2.compress(packed), "bzip2", "decompress")
    yield other("xz", lzma.compress(packed), "xz", "decompress")
    yield other("zip-by-pandas", to("to_csv", compression="zip"), "zip")
    yield other("tar-by-pandas", to("to_csv", compression="tar"), "tar", "(?i)csv|decompress|extract")
    yield other("broken-gzip", gzip.compress(packed)[:-30], "gzip", "")
    yield other("gzip-of-gzip", gzip.compress(gzip.compress(packed)), "gzip", "")

    def text(**options):
        file = io.StringIO()
        np.savetxt(file, clean, **options)
        return file.getvalue().encode()
    yield other("savetxt", text(), "line 1", "commas|header=false")
    yield other("savetxt-commas", text(delimiter=","), "line 1", "header=false")
    truth = clean.map(lambda value: float("%.18e" % value))
    yield File("as-csv-savetxt-header", text(delimiter=",", header="temp,flow,pressure", comments=""), truth)
    yield File("as-csv-savetxt-comment", text(delimiter=",", header="temp,flow,pressure"), truth,
               codes=frozenset({"skipped_lines"}))
    yield other("repr", repr(clean), "line", "commas")
    yield other("python", str(clean.to_dict()), "line 1", "")
    yield other("empty", b"", "empty|line 1", "header")
    yield other("new-line", b"\n", "empty|line 1", "header")
    yield other("quotation", written(clean, index=False, quoting=csv.QUOTE_ALL)[:-2], "line", "quote")
    yield File("as-csv-comment-in-front", b"# plant 7\n# made by pandas\n" + written(clean), clean,
               others={"Unnamed: 0": IGNORED}, codes=frozenset({"skipped_lines", "ignored_column"}))
    yield File("as-csv-sep-line", b"sep=;\r\n" + written(clean, sep=";", decimal=",", lineterminator="\r\n"), clean,
               others={"Unnamed: 0": IGNORED}, codes=frozenset({"number_format", "ignored_column"}))
    yield File("as-csv-units", written(clean, index=False).replace(b"\n", "\n°C,l/min,mbar\n".encode(), 1), clean,
               codes=frozenset({"skipped_lines"}))
    yield File("as-csv-blank-rows", written(clean, index=False) + b",,\n,,\n", pd.concat(
        [clean, pd.DataFrame(np.nan, range(2), NAMES)], ignore_index=True))
    yield File("as-csv-blank-rows-with-times", written(clean.set_axis(minutes(name="time"))) + b",,,\n,,,\n", clean,
               others={"time": TIMESTAMP}, times=minutes(), codes=frozenset({"blank_rows"}))
    yield other("cut-row", written(clean, index=False)[:-30].rsplit(b",", 1)[0] + b"\n", "line", "cells")


def files():
    yield from dialects(110)
    for group in (writing, indices, times, types, arrays, documents, others):
        yield from group()
