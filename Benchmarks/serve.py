#!/usr/bin/env python3
"""Measures the server under load and compares it with nginx. The server is pinned to one core, the load
generator to another. Needs the standard library, wrk, nginx, slowhttptest and a server built with `make
build`; `make bench-http` provides all."""

import argparse
import contextlib
import gc
import http.client
import json
import os
import random
import re
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
REPRISE = os.path.join(HERE, "../.build/release/reprise")
OURS, NGINX = 18991, 18992
TRAIN = {
    "model": "toy", "series": [[n / 10, (n / 10) ** 3] for n in range(1, 10)], "timesteps": 3,
    "units": [128, 64], "activation": "relu", "scaling": "none", "epochs": 50, "batch_size": 5,
}
ONE = json.dumps({"model": "toy", "windows": [[[0.3, 0.027], [0.4, 0.064], [0.5, 0.125]]]})
# Enough work for the request to be queued: a few ms of one core.
MANY = json.dumps({"model": "toy", "windows": [[[0.3, 0.027], [0.4, 0.064], [0.5, 0.125]]] * 256})
NGINX_CONFIGURATION = """
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; client_body_temp_path {folder};
  server {{
    listen 127.0.0.1:{port}; default_type application/json; location / {{ return 200 '{{"status":"ok"}}'; }}
  }}
}}"""


def call(method, path, body=None, timeout=60):
    connection = http.client.HTTPConnection("127.0.0.1", OURS, timeout=timeout)
    connection.request(method, path, body)
    response = connection.getresponse()
    return response.status, response.read()


@contextlib.contextmanager
def reprise(*options, cores="0"):
    """Runs a server with the article's model. `server.seconds` is the time from start to the first response
    to /healthz."""
    folder = tempfile.TemporaryDirectory()
    start = time.perf_counter()
    command = ["taskset", "--cpu-list", cores, REPRISE, "serve", "--port", str(OURS), "--models",
               folder.name, *options]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while True:
            with contextlib.suppress(ConnectionError):
                if call("GET", "/healthz")[0] == 200:
                    break
        server.seconds = time.perf_counter() - start
        assert call("POST", "/train", json.dumps(TRAIN))[0] == 201
        yield server
    finally:
        server.terminate()
        server.wait()
        folder.cleanup()


@contextlib.contextmanager
def nginx():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w") as file:
            file.write(NGINX_CONFIGURATION.format(folder=folder, port=NGINX))
        os.chmod(folder, 0o777)
        server = subprocess.Popen(
            ["taskset", "--cpu-list", "0", "nginx", "-c", path], stderr=subprocess.DEVNULL)
        try:
            time.sleep(0.5)
            yield
        finally:
            server.terminate()
            server.wait()


def memory(server, field="VmRSS"):
    """Returns a field of /proc/PID/status, in MiB."""
    with open(f"/proc/{server.pid}/status") as file:
        return int(re.search(field + r":\s+(\d+)", file.read())[1]) / 1024


def wrk_command(port, path, connections, seconds, script=None, *options):
    command = ["taskset", "--cpu-list", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency",
               *options]
    command += ["-s", os.path.join(HERE, "wrk", script)] if script else []
    return command + [f"http://127.0.0.1:{port}{path}"]


def figures(text):
    """Returns wrk's latencies in µs by percentile, and the script's counters."""
    unit = {"us": 1, "ms": 1000, "s": 1000000}
    times = {k: float(v) * unit[u] for k, v, u in re.findall(r"(\d\d)%\s+([\d.]+)(us|ms|s)\n", text)}
    return times, {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", text)}


def wrk(port, path, connections, seconds, script=None, **settings):
    """Runs wrk and returns requests per second, latencies in µs by percentile, and counters, including
    errors."""
    done = subprocess.run(wrk_command(port, path, connections, seconds, script), capture_output=True,
                          text=True, env={**os.environ, **settings})
    times, counted = figures(done.stdout)
    counted["errors"] = sum(
        map(int, re.findall(r"(?:connect|read|write|timeout|responses:) (\d+)", done.stdout)))
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1]), times, counted


