"""What thresholds are worth on small splits: the share of normal windows that are false alarms, and the share
of anomalous windows that are found, for the server's threshold and for rules that are tried outside of it."""

import dataclasses
import http.client
import json
import math
import struct
import sys

import numpy as np

from . import rules
from .report import table_row
from .run import warnings
from .server import Refused
from .splits import TIMESTEPS, splits

OPTIONS = {"timesteps": TIMESTEPS, "units": [16], "epochs": 25, "seed": 0}
CALIBRATION = 0.2


@dataclasses.dataclass
class Windows:
    """The first rows and the mean squared errors in scaled units of windows, and the level and the spread of
    their residuals, `[N][F]`, from which the other errors follow."""

    first: np.ndarray
    errors: np.ndarray
    means: np.ndarray
    spreads: np.ndarray


@dataclasses.dataclass
class Observation:
    """What a model has learned and shown of a split."""

    kind: str
    fitted: Windows
    calibration: Windows
    test: Windows
    # The scores of the test windows.
    scores: np.ndarray
    warnings: list


def _metadata(server, model):
    """The metadata of a model's file that residuals need."""
    connection = http.client.HTTPConnection(server.address, timeout=600)
    connection.request("GET", f"/models/{model}/model.safetensors")
    content = connection.getresponse().read()
    connection.close()
    size = struct.unpack("<Q", content[:8])[0]
    found = json.loads(content[8:8 + size])["__metadata__"]
    return {name: json.loads(found[name]) for name in ("scaling", "errors", "detector")}


def _windows(rows):
    """`[N][T][F]` of rows `[rows][F]`."""
    return np.lib.stride_tricks.sliding_window_view(rows, TIMESTEPS, axis=0).transpose(0, 2, 1)


def _reconstructed(server, model, about, batch, first):
    """What the model's reconstructions of windows, `[N][T][F]`, leave, without the first principal components
    as the server leaves them out."""
    response = server.post("/reconstruct", {"model": model, "windows": batch.tolist()})
    residuals = (batch - np.array(response["reconstructions"])) / np.array(about["scaling"]["scale"])
    errors = (residuals ** 2).mean(axis=(1, 2))
    count, timesteps, features = residuals.shape
    subtracted = about["detector"].get("subtracted", {})
    if subtracted.get("components"):
        components = np.array(subtracted["components"]).reshape(-1, timesteps * features)
        limit = 12 * np.array(subtracted["deviations"])
        flat = residuals.reshape(count, -1)
        residuals = (flat - np.clip(flat @ components.T, -limit, limit) @ components).reshape(batch.shape)
    spreads = np.log(residuals.std(axis=1) + 1e-3)
    return Windows(first, errors, residuals.mean(axis=1), spreads)


def _kept(response, first):
    """Which windows training has used: those without an outlier."""
    kept = np.ones(len(first), bool)
    for warning in response["warnings"]:
        if warning["code"] == "outliers" and "were left out" in warning["message"]:
            for low, high in warning["rows"]:
                kept &= (first + TIMESTEPS <= low) | (first > high)
    return kept


def _spread(count):
    """The indices of windows in the order in which the last ones calibrate if a fifth of each quarter does,
    and the number of these. Windows that share rows with them are left out."""
    first = np.arange(count)
    calibrates = first % (count / 4) / (count / 4) >= 1 - CALIBRATION
    near = np.convolve(calibrates, np.ones(2 * TIMESTEPS - 1), "same") > 0
    return np.concatenate([first[~near], first[calibrates]]), int(calibrates.sum())


