#!/usr/bin/env python3
"""Runs the engine and its peers alternately and prints tables of medians and ratios. Needs the standard
library; `make bench` builds and installs the programs that it runs."""

import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ENGINE = os.path.join(HERE, ".build/release/engine-bench")
WORKLOADS = ["article", "sensor", "smd", "large"]

# The performance goals, peer ÷ ours, by measurement, peer and workload.
GOALS = {
    ("train", "torch"): {"article": 45, "sensor": 3, "smd": 1.8, "large": 1.4},
    ("train", "keras"): {"article": 5},
    ("one", "onnxruntime"): dict.fromkeys(["article", "sensor", "smd"], 1 / 0.6),
    ("many", "onnxruntime"): dict.fromkeys(["article", "sensor", "smd"], 1.5),
}


def command(runner, mode, workload, threads):
    if runner == "ours":
        return [ENGINE, mode, workload]
    script = {"torch": "torch_bench", "onnxruntime": "onnx_bench", "keras": "keras_bench"}[runner]
    python = os.path.join(HERE, ".venv/bin/python")
    return [python, os.path.join(HERE, "peers", script + ".py"), mode, workload, str(threads)]


def run(runner, mode, workload, threads):
    pin = ["taskset", "--cpu-list", "0"] if threads == 1 else []
    done = subprocess.run(pin + command(runner, mode, workload, threads), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{runner} {mode} {workload} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def alternate(runners, mode, workload, threads, rounds):
    """Returns the median of each figure by runner. The runners take turns, so that load from other processes
    affects all."""
    results = {runner: [] for runner in runners}
    for _ in range(rounds):
        for runner in runners:
            results[runner].append(run(runner, mode, workload, threads))
    return {
        runner: {key: statistics.median(r[key] for r in lines) for key in lines[0] if key != "name"}
        for runner, lines in results.items()
    }


def ratio(kind, peer, workload, value):
    goal = GOALS.get((kind, peer), {}).get(workload)
    return f"{value:.2f}×" + (f" (goal {goal:.2f}{', met' if value >= goal else ', missed'})" if goal else "")


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
    print()


def training(peers, workloads, threads, rounds):
    rows = []
    for workload in workloads:
        medians = alternate(["ours"] + peers, "train", workload, threads, rounds)
        ours = medians["ours"]
        rows.append(
            [workload, f"{ours['seconds']:.3f}", f"{ours['gflops']:.0f}", f"{100 * ours['share']:.0f} %",
             f"{ours['allocations_per_batch']:.0f}"]
            + [f"{medians[p]['seconds']:.3f}" for p in peers]
            + [ratio("train", p, workload, medians[p]["seconds"] / ours["seconds"]) for p in peers]
        )
    print(f"Training, {threads} threads. Share is GFLOP/s divided by OpenBLAS' rate on a large square "
          "product.\n")
    table(
        ["workload", "ours s", "GFLOP/s", "share", "allocations per batch"]
        + [f"{p} s" for p in peers] + [f"{p} ÷ ours" for p in peers],
        rows,
    )


def prediction(workloads, rounds):
    one, many = [], []
    peers = ["onnxruntime", "torch"]
    for workload in workloads:
        medians = alternate(["ours"] + peers, "predict", workload, 1, rounds)
        ours = medians["ours"]
        one.append(
            [workload, f"{ours['microseconds']:.1f}"] + [f"{medians[p]['microseconds']:.1f}" for p in peers]
            + [ratio("one", p, workload, medians[p]["microseconds"] / ours["microseconds"]) for p in peers]
        )
        many.append(
            [workload, f"{ours['windows_per_second']:.0f}", f"{ours['gflops']:.0f}",
             f"{ours['sgemm_gflops']:.0f}"]
            + [f"{medians[p]['windows_per_second']:.0f}" for p in peers]
            + [ratio("many", p, workload, ours["windows_per_second"] / medians[p]["windows_per_second"])
               for p in peers]
        )
    print("One window, one thread.\n")
    table(["workload", "ours µs"] + [f"{p} µs" for p in peers] + [f"{p} ÷ ours" for p in peers], one)
    print("256 windows, one thread, windows per second.\n")
    table(["workload", "ours", "GFLOP/s", "sgemm"] + peers + [f"ours ÷ {p}" for p in peers], many)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--keras", action="store_true", help="also run Keras on JAX (training only)")
    parser.add_argument("workloads", nargs="*", metavar="workload", help=", ".join(WORKLOADS))
    arguments = parser.parse_args()
    workloads = arguments.workloads or WORKLOADS
    peers = ["torch"] + (["keras"] if arguments.keras else [])
    training(peers, workloads, arguments.threads, arguments.rounds)
    prediction(workloads, arguments.rounds)


if __name__ == "__main__":
    main()
