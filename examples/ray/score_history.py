#!/usr/bin/env python3
"""Scores the recordings of a fleet, stored as Parquet files, on all machines of a Ray cluster without a
server on each.

    reprise serve --models models &
    python3 examples/ray/make_fleet.py today --today
    python3 examples/ray/score_history.py today scores

Each file of the folder belongs to one machine: the model pump-01 scores today/pump-01.parquet. The script
downloads the models once, as ONNX, from the server at --url, REPRISE_URL or http://127.0.0.1:8080
(REPRISE_API_KEY is the key, if the server needs one). Ray copies them to the workers, where ONNX Runtime
computes the same scores as POST /score. The unit of work is a row group of a file, together with the rows
before it that its first windows need. The folder `scores` is overwritten and gets a row for each window:
machine, row (the window's last row, from 0), time if the file has that column, error and score; a score above
1 is an anomaly. All machines of the cluster must see both folders under the same path."""

import argparse
import functools
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
import numpy as np
import onnxruntime
import pyarrow
import pyarrow.dataset
import pyarrow.parquet
import ray
import reprise_client
from ray.data import ActorPoolStrategy, SaveMode
from reprise_client import Client, Problem, problems_to_stderr

# Windows per pass through a network.
BATCH = 1024


def fetch(client, machine):
    """The model of a machine: its description by the server, and its ONNX file."""
    facts = client.json("GET", f"/models/{machine}")
    if facts["error_kind"] != "mse" or not facts["threshold"]:
        raise Problem("Cannot be scored with ONNX",
                      f"{machine} has the threshold {facts['threshold']} for {facts['error_kind']}",
                      hint="The ONNX file computes the mean squared error: "
                           "train with error_kind=mse, as train_fleet.py does.")
    if not facts["feature_names"]:
        raise Problem("Cannot be scored", f"the model {machine} has no feature names",
                      hint="Train with feature_names, as train_fleet.py does.")
    return facts, client.call(
        "GET", f"/models/{machine}/versions/{facts['version']}/model.onnx", accept="*/*")


def pieces(machine, path, names):
    """The units of work of a file: its row groups."""
    with pyarrow.parquet.ParquetFile(path) as file:
        missing = sorted(set(names) - set(file.schema_arrow.names))
        if missing:
            raise Problem(
                "No such column", f"{path.name} has no {', '.join(missing)}, which {machine} was trained on")
        return [{"machine": machine, "path": str(path), "group": group}
                for group in range(file.num_row_groups)]


def read(path, group, before, columns):
    """A row group with `before` rows before it, or all that exist, and the number of the first of these rows
    in the file."""
    with pyarrow.parquet.ParquetFile(path) as file:
        counts = [file.metadata.row_group(index).num_rows for index in range(group + 1)]
        earliest = group
        while earliest > 0 and sum(counts[earliest:group]) < before:
            earliest -= 1
        columns = [name for name in columns if name in file.schema_arrow.names]
        table = file.read_row_groups(list(range(earliest, group + 1)), columns=columns)
    skipped = max(0, sum(counts[earliest:group]) - before)
    return table.slice(skipped), sum(counts[:earliest]) + skipped


class Scorer:
    """Scores pieces one after the other. A worker keeps the networks that it used most recently."""

    def __init__(self, models):
        self.models = models
        self.session = functools.lru_cache(maxsize=64)(self.session)

    def session(self, machine):
        facts, network = ray.get(self.models[machine])
        options = onnxruntime.SessionOptions()
        # Ray assigns one core to each worker.
        options.intra_op_num_threads = 1
        return facts, onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])

    def __call__(self, batch):
        for machine, path, group in zip(*(batch[name].to_pylist() for name in ("machine", "path", "group"))):
            yield self.score(machine, path, group)

    def score(self, machine, path, group):
        facts, session = self.session(machine)
        timesteps, names = facts["timesteps"], facts["feature_names"]
        table, first = read(path, group, timesteps - 1, ["time", *names])
        # A gap is filled with the value before it, as in training.
        rows = table.select(names).to_pandas().ffill().to_numpy(np.float32)
        errors = np.empty(max(0, len(rows) - timesteps + 1), np.float32)
        if len(errors):
            windows = np.lib.stride_tricks.sliding_window_view(rows, timesteps, axis=0).transpose(0, 2, 1)
            for start in range(0, len(errors), BATCH):
                part = np.ascontiguousarray(windows[start:start + BATCH])
                errors[start:start + BATCH] = session.run(["error"], {"windows": part})[0]
        last = np.arange(len(errors)) + timesteps - 1
        columns = {"machine": [machine] * len(errors), "row": first + last}
        if "time" in table.column_names:
            columns["time"] = table["time"].take(last)
        return pyarrow.table({**columns, "error": errors, "score": errors / np.float32(facts["threshold"])})


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="folder of Parquet files, one per machine")
    parser.add_argument("scores", type=pathlib.Path, help="the folder for the scores")
    parser.add_argument("--url", help="URL of the server that has the models")
    parser.add_argument(
        "--address", help="address of the Ray cluster; without it, one is started on this machine")
    arguments = parser.parse_args()
    with problems_to_stderr():
        machines = {path.stem: path.resolve() for path in sorted(arguments.folder.glob("*.parquet"))}
        if not machines:
            raise Problem("No data", f"there is no .parquet file in {arguments.folder}")
        ray.init(arguments.address, runtime_env={"py_modules": [reprise_client]}, log_to_driver=False,
                 logging_level="WARNING")
        client = Client(arguments.url)
        models, parts = {}, []
        for machine, path in machines.items():
            facts, network = fetch(client, machine)
            models[machine] = ray.put((facts, network))
            parts += pieces(machine, path, facts["feature_names"])
        workers = max(1, min(len(parts), int(ray.cluster_resources()["CPU"])))
        scores = ray.data.from_items(parts, override_num_blocks=len(parts)).map_batches(
            Scorer, fn_constructor_kwargs={"models": models}, batch_format="pyarrow", num_cpus=1,
            compute=ActorPoolStrategy(min_size=1, max_size=workers))
        scores.write_parquet(str(arguments.scores.resolve()), mode=SaveMode.OVERWRITE)
        scored = pyarrow.dataset.dataset(arguments.scores).to_table(columns=["machine", "score"]).to_pandas()
        for machine, score in scored.groupby("machine")["score"]:
            print(f"{machine}: {len(score)} windows, {(score > 1).sum()} above 1, "
                  f"the highest {score.max():.2f}")


if __name__ == "__main__":
    main()
