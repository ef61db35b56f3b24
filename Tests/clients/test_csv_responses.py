"""pandas reads what /score and /reconstruct respond with as CSV."""

import io

import numpy
import pandas
import pytest
from api import call, post

FEATURES = ["flow, raw", 'the "pressure"', "line\nbreak"]


@pytest.fixture(scope="module")
def frame():
    rows = 300
    phase = numpy.arange(rows) / 9
    frame = pandas.DataFrame(
        {FEATURES[0]: numpy.sin(phase), FEATURES[1]: numpy.cos(phase), FEATURES[2]: numpy.sin(2 * phase)})
    frame.insert(0, "time", pandas.date_range("2026-01-31 12:00", periods=rows, freq="10s"))
    frame.loc[200:209, FEATURES[1]] += 8
    return frame


@pytest.fixture
def model(server, frame):
    post(
        server, "/train", {
            "model": "tables", "series": frame[FEATURES][:200].values.tolist(), "feature_names": FEATURES,
            "timesteps": 6, "units": [8, 4], "epochs": 20, "learning_rate": 0.01, "seed": 1}, 201)
    return "tables"


def table(server, path, frame, **options):
    response = call(
        server, "POST", path, frame.to_csv(index=False).encode(),
        {"Content-Type": "text/csv", "Accept": "text/csv"})
    assert response.status == 200, response.body
    assert response.fields["Content-Type"] == "text/csv; charset=utf-8"
    return pandas.read_csv(io.BytesIO(response.body), **options)


def test_scores_are_a_frame(server, model, frame):
    scores = table(server, f"/score?model={model}", frame, parse_dates=["timestamp"], index_col="timestamp")
    assert (scores.index == frame["time"]).all()
    assert scores["score"].dtype == float and scores["is_anomaly"].dtype == bool
    assert (scores["is_anomaly"] == (scores["score"] > 1)).all()
    assert scores["is_anomaly"].iloc[204] and scores["feature_1"].iloc[204] == FEATURES[1]
    shares = scores[["share_1", "share_2", "share_3"]].sum(axis=1)
    assert numpy.allclose(shares, 1, atol=1e-5)
    assert set(scores["feature_1"]) <= set(FEATURES)


def test_rows_without_a_score_are_missing(server, model, frame):
    scores = table(server, f"/score?model={model}&combine=newest", frame)
    assert scores["score"].isna().sum() == 5 and scores["is_anomaly"].dtype == bool
    assert scores["feature_1"].isna().sum() == 5


def test_reconstructions_are_a_frame(server, model, frame):
    windows = table(server, f"/reconstruct?model={model}", frame)
    assert list(windows.columns) == ["window", "timestamp", "error", "scaled_error", *FEATURES]
    assert windows.groupby("window").size().unique() == [6]
    actual = frame.set_index(frame["time"].astype(str))[FEATURES].loc[windows["timestamp"]]
    errors = pandas.Series(((windows[FEATURES].values - actual.values) ** 2).mean(axis=1))
    means = errors.groupby(windows["window"]).mean()
    assert numpy.allclose(means, windows.groupby("window")["error"].first(), rtol=1e-4)


def test_rows_have_actual_and_expected_values(server, model, frame):
    rows = table(server, f"/reconstruct?model={model}&rows=true", frame)
    assert len(rows) == len(frame)
    for name in FEATURES:
        assert numpy.allclose(rows[f"{name}_actual"], frame[name], atol=1e-6)
    windows = table(server, f"/reconstruct?model={model}", frame)
    means = windows.groupby("timestamp")[FEATURES].mean()
    assert numpy.allclose(rows[[f"{name}_reconstructed" for name in FEATURES]], means, atol=1e-5)
