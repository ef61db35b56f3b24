"""The programs in examples/ do what their documentation says, run as a user would run them."""

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
SHELL, EVENTS, STATES, RETRAIN, LIVE = (EXAMPLES / name for name in (
    "train_and_score.sh", "sensor_events.py", "operating_states.py", "retrain.py", "live.py"))
# The faults that pumps.py puts into today.csv, as times of day.
STUCK, HOT = ("01:56:40", "02:01:30"), ("03:36:40", "03:46:30")


class Run:
    """Runs programs in a folder that contains the data."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {"PATH": os.environ["PATH"]}
        subprocess.run([sys.executable, EXAMPLES / "pumps.py", folder / "data"], check=True)

    def __call__(self, program, *arguments, text=None):
        """Runs a program to its end, with a text as its input; returns exit status and output."""
        python = [sys.executable, "-B"] if program.suffix == ".py" else []
        return subprocess.run([*python, program, *arguments], cwd=self.folder, env=self.environment,
                              input=text, capture_output=True, text=True, timeout=300)


@pytest.fixture
def folder(tmp_path):
    return Run(tmp_path / "work")


@pytest.fixture
def run(folder, server):
    """Runs programs with the URL of the server."""
    folder.environment["REPRISE_URL"] = f"http://{server}"
    return folder


def check_success(result):
    assert (result.returncode, result.stderr) == (0, ""), result
    return result.stdout


def check_failure(result, *messages):
    assert result.returncode != 0 and "Traceback" not in result.stderr, result
    for one in messages:
        assert one in result.stderr, result.stderr


def events(text):
    """The first and last time of day of each printed event, and its first sensor."""
    return re.findall(r"2026-01-31T([\d:]{8})Z to 2026-01-31T([\d:]{8})Z.*?(?:mainly |\()(\w+) ", text)


def check_both_faults(text):
    """Both faults are found, at most eight minutes too early, the length of two windows, and before they end;
    the sensor that changes most is first."""
    def seconds(time):
        hours, minutes, rest = map(int, time.split(":"))
        return 3600 * hours + 60 * minutes + rest

    found = events(text)
    for (first, last), sensor in (STUCK, "flow"), (HOT, "vibration"):
        assert [
            one for one in found if seconds(first) - 480 <= seconds(one[0]) <= seconds(last)
            and seconds(one[1]) >= seconds(last) and one[2] == sensor], text
    assert len(found) <= 4, text


def test_the_data_are_the_same_on_every_machine(folder):
    """The other tests depend on this. One row represents all."""
    lines = (folder.folder / "data/states.csv").read_text().splitlines()
    assert (len(lines), lines[1]) == (3001, "2026-01-31T00:00:00Z,hunting,6.213,52.464,3.930,44.381,1.768")


def test_the_data_of_the_pump_are_what_the_script_makes(tmp_path):
    script = shutil.copy(EXAMPLES / "pump/make_data.py", tmp_path)
    subprocess.run([sys.executable, "-B", script], check=True)
    for name in "normal.csv", "today.csv", "labelled.csv":
        assert (tmp_path / name).read_bytes() == (EXAMPLES / "pump" / name).read_bytes(), name


def test_the_shell_example_finds_both_faults(run, server):
    output = check_success(run(SHELL, "data/normal.csv", "data/today.csv", "line-7", "20"))
    check_both_faults(output)
    assert "succeeded, epoch 50 of 50" in output
    with safe_open(run.folder / "line-7.safetensors", "np") as file:
        assert (file.metadata()["timesteps"], len(list(file.keys()))) == ("20", 14)
    # The same request again gets the same job and does not train again.
    assert "version 1," in check_success(run(SHELL, "data/normal.csv", "data/today.csv", "line-7", "20"))
    assert get(server, "/models/line-7")["versions"] == [1]


def test_the_shell_example_reports_errors(run, server):
    usage = run(SHELL, "data/normal.csv")
    assert usage.returncode == 64
    assert usage.stderr.startswith("usage: examples/train_and_score.sh normal.csv today.csv")
    check_failure(run(SHELL, "data/normal.csv", "data/tomorrow.csv"), "cannot read data/tomorrow.csv")
    check_failure(run(SHELL, "data/normal.csv", "data/today.csv", "line 7"),
                  "Unprocessable Content: 'model' is 'line 7'")
    check_failure(run(SHELL, "data/normal.csv", "data/today.csv", "m", "9999"), "Unprocessable Content: ")
    run.environment["REPRISE_URL"] = "http://127.0.0.1:9"
    check_failure(run(SHELL, "data/normal.csv", "data/today.csv"), "127.0.0.1 port 9")
    assert get(server, "/models")["models"] == []


def test_the_shell_example_reports_a_cancelled_training(run, server):
    """Another client cancels the job."""
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


def test_the_events_example_finds_both_faults(run, server):
    output = check_success(run(EVENTS, "--train", "data/normal.csv", "pump", "data/today.csv"))
    check_both_faults(output)
    assert "version 1: 12133 parameters" in output
    # The model is kept, and scores without training.
    assert events(check_success(run(EVENTS, "pump", "data/today.csv"))) == events(output)
    assert get(server, "/models/pump")["versions"] == [1]
    # A gap is filled, a column that is not a sensor is ignored, and normal operation has no events.
    gap = run.folder / "gap.csv"
    rows = list(csv.reader(open(run.folder / "data/today.csv")))
    rows[100][2] = ""
    with open(gap, "w", newline="") as file:
        csv.writer(file).writerows(
            [*row, "operator" if at == 0 else "Kim"] for at, row in enumerate(rows[:200]))
    output = check_success(run(EVENTS, "pump", "gap.csv", "--ignore", "operator"))
    assert "199 rows scored by pump, version 1; 0 events" in output, output


def test_the_events_example_reports_errors(run, server):
    check_failure(
        run(EVENTS, "pump", "data/today.csv"), "sensor_events.py: Not Found: there is no model 'pump'")
    check_failure(run(EVENTS, "pump", "--train", "data/normal.csv", "--timesteps", "0"), "'timesteps'")
    check_failure(run(EVENTS, "pump", "--train", "nothing.csv"), "nothing.csv")
    check_failure(run(EVENTS, "pump", "data/today.csv", "--url", "http://127.0.0.1:9"),
                  "No response", "set REPRISE_URL")


def test_a_version_that_fails_does_not_get_the_alias(run, server):
    """docs/recipes.md has the versions that are good, or not good enough; here, one that is not stored."""
    data = [EXAMPLES / "pump/today.csv", EXAMPLES / "pump/labelled.csv", "--labels", "fault"]
    quick = ["--units", "2", "--epochs", "1"]
    check_failure(run(RETRAIN, "pump", *data, *quick, "--learning-rate", "1e-9"), "learned nothing")
    assert get(server, "/models")["models"] == []
    check_failure(run(RETRAIN, "pump", *data, "--epochs"), "not an option and its value: ")
    # No version detects seven of six faults.
    result = run(RETRAIN, "pump", *data, "--units", "8", "--epochs", "5", "--detect", "7")
    assert result.returncode == 2 and "\nstable is not set\n" in result.stdout, result
    assert get(server, "/models/pump")["aliases"] == {}


def test_the_live_example_reports_errors(run, server):
    check_failure(run(LIVE, "pump"), "live.py: Not Found: there is no model 'pump'")
    check_success(run(EVENTS, "--train", "data/normal.csv", "pump", "--epochs", "1"))
    header = "time,pressure,flow,current,temperature,vibration\n"
    check_failure(run(LIVE, "pump", text="time,pressure\n0,1\n"), "line 2 has no number", "'flow'")
    check_failure(run(LIVE, "pump", text=header + "0,1,,1,1,1\n"), "line 2 has no number")
    assert check_success(run(LIVE, "pump", text=header + "0,1,1,1,1,1\n" * 3)) == ""


def test_encodings_separate_the_states(run):
    """The encodings separate the states; the windows themselves do not."""
    output = check_success(run(STATES, "data/states.csv"))
    measures = {name: (float(rand), float(accuracy)) for name, rand, accuracy in re.findall(
        r"(\w+): \d+ numbers each, clusters' Rand index ([\d.]+), classifier's accuracy ([\d.]+)", output)}
    assert "1804 windows of 3 states" in output
    assert measures["windows"][0] < 0.4 and measures["windows"][1] < 0.8, output
    assert measures["encodings"][0] > 0.9 and measures["encodings"][1] > 0.98, output
    check_failure(run(STATES, "data/normal.csv"), "state")


def test_the_examples_pass_the_key_without_showing_it(folder, serve, new_key, tmp_path):
    """The key goes from the environment to the server, and never into arguments that other users can see."""
    key, line = new_key("engineer", "read", "infer", "train")
    (tmp_path / "keys").write_text(f"{line}\n")
    run = folder
    run.environment["REPRISE_URL"] = "http://" + serve("--api-keys", str(tmp_path / "keys"))
    shim = tmp_path / "shim/curl"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/seen\nexec {shutil.which("curl")} "$@"\n')
    shim.chmod(0o755)
    run.environment["PATH"] = f"{shim.parent}:{os.environ['PATH']}"
    check_failure(run(SHELL, "data/normal.csv", "data/today.csv"), "Unauthorized: ")
    check_failure(run(EVENTS, "pump", "data/today.csv"), "Unauthorized: ")
    run.environment["REPRISE_API_KEY"] = key
    check_both_faults(check_success(run(SHELL, "data/normal.csv", "data/today.csv")))
    check_both_faults(check_success(run(EVENTS, "pump", "data/today.csv")))
    seen = (tmp_path / "seen").read_text()
    assert "/score?model=pump" in seen and key not in seen
