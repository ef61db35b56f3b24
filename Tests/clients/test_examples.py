"""The programs in examples/ do what their first lines say, run as a newcomer would run them."""

import csv
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import pytest
from api import call, get
from safetensors import safe_open

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent.parent / "examples"
SHELL, EVENTS, STATES = (EXAMPLES / name for name in ("train_and_score.sh", "sensor_events.py", "operating_states.py"))
# What pumps.py puts into today.csv, as time of day.
STUCK, HOT = ("01:56:40", "02:01:30"), ("03:36:40", "03:46:30")


class Run:
    """Runs programs in a folder with the data."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {"PATH": os.environ["PATH"]}
        subprocess.run([sys.executable, EXAMPLES / "pumps.py", folder / "data"], check=True)

    def __call__(self, program, *arguments):
        """What became of it: exit status, and what it has printed."""
        python = [sys.executable, "-B"] if program.suffix == ".py" else []
        return subprocess.run([*python, program, *arguments], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, timeout=300)


@pytest.fixture
def folder(tmp_path):
    return Run(tmp_path / "work")


@pytest.fixture
def run(folder, server):
    """Runs programs that find the server."""
    folder.environment["REPRISE_URL"] = f"http://{server}"
    return folder


def succeeds(done):
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def fails(done, *says):
    assert done.returncode != 0 and "Traceback" not in done.stderr, done
    for one in says:
        assert one in done.stderr, done.stderr


def events(text):
    """The first and the last time of day of each event that is printed, and the first sensor."""
    return re.findall(r"2026-01-31T([\d:]{8})Z to 2026-01-31T([\d:]{8})Z.*?(?:in |\()(\w+) ", text)


def finds_both(text):
    """Both faults are found within four minutes, the time of a window, and led by what they change the most."""
    found = events(text)
    for (first, last), sensor in (STUCK, "flow"), (HOT, "vibration"):
        assert [one for one in found if first <= one[0] <= last and one[1] >= last and one[2] == sensor], text
    assert len(found) <= 4, text


def test_the_data_are_the_same_everywhere(folder):
    """The other tests lean on that. One row stands for all."""
    lines = (folder.folder / "data/states.csv").read_text().splitlines()
    assert (len(lines), lines[1]) == (3001, "2026-01-31T00:00:00Z,hunting,6.213,52.464,3.930,44.381,1.768")


def test_shell(run, server):
    said = succeeds(run(SHELL, "data/normal.csv", "data/today.csv", "line-7", "20"))
    finds_both(said)
    assert "succeeded, epoch 50 of 50" in said
    with safe_open(run.folder / "line-7.safetensors", "np") as file:
        assert (file.metadata()["timesteps"], len(list(file.keys()))) == ("20", 14)
    # The same again is the same job, and no second training.
    assert "version 1," in succeeds(run(SHELL, "data/normal.csv", "data/today.csv", "line-7", "20"))
    assert get(server, "/models/line-7")["versions"] == [1]


def test_shell_says_what_is_wrong(run, server):
    usage = run(SHELL, "data/normal.csv")
    assert usage.returncode == 64 and usage.stderr.startswith("usage: examples/train_and_score.sh normal.csv today.csv")
    fails(run(SHELL, "data/normal.csv", "data/tomorrow.csv"), "can't read data/tomorrow.csv")
    fails(run(SHELL, "data/normal.csv", "data/today.csv", "line 7"), "Unprocessable Content: 'model' is 'line 7'")
    fails(run(SHELL, "data/normal.csv", "data/today.csv", "m", "9999"), "Unprocessable Content: ")
    run.environment["REPRISE_URL"] = "http://127.0.0.1:9"
    fails(run(SHELL, "data/normal.csv", "data/today.csv"), "127.0.0.1 port 9")
    assert get(server, "/models")["models"] == []


def test_shell_says_why_a_training_ended(run, server):
    """The problem of a job that somebody cancels."""
    command = [SHELL, "data/normal.csv", "data/today.csv", "long", "400"]
    with subprocess.Popen(command, cwd=run.folder, env=run.environment, text=True, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as shell:
        end = time.monotonic() + 60
        while not (jobs := get(server, "/jobs")["jobs"]):
            assert time.monotonic() < end
            time.sleep(0.1)
        assert call(server, "DELETE", f"/jobs/{jobs[0]['id']}").status == 202
        assert shell.stderr.read().startswith("Conflict: ")
    assert shell.returncode == 1


def test_events(run, server):
    said = succeeds(run(EVENTS, "--train", "data/normal.csv", "pump", "data/today.csv"))
    finds_both(said)
    assert "version 1: 12133 parameters" in said
    # The model stays, and is asked without training.
    assert events(succeeds(run(EVENTS, "pump", "data/today.csv"))) == events(said)
    assert get(server, "/models/pump")["versions"] == [1]
    # A gap is filled, and what is no sensor is ignored; nothing happens in normal operation.
    gap = run.folder / "gap.csv"
    rows = list(csv.reader(open(run.folder / "data/today.csv")))
    rows[100][2] = ""
    with open(gap, "w", newline="") as file:
        csv.writer(file).writerows([*row, "operator" if at == 0 else "Kim"] for at, row in enumerate(rows[:200]))
    said = succeeds(run(EVENTS, "pump", "gap.csv", "--ignore", "operator"))
    assert "176 rows judged by pump, version 1; 0 events" in said, said


def test_events_says_what_is_wrong(run, server):
    fails(run(EVENTS, "pump", "data/today.csv"), "sensor_events.py: Not Found: there is no model 'pump'")
    fails(run(EVENTS, "pump", "--train", "data/normal.csv", "--timesteps", "0"), "'timesteps'")
    fails(run(EVENTS, "pump", "--train", "nothing.csv"), "nothing.csv")
    fails(run(EVENTS, "pump", "data/today.csv", "--url", "http://127.0.0.1:9"), "No answer", "REPRISE_URL says where")


def test_states(run):
    """The encodings tell the states apart, and the windows themselves don't."""
    said = succeeds(run(STATES, "data/states.csv"))
    figures = {name: (float(rand), float(accuracy)) for name, rand, accuracy in re.findall(
        r"(\w+): \d+ numbers each, clusters' Rand index ([\d.]+), classifier's accuracy ([\d.]+)", said)}
    assert "1804 windows of 3 states" in said and figures["windows"][0] < 0.4 and figures["windows"][1] < 0.8, said
    assert figures["encodings"][0] > 0.9 and figures["encodings"][1] > 0.98, said
    fails(run(STATES, "data/normal.csv"), "state")


def test_keys(folder, serve, new_key, tmp_path):
    """The key goes from the environment to the server, and not where other users could see it."""
    key, line = new_key("engineer", "read", "infer", "train")
    (tmp_path / "keys").write_text(f"{line}\n")
    run = folder
    run.environment["REPRISE_URL"] = "http://" + serve("--api-keys", str(tmp_path / "keys"))
    shim = tmp_path / "shim/curl"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/seen\nexec {shutil.which("curl")} "$@"\n')
    shim.chmod(0o755)
    run.environment["PATH"] = f"{shim.parent}:{os.environ['PATH']}"
    fails(run(SHELL, "data/normal.csv", "data/today.csv"), "Unauthorized: ")
    fails(run(EVENTS, "pump", "data/today.csv"), "Unauthorized: ")
    run.environment["REPRISE_API_KEY"] = key
    finds_both(succeeds(run(SHELL, "data/normal.csv", "data/today.csv")))
    finds_both(succeeds(run(EVENTS, "pump", "data/today.csv")))
    seen = (tmp_path / "seen").read_text()
    assert "/score?model=pump" in seen and key not in seen
