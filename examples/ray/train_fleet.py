#!/usr/bin/env python3
"""Trains a model for each machine of a fleet, on all machines of a Ray cluster, into one folder of models.

    pip install -r examples/ray/requirements.txt
    python3 examples/ray/make_fleet.py fleet
    python3 examples/ray/train_fleet.py fleet --models models

A file of the folder is a machine: fleet/pump-01.parquet, or .csv, makes the model pump-01. Each task of Ray starts a server of its
own, has it train, and hands the version to one actor, the only one that writes to the folder of models, through a server too:
so a version is there whole or not at all, and servers that serve the folder find it within a moment. All machines of the
cluster must see the data under the same path and have the executable, --reprise or REPRISE.

What is there already isn't trained: a version of that name that was made from the same rows with the same options. So it may be
started again after whatever has happened, and when there are new data it trains the machines that have some. A task whose machine
dies begins anew elsewhere."""

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
    """The one that writes to the folder of models. It does one thing after the other, so two that bring the same version, such as
    a task that was taken for dead and the one in its place, don't both succeed."""

    def start(self, reprise, models):
        self.server = fleet.LocalServer(reprise, models)

    def find(self, machine, recipe):
        """The version of a model that was made after this recipe; None if there is none."""
        try:
            versions = self.server.json("GET", f"/models/{machine}")["versions"]
        except Problem as problem:
            if problem.status == 404:
                return None
            raise
        for version in reversed(versions):
            file = self.server.call("GET", f"/models/{machine}/versions/{version}/model.safetensors", accept="*/*")
            if recipe.items() <= self.recipe(file).items():
                return version
        return None

    @staticmethod
    def recipe(file):
        """What a model's file says of how it was made."""
        header = json.loads(file[8:8 + int.from_bytes(file[:8], "little")])["__metadata__"]
        parts = {name: json.loads(header.get(name, "{}")) for name in ("architecture", "training", "errors", "data")}
        return {"timesteps": int(header["timesteps"]), "error_kind": parts["errors"].get("kind"),
                "sha256": parts["data"].get("sha256"), **parts["architecture"], **parts["training"]}

    def add(self, machine, recipe, file):
        """Stores a version, unless it is there. It is on the disk when this returns its number."""
        found = self.find(machine, recipe)
        return found or self.server.json("PUT", f"/models/{machine}/model.safetensors", file, "application/octet-stream")["version"]

    def stop(self):
        self.server.stop()


# Ray tries again when the worker or its machine dies; what is wrong with the data stays wrong.
@ray.remote(num_cpus=1, max_retries=10)
def train(machine, path, options, reprise, registry):
    """Has a model trained, unless it is there: its version, and whether this has trained it."""
    names, rows = fleet.read(path)
    if len(rows) < options["timesteps"]:
        raise Problem("Too few rows", f"{path.name} has {len(rows)}, and a window {options['timesteps']}")
    recipe = {**options, "sha256": fleet.fingerprint(rows, options["timesteps"])}
    if version := ray.get(registry.find.remote(machine, recipe)):
        return version, False
    with tempfile.TemporaryDirectory() as folder, fleet.LocalServer(reprise, folder) as server:
        query = {"model": machine, "feature_names": names, **options}
        server.call("POST", "/train", fleet.npy(rows), "application/x-npy", query=query)
        file = server.call("GET", f"/models/{machine}/model.safetensors", accept="*/*")
    # The last thing that happens: what has come this far need not be done again.
    return ray.get(registry.add.remote(machine, recipe, file)), True


def train_all(folder, models, reprise, options):
    """Trains what isn't there, and says so machine by machine; gives back how many failed."""
    machines = fleet.files(folder)
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    registry = Registry.options(scheduling_strategy=here).remote()
    try:
        ray.get(registry.start.remote(reprise, pathlib.Path(models).resolve()))
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None
    running = {machine: train.remote(machine, path, options, reprise, registry) for machine, path in machines.items()}
    trained = failed = 0
    for machine, result in running.items():
        try:
            version, is_new = ray.get(result)
            trained += is_new
            print(f"{machine}: version {version}{'' if is_new else ', which was there'}", flush=True)
        except ray.exceptions.RayError as error:
            failed += 1
            print(f"{machine}: {getattr(error, 'cause', error)}", file=sys.stderr, flush=True)
    ray.get(registry.stop.remote())
    print(f"{len(machines)} machines: {trained} trained, {len(machines) - trained - failed} there before, {failed} failed")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="of CSV or Parquet files, one for each machine")
    parser.add_argument("--models", default="models", help="the folder where the versions go (default: models)")
    parser.add_argument("--reprise", default=os.environ.get("REPRISE", "reprise"),
                        help="the executable (default: REPRISE, or reprise)")
    parser.add_argument("--address", help="of the Ray cluster; one on this machine is started without it")
    parser.add_argument("--timesteps", type=int, default=24, help="rows that are looked at together (default: 24)")
    parser.add_argument("--units", type=int, nargs="+", default=[32, 8], help="of the encoder's layers (default: 32 8)")
    parser.add_argument("--epochs", type=int, default=50, help="(default: 50)")
    arguments = parser.parse_args()
    # The mean squared error, because that is what the exported network gives: see score_history.py.
    options = {"timesteps": arguments.timesteps, "units": arguments.units, "epochs": arguments.epochs, "error_kind": "mse"}
    with problems_to_stderr():
        if not (reprise := shutil.which(arguments.reprise)):
            raise Problem("No executable", f"there is none at {arguments.reprise}", hint="--reprise says where it is.")
        ray.init(arguments.address, runtime_env={"py_modules": [fleet, reprise_client]}, log_to_driver=False,
                 logging_level="WARNING")
        sys.exit(train_all(arguments.folder, arguments.models, os.path.abspath(reprise), options) > 0)


if __name__ == "__main__":
    main()
