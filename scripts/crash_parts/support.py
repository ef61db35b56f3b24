"""What the parts share: a server as a process, a look into its files, and what has been found."""

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

SMALL = {"windows": [[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.1], [0.3, 0.9]]], "units": [2], "epochs": 1}
# A file of 1 MB, so that writing it takes a while.
MEDIUM = {**SMALL, "units": [128, 64]}
WINDOW = [[[0.1, 0.2], [0.3, 0.4]]]
NAMES = ["a", "b", "c"]
LOST = (OSError, http.client.HTTPException)


class Findings:
    """What has been checked, how often, and what was wrong."""

    def __init__(self):
        self.rows, self.lock, self.failed = {}, threading.Lock(), 0

    def expect(self, part, what, is_right, detail=""):
        with self.lock:
            row = self.rows.setdefault((part, what), {"right": 0, "wrong": 0, "figure": "", "detail": ""})
            row["right" if is_right else "wrong"] += 1
            if not is_right:
                self.failed += 1
                row["detail"] = row["detail"] or str(detail)[:200].replace("\n", " ").replace("|", "/")
                if row["wrong"] <= 5:
                    print(f"{part}: NOT {what}: {str(detail)[:600]}", file=sys.stderr, flush=True)
        return is_right

    def figure(self, part, what, figure):
        with self.lock:
            self.rows[part, what] = {"right": 0, "wrong": 0, "figure": figure, "detail": ""}

    def table(self):
        print("| part | what | times | result |\n|---|---|---|---|")
        for (part, what), row in self.rows.items():
            times = row["right"] + row["wrong"]
            result = row["figure"] or (f"**{row['wrong']} wrong**: {row['detail']}" if row["wrong"] else "right")
            print(f"| {part} | {what} | {times or ''} | {result} |")


class Server:
    """A server on a folder, at a port that is free; ready when this returns."""

    executable = None
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
        """The process, which may not be ready yet."""
        process = subprocess.Popen([cls.executable, "serve", "--port", "0", "--models", folder, *options], stderr=log)
        cls.processes.append(process)
        return process

    @classmethod
    def end_all(cls):
        """Those that nobody has ended."""
        for process in cls.processes:
            process.kill()
            process.wait()
        cls.processes.clear()

    def logged(self):
        with open(self.log.name, errors="replace") as file:
            return file.read()

    def complaint(self):
        """The last errors in the log, and whether it lives."""
        is_bad = re.compile(r" level=error |^Error:|^Fatal error|^\*\*\* Program")
        lines = [line for line in self.logged().split("\n") if is_bad.search(line)]
        return ("" if self.process.poll() is None else "the server has died; ") + " ".join(lines[-2:])

    def wait_for(self, pattern, seconds=30):
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.logged())):
            if self.process.poll() is not None or time.monotonic() > end:
                raise OSError(f"the server does not start: {self.complaint()}")
            time.sleep(0.002)
        return found

    def call(self, method, path, body=None, timeout=10):
        """Status, body, header fields."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            fields = {"Content-Type": "application/octet-stream"} if isinstance(body, bytes) else {}
            connection.request(method, path, json.dumps(body) if isinstance(body, dict) else body, fields)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def train(self, model, body=SMALL):
        """Status, and the new version's number."""
        status, answer, fields = self.call("POST", "/train", {"model": model, **body})
        return status, int(fields["Location"].rsplit("/", 1)[1]) if status == 201 else answer

    def reconstruct(self, model, version=None):
        """Status, the version that answers, and its answer without the model's name."""
        body = {"model": model, "windows": WINDOW} | ({"version": version} if version else {})
        status, answer, _ = self.call("POST", "/reconstruct", body)
        if status != 200:
            return status, None, answer
        answer = json.loads(answer)
        return status, answer["version"], answer["reconstructions"]

    def model(self, name):
        """Versions and aliases; none of a model that there isn't."""
        status, answer, _ = self.call("GET", f"/models/{name}")
        if status == 404:
            return [], {}
        if status != 200:
            raise OSError(f"GET /models/{name}: {status} {answer}")
        return json.loads(answer)["versions"], json.loads(answer)["aliases"]

    def models(self, limit=1000):
        """The latest version of each model, page by page."""
        latest, after = {}, ""
        while after is not None:
            status, answer, _ = self.call("GET", f"/models?limit={limit}" + (f"&after={after}" if after else ""))
            if status != 200:
                raise OSError(f"GET /models: {status} {answer}")
            page = json.loads(answer)
            latest |= {one["model"]: one["version"] for one in page["models"]}
            after = page["next"]
        return latest

    def download(self, name, version):
        """Status, bytes, ETag."""
        status, data, fields = self.call("GET", f"/models/{name}/versions/{version}/model.safetensors")
        return status, data, (fields["ETag"] or "").strip('"')

    def memory(self, field="VmRSS"):
        """In MiB."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(field + r":\s+(\d+)", file.read())[1]) / 1024

    def kill(self):
        self.is_killed = True
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """In good order; the exit status."""
        self.is_killed = True
        self.process.terminate()
        try:
            return self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()
            return "does not end"


def run_all(*bodies):
    """Each on a thread of its own; what this returns waits for all."""
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    return lambda: [thread.join() for thread in threads]


def flaw(data):
    """What is wrong with a version's file, found without the server; None if it is whole and both checksums hold."""
    try:
        start = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:start])
        claimed = header.pop("__metadata__")
        end = 0
        for tensor in sorted(header.values(), key=lambda tensor: tensor["data_offsets"]):
            first, last = tensor["data_offsets"]
            if first != end or last - first != 4 * math.prod(tensor["shape"]) or tensor["dtype"] != "F32":
                return f"a tensor is at {first} to {last}, the one before ends at {end}"
            end = last
        if start + end != len(data):
            return f"{len(data)} bytes, the header says {start + end}"
        digits = data.index(claimed["sha256"].encode())
        head = data[:digits] + b"0" * 64 + data[digits + 64:start]
        if hashlib.sha256(head).hexdigest() != claimed["sha256"]:
            return "the header's checksum is wrong"
        return None if hashlib.sha256(data[start:]).hexdigest() == claimed["data_sha256"] else "the data's checksum is wrong"
    except (ValueError, KeyError, TypeError) as error:
        return f"no safetensors file: {error!r}"


def leftovers(folder):
    """What is half-written there, and nobody's any more when no server runs."""
    return [os.path.join(at, name) for at, folders, files in os.walk(folder) for name in folders + files
            if name.startswith(".new-")]


def until(body, seconds):
    """How long it takes until something holds; None if it doesn't in time."""
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
    return f"median {times[len(times) // 2]:.1f} ms, 99 % {times[int(0.99 * len(times))]:.1f} ms, longest {times[-1]:.1f} ms"


findings = Findings()
expect, figure = findings.expect, findings.figure
