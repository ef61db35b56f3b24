#!/usr/bin/env python3
"""Measures the cost of a window, a model and a folder of many models, and prints the tables of
docs/capacity.md. Needs the standard library, wrk (`scripts/setup bench`) and a server built with
`make build`.

Computing costs are given as the CPU time of the server process. Other processes on the machine can only
increase them, so the cost of a window is the minimum of several measurements; all other figures are
medians."""

import argparse
import json
import math
import os
import random
import statistics
import tempfile
import time

from costs import NETWORKS, PORT, Server, copies, requests, series
from serve import table, wrk

ROUNDS = 7


def windows(seconds):
    """Measures the cost of a window by network, number of windows in a request, and format. All combinations
    take turns for several rounds, because load from other processes comes and goes within minutes."""
    costs, sizes, shapes = {}, {}, {}
    with tempfile.TemporaryDirectory() as folder, Server(folder) as server:
        for name, (timesteps, features, units) in NETWORKS.items():
            parameters = server.train(name, 300 + timesteps, 1)["parameters"]
            shapes[name] = [f"{timesteps} × {features}", "-".join(map(str, units)), f"{parameters:,}"]
        for _ in range(ROUNDS):
            for name in NETWORKS:
                for path in "/reconstruct", "/score":
                    costs.setdefault((name, f"JSON, one, {path}"), []).append(
                        alone(server, path, name, seconds))
                for form, (path, body, fields) in requests(name, 256).items():
                    response = server.call("POST", path, body, fields)
                    sizes[name, form] = f"{len(body) / 256:.0f} + {len(response) / 256:.0f}"
                    costs.setdefault((name, form), []).append(cost(server, path, body, fields, 256, seconds))
    table(["network", "T × F", "units", "parameters", "request", "µs per window", "windows/s per core",
           "bytes in + out"], [
        [name, *shapes[name], form, f"{1e6 * min(found):.1f}", f"{1 / min(found):,.0f}",
         sizes.get((name, form), "")]
        for (name, form), found in costs.items()])


def median(values):
    return statistics.median(values)


def cost(server, path, body, fields, count, seconds):
    """Returns the CPU time of the server for one window, in seconds, when each request has `count`
    windows."""
    start, end, sent = server.processor, time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        server.call("POST", path, body, fields)
        sent += count
    return (server.processor - start) / sent


def alone(server, path, name, seconds, count=None):
    """Returns the CPU time of the server for one window, in seconds, when each request has one window and 32
    connections send them. Requests use one model, or `count` copies of it in random order."""
    timesteps, features, _ = NETWORKS[name]
    body = json.dumps({"model": "MODEL" if count else name, "windows": [series(timesteps, features)]})
    start = server.processor
    rate, _, counted = wrk(
        PORT, path, 32, seconds, "models.lua" if count else "post.lua", BODY=body, NAME=name,
        COUNT=str(count))
    assert counted["errors"] == 0
    return (server.processor - start) / (rate * seconds)


def trainings(seconds):
    """Measures the cost of training on 2,000 rows for 50 epochs, on all cores."""
    rows = []
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    with tempfile.TemporaryDirectory() as folder, Server(folder, cores=cores) as server:
        for name in NETWORKS:
            epochs = 5 if name == "smd" else 50
            found = []
            for _ in range(3):
                start, began = server.processor, time.perf_counter()
                trained = server.train(name, 2000, epochs)
                found.append((trained["seconds"], time.perf_counter() - began, server.processor - start))
            fit, wall, processor = (50 / epochs * median(one) for one in zip(*found))
            rows.append([name, f"{trained['parameters']:,}", f"{fit:.1f}", f"{processor:.1f}",
                         f"{1e6 * processor / 50 / 1600:.0f}"])
    table(["network", "parameters", "s to fit 50 epochs", "CPU time, s", "µs per window and epoch"], rows)


def models(seconds):
    """Measures the size of a version on disk and in memory, and compares it with the server's estimate."""
    rows = []
    for name, (timesteps, features, _) in NETWORKS.items():
        with tempfile.TemporaryDirectory() as folder:
            with Server(folder) as server:
                parameters = server.train(name, 2000, 5)["parameters"]
            size = os.stat(f"{folder}/{name}/1/model.safetensors")
            count = 500
            names = copies(folder, name, count)
            path, body, fields = requests(name, 1)["npy, windows"]
            with Server(folder) as server:
                server.call("POST", path, body, fields)
                before, reckoned = server.memory, server.loaded
                start = server.processor
                for one in names:
                    server.call("POST", path.replace(f"model={name}", f"model={one}"), body, fields)
                cost = (server.processor - start) / count
                grown = (server.memory - before) / count / 1024
                reckoned = (server.loaded - reckoned) / count / 1024
                one, all_of_them = (
                    min(alone(server, "/score", name, seconds, of) for _ in range(ROUNDS))
                    for of in (None, count))
        rows.append([name, f"{parameters:,}", f"{4 * parameters / 1024:.0f}", f"{size.st_size / 1024:.0f}",
                     f"{reckoned:.0f}", f"{grown:.0f}", f"{1000 * cost:.2f}", f"{1e6 * one:.0f}",
                     f"{1e6 * all_of_them:.0f}"])
    table(["network", "parameters", "weights, KiB", "file, KiB", "estimated in memory, KiB", "resident, KiB",
           "ms of CPU time to load", "µs per window, one model", "500 models"], rows)


