"""A full disk: without space, or without inodes for another file."""

import contextlib
import os
import subprocess
import tempfile

from .support import LOST, MEDIUM, SMALL, Server, expect, figure, leftovers


@contextlib.contextmanager
def small_file_system(options):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "reprise-crash", folder], check=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def full(_, rounds):
    for what, options, body in (
            ("no space", "size=4m", MEDIUM), ("no inodes", "size=64m,nr_inodes=24", SMALL)):
        if os.geteuid() != 0:
            figure("full", what, "skipped: needs root to mount a file system")
            continue
        with small_file_system(options) as folder:
            server = Server(folder)
            try:
                fill(what, folder, server, body)
                server.stop()
                server = Server(folder)
                expect("full", f"{what}: the server restarts", server.train("m", SMALL)[0] in (201, 507),
                       server.last_errors())
            except LOST as error:
                expect("full", f"{what}: the server keeps running", False, error)
            server.stop()


def fill(what, folder, server, body):
    train_until_full(what, server, "m", body)
    versions, expected = server.model("m")[0], server.reconstruct("m")
    status, data, _ = server.download("m", versions[0])
    for _ in range(3):
        status = server.call("PUT", "/models/m/model.safetensors", data)[0]
        expect("full", f"{what}: uploading gets 507", status == 507, status)
        expect("full", f"{what}: a new model gets 507", (status := server.train("new", body)[0]) == 507,
               status)
    status, response, _ = server.call("PUT", "/models/m/aliases/best", {"version": versions[0]})
    expect("full", f"{what}: setting an alias gets 200 or 507", status in (200, 507), f"{status} {response}")
    expect("full", f"{what}: nothing partially written is listed or left",
           server.model("m")[0] == versions and list(server.models()) == ["m"] and not leftovers(folder),
           (server.models(), versions, server.model("m"), leftovers(folder)))
    expect("full", f"{what}: earlier versions are served", server.reconstruct("m") == expected and all(
        server.reconstruct("m", version)[0] == 200 for version in versions))
    for version in (versions[-1], versions[1]):
        status, response, _ = server.call("DELETE", f"/models/m/versions/{version}")
        expect("full", f"{what}: deleting works", status == 204,
               f"version {version} of {versions}: {status} {response}")
    status, number = server.train("m", body)
    expect("full", f"{what}: there is room again afterwards", status == 201 and number > versions[-1],
           (status, number))
    train_until_full(what, server, "m", body)
    status, response, _ = server.call("DELETE", "/models/m")
    expect("full", f"{what}: deleting the whole model works", status == 204 and server.models() == {},
           f"{status} {response}")
    expect("full", f"{what}: there is room again afterwards",
           (response := server.train("m", body))[0] == 201, response)


def train_until_full(what, server, name, body):
    status, count = 201, 0
    while status == 201 and count < 200:
        (status, response), count = server.train(name, body), count + 1
    expect("full", f"{what}: training gets 507", status == 507, f"{status} {response}")
