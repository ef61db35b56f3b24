"""Trains and scores one case, and measures the scores."""

import time

import numpy as np

from . import measures
from .server import Refused

# The members of `baselines` in /evaluate's response.
BASELINES = {"z_score": "z-score", "pca": "PCA"}


def warnings(response):
    """The code of each warning, or its sentence from a server whose warnings have no codes."""
    return [one if isinstance(one, str) else one["code"] for one in response["warnings"]]


def filled(scores):
    """Scores [rows] in which a row without one has that of the last row before it, or else the first."""
    scores = np.array([np.nan if score is None else score for score in scores], float)
    known = np.flatnonzero(~np.isnan(scores))
    if len(known) == 0:
        raise Refused("/score: no row has a score")
    return scores[known[np.maximum(np.searchsorted(known, np.arange(len(scores)), side="right") - 1, 0)]]


def measured(series, scores, widest):
    """The measures of the scores of all rows; above 1 is an alarm. VUS-PR has the widest buffer `widest`."""
    labels, found = series.labels[series.measured:], scores[series.measured:]
    return {
        "roc_auc": measures.roc_auc(labels, found),
        "average_precision": measures.average_precision(labels, found),
        "vus_pr": measures.vus_pr(labels, found, widest), "vus_window": widest,
        "best_f1": measures.best_f1(labels, found),
        **measures.at_threshold(series.labels[series.unseen:], scores[series.unseen:] > 1),
    }


def baselines(server, model, series, combine, timesteps):
    """The measures of the server's baselines by their names, over the measured rows. The server reports no
    scores of theirs, so VUS-PR is unknown."""
    # The first windows end at the first measured row.
    first = max(0, series.measured - (timesteps - 1 if combine == "newest" else 0))
    response = server.post("/evaluate", {
        "model": model, "series": series.rows[first:].tolist(), "labels": series.labels[first:].tolist(),
        "combine": combine})
    for key, name in BASELINES.items():
        found = (response["baselines"] or {}).get(key)
        if found:
            at, best, events = found["at_threshold"], found["best"], found["events"]
            yield name, {
                "roc_auc": found["roc_auc"], "average_precision": found["average_precision"], "vus_pr": None,
                "best_f1": best and best["f1"], "f1": best and at["f1"],
                "false_alarm_rate": at["false_alarm_rate"],
                "normal_rows": at["true_negatives"] + at["false_positives"],
                "anomalous_rows": at["true_positives"] + at["false_negatives"],
                "events": events["labelled"], "events_found": events["detected"],
            }


def run(server, case, model, members, options):
    """Records, one for each series, way to combine scores and smoothing; for a case that the server refuses,
    one for each series with the error."""
    training = case.training[:options.limit_rows]
    common = {"case": case.name, "train_rows": len(training), "features": training.shape[1]}
    began = time.monotonic()
    try:
        trained = server.post("/train", {"model": model, "series": training.tolist(), **members})
        common |= {
            "detector": trained["architecture"], "seconds": trained["seconds"],
            "request_seconds": time.monotonic() - began, "threshold": trained["threshold"],
            "train_warnings": warnings(trained)}
        return [
            {**common, **record} for series in case.series
            for record in scored(server, model, trained["timesteps"], series, options)]
    except Refused as error:
        return [{**common, "series": series.name, "error": str(error)} for series in case.series]


def scored(server, model, timesteps, series, options):
    widest = measures.period(series.rows[:, 0])
    for combine in options.combine:
        response = server.post("/score", {
            "model": model, "series": series.rows.tolist(), "combine": combine, "include": ["rows"]})
        found = response["rows"]["scores"]
        common = {"series": series.name, "combine": combine}
        for smooth in options.smooth:
            scores = measures.trailing_mean(filled(found), smooth)
            yield {
                **common, "smooth": smooth, **measured(series, scores, widest),
                "rows_without_score": found.count(None), "score_warnings": warnings(response)}
        if options.baselines:
            for name, figures in baselines(server, model, series, combine, timesteps):
                unknown = {"seconds": None, "request_seconds": None, "threshold": None}
                yield {**common, "smooth": 1, **figures, "detector": name, **unknown}
