#!/usr/bin/env python3
"""The measured figures of docs/capacity.md: what a window, a model and a folder of many models cost. Prints its tables. Needs the
standard library, wrk (`scripts/setup bench`) and a server built with `make build`.

What computing costs is told as processor time of the server. Others on the same machine can only lengthen that, so of several
measurements of a window's cost the shortest counts; other figures are medians."""

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
    """What a window costs, by network, by how many come in a request, and in which form: all in turn, several times, because
    others are at work for minutes and then not."""
    costs, sizes, shapes = {}, {}, {}
    with tempfile.TemporaryDirectory() as folder, Server(folder) as server:
        for name, (timesteps, features, units) in NETWORKS.items():
            parameters = server.train(name, 300 + timesteps, 1)["parameters"]
            shapes[name] = [f"{timesteps} × {features}", "-".join(map(str, units)), f"{parameters:,}"]
        for _ in range(ROUNDS):
            for name in NETWORKS:
                for path in "/reconstruct", "/score":
                    costs.setdefault((name, f"JSON, one, {path}"), []).append(alone(server, path, name, seconds))
                for form, (path, body, fields) in requests(name, 256).items():
                    answer = server.call("POST", path, body, fields)
                    sizes[name, form] = f"{len(body) / 256:.0f} + {len(answer) / 256:.0f}"
                    costs.setdefault((name, form), []).append(cost(server, path, body, fields, 256, seconds))
    table(["network", "T × F", "units", "parameters", "request", "µs a window", "windows/s and core", "bytes in + out"], [
        [name, *shapes[name], form, f"{1e6 * min(found):.1f}", f"{1 / min(found):,.0f}", sizes.get((name, form), "")]
        for (name, form), found in costs.items()])


def median(values):
    return statistics.median(values)


def cost(server, path, body, fields, count, seconds):
    """Processor time for a window where a request has several, in seconds."""
    start, end, sent = server.processor, time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        server.call("POST", path, body, fields)
        sent += count
    return (server.processor - start) / sent


def alone(server, path, name, seconds, count=None):
    """Processor time for a window alone in its request, from 32 connections, in seconds; of one model, or of so many copies."""
    timesteps, features, _ = NETWORKS[name]
    body = json.dumps({"model": "MODEL" if count else name, "windows": [series(timesteps, features)]})
    start = server.processor
    rate, _, counted = wrk(
        PORT, path, 32, seconds, "models.lua" if count else "post.lua", BODY=body, NAME=name, COUNT=str(count))
    assert counted["errors"] == 0
    return (server.processor - start) / (rate * seconds)


def trainings(seconds):
    """What a training costs: 2,000 rows, 50 epochs, on all cores."""
    rows = []
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    with tempfile.TemporaryDirectory() as folder, Server(folder, cores=cores) as server:
        for name in NETWORKS:
            epochs = 5 if name == "smd" else 50
            found = []
            for _ in range(3):
                start, began = server.processor, time.perf_counter()
                told = server.train(name, 2000, epochs)
                found.append((told["seconds"], time.perf_counter() - began, server.processor - start))
            fit, wall, processor = (50 / epochs * median(one) for one in zip(*found))
            rows.append([name, f"{told['parameters']:,}", f"{fit:.1f}", f"{processor:.1f}", f"{1e6 * processor / 50 / 1600:.0f}"])
    table(["network", "parameters", "s to fit 50 epochs", "processor time, s", "µs a window and epoch"], rows)


def models(seconds):
    """What a version takes on disk and in memory, beside what the server reckons."""
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
                    min(alone(server, "/score", name, seconds, of) for _ in range(ROUNDS)) for of in (None, count))
        rows.append([name, f"{parameters:,}", f"{4 * parameters / 1024:.0f}", f"{size.st_size / 1024:.0f}", f"{reckoned:.0f}",
                     f"{grown:.0f}", f"{1000 * cost:.2f}", f"{1e6 * one:.0f}", f"{1e6 * all_of_them:.0f}"])
    table(["network", "parameters", "weights, KiB", "file, KiB", "loaded, as reckoned, KiB", "resident, KiB",
           "ms of processor time to load it", "µs a window, one model", "500 in turn"], rows)


def registry(seconds):
    """What many models cost a server that knows them, and what it costs to find and to list them."""
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
                asked = iter(2 * chosen)
                cold, warm = (timed(lambda: server.call(
                    "POST", path.replace("=small", f"={next(asked)}"), body, fields), len(chosen)) for _ in range(2))
                file = server.get("/models/small/model.safetensors")
                put = timed(lambda: server.call("PUT", f"/models/new-{random.random()}/model.safetensors", file,
                                                {"Content-Type": "application/octet-stream"}), 20)
        rows.append([f"{count:,}", f"{median(starts):.2f}", f"{resident / (1 << 20):.0f}", ms(first), f"{listing:.2f}",
                     *map(ms, (index, one, metrics, cold, warm, put))])
    table(["models", "start to ready, s", "resident, MiB", "GET /models (100), ms", "all of them, s of processor time",
           "v2 index, ms", "GET /models/{m}, ms", "GET /metrics, ms", "/score, first, ms", "again, ms", "PUT, ms"], rows)


def eviction(seconds):
    """What it costs to load a version while there is room, and when another has to leave, which is the one of all in memory that
    wasn't used for the longest time."""
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
    table(["versions that fit", "ms of processor time to load one, with room", "without"], rows)


def timed(body, times):
    """The median of so many, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        body()
        found.append(time.perf_counter() - start)
    return median(found)


def ms(seconds):
    return f"{1000 * seconds:.2f}" if seconds < 0.1 else f"{1000 * seconds:.0f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {part.__name__: part for part in (windows, trainings, models, eviction, registry)}
    parser.add_argument("parts", nargs="*", metavar="part", default=list(parts), help=", ".join(parts))
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement of windows")
    parser.add_argument("--reprise", default=Server.executable, help="the executable")
    arguments = parser.parse_args()
    Server.executable = arguments.reprise
    for part in arguments.parts:
        parts[part](arguments.seconds)


if __name__ == "__main__":
    main()
