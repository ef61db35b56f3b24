"""Shared by the parts: a server as a process, checks of its files, and the results."""

import hashlib
import http.client
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

# The scaling and the error kind are those that all releases understand.
SMALL = {
    "windows": [[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.1], [0.3, 0.9]]], "units": [2], "epochs": 1,
    "scaling": "standard", "error_kind": "mse"}
# A file of 1 MB, so that writing it takes some time.
MEDIUM = {**SMALL, "units": [128, 64]}
WINDOW = [[[0.1, 0.2], [0.3, 0.4]]]
NAMES = ["a", "b", "c"]
LOST = (OSError, http.client.HTTPException)


class Findings:
    """The checks, how often each was made, and its failures."""

    def __init__(self):
        self.rows, self.lock, self.failed = {}, threading.Lock(), 0

    def expect(self, part, what, is_right, detail=""):
        with self.lock:
            row = self.rows.setdefault((part, what), {"passed": 0, "failed": 0, "figure": "", "detail": ""})
            row["passed" if is_right else "failed"] += 1
            if not is_right:
                self.failed += 1
                row["detail"] = row["detail"] or str(detail)[:200].replace("\n", " ").replace("|", "/")
                if row["failed"] <= 5:
                    print(f"{part}: FAILED: {what}: {str(detail)[:600]}", file=sys.stderr, flush=True)
        return is_right

    def figure(self, part, what, figure):
        with self.lock:
            self.rows[part, what] = {"passed": 0, "failed": 0, "figure": figure, "detail": ""}

    def table(self):
        print("| part | what | times | result |\n|---|---|---|---|")
        for (part, what), row in self.rows.items():
            times = row["passed"] + row["failed"]
            result = row["figure"] or (
                f"**{row['failed']} failed**: {row['detail']}" if row["failed"] else "passed")
            print(f"| {part} | {what} | {times or ''} | {result} |")


