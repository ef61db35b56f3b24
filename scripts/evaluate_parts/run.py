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
    """The first row that has a score, and the scores from there on, in which a row without one has the score
    of the row before it."""
    scores = np.array([np.nan if score is None else score for score in scores], float)
    known = np.flatnonzero(~np.isnan(scores))
    if len(known) == 0:
        raise Refused("/score: no row has a score")
    last = np.searchsorted(known, np.arange(known[0], len(scores)), side="right") - 1
    return int(known[0]), scores[known[last]]


def measured(series, first, scores, widest):
    """The measures of scores, which start at the row `first` and are alarms above 1. VUS-PR has the widest
    buffer `widest`."""
    begin, unseen = max(first, series.measured), max(first, series.unseen)
    labels, found = series.labels[begin:], scores[begin - first:]
    return {
        "roc_auc": measures.roc_auc(labels, found),
        "average_precision": measures.average_precision(labels, found),
        "vus_pr": measures.vus_pr(labels, found, widest), "vus_window": widest,
        "best_f1": measures.best_f1(labels, found),
        **measures.at_threshold(series.labels[unseen:], scores[unseen - first:] > 1),
    }


def rule(combine, smooth):
    """The members of a request that turn scores of windows into scores of rows."""
    members = {"combine": None if combine == "default" else combine, "smoothing": smooth}
    return {name: value for name, value in members.items() if value is not None}


def baselines(server, model, series, rows, timesteps):
    """The measures of the server's baselines by their names, over the same rows as those of the model. The
    server reports no scores of theirs, so VUS-PR is unknown."""
    def evaluated(row):
        """The baselines' measures from this row on, at which the first window ends."""
        first = max(0, row - (timesteps - 1 if rows.get("combine") == "newest" else 0))
        return server.post("/evaluate", {
            "model": model, "series": series.rows[first:].tolist(), "labels": series.labels[first:].tolist(),
            **rows})["baselines"] or {}

    measured = evaluated(series.measured)
    unseen = measured if series.unseen == series.measured else evaluated(series.unseen)
    for key, name in BASELINES.items():
        if key in measured:
            found, best = measured[key], measured[key]["best"]
            at, events = unseen[key]["at_threshold"], unseen[key]["events"]
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
        models = [f"{model}-{number}" if number else model for number in range(options.ensemble)]
        ensemble = [
            server.post("/train", {
                **members, "model": name, "series": training.tolist(),
                "seed": members.get("seed", 0) + number})
            for number, name in enumerate(models)]
        trained = ensemble[0]
        common |= {
            "detector": trained["architecture"] or trained["detector"],
            "seconds": sum(one["seconds"] for one in ensemble),
            "request_seconds": time.monotonic() - began, "threshold": trained["threshold"],
            "train_warnings": warnings(trained)}
        return [
            {**common, **record} for series in case.series
            for record in scored(server, models, trained["timesteps"], series, options)]
    except Refused as error:
        return [{**common, "series": series.name, "error": str(error)} for series in case.series]


def scored(server, models, timesteps, series, options):
    """Records of the mean of the models' scores."""
    widest = measures.period(series.rows[:, 0])
    for combine in options.combine:
        for smooth in [None] if combine == "newest" else options.smooth:
            rows = rule(combine, smooth)
            responses = [
                server.post("/score", {
                    "model": model, "series": series.rows.tolist(), "include": ["rows"], **rows})
                for model in models]
            response = responses[0]
            first = filled(response["rows"]["scores"])[0]
            scores = np.mean([filled(one["rows"]["scores"])[1] for one in responses], axis=0)
            common = {
                "series": series.name, "mode": response["mode"], "combine": combine,
                "smooth": "default" if smooth is None else smooth}
            yield {
                **common, **measured(series, first, scores, widest),
                "rows_without_score": response["rows"]["scores"].count(None),
                "score_warnings": warnings(response)}
            if options.baselines:
                for name, figures in baselines(server, models[0], series, rows, timesteps):
                    unknown = {"seconds": None, "request_seconds": None, "threshold": None}
                    yield {**common, **figures, "detector": name, **unknown}