def table(header, rows):
    print("\n| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)


def throughput(seconds):
    rows = []
    with reprise() as server, nginx():
        for path, script, body in [("/healthz", None, ""), ("/reconstruct", "post.lua", ONE)]:
            for connections in (1, 32, 256):
                ours = wrk(OURS, path, connections, seconds, script, BODY=body)
                peer = wrk(NGINX, path, connections, seconds, script, BODY=body)
                for name, (rate, times, counted) in (("nginx", peer), ("ours", ours)):
                    rows.append([path, connections, name, f"{rate:.0f}",
                                 *(f"{times[p]:.0f}" for p in ("50", "90", "99")),
                                 f"{ours[0] / peer[0]:.2f}" if name == "ours" else "", counted["errors"]])
        print(f"start to ready: {1000 * server.seconds:.0f} ms (goal 100); resident when idle: "
              f"{memory(server):.1f} MiB (goal 40)")
    print("nginx sends a fixed response for both paths; /reconstruct: goal 32,100/s at 32 connections, "
          "80 µs at 1")
    table(["path", "connections", "server", "requests/s", "p50 µs", "p90 µs", "p99 µs", "ours ÷ nginx",
           "errors"], rows)


def idle(count):
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with reprise("--max-connections-per-peer", "100000", "--idle-timeout", "600") as server:
        before = memory(server)
        sockets = [socket.create_connection(("127.0.0.1", OURS)) for _ in range(count)]
        for one in sockets:
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        for one in sockets:
            assert one.recv(4096).startswith(b"HTTP/1.1 200")
        after = memory(server)
        start = time.perf_counter()
        call("GET", "/healthz")
        print(f"\n{count} idle connections: {before:.1f} → {after:.1f} MiB resident (goal 120),"
              f" response to another connection in {1000 * (time.perf_counter() - start):.1f} ms")


def large(size):
    """Posts one body of `size` MiB, rows of 8 numbers with 17 digits, to a server on all cores. Measures the
    time from its last byte to the response, and memory."""
    generator = random.Random(0)
    some = [json.dumps([generator.uniform(-1, 1) for _ in range(8)]) for _ in range(1000)]
    rows = some * ((size << 20) // (len(",".join(some)) + 1))
    body = f'{{"model":"none","series":[{",".join(rows)}]}}'.encode()
    with reprise("--max-body", str(2 * size), cores="0,1") as server:
        connection = socket.create_connection(("127.0.0.1", OURS))
        before = memory(server)
        head = b"POST /reconstruct HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n"
        connection.sendall(head % len(body))
        connection.sendall(body)
        start = time.perf_counter()
        assert connection.recv(4096).startswith(b"HTTP/1.1 404")
        seconds = time.perf_counter() - start
        grown = memory(server, "VmHWM") - before
        print(f"\n{len(body) / 1e6:.0f} MB of JSON into doubles: "
              f"{len(body) / 1e6 / seconds:.0f} MB/s (goal 400),"
              f" memory {grown * 1.048576 / (len(body) / 1e6):.2f} × the body (goal 2.5)")


def overload(seconds):
    """Measures the peak throughput of queued work, and the throughput at 1, 4 and 16 times that load. Clients
    pause 0.2 s after each response, whatever its status."""
    rows = []
    with reprise("--max-waiting", "16", "--max-connections-per-peer", "100000"):
        peak = max(wrk(OURS, "/reconstruct", c, seconds, "count.lua", BODY=MANY)[2]["ok"] / seconds
                   for c in (4, 8, 16))
        for factor in (1, 4, 16):
            connections = int(peak * factor * 0.2)
            health, end = [], time.perf_counter() + seconds
            with subprocess.Popen(wrk_command(OURS, "/reconstruct", connections, seconds, "count.lua"),
                                  env={**os.environ, "BODY": MANY, "DELAY": "200"}, stdout=subprocess.PIPE,
                                  text=True) as load:
                while time.perf_counter() < end:
                    time.sleep(0.01)
                    start = time.perf_counter()
                    assert call("GET", "/healthz")[0] == 200
                    health.append(1000 * (time.perf_counter() - start))
                times, counted = figures(load.stdout.read())
            rows.append([f"{factor} × {peak:.0f}/s", f"{sum(counted.values()) / seconds:.0f}",
                         f"{counted['ok'] / seconds:.0f}", f"{counted['ok'] / seconds / peak:.2f}",
                         f"{counted['refused'] / seconds:.0f}", counted["other"],
                         f"{sorted(health)[int(0.99 * len(health))]:.1f}"])
    table(["load", "requests/s", "200/s", "÷ peak (goal 0.80)", "503/s", "other", "GET /healthz, p99 ms"],
          rows)


SLOW = {
    "header (-H)": ["-H", "-i", "5", "-x", "24"],
    "body (-B)": ["-B", "-i", "5", "-s", "8192", "-x", "10", "-t", "POST", "-f", "application/json"],
    "range (-R)": ["-R", "-t", "HEAD", "-a", "10", "-b", "3000"],
    "read (-X)": ["-X", "-n", "1", "-w", "10", "-y", "20", "-z", "5", "-k", "3"],
}


def slow(seconds):
    """Runs slowhttptest in its four modes, with 1,000 connections each, while another client sends
    requests."""
    rows = []
    for mode, options in SLOW.items():
        with reprise(cores="0,1") as server, tempfile.TemporaryDirectory() as folder:
            path = "openapi.yaml" if "-X" in options else "reconstruct" if "-B" in options else ""
            command = ["slowhttptest", *options, "-c", "1000", "-r", "200", "-l", str(seconds), "-p", "3",
                       "-u", f"http://127.0.0.1:{OURS}/{path}"]
            times, end = [], time.perf_counter() + seconds
            with open(os.path.join(folder, "log"), "w+") as log:
                attack = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
                max_descriptors = 0
                while attack.poll() is None:
                    start = time.perf_counter()
                    assert call("POST", "/reconstruct", ONE, timeout=5)[0] == 200
                    times.append(1000 * (time.perf_counter() - start))
                    max_descriptors = max(max_descriptors, len(os.listdir(f"/proc/{server.pid}/fd")))
                    time.sleep(0.02)
                log.seek(0)
                output = re.sub(r"\x1b\[[\d;]*m", "", log.read())
            available = re.findall(r"service available:\s+(\w+)", output)
            rows.append([mode, max_descriptors, f"{available.count('YES')} of {len(available)}", len(times),
                         f"{sorted(times)[int(0.99 * len(times))]:.1f}", f"{memory(server, 'VmHWM'):.1f}"])
    table(["slowhttptest", "max descriptors", "available (slowhttptest)", "requests of the other client",
           "p99 ms", "peak memory MiB"], rows)


FLOODS = {
    "GET dygraph.js, gzip": ("/console/dygraph.js", ""),
    "GET /healthz": ("/healthz", ""),
    "POST /reconstruct": ("/reconstruct", ONE),
}


def connect():
    connection = socket.create_connection(("127.0.0.1", OURS), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def health(connection):
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def timed(times, action, *arguments):
    start = time.perf_counter()
    result = action(*arguments)
    times.append(1000 * (time.perf_counter() - start))
    return result


def fresh_health():
    with connect() as connection:
        health(connection)


def fairness(seconds, depth=20):
    """Measures GET /healthz, on a connection of its own and on fresh ones, while other connections send
    pipelined requests as fast as the server responds. The load generator gets only the time of its core that
    the measuring client leaves."""
    def row(name, connections, rate, kept, fresh):
        cells = []
        for times in (sorted(kept), sorted(fresh)):
            cells += [len(times), *(f"{times[int(p * (len(times) - 1))]:.1f}" for p in (0.5, 0.99, 1))]
        return [name, connections, rate, *cells]

    def measure():
        kept, fresh = [], []
        end = time.perf_counter() + seconds

        def repeat(times, *action):
            while not times or time.perf_counter() < end:
                timed(times, *action)
                time.sleep(0.005)

        with connect() as connection:
            threads = [threading.Thread(target=repeat, args=(kept, health, connection)),
                       threading.Thread(target=repeat, args=(fresh, fresh_health))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return kept, fresh

    os.sched_setaffinity(0, {1})
    gc.disable()
    rows = []
    with reprise("--max-connections-per-peer", "100000"):
        rows.append(row("none", 0, "", *measure()))
        for name, (path, body) in FLOODS.items():
            for connections in (200, 1000):
                command = ["nice", "-n", "19", *wrk_command(
                    OURS, path, connections, seconds + 3, "pipeline.lua", "--timeout", "60")]
                with subprocess.Popen(command, env={**os.environ, "BODY": body, "DEPTH": str(depth)},
                                      stdout=subprocess.PIPE, text=True) as load:
                    time.sleep(2)
                    kept, fresh = measure()
                    rate = re.search(r"Requests/sec:\s+([\d.]+)", load.stdout.read())[1]
                rows.append(row(name, connections, f"{float(rate):.0f}", kept, fresh))
                time.sleep(1)
    gc.enable()
    os.sched_setaffinity(0, range(os.cpu_count()))
    print(f"\nGET /healthz while other connections pipeline {depth} requests each; times in ms, "
          "goal: p99 below 50")
    columns = [f"{kind}{name}" for kind in ("", "fresh: ") for name in ("requests", "p50", "p99", "max")]
    table(["flood", "connections", "requests/s", *columns], rows)
    if any(float(p99) > 50 for row in rows for p99 in (row[5], row[9])):
        sys.exit("fairness: a 99th percentile is above 50 ms")


def soak(seconds):
    """Loads the server with 256 connections, compares each response with the first, and prints memory ten
    times."""
    with reprise() as server:
        expected = call("POST", "/reconstruct", ONE)[1].decode()
        rows = []
        for _ in range(10):
            rate, times, counted = wrk(
                OURS, "/reconstruct", 256, seconds // 10, "check.lua", BODY=ONE, EXPECTED=expected)
            rows.append([f"{rate:.0f}", f"{times['99']:.0f}", counted["right"], counted["wrong"],
                         counted["errors"], f"{memory(server):.1f}"])
        table(["requests/s", "p99 µs", "right", "wrong", "errors", "resident MiB"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*",
                        default=["throughput", "fairness", "idle", "large", "overload", "slow"],
                        help="throughput, fairness, idle, large, overload, slow, soak")
    parser.add_argument("--executable", help="the server to measure; by default that of `make build`")
    parser.add_argument("--seconds", type=int, default=5, help="duration of each load")
    parser.add_argument("--soak-seconds", type=int, default=300)
    arguments = parser.parse_args()
    global REPRISE
    REPRISE = arguments.executable or REPRISE
    run = {
        "throughput": lambda: throughput(arguments.seconds), "fairness": lambda: fairness(arguments.seconds),
        "idle": lambda: idle(10000), "large": lambda: large(100),
        "overload": lambda: overload(arguments.seconds), "slow": lambda: slow(12 * arguments.seconds),
        "soak": lambda: soak(arguments.soak_seconds),
    }
    for part in arguments.parts:
        run[part]()


if __name__ == "__main__":
    main()
