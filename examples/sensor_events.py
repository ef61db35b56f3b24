#!/usr/bin/env python3
"""Finds anomalies in recordings of sensors. Needs only the standard library.

    python3 examples/sensor_events.py --train normal.csv --timesteps 24 pump today.csv

trains the model `pump` on a recording of normal operation, then lists the anomalies in today's recording.
Without --train it uses the existing model. The files have a header row, a column of timestamps and a column
for each sensor. A gap is filled with the value before it. The server is --url, REPRISE_URL or
http://127.0.0.1:8080; REPRISE_API_KEY is the key, if the server needs one."""

import argparse
import hashlib
import pathlib

from reprise_client import Client, problems_to_stderr


def train(client, model, file, options):
    """Trains a model in the background and waits for it."""
    body = file.read_bytes()
    query = {"model": model, "missing": "previous", **options}
    # The same request has the same key, so starting this twice finds the job that already runs.
    key = hashlib.sha256(repr(sorted(query.items())).encode() + body).hexdigest()
    job = client.json("POST", "/train", body, "text/csv", query=query,
                      fields={"Prefer": "respond-async", "Idempotency-Key": key})

    def report(job):
        left = "" if job["seconds_left"] is None else f", {job['seconds_left']:.0f} s left"
        print(f"  {job['state']}, epoch {job['epoch']} of {job['epochs']}{left}", flush=True)

    print(f"training {model} on {file}")
    version = client.finish(job, report)
    print(f"version {version['version']}: {version['parameters']} parameters, "
          f"trained in {version['seconds']:.1f} s, "
          f"threshold {version['threshold']:.3g}")


def report_events(client, model, file, ignored):
    """Prints the anomalous stretches of a recording, with the sensors that contribute most."""
    query = {"model": model, "missing": "previous", "events": {"minimum_length": 3, "merge_gap": 10},
             **ignored}
    response = client.json("POST", "/score", file.read_bytes(), "text/csv", query=query)
    scores = [score for score in response["rows"]["scores"] if score is not None]
    print(f"{file}: {len(scores)} rows scored by {model}, version {response['version']}; "
          f"{len(response['events'])} events")
    for warning in response["warnings"]:
        print(f"  {warning['level']}: {warning['message']}")
    for event in response["events"]:
        first, last = (
            event.get(f"{end}_timestamp", f"row {event[f'{end}_row']}") for end in ("first", "last"))
        sensors = ", ".join(
            f"{one.get('name', one['feature'])} {one['share']:.0%}" for one in event["features"][:2])
        print(f"  {first} to {last}: {event['peak_score']:.1f} times the threshold ({sensors})")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="the name of the model")
    parser.add_argument("recordings", nargs="*", type=pathlib.Path, help="CSV files to search for events")
    parser.add_argument("--train", type=pathlib.Path, metavar="CSV", help="train on this file first")
    parser.add_argument("--timesteps", type=int, default=24, help="timesteps of a window (default: 24)")
    parser.add_argument("--units", default="32,8", help="units of the encoder's layers (default: 32,8)")
    parser.add_argument("--epochs", type=int, default=50, help="epochs of the training (default: 50)")
    parser.add_argument(
        "--ignore", metavar="COLUMNS", help="columns that are not sensors, separated by commas")
    parser.add_argument("--url", help="URL of the server")
    arguments = parser.parse_args()
    with problems_to_stderr():
        client = Client(arguments.url)
        ignored = {"ignore": arguments.ignore} if arguments.ignore else {}
        if arguments.train:
            options = {"timesteps": arguments.timesteps, "units": arguments.units, "epochs": arguments.epochs}
            train(client, arguments.model, arguments.train, {**options, **ignored})
        for file in arguments.recordings:
            report_events(client, arguments.model, file, ignored)


if __name__ == "__main__":
    main()
