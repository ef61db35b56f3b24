#!/usr/bin/env python3
"""Generates the recordings of a fleet of pumps for the other examples, one Parquet file per pump.

    python3 examples/ray/make_fleet.py fleet --machines 12

writes fleet/pump-01.parquet, …, with normal operation. With --today the valve sticks in one of four pumps."""

import argparse
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
import pandas
import pumps


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="the folder for the files")
    parser.add_argument("--machines", type=int, default=12, help="number of machines (default: 12)")
    parser.add_argument("--rows", type=int, default=1500, help="rows per machine (default: 1500)")
    parser.add_argument("--today", action="store_true", help="later rows of the same pumps, with faults")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    rows = arguments.rows
    for number in range(1, arguments.machines + 1):
        stuck = range(2 * rows - 200, 2 * rows - 150) if arguments.today and number % 4 == 0 else range(0)
        recording = list(pumps.pump(2 * rows, seed=100 + number, stuck=stuck))
        recording = recording[rows:] if arguments.today else recording[:rows]
        frame = pandas.DataFrame(recording, columns=["time", "state", *pumps.SENSORS]).drop(columns="state")
        frame["time"] = pandas.to_datetime(frame["time"])
        frame.to_parquet(arguments.folder / f"pump-{number:02}.parquet", row_group_size=1000, index=False)


if __name__ == "__main__":
    main()
