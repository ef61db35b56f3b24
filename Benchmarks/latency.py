#!/usr/bin/env python3
"""Measures the latency of POST /reconstruct on an idle server and while a model trains on all cores. Prints a
table. Needs the standard library and a server built with `make build`."""

import argparse
import http.client
import json
import math
import os
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PORT = 18999

ARTICLE = {
    "model": "toy", "series": [[n / 10, (n / 10) ** 3] for n in range(1, 10)], "timesteps": 3,
    "units": [128, 64], "activation": "relu", "scaling": "none", "epochs": 50, "batch_size": 5,
}
# The workload smd with enough epochs to outlast the measurement.
LONG = {
    "model": "long", "series": [[math.sin(row * (1 + f / 7)) for f in range(38)] for row in range(1123)],
    "timesteps": 100, "units": [128, 64], "batch_size": 64, "epochs": 1000,
}


def post(connection, path, body):
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, response.read()


def measure(seconds):
    """Sends requests one after the other on one connection and returns their latencies in µs, sorted."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    body = json.dumps({"model": "toy", "windows": [[[0.3, 0.027], [0.4, 0.064], [0.5, 0.125]]]})
    times, end = [], time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        status, _ = post(connection, "/reconstruct", body)
        times.append(1e6 * (time.perf_counter() - start))
        assert status == 200
    return sorted(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="duration of each measurement")
    arguments = parser.parse_args()
    reprise = os.path.join(HERE, "../.build/release/reprise")
    folder = tempfile.TemporaryDirectory()
    command = [reprise, "serve", "--port", str(PORT), "--models", folder.name]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        server.stderr.readline()
        # Drain the pipe: with a full pipe the server would drop log lines, which costs less than writing
        # them.
        threading.Thread(target=server.stderr.read, daemon=True).start()
        assert post(http.client.HTTPConnection("127.0.0.1", PORT), "/train", json.dumps(ARTICLE))[0] == 201
        measure(1)
        rows = [("idle", measure(arguments.seconds))]
        training = http.client.HTTPConnection("127.0.0.1", PORT)
        body = json.dumps(LONG)

        def train():
            try:
                post(training, "/train", body)
            except (OSError, http.client.HTTPException):
                pass

        threading.Thread(target=train, daemon=True).start()
        time.sleep(2)
        rows.append(("while a model trains", measure(arguments.seconds)))
    finally:
        server.kill()
        server.wait()
        folder.cleanup()
    print("| POST /reconstruct, article's model | requests | median µs | p99 µs | p99 ÷ idle |\n"
          "|---|---|---|---|---|")
    p99 = [times[int(0.99 * len(times))] for _, times in rows]
    for (name, times), value in zip(rows, p99):
        print(
            f"| {name} | {len(times)} | {times[len(times) // 2]:.0f} | {value:.0f} | {value / p99[0]:.2f} |")


if __name__ == "__main__":
    main()
