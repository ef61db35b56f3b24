#!/usr/bin/env python3
"""Makes the data of this folder, which the README and docs/recipes.md use: six sensors of a simulated pump
that feeds cooling water through a filter into a plant, one row a minute.

    python3 examples/pump/make_data.py

writes, next to this file,

    normal.csv    a week of normal operation, for training
    today.csv     the day after, with three faults
    labelled.csv  two more days, with a column `fault`, which is 1 in the rows of six faults

The files are the same on every machine. Needs only the standard library.

A controller sets the speed so that the pressure behind the filter stays constant. A batch process takes water
for half an hour at a time, on top of a demand that is higher by day. There are three kinds of faults:

    filter   The filter clogs: less flow at more pressure. Both stay within their usual range.
    bearing  A bearing wears: vibration and temperature rise.
    meter    The flow meter hangs: it repeats its last value, which is a usual one."""

import csv
import datetime
import math
import pathlib
import random

SENSORS = ["speed_rpm", "flow_m3h", "pressure_bar", "current_a", "bearing_degc", "vibration_mms"]
DECIMALS = [0, 1, 2, 1, 1, 2]
START = datetime.datetime(2026, 3, 2)
DAY = 1440
# The kind, the day counted from 0, the first and the last minute, and how severe it is.
FAULTS = [
    ("filter", 7, "08:40", "09:29", 1),
    ("bearing", 7, "14:10", "14:59", 1),
    ("meter", 7, "20:20", "20:54", 1),
    ("meter", 8, "03:10", "03:39", 1),
    ("bearing", 8, "10:00", "10:49", 0.5),
    ("filter", 8, "17:30", "18:09", 0.8),
    ("filter", 9, "01:20", "02:19", 0.3),
    ("meter", 9, "09:00", "09:24", 1),
    ("bearing", 9, "15:00", "15:39", 1),
]


def rows_of(day, first, last):
    """The rows from one time of a day to another."""
    def row(time):
        hours, minutes = time.split(":")
        return DAY * day + 60 * int(hours) + int(minutes)

    return range(row(first), row(last) + 1)


def faults_at(row):
    """The faults in a row: for each kind its severity, and the share of it that has passed."""
    found = {}
    for kind, day, first, last, severity in FAULTS:
        rows = rows_of(day, first, last)
        if row in rows:
            found[kind] = severity, (row - rows.start + 1) / len(rows)
    return found


def pump(rng, count):
    """Rows of the pump: a value of each sensor."""
    batch, left = 0, 20
    drift, drawn, bearing, shown = 0.0, 0.0, 46.0, 0.0
    for row in range(count):
        hour = row % DAY / 60
        if left == 0:
            batch = 1 - batch
            left = rng.randint(26, 34) if batch else rng.randint(18, 40)
        left -= 1
        drift = 0.97 * drift + rng.gauss(0, 0.006)
        daily = 0.5 - 0.5 * math.cos(2 * math.pi * (hour - 3.5) / 24)
        # Valves take some minutes to open and close.
        drawn += 0.4 * (batch - drawn)
        demand = 0.42 + 0.22 * daily + 0.2 * drawn + drift

        faults = faults_at(row)
        severity, passed = faults.get("filter", (0, 0))
        clogging = severity * min(1, 3 * passed)
        severity, passed = faults.get("bearing", (0, 0))
        wear = severity * passed

        flow = 120 * demand * (1 - 0.08 * clogging)
        pressure = 3.8 + 1.5 * (1 + 0.5 * clogging) * (flow / 100) ** 2 + rng.gauss(0, 0.03)
        speed = 1450 * math.sqrt((pressure + 0.9 * (flow / 100) ** 2) / 5.6)
        power = flow * pressure / 36 / 0.68 + 3.2 * (speed / 1450) ** 3
        room = 22 + 3 * math.sin(2 * math.pi * (hour - 10) / 24)
        bearing += (room + 26 * (speed / 1450) ** 2 + 12 * wear - bearing) / 12
        vibration = 1.6 * (speed / 1450) ** 2 * (1 + 0.8 * wear) * math.exp(rng.gauss(0, 0.03))
        if "meter" not in faults:
            shown = flow + rng.gauss(0, 1.2)
        yield [speed + rng.gauss(0, 8), shown, pressure, 1.9 * power + rng.gauss(0, 0.8),
               bearing + rng.gauss(0, 0.1), vibration]


def write(name, rows, days, with_label=False):
    with open(pathlib.Path(__file__).parent / name, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["time", *SENSORS, *(["fault"] if with_label else [])])
        for row in range(days.start * DAY, days.stop * DAY):
            time = (START + datetime.timedelta(minutes=row)).isoformat(timespec="minutes") + "Z"
            cells = [f"{value:.{digits}f}" for value, digits in zip(rows[row], DECIMALS)]
            out.writerow([time, *cells, *([int(bool(faults_at(row)))] if with_label else [])])


def main():
    rows = list(pump(random.Random(1), 10 * DAY))
    write("normal.csv", rows, range(0, 7))
    write("today.csv", rows, range(7, 8))
    write("labelled.csv", rows, range(8, 10), with_label=True)


if __name__ == "__main__":
    main()
