"""scripts/evaluate: its measures, its data, and a run with the server."""

import csv
import gzip
import json
import math
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from conftest import HERE, PROGRAM

SCRIPTS = HERE.parent.parent / "scripts"
sys.path.insert(0, str(SCRIPTS))
from evaluate_parts import corruption, data, measures, report, rules, run, server as servers  # noqa: E402
from evaluate_parts import splits, thresholds  # noqa: E402
from evaluate_parts.synthetic import EVENTS, TRAINING, synthetic  # noqa: E402


# Measures, computed by hand.


@pytest.mark.parametrize("labels, scores, area", [
    ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 3 / 4),
    ([0, 1, 0, 1], [0.1, 0.4, 0.35, 0.8], 1),
    ([1, 0, 0], [0, 1, 2], 0),
    ([0, 1, 1, 0], [1, 1, 1, 1], 1 / 2),
    ([1, 0, 1, 0], [3, 3, 2, 1], 5 / 8),
    ([0, 0], [1, 2], None),
    ([1, 1], [1, 2], None),
])
def test_roc_auc(labels, scores, area):
    assert measures.roc_auc(labels, scores) == (area if area is None else pytest.approx(area, abs=1e-15))


@pytest.mark.parametrize("labels, scores, precision, f1", [
    ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 1 / 2 + 1 / 2 * 2 / 3, 4 / 5),
    ([0, 1], [1, 1], 1 / 2, 2 / 3),
    ([1, 0, 0, 1], [4, 3, 2, 1], 1 / 2 + 1 / 2 * 1 / 2, 2 / 3),
    ([0, 0], [1, 2], None, None),
])
def test_average_precision_and_best_f1(labels, scores, precision, f1):
    assert measures.average_precision(labels, scores) == (
        precision if precision is None else pytest.approx(precision, abs=1e-15))
    assert measures.best_f1(labels, scores) == (f1 if f1 is None else pytest.approx(f1, abs=1e-15))


# The row beside an event of one row has the degree √(1 - 1/2) = √½ at the buffer length 2.
BESIDE = math.sqrt(1 / 2)
RECALL = BESIDE / (1 + BESIDE / 2)


@pytest.mark.parametrize("labels, scores, widest, volume", [
    # No buffers: average precision, times the share of events that are reached.
    ([0, 0, 1, 0, 0, 0], [0, 2, 3, 1, 0, 0], 0, 1),
    ([0, 0, 1, 0, 0, 0], [0, 3, 2, 1, 0, 0], 0, 1 / 2),
    ([1, 0, 0, 0, 1], [5, 4, 3, 2, 1], 0, 1 / 4 * 1 + 3 / 4 * 2 / 5),
    # The row before the event has the highest score. The lengths 0 and 1 have no buffer.
    ([0, 0, 1, 0, 0, 0], [0, 3, 2, 1, 0, 0], 2,
     (1 / 2 + 1 / 2 + RECALL * BESIDE + (1 - RECALL) * (1 + BESIDE) / 2) / 3),
    # Events whose buffers meet are one: at the length 2 the first event's score reaches both. The row
    # between them has the degree of both together, at most 1.
    ([1, 0, 1, 0], [4, 2, 3, 1], 2, (2 * (1 / 4 + 3 / 4) + 1) / 3),
    ([1, 0, 1, 0], [4, 3, 2, 1], 2, (2 * (1 / 4 + 3 / 4 * 2 / 3) + (1 / 2 + (2 / 2.5 - 1 / 2) + 1 / 5)) / 3),
    ([0, 0, 0], [3, 2, 1], 2, None),
])
def test_vus_pr(labels, scores, widest, volume):
    assert measures.vus_pr(labels, scores, widest) == (
        volume if volume is None else pytest.approx(volume, abs=1e-12))


def test_vus_pr_agrees_with_a_loop_over_the_definition():
    random = np.random.default_rng(5)
    for trial in range(30):
        rows, widest = int(random.integers(10, 120)), int(random.integers(0, 40))
        labels = (random.random(rows) < random.choice([0.03, 0.2])).astype(int)
        labels[random.integers(rows)] = 1
        scores = random.standard_normal(rows) + labels
        scores = np.round(scores, 1) if trial % 2 else scores
        assert measures.vus_pr(labels, scores, widest, 40) == pytest.approx(
            volume_by_loops(labels, scores, widest, 40), abs=1e-12)


