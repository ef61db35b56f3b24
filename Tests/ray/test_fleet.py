"""The examples for Ray on a cluster of two nodes, one of which is killed half way."""

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
# Stands for the executable: notes which node starts a server over which folder, and what the server says.
NOTES = """#!/bin/bash
echo "$$ ${{RAY_RAYLET_PID:-0}} $*" >>{folder}/starts
exec {program} "$@" 2> >(tee -a {folder}/log >&2)
"""


class Fleet:
    """A fleet's folders, and programs that are run on them."""

    def __init__(self, folder, address):
        self.folder, self.address = folder, address
        self.models, self.reprise = folder / "models", folder / "reprise"
        for name in "starts", "log":
            (folder / name).touch()
        self.reprise.write_text(NOTES.format(folder=folder, program=PROGRAM))
        self.reprise.chmod(0o755)

    def start(self, program, *arguments, **environment):
        # What it says goes to a file: a pipe that nobody reads would hold it up.
        with open(self.folder / "said", "w") as said:
            return subprocess.Popen(
                [sys.executable, "-B", EXAMPLES / program, *map(str, arguments)], stdout=said, stderr=subprocess.STDOUT,
                env={**os.environ, **environment})

    def end(self, process):
        """Its exit status and what it has said."""
        return process.wait(timeout=300), (self.folder / "said").read_text()

    def run(self, program, *arguments, **environment):
        return self.end(self.start(program, *arguments, **environment))

    def train(self, start=False):
        arguments = ["train_fleet.py", self.folder / "fleet", "--models", self.models, "--reprise", self.reprise,
                     "--address", self.address, "--epochs", "60"]
        return self.start(*arguments) if start else self.run(*arguments)

    def trainings(self):
        """How often each model's training came to its end, on any server."""
        return collections.Counter(re.findall(r"msg=trained .*?model=(\S+)", (self.folder / "log").read_text()))

    def servers(self):
        """Process, node and folder of every server that a training has started."""
        found = re.findall(r"(\d+) (\d+) .*--models (\S+)", (self.folder / "starts").read_text())
        return [(int(process), int(node), folder) for process, node, folder in found if folder != str(self.models)]

    def versions(self):
        """What there is of each model: its versions, and nothing else but what begins with a dot."""
        found = {path.name: sorted(one.name for one in path.glob("[!.]*")) for path in self.models.glob("[!.]*")}
        return {name: versions for name, versions in found.items() if versions}


def is_alive(process):
    try:
        # One that has ended and that nobody has asked after is a zombie.
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
    """Kills the node that the driver isn't on, a moment after a training has begun there, as soon as there are two models."""
    node, = cluster.worker_nodes
    raylet = node.all_processes["raylet"][0].process.pid
    seen, end = set(), time.monotonic() + 120
    while True:
        new = {one for one, of, _ in fleet.servers() if of == raylet} - seen
        if new and len(fleet.versions()) >= 2:
            break
        seen |= new
        assert driver.poll() is None and time.monotonic() < end, (fleet.folder / "said").read_text()
        time.sleep(0.02)
    cluster.remove_node(node, allow_graceful=False)


def test_a_fleet(cluster, fleet):
    names = {f"pump-{number:02}" for number in range(1, MACHINES + 1)}
    driver = fleet.train(start=True)
    kill_while_it_trains(cluster, fleet, driver)
    status, said = fleet.end(driver)

    # Complete, and nothing twice: every training that came to its end is a version.
    assert status == 0 and f"{MACHINES} machines: {MACHINES} trained, 0 there before, 0 failed" in said, said
    assert fleet.versions() == {name: ["1"] for name in names}
    assert fleet.trainings() == {name: 1 for name in names}
    # One was interrupted, or the node died for nothing; and its server didn't live on.
    assert len(fleet.servers()) > MACHINES
    assert not [one for one in fleet.servers() if is_alive(one[0])]

    # Once more on what is left of the cluster: nothing is trained.
    status, said = fleet.train()
    assert status == 0 and f"{MACHINES} machines: 0 trained, {MACHINES} there before, 0 failed" in said, said
    assert fleet.trainings().total() == MACHINES

    # One machine has new rows, and another is new but has too few; it does not hold the others up.
    frame = pandas.read_parquet(fleet.folder / "fleet/pump-03.parquet")
    frame.iloc[:-1].to_parquet(fleet.folder / "fleet/pump-03.parquet")
    frame.iloc[:20].to_parquet(fleet.folder / "fleet/pump-99.parquet")
    status, said = fleet.train()
    assert status == 1 and "pump-99: Too few rows: pump-99.parquet has 20, and a window 24" in said, said
    assert f"{MACHINES + 1} machines: 1 trained, {MACHINES - 1} there before, 1 failed" in said, said
    assert fleet.versions() == {name: ["1", "2"] if name == "pump-03" else ["1"] for name in names}


