"""Arrays as NumPy saves them."""

import gzip
import io
import itertools

import numpy as np
import pandas as pd

from .facts import File, Refused
from .frames import minutes, plant, written

NPY = "application/x-npy"


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
    return File(f"npy-{name}",
        saved(values),
        truth,
        codes=frozenset(codes),
        fields={"Content-Type": NPY},
        **facts)


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
    counters = (2**60 + np.random.default_rng(9).integers(1, 2000, (60, 2)).cumsum(0)).astype(np.int64)
    yield array("counters-int64", counters, codes={"precision"})
    yield array("counters-int64-exact", 4_000_000_000_000 + counters % 100_000)
    yield array("uint64-max",
        np.where(small > 60, np.uint64(2**64 - 1), small.astype(np.uint64)),
        codes={"precision"})
    windows = np.lib.stride_tricks.sliding_window_view(clean.to_numpy(), 12, axis=0).transpose(0, 2, 1)
    for order in "CF":
        yield array(f"windows-{order}", np.array(windows, order=order), timesteps=12)
    yield array("windows-big-endian", windows.astype(">f4"), timesteps=12)
    yield array("windows-of-one", clean.to_numpy()[None], timesteps=60)
    yield array("masked", np.ma.masked_invalid(frame.to_numpy()).filled(np.nan))
    for name, data, place, remedy in [("infinite", clean.assign(flow=np.where(clean.index == 3, np.inf, 1)),
        r"\(3, 1\)", "missing value is NaN"),
        ("infinite-float16", np.array([[np.inf, 1], [2, 3]],
        np.float16), r"\(0, 0\)", "missing value is NaN"),
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
        is_number = name in ("infinite", "infinite-float16", "series", "scalar", "four-axes", "no-rows",
            "no-columns")
        yield array(name, data, Refused(place, remedy, 422 if is_number else 415))
    archive, pickled = io.BytesIO(), io.BytesIO()
    np.savez(archive, clean)
    clean.to_pickle(pickled)
    for name, body, place, remedy, status in [("savez", archive.getvalue(), "npz", "numpy.save", 415),
        ("pickle", pickled.getvalue(), "pickle", "numpy.save", 415),
        ("raw", clean.to_numpy().tobytes(), "not an .npy file", "numpy.save", 415),
        ("csv", written(clean), "not an .npy file", "numpy.save|text/csv", 415),
        ("cut", saved(clean)[:-8], "1432 bytes", "1440", 422),
        ("twice", saved(clean) * 2, "bytes of data", "1440", 422)]:
        yield File(f"npy-{name}", body, Refused(place, remedy, status), fields={"Content-Type": NPY})
    yield File("npy-gzip",
        gzip.compress(saved(clean)),
        numbered(clean),
        fields={"Content-Type": NPY},
        codes=frozenset({"compressed_body"}))