def volume_by_loops(labels, scores, widest, thresholds):
    """VUS-PR, row by row."""
    rows = len(labels)
    starts, ends = measures.stretches(labels)
    cuts = np.sort(scores)[::-1][np.linspace(0, rows - 1, thresholds).astype(int)]
    areas = []
    for length in range(widest + 1):
        half = length // 2
        degrees, merged = np.array(labels, float), []
        for start, end in zip(starts, ends):
            for row in range(rows):
                distance = max(start - row, row - (end - 1))
                if 0 < distance <= half:
                    degrees[row] += math.sqrt(1 - distance / length)
            if merged and start - half <= merged[-1][1]:
                merged[-1][1] = end - 1 + half
            else:
                merged.append([start - half, end - 1 + half])
        degrees = np.minimum(degrees, 1)
        area = before = 0.0
        for cut in cuts:
            flags = scores >= cut
            weight = float(degrees @ flags)
            buffer = float(degrees[labels == 0] @ flags[labels == 0])
            found = [flags[max(first, 0):last + 1].any() for first, last in merged]
            recall = min(weight / (labels.sum() + buffer / 2), 1) * np.mean(found)
            area += (recall - before) * weight / flags.sum()
            before = recall
        areas.append(area)
    return float(np.mean(areas))


def test_the_areas_agree_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(2)
    for levels in (2, 10, 10_000):
        for count in (10, 500, 3000):
            labels = random.random(count) < 0.2
            labels[:2] = [True, False]
            scores = np.floor(levels * (random.random(count) + 0.3 * labels))
            assert measures.roc_auc(labels, scores) == pytest.approx(
                metrics.roc_auc_score(labels, scores), abs=1e-12)
            assert measures.average_precision(labels, scores) == pytest.approx(
                metrics.average_precision_score(labels, scores), abs=1e-12)


def test_counts_at_a_threshold():
    labels, flags = [0, 1, 1, 0, 0, 1, 0, 1], [1, 0, 1, 0, 0, 0, 0, 1]
    assert measures.at_threshold(labels, flags) == {
        "f1": 2 * 2 / (3 + 4), "false_alarm_rate": 1 / 4, "normal_rows": 4, "anomalous_rows": 4, "events": 3,
        "events_found": 2}
    assert measures.at_threshold([0, 0], [0, 1])["f1"] is None
    assert measures.at_threshold([1, 1], [0, 1])["false_alarm_rate"] is None


def test_the_period_is_the_highest_peak_of_the_autocorrelation():
    rows = np.arange(2000)
    assert measures.period(np.sin(2 * np.pi * rows / 25)) == 25
    assert measures.period(np.sin(2 * np.pi * rows / 40) + 1e9) == 40
    assert measures.period(np.full(500, 7.0)) == 125
    assert measures.period(rows) == 125
    # Too short, and too long.
    assert measures.period(np.sin(2 * np.pi * rows / 5)) == 125
    assert measures.period(np.sin(2 * np.pi * rows / 350)) == 125
    assert measures.period([1.0, 2.0]) == 125


def test_rows_count_from_the_first_score_on_and_later_gaps_keep_the_last_score():
    first, scores = run.filled([None, None, 3, None, 5])
    assert (first, scores.tolist()) == (2, [3, 3, 5])
    with pytest.raises(servers.Refused, match="no row has a score"):
        run.filled([None, None])


@pytest.mark.parametrize("first, measured, unseen", [(0, 0, 2), (2, 0, 0), (1, 3, 3), (2, 0, 4)])
def test_the_measured_rows_and_those_that_no_model_has_seen(first, measured, unseen):
    labels, scores = np.array([1, 0, 0, 0, 1, 0]), np.array([9.0, 2, 3, 0.5, 1.5, 2])
    series = data.Series("one", None, labels, measured, unseen)
    found = run.measured(series, first, scores[first:], 0)
    begin, after = max(first, measured), max(first, unseen)
    assert found["roc_auc"] == measures.roc_auc(labels[begin:], scores[begin:])
    assert found["vus_pr"] == measures.vus_pr(labels[begin:], scores[begin:], 0)
    assert found["false_alarm_rate"] == np.mean(scores[after:][labels[after:] == 0] > 1)
    assert found["events"] == found["events_found"] == 1