def observe(server, split, model, spread, options):
    """Trains a model on a split, and computes what the rules need. `spread` calibrates it with blocks of all
    quarters of the recording in place of its last fifth."""
    batch = _windows(split.training)
    first = np.arange(len(batch))
    if spread:
        first, held = _spread(len(batch))
        share = held / len(first) - 1e-9
        trained = server.post("/train", {
            "model": model, "windows": batch[first].tolist(), **options, "outliers": "keep",
            "calibration_split": share})
    else:
        trained = server.post("/train", {"model": model, "series": split.training.tolist(), **options})
        first, share = first[_kept(trained, first)], CALIBRATION
    about = _metadata(server, model)
    fitted = int(len(first) * (1 - share))
    test = _windows(np.concatenate([split.training[-(TIMESTEPS - 1):], split.rows]))
    scored = server.post("/score", {"model": model, "windows": test.tolist()})

    def reconstructed(batch, first):
        return _reconstructed(server, model, about, batch, first)

    return Observation(
        about["errors"]["kind"], reconstructed(batch[first[:fitted]], first[:fitted]),
        reconstructed(batch[first[fitted:]], first[fitted:]), reconstructed(test, np.arange(len(test))),
        np.array([window["score"] for window in scored["windows"]]), warnings(trained))


def measured(split, flags):
    """The share of normal windows, without an anomalous row, that are flagged, and of windows that end in an
    anomalous row; None if there are none."""
    labels = np.concatenate([np.zeros(TIMESTEPS - 1, int), split.labels])
    normal, anomalous = ~_windows(labels[:, None]).any(axis=(1, 2)), split.labels.astype(bool)
    return {
        "kind": split.kind, "split": split.name,
        "false_alarms": float(flags[normal].mean()),
        "recall": float(flags[anomalous].mean()) if anomalous.any() else None}


def records(server, split, model, variants, options=OPTIONS):
    """The record of the server's threshold, and of each variant."""
    observed = {}
    for spread in sorted({False, *(rule.spread for rule in variants)}):
        observed[spread] = observe(server, split, f"{model}-{int(spread)}", spread, options)
    seen = observed[False]
    yield {"rule": "server", **measured(split, seen.scores > 1), "warnings": seen.warnings}
    for rule in variants:
        fitted, calibration, test = rules.errors(observed[rule.spread], rule, TIMESTEPS)
        threshold = rules.threshold(rule, fitted, calibration, TIMESTEPS)
        yield {"rule": rule.name, **measured(split, test > threshold)}


HEADINGS = ["threshold", "splits", "false alarms: median", "90 % of splits", "splits above 3 %", "recall"]


def _figures(found):
    alarms = np.array([one["false_alarms"] for one in found])
    recall = [one["recall"] for one in found if one["recall"] is not None]
    return alarms, np.mean(recall) if recall else math.nan


def table(found):
    """The lines of the tables: each rule over all splits, and each kind of split by rule."""
    names = list(dict.fromkeys(one["rule"] for one in found))
    yield table_row(HEADINGS)
    yield table_row(["---"] * len(HEADINGS))
    for name in names:
        part = [one for one in found if one["rule"] == name]
        alarms, recall = _figures(part)
        yield table_row([
            name, str(len(part)), f"{np.median(alarms):.1%}", f"{np.quantile(alarms, 0.9):.1%}",
            f"{np.mean(alarms > 0.03):.0%}", f"{recall:.1%}"])
    yield ""
    kinds = list(dict.fromkeys(one["kind"] for one in found))
    yield table_row(["splits above 3 % / recall", *kinds])
    yield table_row(["---"] * (len(kinds) + 1))
    for name in names:
        cells = []
        for kind in kinds:
            alarms, recall = _figures([one for one in found if (one["rule"], one["kind"]) == (name, kind)])
            cells.append(f"{np.mean(alarms > 0.03):.0%} / {recall:.0%}")
        yield table_row([name, *cells])


def study(server, seeds, folder, members, json_path=None):
    """Prints the tables for the splits of the seeds. `members` of POST /train may name an error kind."""
    variants, found = list(rules.variants()), []
    options = {**OPTIONS, **{name: members[name] for name in ("error_kind",) if name in members}}
    for seed in seeds:
        for number, split in enumerate(splits(seed, folder)):
            try:
                found += records(server, split, f"t{seed}-{number}", variants, options)
            except Refused as error:
                print(f"refused: {split.kind} {split.name}: {error}", file=sys.stderr)
            print(f"seed {seed}: {split.kind} {split.name}", file=sys.stderr, flush=True)
    if json_path:
        json_path.write_text(json.dumps(found, indent=1) + "\n")
    print("\n".join(table(found)))
