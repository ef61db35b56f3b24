"""JSON as pandas and people write it."""

import json

import numpy as np

from .arrays import numbered, saved
from .facts import File, Refused
from .frames import NAMES, minutes, plant, written

JSON = "application/json"


def document(name, value, truth, content=JSON, **facts):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return File(f"json-{name}", body, truth, fields={"Content-Type": content}, **facts)


def documents():
    frame, clean = plant(), plant(gaps=0)
    timed = clean.set_axis(minutes(tz="UTC"))
    values = [[None if np.isnan(cell) else cell for cell in row] for row in frame.to_numpy().tolist()]
    yield document("series", {"series": values, "feature_names": NAMES}, frame)
    yield document("series-without-names", {"series": values}, numbered(frame))
    yield document("octet-stream", {"series": values},
        Refused("application/octet-stream", "application/json", 415),
        content="application/octet-stream")
    yield document("like-curl", {"series": values},
        numbered(frame),
        content="application/x-www-form-urlencoded")
    yield document("byte-order-mark", b"\xef\xbb\xbf" + json.dumps({"series": values}).encode(),
        numbered(frame))
    rounded = json.loads(frame.to_json(orient="values"))
    yield document("values-in-series", {"series": rounded}, numbered(rounded))
    yield document("precise-values",
        f'{{"series": {clean.to_json(orient="values", double_precision=15)}}}'.encode(),
        numbered(json.loads(clean.to_json(orient="values", double_precision=15))))
    yield document("indented", json.dumps({"series": values}, indent=2).encode(), numbered(frame))
    for name, stamps in {
            "isoformat": [time.isoformat() for time in timed.index],
            "texts": timed.index.astype(str).tolist(), "seconds": timed.index.as_unit("s").asi8.tolist(),
            "milliseconds": timed.index.as_unit("ms").asi8.tolist(),
            "nanoseconds": timed.index.as_unit("ns").asi8.tolist(), "iso": json.loads(
        timed.index.to_series().to_json(orient="values", date_format="iso"))
    }.items():
        # pandas 2 leaves the Z out.
        is_local = name == "iso" and not stamps[0].endswith("Z")
        yield document(f"timestamps-{name}",
            {"series": clean.to_numpy().tolist(), "feature_names": NAMES, "timestamps": stamps},
            clean,
            times=timed.index.tz_localize(None) if is_local else timed.index)
    parts = [clean.iloc[:20].to_numpy().tolist(), clean.iloc[20:].to_numpy().tolist()]
    yield document("recordings", {"recordings": parts, "feature_names": NAMES}, clean, starts=(0, 20))
    yield document("windows", {"windows": clean.to_numpy().reshape(5, 12, 3).tolist()},
        numbered(clean),
        timesteps=12)
    yield document("bool", {"series": (clean > clean.mean()).to_numpy().tolist()}, Refused(
        "series", "number"))
    yield document("nan",
        json.dumps({"series": frame.to_numpy().tolist()}).encode(), Refused("NaN|byte|line", "null", 400))
    yield document("infinity",
        json.dumps({"series": [[1.0], [np.inf]]}).encode(), Refused("Infinity|byte|line", "number|value",
        400))
    whole = "series"
    for orient, place, status in [("records", "array", 422), ("values", "array", 422),
        ("columns", "'temp'", 422), ("index", "'0'", 422), ("split", "'index'|'data'", 422),
        ("table", "'schema'|'data'", 422)]:
        yield document(f"orient-{orient}",
            clean.to_json(orient=orient).encode(), Refused(place, whole, status))
    yield document("orient-index-of-times",
        timed.to_json(orient="index", date_format="iso").encode(), Refused("'2026", whole))
    yield document("a-series-of-pandas", clean["temp"].to_json().encode(), Refused("'0'", whole))
    lines = clean.to_json(orient="records", lines=True).encode()
    yield document("lines", lines, Refused("JSON Lines", "series", 415))
    yield document("dict-of-lists", clean.to_dict(orient="list"), Refused("'temp'", whole))
    yield document("records-in-series", {"series": clean.to_dict(orient="records")},
        Refused("/series/0|series", "number"))
    yield document("columns-in-series", {"series": clean.to_dict(orient="list")},
        Refused("series", r"\[rows\]\[F\]|array"))
    yield document("text-in-series", {"series": clean.to_json(orient="values")},
        Refused("series", r"\[rows\]\[F\]|array"))
    yield document("texts-in-series", {"series": clean.astype(str).to_numpy().tolist()},
        Refused("series", "number"))
    yield document("one-feature", {"series": clean["temp"].tolist()}, Refused(
        "series", r"\[rows\]\[F\]|array"))
    yield document("ragged", {"series": [[1, 2], [3]]}, Refused("series", "2"))
    yield document("twice-encoded",
        json.dumps(json.dumps({"series": values})).encode(), Refused("string|text", "object"))
    for name, body in {
            "records": clean.to_json(orient="records"), "split": clean.to_json(orient="split"),
            "values": clean.to_json(orient="values"), "columns": clean.to_json()
    }.items():
        yield File(f"json-{name}-as-csv", body.encode(), Refused("the body is JSON", "application/json", 415))
    yield File("json-lines-as-csv", lines, Refused("the body is JSON", "application/json|series", 415))
    yield document("csv", written(clean), Refused("", "text/csv", 415))
    yield document("csv-as-octet-stream",
        written(clean),
        Refused("application/octet-stream", "text/csv", 415),
        content="application/octet-stream")
    yield document("csv-like-curl",
        written(clean),
        Refused("", "text/csv|Content-Type", 415),
        content="application/x-www-form-urlencoded")
    yield document("npy", saved(clean), Refused("", "application/x-npy", 415))
