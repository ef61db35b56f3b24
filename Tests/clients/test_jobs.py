"""Background trainings, followed as a Python program would."""

import json

from api import call, download, get, request

SERIES = [[(i % 7) / 7, (i % 5) / 5] for i in range(60)]


def training(epochs, **options):
    return {"model": "m", "series": SERIES, "timesteps": 5, "units": [6], "epochs": epochs, **options}


def start(server, training, **fields):
    """Starts a background training; returns the id of its job."""
    response = call(server, "POST", "/train", training, {"Prefer": "respond-async", **fields})
    assert response.status == 202, response.body
    assert response.fields["Preference-Applied"] == "respond-async"
    job = json.loads(response.body)
    assert response.fields["Location"] == f"/jobs/{job['id']}"
    return job["id"]


def events(server, job, last=None):
    """Kind, id and data of each event, as they arrive."""
    fields = {} if last is None else {"Last-Event-ID": str(last)}
    with request(server, "GET", f"/jobs/{job}/events", fields=fields) as response:
        assert response.status == 200
        assert response.headers.get_content_type() == "text/event-stream"
        event = {}
        for line in response:
            if line == b"\n" and event:
                yield event["event"], int(event["id"]) if "id" in event else None, json.loads(event["data"])
                event = {}
            # A line that starts with a colon is a comment.
            elif line[:1] not in b":\n":
                name, _, value = line.decode().rstrip("\n").partition(": ")
                event[name] = value


def test_events_arrive_until_the_result(server):
    job = start(server, training(30))
    kinds, ids, data = zip(*events(server, job))
    assert kinds == ("job", *30 * ["progress"], "result")
    assert ids == (None, *range(1, 32))
    assert data[0]["id"] == job
    assert [one["epoch"] for one in data[1:-1]] == list(range(1, 31))
    history = data[-1].pop("history")
    assert [one["loss"] for one in data[1:-1]] == history["loss"]
    ended = get(server, f"/jobs/{job}")
    assert (ended["state"], ended["result"], ended["history"]) == ("succeeded", data[-1], history)
    codes = {one["code"] for one in data[-1].pop("warnings")}
    assert codes >= {"few_calibration_windows", "threshold_from_training"}
    assert data[-1].pop("data")["rows"] > 0
    assert data[-1] == get(server, "/models/m/versions/1")
    assert download(server, "m")


def test_a_client_that_reconnects_gets_the_missed_events(server):
    job = start(server, training(10_000))
    for _, last, _ in events(server, job):
        # Simulate a connection that breaks during training.
        if last and last >= 5:
            break
    assert get(server, f"/jobs/{job}")["state"] == "running"
    kinds, ids, _ = zip(*events(server, job, last))
    assert kinds[0] == "job" and kinds[-1] == "result"
    assert list(ids[1:]) == sorted(set(ids[1:]))
    assert last < ids[1] and ids[-2:] == (10_000, 10_001)
    # The training has ended, so that every event is available.
    assert [id for _, id, _ in events(server, job, 9990)] == [None, *range(9991, 10_002)]
    assert call(server, "GET", f"/jobs/{job}/events", fields={"Last-Event-ID": "10001"}).status == 204


def test_a_cancelled_training_leaves_no_model(server):
    job = start(server, training(100_000))
    following = events(server, job)
    assert next(kind for kind, _, _ in following if kind != "job") == "progress"
    assert call(server, "DELETE", f"/jobs/{job}").status == 202
    kind, _, problem = list(following)[-1]
    assert (kind, problem["type"]) == ("cancelled", "/problems/training-cancelled")
    assert get(server, f"/jobs/{job}")["state"] == "cancelled"
    assert get(server, "/models")["models"] == []
    assert call(server, "GET", "/models/m").status == 404
    # The job has ended, so another DELETE removes it.
    assert call(server, "DELETE", f"/jobs/{job}").status == 204
    assert call(server, "GET", f"/jobs/{job}").status == 404


def test_a_repeated_key_gives_the_same_job(server):
    key = {"Idempotency-Key": "a1b2"}
    job = start(server, training(20), **key)
    assert start(server, training(20), **key) == job
    assert list(events(server, job))[-1][0] == "result"
    assert start(server, training(20), **key) == job, "the key must give the same job after its end"
    assert call(server, "POST", "/train", training(21), key).status == 422
    assert [one["id"] for one in get(server, "/jobs")["jobs"]] == [job]
    assert get(server, "/models/m")["versions"] == [1]
