"""The Ray examples on a cluster of two nodes, one of which is killed during the run."""

import collections
import io
import os
import pathlib
import re
import subprocess
import sys
import time

import numpy as np
import pandas
import pyarrow.dataset
import pytest
from ray.cluster_utils import Cluster

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "examples/ray"
sys.path.append(str(EXAMPLES.parent))
from reprise_client import Client

PROGRAM = pathlib.Path(os.environ.get("REPRISE", HERE.parent.parent / ".build/release/reprise")).resolve()
MACHINES = 8
# Replaces the executable: records which node starts a server on which folder, and the log of the server.
RECORDER = """#!/bin/bash
echo "$$ ${{RAY_RAYLET_PID:-0}} $*" >>{folder}/starts
exec {program} "$@" 2> >(tee -a {folder}/log >&2)
"""


class Fleet:
    """The folders of a fleet, and programs that run on them."""

    def __init__(self, folder, address):
        self.folder, self.address = folder, address
        self.models, self.reprise = folder / "models", folder / "reprise"
        for name in "starts", "log":
            (folder / name).touch()
        self.reprise.write_text(RECORDER.format(folder=folder, program=PROGRAM))
        self.reprise.chmod(0o755)

    def start(self, program, *arguments, **environment):
        # The output goes to a file: a pipe without a reader would block the program.
        with open(self.folder / "output", "w") as output:
            return subprocess.Popen(
                [sys.executable, "-B", EXAMPLES / program, *map(str, arguments)], stdout=output,
                stderr=subprocess.STDOUT, env={**os.environ, **environment})

    def end(self, process):
        """Its exit status and output."""
        return process.wait(timeout=300), (self.folder / "output").read_text()

    def run(self, program, *arguments, **environment):
        return self.end(self.start(program, *arguments, **environment))

    def train(self, start=False):
        arguments = ["train_fleet.py", self.folder / "fleet", "--models", self.models, "--reprise",
                     self.reprise, "--address", self.address, "--epochs", "60"]
        return self.start(*arguments) if start else self.run(*arguments)

    def trainings(self):
        """The number of completed trainings of each model, on all servers."""
        return collections.Counter(
            re.findall(r"msg=trained .*?model=(\S+)", (self.folder / "log").read_text()))

    def servers(self):
        """Process, node and folder of every server that a training has started."""
        found = re.findall(r"(\d+) (\d+) .*--models (\S+)", (self.folder / "starts").read_text())
        return [(int(process), int(node), folder) for process, node, folder in found
                if folder != str(self.models)]

    def versions(self):
        """The versions of each model: all entries of its folder that do not begin with a dot."""
        found = {path.name: sorted(one.name for one in path.glob("[!.]*"))
                 for path in self.models.glob("[!.]*")}
        return {name: versions for name, versions in found.items() if versions}


def is_alive(process):
    try:
        # An ended process that its parent has not reaped is a zombie.
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def cluster():
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
        yield cluster
    finally:
        cluster.shutdown()


@pytest.fixture
def fleet(cluster, tmp_path):
    fleet = Fleet(tmp_path, cluster.address)
    assert fleet.run("make_fleet.py", tmp_path / "fleet", "--machines", MACHINES)[0] == 0
    return fleet


def kill_while_it_trains(cluster, fleet, driver):
    """Kills the node without the driver shortly after a training has begun there, once two models exist."""
    node, = cluster.worker_nodes
    raylet = node.all_processes["raylet"][0].process.pid
    seen, end = set(), time.monotonic() + 120
    while True:
        new = {one for one, of, _ in fleet.servers() if of == raylet} - seen
        if new and len(fleet.versions()) >= 2:
            break
        seen |= new
        assert driver.poll() is None and time.monotonic() < end, (fleet.folder / "output").read_text()
        time.sleep(0.02)
    cluster.remove_node(node, allow_graceful=False)


def test_a_fleet_is_trained_once_although_a_node_dies(cluster, fleet):
    names = {f"pump-{number:02}" for number in range(1, MACHINES + 1)}
    driver = fleet.train(start=True)
    kill_while_it_trains(cluster, fleet, driver)
    status, output = fleet.end(driver)

    # Every model is complete, and every completed training is one version.
    assert status == 0 and f"{MACHINES} machines: {MACHINES} trained, 0 existed, 0 failed" in output, output
    assert fleet.versions() == {name: ["1"] for name in names}
    assert fleet.trainings() == {name: 1 for name in names}
    # The death of the node must have interrupted a training, and its server must have ended.
    assert len(fleet.servers()) > MACHINES
    assert not [one for one in fleet.servers() if is_alive(one[0])]

    # A second run on the remaining node trains nothing.
    status, output = fleet.train()
    assert status == 0 and f"{MACHINES} machines: 0 trained, {MACHINES} existed, 0 failed" in output, output
    assert fleet.trainings().total() == MACHINES

    # One machine has new rows; a new machine has too few rows, which must not stop the others.
    frame = pandas.read_parquet(fleet.folder / "fleet/pump-03.parquet")
    frame.iloc[:-1].to_parquet(fleet.folder / "fleet/pump-03.parquet")
    frame.iloc[:20].to_parquet(fleet.folder / "fleet/pump-99.parquet")
    status, output = fleet.train()
    assert status == 1, output
    assert "pump-99: Too few rows: pump-99.parquet has 20 rows, but a window has 24" in output, output
    assert f"{MACHINES + 1} machines: 1 trained, {MACHINES - 1} existed, 1 failed" in output, output
    assert fleet.versions() == {name: ["1", "2"] if name == "pump-03" else ["1"] for name in names}


