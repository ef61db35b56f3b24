#!/usr/bin/env python3
"""Trains a model for each machine of a fleet on a Ray cluster, and stores all in one folder of models.

    pip install -r examples/ray/requirements.txt
    python3 examples/ray/make_fleet.py fleet
    python3 examples/ray/train_fleet.py fleet --models models

Each file of the folder belongs to one machine: fleet/pump-01.parquet, or .csv, produces the model pump-01.
Each Ray task starts a server of its own, trains on it, and passes the version to one actor. This actor alone
writes to the folder of models, also through a server, so that a version exists completely or not at all, and
servers on the same folder find it within a second. All machines of the cluster must see the data under the
same path and have the executable (--reprise or REPRISE).

A model is not trained again if it has a version from the same rows with the same options. The script can
therefore be restarted after any failure, and with new data it trains only the machines whose data changed. If
the machine of a task dies, Ray starts the task again on another one."""

import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
import fleet
import ray
import reprise_client
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
from reprise_client import Problem, problems_to_stderr


@ray.remote(num_cpus=0)
class Registry:
    """The only writer of the folder of models. It runs one call at a time, so that of two tasks with the same
    version, such as one that was considered dead and its replacement, only the first adds it."""

    def start(self, reprise, models):
        self.server = fleet.LocalServer(reprise, models)

    def find(self, machine, recipe):
        """The version of a model that was made from this recipe; None if there is none."""
        try:
            versions = self.server.json("GET", f"/models/{machine}")["versions"]
        except Problem as problem:
            if problem.status == 404:
                return None
            raise
        for version in reversed(versions):
            file = self.server.call(
                "GET", f"/models/{machine}/versions/{version}/model.safetensors", accept="*/*")
            if recipe.items() <= self.recipe(file).items():
                return version
        return None

    @staticmethod
    def recipe(file):
        """The recipe that a model's file records: data, architecture and training options."""
        header = json.loads(file[8:8 + int.from_bytes(file[:8], "little")])["__metadata__"]
        parts = {name: json.loads(header.get(name, "{}"))
                 for name in ("architecture", "training", "errors", "data")}
        return {"timesteps": int(header["timesteps"]), "error_kind": parts["errors"].get("kind"),
                "sha256": parts["data"].get("sha256"), **parts["architecture"], **parts["training"]}

    def add(self, machine, recipe, file):
        """Stores a version unless it exists, and returns its number. The version is on disk then."""
        found = self.find(machine, recipe)
        return found or self.server.json(
            "PUT", f"/models/{machine}/model.safetensors", file, "application/octet-stream")["version"]

    def stop(self):
        self.server.stop()


# Ray retries if the worker or its machine dies, but not after an exception, such as for faulty data.
@ray.remote(num_cpus=1, max_retries=10)
def train(machine, path, options, reprise, registry):
    """Trains a model unless it exists. Returns its version, and whether this call trained it."""
    names, rows = fleet.read(path)
    if len(rows) < options["timesteps"]:
        raise Problem(
            "Too few rows", f"{path.name} has {len(rows)} rows, but a window has {options['timesteps']}")
    recipe = {**options, "sha256": fleet.fingerprint(rows, options["timesteps"])}
    if version := ray.get(registry.find.remote(machine, recipe)):
        return version, False
    with tempfile.TemporaryDirectory() as folder, fleet.LocalServer(reprise, folder) as server:
        query = {"model": machine, "feature_names": names, **options}
        server.call("POST", "/train", fleet.npy(rows), "application/x-npy", query=query)
        file = server.call("GET", f"/models/{machine}/model.safetensors", accept="*/*")
    # The last step: a task that gets this far is not repeated.
    return ray.get(registry.add.remote(machine, recipe, file)), True


def train_all(folder, models, reprise, options):
    """Trains the models that are missing, prints a line per machine, and returns how many failed."""
    machines = fleet.files(folder)
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    registry = Registry.options(scheduling_strategy=here).remote()
    try:
        ray.get(registry.start.remote(reprise, pathlib.Path(models).resolve()))
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None
    running = {machine: train.remote(machine, path, options, reprise, registry)
               for machine, path in machines.items()}
    trained = failed = 0
    for machine, result in running.items():
        try:
            version, is_new = ray.get(result)
            trained += is_new
            print(f"{machine}: version {version}{'' if is_new else ' existed'}", flush=True)
        except ray.exceptions.RayError as error:
            failed += 1
            print(f"{machine}: {getattr(error, 'cause', error)}", file=sys.stderr, flush=True)
    ray.get(registry.stop.remote())
    print(f"{len(machines)} machines: {trained} trained, {len(machines) - trained - failed} existed, "
          f"{failed} failed")
    return failed


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="folder of CSV or Parquet files, one per machine")
    parser.add_argument("--models", default="models", help="the folder for the models (default: models)")
    parser.add_argument("--reprise", default=os.environ.get("REPRISE", "reprise"),
                        help="the executable (default: REPRISE, or reprise)")
    parser.add_argument(
        "--address", help="address of the Ray cluster; without it, one is started on this machine")
    parser.add_argument("--timesteps", type=int, default=24, help="timesteps of a window (default: 24)")
    parser.add_argument(
        "--units", type=int, nargs="+", default=[32, 8], help="units of the encoder's layers (default: 32 8)")
    parser.add_argument("--epochs", type=int, default=50, help="epochs of the training (default: 50)")
    arguments = parser.parse_args()
    # The exported network computes the mean squared error: see score_history.py.
    options = {"timesteps": arguments.timesteps, "units": arguments.units, "epochs": arguments.epochs,
               "error_kind": "mse"}
    with problems_to_stderr():
        if not (reprise := shutil.which(arguments.reprise)):
            raise Problem(
                "No executable", f"{arguments.reprise} was not found", hint="Give its path with --reprise.")
        ray.init(arguments.address, runtime_env={"py_modules": [fleet, reprise_client]}, log_to_driver=False,
                 logging_level="WARNING")
        sys.exit(train_all(arguments.folder, arguments.models, os.path.abspath(reprise), options) > 0)


if __name__ == "__main__":
    main()
