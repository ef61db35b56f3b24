"""Arrays to and from the server as NumPy writes and reads them."""

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
    """The answer to an array, or to the bytes of a file."""
    body = array if isinstance(array, bytes) else saved(array)
    values = {name: value if isinstance(value, str) else json.dumps(value) for name, value in query.items()}
    return call(
        server, "POST", f"{path}?{urllib.parse.urlencode(values)}", body,
        {"Content-Type": "application/x-npy", "Accept": accept})


def refused(server, path, array, says, **query):
    answer = send(server, path, array, **query)
    assert answer.status == 422 and says in json.loads(answer.body)["detail"], answer.body


@pytest.fixture
def trained(server):
    """The server with the same model from an array and from JSON."""
    answer = send(server, "/train", rows(), model="npy", **TRAINING)
    assert answer.status == 201, answer.body
    history = post(server, "/train", {"model": "json", "series": rows().tolist(), **TRAINING}, 201)["history"]
    assert json.loads(answer.body)["history"] == history
    return server


def answers(server, path, member, array, name, **options):
    """The same of an array and of JSON."""
    answer = send(server, path, array, model="npy", **options)
    assert answer.status == 200, answer.body
    ours = json.loads(answer.body)[member]
    assert ours == post(server, path, {"model": "json", name: array.tolist(), **options})[member]
    return ours


@pytest.mark.parametrize("path,member", [
    ("/reconstruct", "reconstructions"), ("/reconstruct", "errors"), ("/encode", "encodings"),
    ("/score", "windows")])
def test_arrays_are_the_same_as_json(trained, path, member):
    answers(trained, path, member, rows(), "series", stride=3)
    answers(trained, path, member, windows(), "windows")
    assert answers(trained, path, member, windows(1), "windows")


def test_labels_are_in_the_query(trained):
    labels = [[20, 25], [40, 41]]
    answer = answers(trained, "/evaluate", "precision_recall_curve", rows(), "series", labels=labels)
    assert answer
    refused(trained, "/evaluate", windows(), "only rows", model="npy", labels=labels)


@pytest.mark.parametrize("path,member", [("/reconstruct", "reconstructions"), ("/encode", "encodings")])
def test_answers_are_arrays(trained, path, member):
    for count in (1, 6):
        answer = send(trained, path, windows(count), "application/x-npy", model="npy")
        assert answer.status == 200 and answer.fields["Content-Type"] == "application/x-npy"
        array = np.load(io.BytesIO(answer.body), allow_pickle=False)
        assert array.dtype == np.dtype("<f4") and array.flags.c_contiguous
        wanted = answers(trained, path, member, windows(count), "windows")
        np.testing.assert_array_equal(array, np.array(wanted, np.float32))
        # It is what the server takes, too: reconstructions have the shape of windows.
        if path == "/reconstruct":
            assert send(trained, "/score", answer.body, model="npy").status == 200


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize("dtype", ["<f4", "<f8"])
def test_versions_and_types(trained, version, dtype):
    array = rows().astype(dtype)
    answer = send(trained, "/encode", saved(array, version), model="npy")
    assert json.loads(answer.body)["encodings"] == answers(trained, "/encode", "encodings", rows(), "series")


def test_arrays_that_numpy_saves_in_its_own_ways(trained):
    wanted = answers(trained, "/encode", "encodings", rows(), "series")

    def encodings(array):
        return json.loads(send(trained, "/encode", array, model="npy").body).get("encodings")
    # A view that is contiguous in no order is saved in C order.
    assert encodings(np.repeat(rows(), 2, axis=0)[::2]) == wanted
    file = io.BytesIO()
    np.save(file, rows())
    assert encodings(file.getvalue()) == wanted
    # One row is in both orders, and C is what is said.
    assert b"'fortran_order': False" in saved(np.asfortranarray(rows()[:1]))


def test_nan_is_a_missing_value(trained):
    gap = rows().astype(np.float64)
    gap[7, 2] = np.nan
    refused(trained, "/score", gap, "row 7 has no value for feature 2", model="npy")
    answer = send(trained, "/score", gap, model="npy", missing="previous")
    filled = rows()
    filled[7, 2] = filled[6, 2]
    assert json.loads(answer.body) == json.loads(send(trained, "/score", filled, model="npy").body)


@pytest.mark.parametrize("array,says", [
    (np.asfortranarray(rows()), "numpy.ascontiguousarray"), (rows().astype(">f4"), "astype('<f4')"),
    (rows().astype(np.float16), "'<f2'"), (rows().astype(np.int64), "'<i8'"), (rows() > 0, "'|b1'"),
    (rows().astype(np.complex64), "'<c8'"), (np.array([["a"]]), "'<U1'"),
    (np.zeros(3, [("a", "<f4"), ("b", "<f4")]), "several fields"), (np.float32(1), "0 axes"),
    (rows()[:, 0].copy(), "1 axes"), (np.zeros((0, F), np.float32), "is empty: its shape is (0, 3)"),
    (np.full((9, F), np.inf, np.float32), "infinite"), (np.full((9, F), 1e300), "beyond the range"),
    (rows()[:, :2].copy(), "2 features"), (saved(rows())[:-1], "bytes of data"), (saved(rows()) + b"\0", "bytes of data"),
])
def test_what_is_refused(trained, array, says):
    refused(trained, "/score", np.asarray(array) if isinstance(array, np.generic) else array, says, model="npy")


def test_other_files_of_numpy_are_refused(trained):
    archive, pickled = io.BytesIO(), io.BytesIO()
    np.savez(archive, rows())
    np.save(pickled, np.array([[{}]]), allow_pickle=True)
    refused(trained, "/score", archive.getvalue(), "is no .npy file", model="npy")
    refused(trained, "/score", pickled.getvalue(), "'|O'", model="npy")


def test_nothing_but_an_acceptable_answer(trained):
    assert send(trained, "/score", windows(), "application/x-npy", model="npy").status == 406
