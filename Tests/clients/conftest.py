"""A live server for each test."""

import importlib.metadata
import os
import pathlib
import re
import subprocess
import threading

import pytest

# Before Keras is imported.
os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("REPRISE", HERE.parent.parent / ".build/release/reprise")


def pytest_report_header():
    names = re.findall(r"^[\w-]+", (HERE / "requirements.txt").read_text(), re.MULTILINE)
    return "packages: " + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)


@pytest.fixture
def server(tmp_path):
    """Host and port of a server that has no models yet."""
    # Whoever runs the tests may have set options of their own server.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REPRISE_")}
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", "--models", tmp_path / "models"],
        env=environment, stderr=subprocess.PIPE, text=True)
    # A full pipe would stop the server, so somebody has to read on.
    log = [process.stderr.readline()]
    reader = threading.Thread(target=lambda: log.extend(process.stderr))
    reader.start()
    try:
        found = re.search(r"url=http://(\S+)", log[0])
        assert found, f"no URL in: {log[0]}"
        yield found[1]
    finally:
        process.terminate()
        status = process.wait(timeout=60)
        reader.join()
        print("".join(log))
    assert status == 0
