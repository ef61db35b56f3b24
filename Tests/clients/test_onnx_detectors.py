"""Detectors without a network as ONNX files: ONNX Runtime computes the same as the server."""

import itertools
import json

import numpy as np
import pytest
from api import call, get, post
from safetensors.numpy import load
from test_onnx import (
    SCALINGS, T, check_scores, declared, error_kinds, exported, far_outside, metadata_of_file, series_of)

DETECTORS = "pca", "zscore", "kmeans"
# Only `pca` has reconstructions, as in POST /reconstruct.
OUTPUTS = {"pca": ["reconstruction", "error", "score"], "zscore": ["error", "score"],
           "kmeans": ["error", "score"]}


def train(server, detector, series, timesteps=T, **options):
    """Trains a detector on a series; returns its ONNX file and a session that runs it."""
    post(server, "/train", {
        "model": "m", "detector": detector, "series": series.tolist(), "timesteps": timesteps, **options},
        status=201)
    return exported(server, "m")


def windows_of(series, timesteps=T, step=9):
    return np.stack([series[start:start + timesteps] for start in range(0, len(series) - timesteps, step)])


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("detector", DETECTORS)
def test_errors_and_scores_are_those_of_the_server(server, detector, scaling):
    # Without scaling, both compute in float32 with the offset in it, and round it differently.
    offsets = [0, 50] if scaling == "none" else [0, 5000, 1e9]
    for kind, features, offset in itertools.product(error_kinds(server), [1, 3], offsets):
        series = series_of(features, offset)
        file, session = train(
            server, detector, series, calibration_split=0.2, error_kind=kind, scaling=scaling)
        assert metadata_of_file(file)["error_kind"] == kind
        is_double = session.get_inputs()[0].type == "tensor(double)"
        assert is_double == (offset > 1e5), (features, offset)
        windows = far_outside(windows_of(series), offset).astype(np.float64 if is_double else np.float32)
        try:
            check_scores(server, "m", session, windows)
        except AssertionError as error:
            raise AssertionError(kind, features, offset) from error


@pytest.mark.parametrize("timesteps", [2, 60])
@pytest.mark.parametrize("detector", DETECTORS)
def test_windows_of_any_length_agree(server, detector, timesteps):
    series = series_of(3, 5000)
    for kind in error_kinds(server):
        _, session = train(server, detector, series, timesteps, error_kind=kind)
        windows = np.float32(windows_of(series, timesteps, 5))
        for batch in windows[:1], windows, 5000 + 1000 * (windows - 5000):
            check_scores(server, "m", session, batch)


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_file_has_the_outputs_that_the_server_has(server, detector):
    file, session = train(server, detector, series_of(3, 5000))
    shape = ["batch", T, 3]
    shapes = {"reconstruction": shape, "error": ["batch"], "score": ["batch"]}
    assert declared(session.get_inputs()) == {"windows": (shape, "tensor(float)")}
    assert declared(session.get_outputs()) == {
        name: (shapes[name], "tensor(float)") for name in OUTPUTS[detector]}
    wanted = [output["name"] for output in get(server, "/v2/models/m")["outputs"]]
    assert [output.name for output in session.get_outputs()] == wanted
    metadata = metadata_of_file(file)
    assert json.loads(metadata["architecture"]) == {"detector": detector}
    assert json.loads(metadata["threshold"])["value"] == pytest.approx(get(server, "/models/m")["threshold"])


@pytest.mark.parametrize("offset", [0, 1e9])
def test_reconstructions_are_those_of_the_server(server, offset):
    series = series_of(3, offset)
    file, session = train(server, "pca", series)
    windows = windows_of(series).astype(metadata_of_file(file)["input_type"])
    found, = session.run(["reconstruction"], {"windows": windows})
    wanted = post(server, "/reconstruct", {"model": "m", "windows": windows.tolist()})
    np.testing.assert_allclose(found, wanted["reconstructions"], rtol=0, atol=1e-5)


def test_the_first_of_the_nearest_centres_counts(server):
    series = np.random.default_rng(3).integers(0, 2, (300, 2))
    # As far from each corner of the cube, and other windows between corners.
    windows = np.float32(list(itertools.product([0, 0.5, 1], repeat=4))).reshape(-1, 2, 2)
    for kind in error_kinds(server):
        _, session = train(server, "kmeans", series, 2, scaling="none", error_kind=kind)
        file = call(server, "GET", "/models/m/model.safetensors").body
        centres = np.unique(load(file)["kmeans/centres"], axis=0)
        distances = np.sort(np.square(windows.reshape(-1, 1, 4) - centres).sum(2))
        assert (distances[:, 0] == distances[:, 1]).sum() > 50
        check_scores(server, "m", session, windows)


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_window_with_nan_is_not_normal(server, detector):
    series = series_of(3, 0)
    for kind in error_kinds(server):
        _, session = train(server, detector, series, error_kind=kind)
        windows = np.float32(windows_of(series)[:2])
        windows[0, 2, 1] = np.nan
        score, = session.run(["score"], {"windows": windows})
        assert not score[0] <= 1, kind
        check_scores(server, "m", session, windows[1:])