def test_a_second_run_completes_what_a_dead_driver_left(cluster, fleet):
    """A second run completes the first, and trains no version again."""
    driver = fleet.train(start=True)
    end = time.monotonic() + 120
    while len(fleet.versions()) < 3:
        assert driver.poll() is None and time.monotonic() < end, (fleet.folder / "output").read_text()
        time.sleep(0.05)
    driver.kill()
    driver.wait()
    # Wait until its servers have ended: until then they can still add a version.
    while any(is_alive(int(line.split()[0])) for line in (fleet.folder / "starts").read_text().splitlines()):
        assert time.monotonic() < end
        time.sleep(0.1)
    there = len(fleet.versions())
    status, output = fleet.train()
    assert status == 0, output
    assert f"{MACHINES} machines: {MACHINES - there} trained, {there} existed, 0 failed" in output, output
    assert {tuple(versions) for versions in fleet.versions().values()} == {("1",)}
    assert len(fleet.versions()) == MACHINES


def serve(models, log):
    """Starts a server as a user does; returns the process and its URL."""
    process = subprocess.Popen([PROGRAM, "serve", "--port", "0", "--models", models], stderr=log)
    while not (found := re.search(r"url=(\S+)", pathlib.Path(log.name).read_text())):
        assert process.poll() is None
        time.sleep(0.02)
    return process, found[1]


def test_scores_are_those_of_the_server(cluster, fleet):
    """The scores equal those of POST /score, also if a file is read in several parts."""
    # Three machines suffice.
    for path in sorted((fleet.folder / "fleet").iterdir())[3:]:
        path.unlink()
    status, output = fleet.train()
    assert status == 0, output
    today, scores = fleet.folder / "today", fleet.folder / "scores"
    assert fleet.run("make_fleet.py", today, "--today", "--machines", 3)[0] == 0
    # Row groups shorter than a window, so that a window spans several of them.
    frame = pandas.read_parquet(today / "pump-02.parquet")
    frame.iloc[:200].to_parquet(today / "pump-02.parquet", row_group_size=10, index=False)
    with open(fleet.folder / "server.log", "w") as log:
        server, url = serve(fleet.models, log)
        try:
            for _ in range(2):  # The second run replaces the first.
                status, output = fleet.run(
                    "score_history.py", today, scores, "--address", fleet.address, REPRISE_URL=url)
                assert status == 0, output
            table = pyarrow.dataset.dataset(scores).to_table().to_pandas()
            for name in "pump-01", "pump-02", "pump-03":
                compare(url, name, pandas.read_parquet(today / f"{name}.parquet"),
                        table[table["machine"] == name], output)
            frame.drop(columns="flow").to_parquet(today / "pump-02.parquet")
            status, output = fleet.run(
                "score_history.py", today, scores, "--address", fleet.address, REPRISE_URL=url)
            assert status == 1 and "No such column: pump-02.parquet has no flow" in output, output
            assert "Traceback" not in output, output
            (today / "pump-02.parquet").rename(today / "pump-77.parquet")
            status, output = fleet.run(
                "score_history.py", today, scores, "--address", fleet.address, REPRISE_URL=url)
            assert status == 1 and "Not Found: there is no model 'pump-77'" in output, output
            assert "Traceback" not in output, output
        finally:
            server.terminate()
            assert server.wait(timeout=60) == 0


def compare(url, name, frame, scored, output):
    """Compares the scores written for a machine with the server's response."""
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(frame.drop(columns="time").to_numpy(np.float32)))
    response = Client(url).json("POST", "/score", file.getvalue(), "application/x-npy", query={"model": name})
    scored = scored.sort_values("row")
    assert scored["row"].tolist() == list(range(23, len(frame)))
    assert (scored["time"].to_numpy() == frame["time"].to_numpy()[23:]).all()
    for member in "error", "score":
        ours = np.array([window[member] for window in response["windows"]])
        np.testing.assert_allclose(scored[member], ours, rtol=1e-4, atol=1e-6)
    above = sum(window["is_anomaly"] for window in response["windows"])
    assert f"{name}: {len(frame) - 23} windows, {above} above 1" in output, output
