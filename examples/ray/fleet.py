"""What the examples for Ray share: the files of a fleet, and a server for the time that a worker needs one."""

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
    """The recordings in a folder by the machine's name, which is the file's and the model's."""
    found = {path.stem: path for path in sorted(pathlib.Path(folder).resolve().iterdir()) if path.suffix in READERS}
    if not found:
        raise Problem("No data", f"there is no .csv and no .parquet file in {folder}",
                      hint="examples/ray/make_fleet.py makes some.")
    return found


def read(path):
    """The sensors of a recording, its columns of numbers: their names, and their values [rows][F] as a server takes them. A
    gap is filled with the value before it."""
    frame = READERS[path.suffix](path).select_dtypes("number").ffill().bfill()
    return list(frame.columns), np.ascontiguousarray(frame.to_numpy(np.float32))


def npy(array):
    """An array as NumPy saves it, to be sent as application/x-npy."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def fingerprint(rows, timesteps):
    """What a model's file has as the sha256 of its data, where every window was used: of T and F, the first row of each window,
    and all rows, as 64-bit integers and float32 in little-endian order."""
    count, features = rows.shape
    numbers = np.array([timesteps, features, *range(count - timesteps + 1)], "<i8")
    return hashlib.sha256(numbers.tobytes() + rows.astype("<f4").tobytes()).hexdigest()


class LocalServer(Client):
    """`reprise serve` over a folder of models, on a port of its own, for this machine only. For use with `with`.

    It dies with the thread that has started it: should Ray kill this worker, nothing goes on that nobody waits for."""

    def __init__(self, reprise, models):
        self.log = tempfile.TemporaryFile("w+")
        # Whoever runs this may have set options of another server.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REPRISE_")}
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", reprise, "serve", "--host", "127.0.0.1", "--port", "0", "--models", str(models)],
            stderr=self.log, env=environment)
        super().__init__(self.wait())

    def wait(self):
        """The server's address, as soon as it listens."""
        while True:
            self.log.seek(0)
            text = self.log.read()
            if found := re.search(r"msg=listening .*url=(\S+)\n", text):
                return found[1]
            if self.process.poll() is not None:
                raise Problem("No server", f"it ended with {self.process.returncode}: {text.strip()[-500:]}")
            time.sleep(0.01)

    def stop(self):
        """Ends it in good order: what it has been asked for is finished first."""
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()
