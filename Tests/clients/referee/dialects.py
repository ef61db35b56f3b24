"""CSV files in dialects drawn at random."""

import csv
import random

import pandas as pd

from .facts import TIMESTAMP
from .frames import CSV, NAMES, as_written, minutes, plant, table

DIALECTS = {
    "sep": [",", ";", "\t", "|"],
    "decimal": [".", ","],
    "na_rep": [
    "", "NA", "NaN", "nan", "null", "None", "-", "?", "#N/A", "N/A", "n/a", "NULL", "-nan", "1.#QNAN"
    ],
    "float_format": [None, "%.2f", "%.3f", "%.6g", "%.10e", "%+.4f", "%12.3f", "%.17g", "%E"],
    "quoting": [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE],
    "encoding": ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-16-le", "utf-16-be"],
    "lineterminator": ["\n", "\r\n", "\r"],
    "compression": [None, None, None, "gzip", "announced gzip"],
    "index": [
    "none", "range", "label", "name", "10000", "time", "times without a name", "UTC", "offset", "epoch"
    ],
    "names": [
    NAMES, ["Temp °C", "Flow (l/min)", "Druck [mbar]"], ["a,b", 'the "hot" one', "c;d|e\tf"],
    ["1st", "2nd", "3rd"], ["T_in", "T.out", "T-Δ"], ["Größe", "Fluß µ", "x "], ["P1 (kW)", "P2 %", "#3"]
    ],
}
CHARSETS = {
    "cp1252": "windows-1252", "latin-1": "iso-8859-1", "utf-16-le": "UTF-16LE", "utf-16-be": "utf-16be"
}


def dialects():
    """110 files: nearly all pairs of options occur."""
    for seed in range(110):
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
            frame.index = minutes(rows,
                freq="10s",
                name=random.Random(seed).choice(["time", "Date", "Zeitstempel"]))
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
    return table(name,
        frame,
        truth,
        index=index != "none",
        codes=codes,
        fields=fields,
        content=content,
        **options,
        **facts)