# Data.


def write(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with (gzip.open if path.suffix == ".gz" else open)(path, "wt", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def test_each_set_has_its_protocol(tmp_path):
    recording = [[f"2020-03-09 10:00:{i % 60:02}", i, i + 0.5, int(i >= 450), 0] for i in range(500)]
    header = ["datetime", "Flow", "Volume Flow RateRMS", "anomaly", "changepoint"]
    write(tmp_path / "skab/valve1_0.csv", header, recording)
    write(tmp_path / "skab/anomaly-free.csv", ["datetime", "Flow"], [])
    write(tmp_path / "tep/d00.csv", ["x1", "x2"], [[i, -i] for i in range(30)])
    write(tmp_path / "tep/d01_te.csv", ["x1", "x2", "anomaly"], [[i, -i, int(i > 3)] for i in range(9)])
    write(tmp_path / "nab/taxi.csv", ["timestamp", "value", "anomaly"], [["a,b", i, 0] for i in range(100)])
    write(tmp_path / "tsb/007_MSL_id_6_Sensor_tr_20_1st_30.csv.gz", ["0", "1", "Label"],
          [[i, 0, int(i == 30)] for i in range(50)])

    skab, = data.SETS["skab"](tmp_path)
    assert skab.training.tolist() == [[i, i + 0.5] for i in range(400)]
    assert [(one.measured, one.unseen) for one in skab.series] == [(400, 400)]
    assert skab.series[0].rows.shape == (500, 2)
    assert np.flatnonzero(skab.series[0].labels).tolist() == list(range(450, 500))

    tep, = data.SETS["tep"](tmp_path)
    assert tep.training.shape == (30, 2)
    assert [(one.name, one.measured, one.unseen) for one in tep.series] == [("d01_te", 0, 0)]
    assert tep.series[0].labels.tolist() == [0] * 4 + [1] * 5

    nab, = data.SETS["nab"](tmp_path)
    assert (len(nab.training), nab.series[0].measured, nab.series[0].rows.shape) == (15, 15, (100, 1))

    tsb, = data.SETS["tsb"](tmp_path)
    assert (tsb.name, len(tsb.training)) == ("007_MSL_id_6_Sensor", 20)
    assert [(one.measured, one.unseen, one.labels.sum()) for one in tsb.series] == [(0, 20, 1)]
    assert list(data.SETS["tsb-tuning"](tmp_path)) == []


def test_a_seed_determines_the_synthetic_series():
    first, again, other = (list(synthetic(seed)) for seed in (0, 0, 1))
    assert len({case.name for case in first}) == len(first) == 12
    for one, two, three in zip(first, again, other):
        series = one.series[0]
        assert np.array_equal(series.rows, two.series[0].rows)
        assert not np.array_equal(series.rows, three.series[0].rows)
        assert np.isfinite(series.rows).all()
        assert not series.labels[:TRAINING].any()
        assert len(measures.stretches(series.labels)[0]) == EVENTS
        assert np.array_equal(one.training, series.rows[:TRAINING])


@pytest.mark.parametrize("kind", corruption.KINDS)
def test_corruption(kind):
    case = next(synthetic(3))
    before = case.training.copy()
    spoilt, again = (corruption.corrupted(case, kind, 0) for _ in range(2))
    assert np.array_equal(spoilt.training, again.training)
    assert np.array_equal(case.training, before), "the case itself is unchanged"
    changed = spoilt.training != case.training
    test, clean = spoilt.series[0].rows[TRAINING:], case.series[0].rows[TRAINING:]
    if kind == "none":
        assert not changed.any()
    elif kind == "sentinels":
        assert changed.sum() == 10 and changed.any(axis=0).sum() == 1
        assert (spoilt.training[changed] == -9999).all()
    elif kind == "spikes":
        assert changed.sum(axis=1).tolist().count(case.training.shape[1]) == 10
        away = np.abs(spoilt.training - case.training.mean(axis=0)) / case.training.std(axis=0)
        assert np.allclose(away[changed], 50)
    elif kind == "offset":
        assert np.array_equal(spoilt.training, case.training + 1e9)
        assert np.array_equal(test, clean + 1e9)
    else:
        column, = np.flatnonzero(changed.any(axis=0))
        value, = set(spoilt.training[:, column])
        assert test[:, column].tolist() == [value] * 800 + [1.07 * value] * 800
    if kind in ("none", "sentinels", "spikes"):
        assert np.array_equal(test, clean)


# The server.


def options(**changes):
    class Options:
        combine, smooth, limit_rows, ensemble, baselines = ["newest", "mean"], [None, 1], None, 1, True
    for name, value in changes.items():
        setattr(Options, name, value)
    return Options


MEMBERS = {"timesteps": 8, "units": [4], "epochs": 3, "error_kind": "mse"}


def test_the_measures_are_those_of_the_server(server):
    case = next(synthetic(0))
    series = case.series[0]
    http = servers.Server(server)
    records = run.run(http, case, "sines", MEMBERS, options())
    assert [(one["detector"], one["combine"], one["smooth"]) for one in records] == [
        (detector, combine, smooth)
        for combine, smooth in (("newest", "default"), ("mean", "default"), ("mean", 1))
        for detector in ("autoencoder", "z-score", "PCA")]
    assert [one["mode"] for one in records] == ["causal"] * 3 + ["whole"] * 6
    newest = records[0]
    assert 0 < newest["vus_pr"] < 1
    assert (newest["train_rows"], newest["rows_without_score"]) == (800, 7)

    first = series.measured - 7
    response = http.post("/evaluate", {
        "model": "sines", "series": series.rows[first:].tolist(), "labels": series.labels[first:].tolist(),
        "combine": "newest"})
    assert response["rows"] == len(series.rows) - series.measured
    assert newest["roc_auc"] == pytest.approx(response["roc_auc"], abs=1e-6)
    assert newest["average_precision"] == pytest.approx(response["average_precision"], abs=1e-6)
    assert newest["best_f1"] == pytest.approx(response["best"]["f1"], abs=1e-6)
    assert newest["f1"] == pytest.approx(response["at_threshold"]["f1"], abs=1e-6)
    assert newest["false_alarm_rate"] == pytest.approx(response["at_threshold"]["false_alarm_rate"], abs=1e-6)
    assert newest["events"] == response["events"]["labelled"] == 4
    assert records[1]["roc_auc"] == response["baselines"]["z_score"]["roc_auc"]


def test_the_scores_of_an_ensemble_are_means(server):
    case = next(synthetic(0))
    series = case.series[0]
    http = servers.Server(server)
    record, = run.run(
        http, case, "pair", MEMBERS, options(combine=["newest"], smooth=[None], ensemble=2, baselines=False))
    scores = [
        run.filled(http.post("/score", {
            "model": model, "series": series.rows.tolist(), "include": ["rows"], "combine": "newest",
        })["rows"]["scores"])[1] for model in ("pair", "pair-1")]
    assert not np.array_equal(*scores)
    means = np.mean(scores, axis=0)[series.measured - 7:]
    expected = measures.roc_auc(series.labels[series.measured:], means)
    assert record["roc_auc"] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("measured, unseen, normal", [(0, 0, 2400), (0, 800, 1600), (800, 800, 1600)])
def test_baselines_are_measured_on_the_rows_of_the_model(server, measured, unseen, normal):
    case = next(synthetic(0))
    series = data.Series("one", case.series[0].rows, case.series[0].labels, measured, unseen)
    records = run.run(
        servers.Server(server), data.Case("one", case.training, [series]), "one", MEMBERS, options())
    for record in records:
        without = 7 if unseen == 0 and record["combine"] == "newest" else 0
        assert record["normal_rows"] + record["anomalous_rows"] == normal - without
        assert (record["anomalous_rows"], record["events"]) == (series.labels.sum(), 4)


def test_training_rows_can_be_limited(server):
    record = run.run(servers.Server(server), next(synthetic(0)), "few", MEMBERS, options(limit_rows=100))[0]
    assert record["train_rows"] == 100


def test_a_refused_case_is_counted(server):
    records = run.run(servers.Server(server), next(synthetic(0)), "none", {**MEMBERS, "epochs": 0}, options())
    assert [record["series"] for record in records] == ["sines-0"]
    assert records[0]["error"].startswith("/train: 422 ")
    records = [{"set": "synthetic", "corrupt": "none", "seed": 0, **record} for record in records]
    assert report.summary(records) == []
    note, = report.notes(records)
    assert note.startswith("synthetic, none: refused, 1 ×: /train: N ")


def test_the_script_prints_a_table_and_writes_files(tmp_path):
    command = [
        sys.executable, SCRIPTS / "evaluate", "--synthetic", "--limit-files", "2", "--executable", PROGRAM,
        "--set", "units=[4]", "--set", "epochs=1", "--set", "error_kind=mse", "--combine", "newest", "mean",
        "--corrupt", "none", "sentinels", "--seed", "0", "--seed", "1", "--jobs", "2",
        "--json", tmp_path / "all.json", "--csv", tmp_path / "all.csv"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "all.json").read_text())
    # Two series, two seeds, two ways to spoil, two ways to combine.
    assert len(document["records"]) == len(list(csv.DictReader(open(tmp_path / "all.csv")))) == 16
    assert len(document["summary"]) == 4
    line = document["summary"][0]
    found = [one["roc_auc"] for one in document["records"]
             if (one["corrupt"], one["combine"]) == ("none", "newest")]
    assert line["roc_auc"] == pytest.approx(np.mean(found))
    assert (line["models"], line["models_refused"], line["series"], line["events"]) == (4, 0, 4, 16)
    cells = [cell.strip() for cell in done.stdout.splitlines()[2].split("|")]
    assert cells[1:6] == ["synthetic", "clean", "autoencoder", "newest", "default"]


@pytest.mark.parametrize("arguments, message", [
    (["--data", ".", "moon"], "unknown set 'moon': must be one of skab, tep"),
    (["skab"], "--data FOLDER is missing"),
    (["--synthetic", "--executable", "/none"], "there is no executable /none"),
    (["--synthetic", "--set", "units"], "'units' must be NAME=JSON"),
])
def test_wrong_arguments(arguments, message):
    command = [sys.executable, SCRIPTS / "evaluate", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_missing_folder_fails():
    command = [
        sys.executable, SCRIPTS / "evaluate", "--data", pathlib.Path("/none"), "nab", "--executable", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "skipped: /none has no set nab" in done.stderr


# Thresholds on small splits.


def test_splits_are_reproducible_and_have_events():
    found = list(splits.splits(3, of_a_kind=1))
    assert len({(split.kind, split.name) for split in found}) == len(found)
    for one, again in zip(found, splits.splits(3, of_a_kind=1)):
        np.testing.assert_array_equal(one.rows, again.rows)
        assert one.rows.shape[1] == one.training.shape[1] and len(one.rows) == len(one.labels)
        assert 0 < one.labels.sum() < len(one.labels) / 3


def test_a_limit_is_bounded_and_grows_with_overlap():
    found = np.exp(np.linspace(-5.08, 6.02, 75))
    assert rules.limit(found, 75, math.inf) > 2000
    assert rules.limit(found, 8, 1.5) == pytest.approx(1.5 * found.max())
    narrow = np.linspace(1, 1.2, 75)
    assert narrow.max() < rules.limit(narrow, 8, 1.5) > rules.limit(narrow, 75, 1.5)


@pytest.mark.parametrize("kind", ["overlapping", "switches", "exchangeable"])
def test_the_chosen_rule_is_the_servers(kind):
    """The rule in NumPy flags the windows that the server flags."""
    split = next(one for one in splits.splits(0, of_a_kind=1) if one.kind == kind)
    with servers.started(PROGRAM, 1) as server:
        server_record, rule = thresholds.records(server, split, "m", [rules.CHOSEN])
    assert rule["false_alarms"] == pytest.approx(server_record["false_alarms"], abs=0.003)
    assert rule["recall"] == pytest.approx(server_record["recall"], abs=0.03)
