"""The server reads and writes arrays in the format of NumPy."""

import io
import json
import urllib.parse

import numpy as np
import pytest
from api import call, post

T, F = 5, 3
TRAINING = {"timesteps": T, "units": [6, 4], "epochs": 2, "seed": 3}


def rows(count=80):
    time = np.arange(count)[:, None]
    return (np.sin(time / (2 + np.arange(F))) * [1, 10, 0.1]).astype(np.float32)


def windows(count=6):
    return np.lib.stride_tricks.sliding_window_view(rows(), T, axis=0)[:count].transpose(0, 2, 1)


def saved(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return file.getvalue()


def send(server, path, array, accept="application/json", **query):
    """Sends an array, or the bytes of a file; returns the response."""
    body = array if isinstance(array, bytes) else saved(array)
    values = {name: value if isinstance(value, str) else json.dumps(value) for name, value in query.items()}
    return call(
        server, "POST", f"{path}?{urllib.parse.urlencode(values)}", body,
        {"Content-Type": "application/x-npy", "Accept": accept})


def check_rejected(server, path, array, message, status=422, **query):
    response = send(server, path, array, **query)
    assert response.status == status and message in json.loads(response.body)["detail"], response.body


@pytest.fixture
def trained(server):
    """The server with one model trained from an array and the same trained from JSON."""
    response = send(server, "/train", rows(), model="npy", **TRAINING)
    assert response.status == 201, response.body
    history = post(server, "/train", {"model": "json", "series": rows().tolist(), **TRAINING}, 201)["history"]
    assert json.loads(response.body)["history"] == history
    return server


def equal_member(server, path, member, array, name, **options):
    """A member of the response, after a check that an array and JSON give the same."""
    response = send(server, path, array, model="npy", **options)
    assert response.status == 200, response.body
    ours = json.loads(response.body)[member]
    assert ours == post(server, path, {"model": "json", name: array.tolist(), **options})[member]
    return ours


@pytest.mark.parametrize("path,member", [
    ("/reconstruct", "reconstructions"), ("/reconstruct", "errors"), ("/encode", "encodings"),
    ("/score", "windows")])
def test_arrays_and_json_give_the_same_response(trained, path, member):
    equal_member(trained, path, member, rows(), "series", stride=3)
    equal_member(trained, path, member, windows(), "windows")
    assert equal_member(trained, path, member, windows(1), "windows")


def test_labels_are_given_in_the_query(trained):
    labels = [[20, 25], [40, 41]]
    response = equal_member(trained, "/evaluate", "precision_recall_curve", rows(), "series", labels=labels)
    assert response
    check_rejected(trained, "/evaluate", windows(), "requires rows", model="npy", labels=labels)


@pytest.mark.parametrize("path,member", [("/reconstruct", "reconstructions"), ("/encode", "encodings")])
def test_responses_are_arrays(trained, path, member):
    for count in (1, 6):
        response = send(trained, path, windows(count), "application/x-npy", model="npy")
        assert response.status == 200 and response.fields["Content-Type"] == "application/x-npy"
        array = np.load(io.BytesIO(response.body), allow_pickle=False)
        assert array.dtype == np.dtype("<f4") and array.flags.c_contiguous
        wanted = equal_member(trained, path, member, windows(count), "windows")
        np.testing.assert_array_equal(array, np.array(wanted, np.float32))
        # The server accepts the array as input: reconstructions have the shape of windows.
        if path == "/reconstruct":
            assert send(trained, "/score", response.body, model="npy").status == 200


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize("dtype", ["<f4", "<f8"])
def test_all_format_versions_and_float_types_are_accepted(trained, version, dtype):
    array = rows().astype(dtype)
    response = send(trained, "/encode", saved(array, version), model="npy")
    assert json.loads(response.body)["encodings"] == equal_member(
        trained, "/encode", "encodings", rows(), "series")


@pytest.mark.parametrize("dtype", [
    "<f2", ">f4", ">f8", "|i1", "<i2", ">i4", "<i8", "|u1", ">u2", "<u8", "|b1"])
def test_all_real_types_are_accepted(trained, dtype):
    array = (rows() * 10 + 20).astype(dtype)
    encodings = json.loads(send(trained, "/encode", array, model="npy").body)["encodings"]
    # In JSON, true and false are no numbers.
    numbers = array.astype(np.float64).tolist()
    assert encodings == post(trained, "/encode", {"model": "json", "series": numbers})["encodings"]


def test_unusual_memory_layouts_are_accepted(trained):
    wanted = equal_member(trained, "/encode", "encodings", rows(), "series")

    def encodings(array):
        return json.loads(send(trained, "/encode", array, model="npy").body).get("encodings")
    assert encodings(np.asfortranarray(rows())) == wanted
    # NumPy saves a view that is not contiguous in C order.
    assert encodings(np.repeat(rows(), 2, axis=0)[::2]) == wanted
    file = io.BytesIO()
    np.save(file, rows())
    assert encodings(file.getvalue()) == wanted
    # One row is contiguous in both orders; NumPy declares C order.
    assert b"'fortran_order': False" in saved(np.asfortranarray(rows()[:1]))


def test_nan_is_a_missing_value(trained):
    gap = rows().astype(np.float64)
    gap[7, 2] = np.nan
    check_rejected(trained, "/score", gap, "row 7 has no value for feature 2", model="npy")
    response = send(trained, "/score", gap, model="npy", missing="previous")
    filled = rows()
    filled[7, 2] = filled[6, 2]
    assert json.loads(response.body) == json.loads(send(trained, "/score", filled, model="npy").body)


@pytest.mark.parametrize("array,message", [
    (rows().astype(np.complex64), "'<c8'"), (np.array([["a"]]), "'<U1'"),
    (np.zeros(3, [("a", "<f4"), ("b", "<f4")]), "structured element type"),
])
def test_unsupported_types_are_rejected(trained, array, message):
    check_rejected(trained, "/score", array, message, 415, model="npy")


@pytest.mark.parametrize("array,message", [
    (np.float32(1), "0 axes"), (rows()[:, 0].copy(), "one axis"),
    (np.zeros((0, F), np.float32), "(0, 3), which has no elements"),
    (np.full((9, F), np.inf, np.float32), "infinite"),
    (rows()[:, :2].copy(), "2 features"), (saved(rows())[:-1], "bytes of data"),
    (saved(rows()) + b"\0", "bytes of data"),
])
def test_unusable_arrays_are_rejected(trained, array, message):
    check_rejected(trained, "/score", np.asarray(array) if isinstance(array, np.generic) else array, message,
                   model="npy")


def test_archives_and_pickles_of_numpy_are_rejected(trained):
    archive, pickled = io.BytesIO(), io.BytesIO()
    np.savez(archive, rows())
    np.save(pickled, np.array([[{}]]), allow_pickle=True)
    check_rejected(trained, "/score", archive.getvalue(), "an .npz file, a zip archive", 415, model="npy")
    check_rejected(trained, "/score", pickled.getvalue(), "Python objects", 415, model="npy")


def test_an_unacceptable_media_type_is_rejected(trained):
    assert send(trained, "/score", windows(), "application/x-npy", model="npy").status == 406