def test_a_driver_that_dies(cluster, fleet):
    """Whatever of a run is left, another one completes it, and trains no version again."""
    driver = fleet.train(start=True)
    end = time.monotonic() + 120
    while len(fleet.versions()) < 3:
        assert driver.poll() is None and time.monotonic() < end, (fleet.folder / "said").read_text()
        time.sleep(0.05)
    driver.kill()
    driver.wait()
    # Its servers go with it; before that they would still be there to bring a version in.
    while any(is_alive(int(line.split()[0])) for line in (fleet.folder / "starts").read_text().splitlines()):
        assert time.monotonic() < end
        time.sleep(0.1)
    there = len(fleet.versions())
    status, said = fleet.train()
    assert status == 0 and f"{MACHINES} machines: {MACHINES - there} trained, {there} there before, 0 failed" in said, said
    assert {tuple(versions) for versions in fleet.versions().values()} == {("1",)} and len(fleet.versions()) == MACHINES


def serve(models, log):
    """A server as a user starts it, and its URL."""
    process = subprocess.Popen([PROGRAM, "serve", "--port", "0", "--models", models], stderr=log)
    while not (found := re.search(r"url=(\S+)", pathlib.Path(log.name).read_text())):
        assert process.poll() is None
        time.sleep(0.02)
    return process, found[1]


def test_scores(cluster, fleet):
    """The scores are those of POST /score, also where a file is read in pieces."""
    # Three machines are enough, and few epochs.
    for path in sorted((fleet.folder / "fleet").iterdir())[3:]:
        path.unlink()
    status, said = fleet.train()
    assert status == 0, said
    today, scores = fleet.folder / "today", fleet.folder / "scores"
    assert fleet.run("make_fleet.py", today, "--today", "--machines", 3)[0] == 0
    # Row groups that are shorter than a window, one of which is shared by several.
    frame = pandas.read_parquet(today / "pump-02.parquet")
    frame.iloc[:200].to_parquet(today / "pump-02.parquet", row_group_size=10, index=False)
    with open(fleet.folder / "server.log", "w") as log:
        server, url = serve(fleet.models, log)
        try:
            for _ in range(2):  # The second time it replaces what is there.
                status, said = fleet.run("score_history.py", today, scores, "--address", fleet.address, REPRISE_URL=url)
                assert status == 0, said
            table = pyarrow.dataset.dataset(scores).to_table().to_pandas()
            for name in "pump-01", "pump-02", "pump-03":
                compare(url, name, pandas.read_parquet(today / f"{name}.parquet"), table[table["machine"] == name], said)
            frame.drop(columns="flow").to_parquet(today / "pump-02.parquet")
            status, said = fleet.run("score_history.py", today, scores, "--address", fleet.address, REPRISE_URL=url)
            assert status == 1 and "No such column: pump-02.parquet has no flow" in said and "Traceback" not in said, said
            (today / "pump-02.parquet").rename(today / "pump-77.parquet")
            status, said = fleet.run("score_history.py", today, scores, "--address", fleet.address, REPRISE_URL=url)
            assert status == 1 and "Not Found: there is no model 'pump-77'" in said and "Traceback" not in said, said
        finally:
            server.terminate()
            assert server.wait(timeout=60) == 0


def compare(url, name, frame, scored, said):
    """Holds what has been written for a machine against the server's answer."""
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(frame.drop(columns="time").to_numpy(np.float32)))
    answer = Client(url).json("POST", "/score", file.getvalue(), "application/x-npy", query={"model": name})
    scored = scored.sort_values("row")
    assert scored["row"].tolist() == list(range(23, len(frame)))
    assert (scored["time"].to_numpy() == frame["time"].to_numpy()[23:]).all()
    for member in "error", "score":
        ours = np.array([window[member] for window in answer["windows"]])
        np.testing.assert_allclose(scored[member], ours, rtol=1e-4, atol=1e-6)
    above = sum(window["is_anomaly"] for window in answer["windows"])
    assert f"{name}: {len(frame) - 23} windows, {above} above 1" in said, said
