"""CSV files with single options of to_csv, and combinations that need a decision."""

import csv
import io

import numpy as np
import pandas as pd

from .facts import IGNORED, TIMESTAMP, File, Refused
from .frames import CSV, MISSING, NAMES, as_written, minutes, plant, table, written


def writing():
    frame = plant()
    clean = plant(gaps=0)
    flat = {"index": False}
    yield table("no-header", frame, Refused("line 1", "header=false"), header=False, **flat)
    yield table("no-header-with-index", frame, Refused("line 1", "header=false"), header=False)
    yield table("no-header-said",
        clean,
        as_written(clean).set_axis(["0", "1", "2"], axis=1),
        header=False,
        query={"header": "false"},
        **flat)
    timed = clean.set_index(minutes())
    yield table("no-header-times", timed, Refused("line 1", "header=false"), header=False)
    yield table("no-header-times-said",
        timed,
        as_written(clean).set_axis(["1", "2", "3"], axis=1),
        header=False,
        query={"header": "false"},
        others={"0": TIMESTAMP},
        times=timed.index)
    yield table("other-header",
        clean,
        as_written(clean).set_axis(["A", "B", "C"], axis=1),
        header=["A", "B", "C"],
        **flat)
    yield table("numbered-columns", clean.set_axis([0, 1, 2], axis=1),
        as_written(clean).set_axis(["0", "1", "2"], axis=1))
    yield table("numbered-columns-without-index", clean.set_axis([0, 1, 2], axis=1),
        as_written(clean).set_axis(["0", "1", "2"], axis=1), **flat)
    yield table("years-as-columns", clean.set_axis([2023, 2024, 2025], axis=1),
        Refused("line 1", "header=true"), **flat)
    yield table("years-as-columns-said",
        clean.set_axis([2023, 2024, 2025], axis=1),
        as_written(clean).set_axis(["2023", "2024", "2025"], axis=1),
        query={"header": "true"},
        **flat)
    yield table("days-as-columns", clean.set_axis(pd.date_range("2026-01-01", periods=3), axis=1),
        Refused("line 1", "header=true"), **flat)
    yield table("index-label-false", frame, Refused("line 2", "header"), index_label=False)
    yield table("same-names", frame.set_axis(["a", "a", "b"], axis=1), Refused("line 1.*'a'", "unique"),
        **flat)
    yield table("name-of-time-for-a-sensor", clean.rename(columns={"temp": "time"}),
        Refused("'time'", "ignore|columns"), **flat)
    yield table("name-of-time-for-a-sensor-said",
        clean.rename(columns={"temp": "time"}),
        query={"columns": "time,flow,pressure"},
        **flat)
    yield table("some-columns", clean, as_written(clean[["flow"]]), columns=["flow"], **flat)
    yield table("selected",
        clean,
        as_written(clean[["pressure", "temp"]]),
        **flat,
        query={"columns": "pressure,temp"},
        others={"flow": IGNORED},
        order=NAMES)
    yield table("left-out",
        clean,
        as_written(clean[["temp", "flow"]]),
        **flat,
        query={"ignore": "pressure"},
        others={"pressure": IGNORED},
        order=NAMES)

    yield table("decimal-comma-between-commas",
        clean,
        decimal=",",
        float_format="%.2f",
        codes={"number_format"},
        **flat)
    large = clean[["temp", "flow"]].abs() + 1
    for between, sep in [("commas", ","), ("tabs", "\t")]:
        yield table(f"three-decimals-between-{between}",
            large,
            Refused("line 2.*'temp'", "decimal point"),
            sep=sep,
            decimal=",",
            float_format="%.3f",
            **flat)
        # No number of thousands has six digits in front of the comma.
        yield table(f"three-decimals-and-hundred-thousands-between-{between}",
            large.assign(p=clean["pressure"]),
            sep=sep,
            decimal=",",
            float_format="%.3f",
            codes={"number_format"},
            **flat)
    yield table("three-decimals-between-semicolons",
        clean.abs() + 1,
        sep=";",
        decimal=",",
        float_format="%.3f",
        codes={"number_format"},
        **flat)
    yield table("thousands",
        clean,
        as_written(clean, "%.2f"),
        float_format="{:,.2f}".format,
        codes={"number_format"},
        **flat)
    yield table("thousands-whole",
        clean[["pressure"]],
        Refused("line 2.*'pressure'", "separators"),
        float_format="{:,.0f}".format,
        **flat)
    yield table("thousands-of-Python",
        clean,
        Refused("'pressure'", MISSING),
        float_format="{:_.2f}".format,
        **flat)
    yield table("per-cent", clean, Refused("line 2", MISSING), float_format="%.1f%%", **flat)
    yield table("with-units", clean, Refused("line 2", MISSING), float_format="%.1f mm", **flat)
    yield table("whole-numbers", clean, float_format="%.0f", **flat)
    yield table("hexadecimal", clean, Refused("line 2", MISSING), float_format=float.hex, **flat)
    for spelling in ["missing", "--", "n.a.", "NaT", "#DIV/0!", "<NA>", "9999 bad", "ERR"]:
        line = 2 + int(np.flatnonzero(frame.isna().any(axis=1))[0])
        yield table(f"na-rep-{spelling}", frame, Refused(f"line {line}", MISSING), na_rep=spelling, **flat)
    yield table("na-rep--9999", frame, frame.fillna(-9999), na_rep="-9999", **flat)
    yield table("single-quotes",
        clean,
        Refused("line [12]", MISSING),
        quotechar="'",
        quoting=csv.QUOTE_ALL,
        **flat)
    yield table("escaped-quotes",
        clean.rename(columns={"temp": 'the "hot" one'}),
        Refused("line 1", "quote"),
        doublequote=False,
        escapechar="\\",
        quoting=csv.QUOTE_ALL,
        **flat)
    yield table("escaped-commas",
        clean.rename(columns={"temp": "hot, inside"}),
        Refused("line 2", "cells"),
        quoting=csv.QUOTE_NONE,
        escapechar="\\",
        **flat)
    yield table("new-line-in-a-name", clean.rename(columns={"temp": "hot\ninside"}), **flat)
    yield table("other-separator", clean, Refused("line 1", "comma"), sep=":", **flat)
    yield table("blank-separator", clean, Refused("line [12]", "comma"), sep=" ", **flat)
    yield table("control-separator", clean, Refused("line 1", "comma"), sep="\x01", **flat)
    yield table("chunks", pd.concat([frame, frame], ignore_index=True), chunksize=7)
    twice = written(frame, index=False) * 2
    yield File("appended-with-header", twice, Refused(f"line {2 + len(frame)}", "header|" + MISSING))
    for file, codec in [("cp1252", "cp1252"), ("latin-1", "latin-1")]:
        yield table(f"{file}-without-charset",
            clean.rename(columns={"temp": "Temp °C"}),
            Refused("line 1", "charset=windows-1252", 415),
            encoding=codec,
            **flat)
    yield table("utf-16-le-without-mark",
        clean,
        Refused("UTF-16", "charset=utf-16le", 415),
        encoding="utf-16-le",
        **flat)
    yield table("utf-32", clean, Refused("UTF-32", "UTF-8", 415), encoding="utf-32", **flat)
    yield table("shift-jis",
        clean.rename(columns={"temp": "温度"}),
        Refused("line 1", "UTF-8", 415),
        encoding="shift_jis",
        **flat)
    yield table("shift-jis-said",
        clean.rename(columns={"temp": "温度"}),
        Refused("shift_jis", "utf-8", 415),
        encoding="shift_jis",
        content=f"{CSV}; charset=shift_jis",
        **flat)
    yield table("euro",
        clean.rename(columns={"temp": "Preis €"}),
        encoding="cp1252",
        content=f"{CSV}; charset=cp1252",
        **flat)
    yield table("wide-names", clean.rename(columns={"temp": "温度", "flow": "🌊"}), **flat)
    yield table("empty-frame", clean.iloc[:0], Refused("line [12]", "row"), **flat)
    yield table("no-columns", clean[[]], Refused("line 1", "feature|row|column"))
    yield table("one-row", clean.iloc[:1], **flat)
    yield table("one-column", clean[["temp"]], **flat)
    yield table("one-column-with-gaps", frame[["temp"]].mask(frame["temp"] < 17), na_rep="NaN", **flat)
    yield table("one-column-with-empty-cells", frame[["temp"]].mask(frame["temp"] < 17), **flat)
    yield table("a-series", clean["temp"], as_written(clean[["temp"]]))
    yield table("a-series-without-name", clean["temp"].rename(None),
        as_written(clean[["temp"]]).rename(columns={"temp": "0"}), **flat)
    wide = pd.concat([plant(30, seed, [f"s{seed}.{k}" for k in range(3)]) for seed in range(40)], axis=1)
    yield table("wide", wide)
    yield table("no-index-but-column-index",
        clean.reset_index(),
        as_written(clean),
        others={"index": IGNORED},
        codes={"ignored_column"},
        **flat)
    read = pd.read_csv(io.StringIO(clean.to_csv()), float_precision="round_trip")
    yield table("index-written-twice",
        read.rename(columns={"Unnamed: 0": ""}),
        as_written(clean),
        others=dict.fromkeys(["Unnamed: 0", "Unnamed: 1"], IGNORED),
        codes={"ignored_column"})
    yield table("index-read-and-written",
        read,
        as_written(clean),
        others={"Unnamed: 0": IGNORED},
        codes={"ignored_column"},
        **flat)
    # pandas gives the first column another name when it reads the file.
    again = pd.read_csv(io.StringIO(read.to_csv()), float_precision="round_trip")
    others = dict.fromkeys(["Unnamed: 0.1", "Unnamed: 0"], IGNORED)
    yield File("index-read-and-written-with-another",
        read.to_csv().encode(),
        as_written(clean),
        others=others,
        codes=frozenset({"ignored_column"}))
    yield table("index-read-twice", again, as_written(clean), others=others, codes={"ignored_column"}, **flat)
    yield table("comma-at-the-end",
        clean.assign(**{"": np.nan}),
        as_written(clean),
        others={"Unnamed: 3": IGNORED},
        order=[*NAMES, "Unnamed: 3"],
        codes={"ignored_column"},
        **flat)
