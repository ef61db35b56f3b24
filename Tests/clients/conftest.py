"""A live server for each test."""

import importlib.metadata
import os
import pathlib
import re
import subprocess
import threading

import pytest

# Must be set before Keras is imported.
os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("REPRISE", HERE.parent.parent / ".build/release/reprise")


def pytest_report_header():
    names = re.findall(r"^[\w-]+", (HERE / "requirements.txt").read_text(), re.MULTILINE)
    return "packages: " + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)


class Serve:
    """Starts servers over one folder of models, one at a time."""

    def __init__(self, models):
        self.models = models
        self.process = None

    def __call__(self, *options):
        """Starts a server with these options and returns its host and port."""
        # The environment may hold options of another server.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REPRISE_")}
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--models", self.models, *options],
            env=environment, stderr=subprocess.PIPE, text=True)
        # A full pipe would block the server, so a thread keeps reading.
        self.log = [self.process.stderr.readline()]
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr))
        self.reader.start()
        found = re.search(r"url=http://(\S+)", self.log[0])
        assert found, f"no URL in: {self.log[0]}"
        return found[1]

    def stop(self):
        if self.process is None:
            return
        process, self.process = self.process, None
        process.terminate()
        status = process.wait(timeout=60)
        self.reader.join()
        print("".join(self.log))
        assert status == 0


@pytest.fixture
def serve(tmp_path):
    """Starts a server with options; the server ends with the test."""
    serve = Serve(tmp_path / "models")
    try:
        yield serve
    finally:
        serve.stop()


@pytest.fixture
def server(serve):
    """Host and port of a server without models."""
    return serve()


@pytest.fixture
def new_key():
    """Creates a key: the key, and its line for the file of keys."""
    def make(name, *scopes):
        arguments = [argument for scope in scopes for argument in ("--scope", scope)]
        made = subprocess.run(
            [PROGRAM, "keys", "new", name, *arguments], capture_output=True, text=True, check=True)
        line, key = made.stdout.splitlines()
        return key, line
    return make
