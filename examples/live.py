#!/usr/bin/env python3
"""Scores rows one by one, as they arrive on standard input. Needs only the standard library.

    python3 examples/live.py pump <today.csv
    tail -n +1 -f log.csv | python3 examples/live.py pump --textfile /var/lib/node_exporter/pump.prom

The first line is the header. An alarm is printed when three rows in a row are anomalous, and its end after as
many normal rows as a window has. With --textfile, the score of the newest row is in a file for the textfile
collector of Prometheus' node exporter. The server is REPRISE_URL or http://127.0.0.1:8080; REPRISE_API_KEY is
the key, if the server needs one."""

import argparse
import collections
import csv
import os
import sys

from reprise_client import Client, problems_to_stderr


def write_metric(path, model, score):
    """Replaces the file at once, so that no half of it is ever read."""
    with open(f"{path}.new", "w") as file:
        file.write("# HELP reprise_score Score of the newest row; above 1 is an anomaly.\n"
                   "# TYPE reprise_score gauge\n"
                   f'reprise_score{{model="{model}"}} {score}\n')
    os.replace(f"{path}.new", path)


class Alarm:
    """Turns scores into alarms."""

    def __init__(self, start, end):
        self.start, self.end = start, end
        self.anomalous = self.normal = 0
        self.is_on = False

    def update(self, is_anomaly):
        """Counts a row; returns whether the alarm has changed."""
        self.anomalous, self.normal = (self.anomalous + 1, 0) if is_anomaly else (0, self.normal + 1)
        before = self.is_on
        if self.anomalous >= self.start:
            self.is_on = True
        elif self.normal >= self.end:
            self.is_on = False
        return self.is_on != before


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="the name of the model")
    parser.add_argument("--version", default="latest", help="its version, such as stable (default: latest)")
    parser.add_argument("--textfile", metavar="FILE", help="write the newest score to this file")
    arguments = parser.parse_args()
    with problems_to_stderr():
        client, name = Client(), arguments.model
        model = client.json("GET", f"/models/{name}/versions/{arguments.version}")
        rows = collections.deque(maxlen=model["timesteps"])
        alarm = Alarm(start=3, end=model["timesteps"])
        for number, line in enumerate(csv.DictReader(sys.stdin), 2):
            try:
                rows.append([float(line[feature]) for feature in model["feature_names"]])
            except (KeyError, TypeError, ValueError) as error:
                sys.exit(f"live.py: line {number} has no number for a feature of the model: {error}")
            if len(rows) < model["timesteps"]:
                continue
            response = client.json("POST", "/score", {
                "model": name, "version": model["version"], "windows": [list(rows)],
                "include": ["windows", "features"]})
            window = response["windows"][0]
            if arguments.textfile:
                write_metric(arguments.textfile, name, window["score"])
            if alarm.update(window["is_anomaly"]):
                time = next(iter(line.values()))
                state = f"alarm, mainly {window['features'][0]['name']}" if alarm.is_on else "normal again"
                print(f"{time}  score {window['score']:.2f}: {state}", flush=True)


if __name__ == "__main__":
    main()