def registry(seconds):
    """Measures start, memory and the time of single requests of a server with many models."""
    rows = []
    for count in (100, 1_000, 10_000, 100_000):
        with tempfile.TemporaryDirectory() as folder:
            with Server(folder) as server:
                server.train("small", 2000, 5)
            names = copies(folder, "small", count - 1)
            options = ["--max-versions", str(2 * count)]
            starts = []
            for _ in range(3):
                with Server(folder, *options) as server:
                    starts.append(server.seconds)
            with Server(folder, *options) as server:
                resident = server.memory
                first = timed(lambda: server.get("/models"), 5)
                index = timed(lambda: server.call("POST", "/v2/repository/index"), 3)
                one = timed(lambda: server.get(f"/models/{random.choice(names)}"), 200)
                metrics = timed(lambda: server.get("/metrics"), 5)
                start, page = server.processor, ""
                while page is not None:
                    page = json.loads(server.get(f"/models?limit=1000&after={page}"))["next"]
                listing = server.processor - start
                path, body, fields = requests("small", 1)["npy, windows"]
                chosen = random.sample(names, min(len(names), 1000))
                remaining = iter(2 * chosen)
                cold, warm = (
                    timed(lambda: server.call(
                        "POST", path.replace("=small", f"={next(remaining)}"), body, fields), len(chosen))
                    for _ in range(2))
                file = server.get("/models/small/model.safetensors")
                put = timed(lambda: server.call("PUT", f"/models/new-{random.random()}/model.safetensors",
                                                file, {"Content-Type": "application/octet-stream"}), 20)
        rows.append([f"{count:,}", f"{median(starts):.2f}", f"{resident / (1 << 20):.0f}", ms(first),
                     f"{listing:.2f}", *map(ms, (index, one, metrics, cold, warm, put))])
    table(["models", "start to ready, s", "resident, MiB", "GET /models (100), ms",
           "all pages, s of CPU time", "v2 index, ms", "GET /models/{m}, ms", "GET /metrics, ms",
           "/score, first, ms", "/score, second, ms", "PUT, ms"], rows)


def eviction(seconds):
    """Measures the cost of loading a version into a cache with free space and into a full one, which evicts
    the least recently used version."""
    name, rows = "small", []
    with tempfile.TemporaryDirectory() as folder:
        with Server(folder) as server:
            server.train(name, 100, 1)
        names = copies(folder, name, 13_000)
        path, body, fields = requests(name, 1)["npy, windows"]

        def load(server, names):
            start = server.processor
            for one in names:
                server.call("POST", path.replace(f"={name}", f"={one}"), body, fields)
            return 1000 * (server.processor - start) / len(names)
        with Server(folder) as server:
            load(server, names[:100])
            size = server.loaded / 100
        for fit in (1_000, 3_000, 12_000):
            with Server(folder, "--max-loaded", str(math.ceil(fit * size / (1 << 20)))) as server:
                load(server, names[:100])
                room = load(server, names[100:900])
                load(server, names[900:fit + 100])
                full = load(server, names[fit + 100:fit + 900])
                rows.append([f"{fit:,}", f"{room:.2f}", f"{full:.2f}"])
    table(["versions that fit", "ms of CPU time to load one, with free space", "in a full cache"], rows)


def timed(body, times):
    """Returns the median duration of `times` calls, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        body()
        found.append(time.perf_counter() - start)
    return median(found)


def ms(seconds):
    return f"{1000 * seconds:.2f}" if seconds < 0.1 else f"{1000 * seconds:.0f}"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {part.__name__: part for part in (windows, trainings, models, eviction, registry)}
    parser.add_argument("parts", nargs="*", metavar="part", default=list(parts), help=", ".join(parts))
    parser.add_argument("--seconds", type=int, default=2, help="duration of each measurement of windows")
    parser.add_argument("--reprise", default=Server.executable, help="path of the reprise executable")
    arguments = parser.parse_args()
    Server.executable = arguments.reprise
    for part in arguments.parts:
        parts[part](arguments.seconds)


if __name__ == "__main__":
    main()
