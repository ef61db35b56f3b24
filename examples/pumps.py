#!/usr/bin/env python3
"""Generates sensor data for the examples: five signals of a pump, one row every ten seconds.

    python3 examples/pumps.py data

writes data/normal.csv, for training; data/today.csv, in which the valve sticks and a bearing overheats; and
data/states.csv, with a column `state`. The files are the same on every machine. Needs only the standard
library."""

import argparse
import csv
import datetime
import math
import pathlib
import random

SENSORS = ["pressure", "flow", "current", "temperature", "vibration"]
STATES = ["steady", "hunting", "pulsing"]
START = datetime.datetime(2026, 1, 31, tzinfo=datetime.timezone.utc)


def pump(count, seed, stuck=range(0), hot=range(0)):
    """`count` rows of a pump: time, state, and a value for each sensor. Pumps with different seeds differ.
    `stuck` and `hot` are the rows in which the valve sticks and the bearing overheats."""
    rng = random.Random(seed)
    size, warmth = rng.uniform(0.8, 1.2), rng.uniform(35, 45)
    state, left, phase = 0, 0, 0.0
    for row in range(count):
        if left == 0:
            # Change to another state for a few minutes.
            state, left = (state + rng.choice([1, 2])) % len(STATES), rng.randint(40, 80)
        left -= 1
        phase += 2 * math.pi / (9 if STATES[state] == "pulsing" else 24)
        swing = 0 if STATES[state] == "steady" else 0.3 * math.sin(phase)
        load = 1 + swing + rng.gauss(0, 0.02)
        flow = 40 * size * load * (0.6 if row in stuck else 1)
        pressure = 5 * load ** 2 + rng.gauss(0, 0.05)
        yield [
            (START + datetime.timedelta(seconds=10 * row)).isoformat().replace("+00:00", "Z"), STATES[state],
            pressure, flow + rng.gauss(0, 0.4), 0.05 * size * pressure * 40 * load / 4 + rng.gauss(0, 0.1),
            warmth + 2 * math.sin(row / 180) + (0.15 * (row - hot.start) if row in hot else 0)
            + rng.gauss(0, 0.2),
            1.5 * load * (1.8 if row in hot else 1) + rng.gauss(0, 0.08),
        ]


def write(path, rows, with_state=False):
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["time", *(["state"] if with_state else []), *SENSORS])
        for time, state, *values in rows:
            out.writerow([time, *([state] if with_state else []), *(f"{value:.3f}" for value in values)])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="the folder for the files")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "normal.csv", pump(2000, seed=1))
    write(folder / "today.csv",
          list(pump(1600, seed=1, stuck=range(700, 730), hot=range(1300, 1360)))[-1100:])
    write(folder / "states.csv", pump(3000, seed=2), with_state=True)


if __name__ == "__main__":
    main()
