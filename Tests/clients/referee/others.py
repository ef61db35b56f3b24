"""What is sent as CSV but is something else, and text around CSV."""

import bz2
import csv
import gzip
import io
import lzma
import zipfile

import numpy as np

from .arrays import saved
from .facts import IGNORED, TIMESTAMP, File, Refused
from .frames import CSV, minutes, plant, written


def others():
    clean = plant(gaps=0)
    asCSV = "(?i)csv"

    def other(name, body, place, remedy=asCSV, status=415, **fields):
        body = body if isinstance(body, bytes) else body.encode()
        return File(f"as-csv-{name}",
            body,
            Refused(place, remedy, status),
            fields={"Content-Type": CSV, **fields})

    def to(method, **options):
        file = io.BytesIO()
        getattr(clean, method)(file, **options)
        return file.getvalue()

    yield other("pickle", to("to_pickle"), "pickle")
    yield other("stata", to("to_stata"), "Stata|UTF-8|byte", "CSV|UTF-8")
    yield other("html", clean.to_html(), "HTML")
    yield other("xml", clean.to_xml(parser="etree"), "XML")
    yield other("text", clean.to_string(), "line", "commas", 422)
    yield other("text-without-index", clean.to_string(index=False), "line", "commas", 422)
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
    yield other("broken-gzip", gzip.compress(packed)[:-30], "gzip", "incomplete", 400)
    yield other("gzip-of-gzip", gzip.compress(gzip.compress(packed)), "gzip", "decompress")

    def text(**options):
        file = io.StringIO()
        np.savetxt(file, clean, **options)
        return file.getvalue().encode()

    yield other("savetxt", text(), "line [12]", "commas|header=false", 422)
    yield other("savetxt-commas", text(delimiter=","), "line 1", "header=false", 422)
    truth = clean.map(lambda value: float("%.18e" % value))
    yield File("as-csv-savetxt-header", text(delimiter=",", header="temp,flow,pressure", comments=""), truth)
    yield File("as-csv-savetxt-comment",
        text(delimiter=",", header="temp,flow,pressure"),
        truth,
        codes=frozenset({"skipped_lines"}))
    yield other("repr", repr(clean), "line", "commas", 422)
    yield other("python", str(clean.to_dict()), "line 1", "", 422)
    yield other("empty", b"", "empty|line 1", "header", 422)
    yield other("new-line", b"\n", "empty|line 1", "header", 422)
    yield other("quotation", written(clean, index=False, quoting=csv.QUOTE_ALL)[:-2], "line", "quote", 422)
    yield File("as-csv-comment-in-front",
        b"# plant 7\n# made by pandas\n" + written(clean),
        clean,
        others={"Unnamed: 0": IGNORED},
        codes=frozenset({"skipped_lines", "ignored_column"}))
    yield File("as-csv-sep-line",
        b"sep=;\r\n" + written(clean, sep=";", decimal=",", lineterminator="\r\n"),
        clean,
        others={"Unnamed: 0": IGNORED},
        codes=frozenset({"number_format", "ignored_column"}))
    yield File("as-csv-units",
        written(clean, index=False).replace(b"\n", "\n°C,l/min,mbar\n".encode(), 1),
        clean,
        codes=frozenset({"skipped_lines"}))
    yield File("as-csv-blank-rows",
        written(clean, index=False) + b",,\n,,\n",
        clean,
        codes=frozenset({"blank_rows"}))
    # Without times, the place of a row counts.
    hollow = clean.copy()
    hollow.iloc[20] = np.nan
    yield File("as-csv-blank-row-inside", written(hollow, index=False), hollow)
    yield File("as-csv-blank-rows-with-times",
        written(clean.set_axis(minutes(name="time"))) + b",,,\n,,,\n",
        clean,
        others={"time": TIMESTAMP},
        times=minutes(),
        codes=frozenset({"blank_rows"}))
    yield other("cut-row", written(clean, index=False)[:-30].rsplit(b",", 1)[0] + b"\n", "line", "cell", 422)