class Server:
    """A server on a folder, at a free port. The constructor returns when the server is ready."""

    executable = None
    # The executable of an older release; None if there is none.
    older = None
    processes = []

    def __init__(self, folder, *options):
        self.is_killed = False
        self.log = tempfile.NamedTemporaryFile()
        start = time.perf_counter()
        self.process = self.launch(folder, *options, log=self.log)
        try:
            self.port = int(self.wait_for(r"url=http://127\.0\.0\.1:(\d+)")[1])
            while self.call("GET", "/readyz")[0] != 200:
                time.sleep(0.002)
        except BaseException:
            self.kill()
            raise
        self.seconds = time.perf_counter() - start

    @classmethod
    def launch(cls, folder, *options, log=subprocess.DEVNULL):
        """Starts a process without waiting until it is ready."""
        process = subprocess.Popen(
            [cls.executable, "serve", "--port", "0", "--models", folder, *options], stderr=log)
        cls.processes.append(process)
        return process

    @classmethod
    def end_all(cls):
        """Ends all processes that still run."""
        for process in cls.processes:
            process.kill()
            process.wait()
        cls.processes.clear()

    def logged(self):
        with open(self.log.name, errors="replace") as file:
            return file.read()

    def last_errors(self):
        """The last errors in the log, and whether the server has died."""
        is_error = re.compile(r" level=error |^Error:|^Fatal error|^\*\*\* Program")
        lines = [line for line in self.logged().split("\n") if is_error.search(line)]
        return ("" if self.process.poll() is None else "the server has died; ") + " ".join(lines[-2:])

    def wait_for(self, pattern, seconds=30):
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.logged())):
            if self.process.poll() is not None or time.monotonic() > end:
                raise OSError(f"the server does not start: {self.last_errors()}")
            time.sleep(0.002)
        return found

    def call(self, method, path, body=None, timeout=10):
        """Status, body and header fields of a response."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            fields = {"Content-Type": "application/octet-stream"} if isinstance(body, bytes) else {}
            connection.request(method, path, json.dumps(body) if isinstance(body, dict) else body, fields)
            response = connection.getresponse()
            return response.status, response.read(), response.headers
        finally:
            connection.close()

    def train(self, model, body=SMALL):
        """Status and number of the new version."""
        status, response, fields = self.call("POST", "/train", {"model": model, **body})
        return status, int(fields["Location"].rsplit("/", 1)[1]) if status == 201 else response

    def reconstruct(self, model, version=None):
        """Status, the version used, and the reconstructions."""
        body = {"model": model, "windows": WINDOW} | ({"version": version} if version else {})
        status, response, _ = self.call("POST", "/reconstruct", body)
        if status != 200:
            return status, None, response
        response = json.loads(response)
        return status, response["version"], response["reconstructions"]

    def model(self, name):
        """Versions and aliases of a model; both empty if it does not exist."""
        status, response, _ = self.call("GET", f"/models/{name}")
        if status == 404:
            return [], {}
        if status != 200:
            raise OSError(f"GET /models/{name}: {status} {response}")
        return json.loads(response)["versions"], json.loads(response)["aliases"]

    def models(self, limit=1000):
        """The latest version of each model, read page by page."""
        latest, after = {}, ""
        while after is not None:
            status, response, _ = self.call(
                "GET", f"/models?limit={limit}" + (f"&after={after}" if after else ""))
            if status != 200:
                raise OSError(f"GET /models: {status} {response}")
            page = json.loads(response)
            latest |= {one["model"]: one["version"] for one in page["models"]}
            after = page["next"]
        return latest

    def download(self, name, version):
        """Status, bytes and ETag."""
        status, data, fields = self.call("GET", f"/models/{name}/versions/{version}/model.safetensors")
        return status, data, (fields["ETag"] or "").strip('"')

    def memory(self, field="VmRSS"):
        """A memory figure of the process, in MiB."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(field + r":\s+(\d+)", file.read())[1]) / 1024

    def kill(self):
        self.is_killed = True
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ends the server with SIGTERM; returns the exit status."""
        self.is_killed = True
        self.process.terminate()
        try:
            return self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()
            return "the server does not end"


def run_all(*bodies):
    """Runs each body on a thread of its own; returns a function that waits for all."""
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    return lambda: [thread.join() for thread in threads]


def fault_of(data):
    """The fault of a version's file, found without the server; None if it is complete and both checksums
    match."""
    try:
        start = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:start])
        metadata = header.pop("__metadata__")
        end = 0
        for tensor in sorted(header.values(), key=lambda tensor: tensor["data_offsets"]):
            first, last = tensor["data_offsets"]
            if first != end or last - first != 4 * math.prod(tensor["shape"]) or tensor["dtype"] != "F32":
                return f"a tensor is at {first} to {last}, the one before ends at {end}"
            end = last
        if start + end != len(data):
            return f"{len(data)} bytes, the header says {start + end}"
        digits = data.index(metadata["sha256"].encode())
        head = data[:digits] + b"0" * 64 + data[digits + 64:start]
        if hashlib.sha256(head).hexdigest() != metadata["sha256"]:
            return "the header's checksum is wrong"
        is_intact = hashlib.sha256(data[start:]).hexdigest() == metadata["data_sha256"]
        return None if is_intact else "the data's checksum is wrong"
    except (ValueError, KeyError, TypeError) as error:
        return f"not a safetensors file: {error!r}"


def leftovers(folder):
    """Partially written files and folders, which must not exist while no server runs."""
    return [os.path.join(at, name) for at, folders, files in os.walk(folder) for name in folders + files
            if name.startswith(".new-")]


def until(body, seconds):
    """The time until a condition holds; None if it does not hold in time."""
    start = time.perf_counter()
    while time.perf_counter() < start + seconds:
        if body():
            return time.perf_counter() - start
        time.sleep(0.01)
    return None


def timed(body):
    start = time.perf_counter()
    value = body()
    return value, time.perf_counter() - start


def quantiles(times):
    times = sorted(1000 * time for time in times)
    median, p99 = times[len(times) // 2], times[int(0.99 * len(times))]
    return f"median {median:.1f} ms, 99 % {p99:.1f} ms, longest {times[-1]:.1f} ms"


findings = Findings()
expect, figure = findings.expect, findings.figure
