"""Shared by the Ray examples: the files of a fleet, and a server that runs as long as a worker needs it."""

import hashlib
import io
import os
import pathlib
import re
import subprocess
import tempfile
import time

import numpy as np
import pandas
from reprise_client import Client, Problem

READERS = {".csv": pandas.read_csv, ".parquet": pandas.read_parquet}


def files(folder):
    """The recordings in a folder by machine name, which is the name of the file and of the model."""
    found = {path.stem: path for path in sorted(pathlib.Path(folder).resolve().iterdir())
             if path.suffix in READERS}
    if not found:
        raise Problem("No data", f"there is no .csv or .parquet file in {folder}",
                      hint="examples/ray/make_fleet.py generates some.")
    return found


def read(path):
    """The numeric columns of a recording: their names, and their values [rows][F] as float32. A gap is filled
    with the value before it, or after it at the start."""
    frame = READERS[path.suffix](path).select_dtypes("number").ffill().bfill()
    return list(frame.columns), np.ascontiguousarray(frame.to_numpy(np.float32))


def npy(array):
    """An array in NumPy's file format, application/x-npy."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def fingerprint(rows, timesteps):
    """The SHA-256 of the data as a model's file stores it, if every window was used: of T, F and the first
    row of each window as 64-bit integers, then all rows as float32, all little-endian."""
    count, features = rows.shape
    numbers = np.array([timesteps, features, *range(count - timesteps + 1)], "<i8")
    return hashlib.sha256(numbers.tobytes() + rows.astype("<f4").tobytes()).hexdigest()


class LocalServer(Client):
    """`reprise serve` on a folder of models, at a free port of the loopback address. A context manager.

    The server dies with the thread that started it, so that it does not outlive a worker that Ray kills."""

    def __init__(self, reprise, models):
        self.log = tempfile.TemporaryFile("w+")
        # The environment may hold options of another server.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REPRISE_")}
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", reprise, "serve", "--host", "127.0.0.1", "--port", "0",
             "--models", str(models)],
            stderr=self.log, env=environment)
        super().__init__(self.wait())

    def wait(self):
        """Waits until the server listens, and returns its URL."""
        while True:
            self.log.seek(0)
            text = self.log.read()
            if found := re.search(r"msg=listening .*url=(\S+)\n", text):
                return found[1]
            if self.process.poll() is not None:
                raise Problem("No server", f"it ended with {self.process.returncode}: {text.strip()[-500:]}")
            time.sleep(0.01)

    def stop(self):
        """Ends the server after it has finished its requests."""
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()
