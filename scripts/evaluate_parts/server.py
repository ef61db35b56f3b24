"""A server that is started for the evaluation, with a folder of models of its own."""

import contextlib
import http.client
import json
import os
import re
import subprocess
import tempfile
import threading


class Refused(Exception):
    """A response that is no success: its status and its problem details."""


class Server:
    def __init__(self, address):
        self.address = address

    def post(self, path, body):
        """The decoded response to a JSON body; raises `Refused`."""
        with contextlib.closing(http.client.HTTPConnection(self.address, timeout=7200)) as connection:
            connection.request("POST", path, json.dumps(body, allow_nan=False).encode(),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            content = json.loads(response.read())
            if response.status not in (200, 201):
                raise Refused(f"{path}: {response.status} {content.get('detail', content)}")
            return content


@contextlib.contextmanager
def started(executable, trainings):
    """Runs a server that can train this number of models at the same time."""
    # The environment may hold options of another server.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REPRISE_")}
    with tempfile.TemporaryDirectory(prefix="reprise-evaluate-") as models:
        process = subprocess.Popen(
            [executable, "serve", "--port", "0", "--models", models,
             "--concurrent-trainings", str(trainings)],
            env=environment, stderr=subprocess.PIPE, text=True)
        try:
            first = process.stderr.readline()
            found = re.search(r"url=http://(\S+)", first)
            if not found:
                raise SystemExit(f"the server did not start: {first}{process.stderr.read()}")
            # A full pipe would block the server, so a thread keeps reading.
            threading.Thread(target=lambda: all(process.stderr), daemon=True).start()
            yield Server(found[1])
        finally:
            process.terminate()
            process.wait()
