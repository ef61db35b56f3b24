"""The server whose costs capacity.py measures, and what it is sent."""

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
# The networks that are measured: T, F, units.
NETWORKS = {
    "small": (24, 5, [32, 8]), "article": (3, 2, [128, 64]), "sensor": (30, 8, [64, 32]), "smd": (100, 38, [128, 64]),
}
TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """A server over a folder, on one core unless told otherwise, and a connection to it."""

    executable = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.build/release/reprise")

    def __init__(self, folder, *options, cores="0"):
        start = time.perf_counter()
        self.process = subprocess.Popen(
            ["taskset", "--cpu-list", cores, self.executable, "serve", "--port", str(PORT), "--models", folder, "--log-level",
             "error", *options], stderr=subprocess.DEVNULL)
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=600)
        while True:
            try:
                self.get("/readyz")
                break
            except OSError:
                self.connection.close()
                time.sleep(0.001)
            assert self.process.poll() is None, "the server has ended"
        assert self.process.poll() is None, f"something else answers at port {PORT}"
        self.seconds = time.perf_counter() - start

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.connection.close()
        self.process.terminate()
        self.process.wait()

    def call(self, method, path, body=None, fields={}):
        self.connection.request(method, path, body, fields)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status < 400, content[:500]
        return content

    def get(self, path):
        return self.call("GET", path)

    def train(self, name, rows, epochs):
        """Has one of the networks trained on so many rows; what the server says of it."""
        timesteps, features, units = NETWORKS[name]
        body = {"model": name, "series": series(rows, features), "timesteps": timesteps, "units": units, "epochs": epochs}
        return json.loads(self.call("POST", "/train", json.dumps(body)))

    @property
    def processor(self):
        """Processor time that it has taken so far, in seconds."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    @property
    def memory(self):
        """Resident, in bytes."""
        return memory(self.process) * (1 << 20)

    @property
    def loaded(self):
        """Bytes that it reckons the versions in memory to take."""
        return float(re.search(r"^reprise_loaded_model_bytes (\S+)", self.get("/metrics").decode(), re.MULTILINE)[1])


def series(rows, features):
    """What a sensor might say, with as many digits as it might have."""
    rng = random.Random(features)
    return [[round(math.sin(row * (1 + f / 7) / 9) + rng.gauss(0, 0.1), 4) for f in range(features)] for row in range(rows)]


def npy(values, shape):
    """An array as NumPy saves it."""
    header = repr({"descr": "<f4", "fortran_order": False, "shape": shape})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + array.array("f", values).tobytes()


def requests(name, count):
    """So many windows in each form: path, body, header fields."""
    timesteps, features, _ = NETWORKS[name]
    rows = series(count + timesteps - 1, features)
    windows = [rows[start:start + timesteps] for start in range(count)]
    flat = [value for window in windows for row in window for value in row]
    binary = {"name": "windows", "datatype": "FP32", "shape": [count, timesteps, features],
              "parameters": {"binary_data_size": 4 * len(flat)}}
    head = json.dumps({"inputs": [binary], "outputs": [{"name": "score", "parameters": {"binary_data": True}}]}).encode()
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
    """The same version under other names: a file may be shared by so many names only, so some are copies."""
    names = [f"{name}-{number:06}" for number in range(count)]
    for number, copy in enumerate(names):
        os.makedirs(f"{folder}/{copy}/1")
        if number % 10_000 == 0:
            source = f"{folder}/{copy}/1/model.safetensors"
            shutil.copy(f"{folder}/{name}/1/model.safetensors", source)
        else:
            os.link(source, f"{folder}/{copy}/1/model.safetensors")
    return names
