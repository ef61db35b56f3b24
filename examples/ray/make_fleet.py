#!/usr/bin/env python3
"""Makes the recordings of a fleet of pumps to try the other examples with, a Parquet file for each.

    python3 examples/ray/make_fleet.py fleet --machines 12

writes fleet/pump-01.parquet, …: normal operation. With --today one of four pumps has a valve that sticks."""

import argparse
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
import pandas
import pumps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="where the files go")
    parser.add_argument("--machines", type=int, default=12, help="how many (default: 12)")
    parser.add_argument("--rows", type=int, default=1500, help="of each (default: 1500)")
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
