"""The server that capacity.py measures, and its requests."""

import array
import http.client
import json
import math
import os
import random
import re
import shutil
import struct
import subprocess
import time

from serve import memory

PORT = 18997
# Networks by name: T, F and units.
NETWORKS = {
    "small": (24, 5, [32, 8]), "article": (3, 2, [128, 64]), "sensor": (30, 8, [64, 32]),
    "smd": (100, 38, [128, 64]),
}
TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """A server with the models of a folder, pinned to core 0 by default, and a connection to it."""

    executable = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.build/release/reprise")

    def __init__(self, folder, *options, cores="0"):
        start = time.perf_counter()
        self.process = subprocess.Popen(
            ["taskset", "--cpu-list", cores, self.executable, "serve", "--port", str(PORT), "--models",
             folder, "--log-level", "error", *options], stderr=subprocess.DEVNULL)
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=600)
        while True:
            try:
                self.get("/readyz")
                break
            except OSError:
                self.connection.close()
                time.sleep(0.001)
            assert self.process.poll() is None, "the server exited before it was ready"
        assert self.process.poll() is None, f"another process listens on port {PORT}"
        self.seconds = time.perf_counter() - start

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.connection.close()
        self.process.terminate()
        self.process.wait()

    def call(self, method, path, body=None, fields={}):
        self.connection.request(method, path, body, fields)
        response = self.connection.getresponse()
        content = response.read()
        assert response.status < 400, content[:500]
        return content

    def get(self, path):
        return self.call("GET", path)

    def train(self, name, rows, epochs):
        """Trains one of the networks on `rows` rows and returns the server's response."""
        timesteps, features, units = NETWORKS[name]
        body = {"model": name, "series": series(rows, features), "timesteps": timesteps, "units": units,
                "epochs": epochs}
        return json.loads(self.call("POST", "/train", json.dumps(body)))

    @property
    def processor(self):
        """CPU time of the process so far, in seconds."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    @property
    def memory(self):
        """Resident memory, in bytes."""
        return memory(self.process) * (1 << 20)

    @property
    def loaded(self):
        """The server's estimate of the bytes of all versions in memory."""
        return float(
            re.search(r"^reprise_loaded_model_bytes (\S+)", self.get("/metrics").decode(), re.MULTILINE)[1])


def series(rows, features):
    """Returns `rows` rows like those of a sensor: a noisy sine for each feature, with four decimals."""
    rng = random.Random(features)
    return [[round(math.sin(row * (1 + f / 7) / 9) + rng.gauss(0, 0.1), 4) for f in range(features)]
            for row in range(rows)]


def npy(values, shape):
    """Returns an .npy file, version 1.0, of float32 values."""
    header = repr({"descr": "<f4", "fortran_order": False, "shape": shape})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    values = array.array("f", values).tobytes()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + values


def requests(name, count):
    """Returns requests with `count` windows: path, body and header fields by format."""
    timesteps, features, _ = NETWORKS[name]
    rows = series(count + timesteps - 1, features)
    windows = [rows[start:start + timesteps] for start in range(count)]
    flat = [value for window in windows for row in window for value in row]
    binary = {"name": "windows", "datatype": "FP32", "shape": [count, timesteps, features],
              "parameters": {"binary_data_size": 4 * len(flat)}}
    head = json.dumps(
        {"inputs": [binary], "outputs": [{"name": "score", "parameters": {"binary_data": True}}]}).encode()
    score = {"model": name, "include": ["windows"]}
    as_json = {"Content-Type": "application/json"}
    as_npy = {"Content-Type": "application/x-npy"}
    query = f"/score?model={name}&include=windows"
    return {
        "JSON, windows": ("/score", json.dumps({**score, "windows": windows}).encode(), as_json),
        "npy, windows": (query, npy(flat, (count, timesteps, features)), as_npy),
        "binary (v2), windows": (
            f"/v2/models/{name}/infer", head + array.array("f", flat).tobytes(),
            {"Content-Type": "application/octet-stream", "Inference-Header-Content-Length": str(len(head))}),
        "npy, rows": (query, npy([value for row in rows for value in row], (len(rows), features)), as_npy),
    }


def copies(folder, name, count):
    """Creates `count` models with the version of model `name` and returns their names. Files are hard links,
    with a new copy every 10,000 models because the number of links to a file is limited."""
    names = [f"{name}-{number:06}" for number in range(count)]
    for number, copy in enumerate(names):
        os.makedirs(f"{folder}/{copy}/1")
        if number % 10_000 == 0:
            source = f"{folder}/{copy}/1/model.safetensors"
            shutil.copy(f"{folder}/{name}/1/model.safetensors", source)
        else:
            os.link(source, f"{folder}/{copy}/1/model.safetensors")
    return names
