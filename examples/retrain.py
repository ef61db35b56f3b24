#!/usr/bin/env python3
"""Trains a new version of a model, and moves an alias to it only if it is at least as good as the version
that the alias names. Needs only the standard library.

    python3 examples/retrain.py pump normal.csv labelled.csv --labels fault

Programs that score ask for the alias, `stable`, and so never see a version that failed. Both versions are
evaluated on the labelled file, which no version may be trained on. The new one must detect as many faults
with as few false events, and its average precision may be worse by --tolerance. Without the alias, the new
version must detect --detect faults. Other options are those of the training, such as --epochs 20. The exit
status is 0 if the alias was moved, 2 if not. The server is REPRISE_URL or http://127.0.0.1:8080;
REPRISE_API_KEY is the key, if the server needs one, with the scopes read, infer, train and admin."""

import argparse
import pathlib
import sys

from reprise_client import Client, problems_to_stderr


def evaluate(client, model, version, labelled, labels):
    """Detected faults, false events and average precision of a version."""
    query = {"model": model, "version": version, "labels": labels}
    response = client.json("POST", "/evaluate", labelled, "text/csv", query=query)
    found = response["events"]
    print(f"version {version}: detects {found['detected']} of {found['labelled']} faults, "
          f"{found['false_alarms']} false events, average precision {response['average_precision']:.3f}")
    return found["detected"], found["false_alarms"], response["average_precision"]


def is_better(new, old, tolerance):
    return new[0] >= old[0] and new[1] <= old[1] and new[2] >= old[2] - tolerance


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="the name of the model")
    parser.add_argument("normal", type=pathlib.Path, help="a CSV file of normal operation")
    parser.add_argument("labelled", type=pathlib.Path, help="a CSV file with a column of labels")
    parser.add_argument("--labels", required=True, help="the column that is 1 in rows of faults")
    parser.add_argument("--alias", default="stable", help="the alias (default: stable)")
    parser.add_argument("--tolerance", type=float, default=0.02,
                        help="the loss of average precision that is accepted (default: 0.02)")
    parser.add_argument("--detect", type=int, default=1,
                        help="faults that the first version must detect (default: 1)")
    arguments, rest = parser.parse_known_args()
    if len(rest) % 2 or not all(name.startswith("--") for name in rest[::2]):
        parser.error(f"not an option and its value: {' '.join(rest)}")
    options = {name[2:].replace("-", "_"): value for name, value in zip(rest[::2], rest[1::2])}
    model, alias, labelled = arguments.model, arguments.alias, arguments.labelled.read_bytes()

    with problems_to_stderr():
        client = Client()
        # With `strict`, a version that has learned nothing is an error and not stored.
        trained = client.json("POST", "/train", arguments.normal.read_bytes(), "text/csv",
                              query={"model": model, "strict": "true", **options})
        version = trained["version"]
        new = evaluate(client, model, version, labelled, arguments.labels)
        current = client.json("GET", f"/models/{model}")["aliases"].get(alias)
        if current is None:
            accepted = new[0] >= arguments.detect
        else:
            old = evaluate(client, model, current, labelled, arguments.labels)
            accepted = is_better(new, old, arguments.tolerance)
        if not accepted:
            print(f"{alias} stays at version {current}" if current else f"{alias} is not set")
            sys.exit(2)
        client.json("PUT", f"/models/{model}/aliases/{alias}", {"version": version})
        print(f"{alias} is version {version}")


if __name__ == "__main__":
    main()
