"""A disk that is full, without space or without inodes for another file, or below --min-free; and a folder
that comes and goes, or cannot be written to."""

import contextlib
import json
import os
import subprocess
import tempfile

from .support import LOST, MEDIUM, SMALL, Server, expect, figure, leftovers, timed, until


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
            server = Server(folder, "--min-free", "0")
            try:
                fill(what, folder, server, body)
                server.stop()
                server = Server(folder, "--min-free", "0")
                expect("full", f"{what}: the server restarts", server.train("m", SMALL)[0] in (201, 507),
                       server.last_errors())
            except LOST as error:
                expect("full", f"{what}: the server keeps running", False, error)
            server.stop()
    if os.geteuid() == 0:
        too_full()
        comes_and_goes()
        read_only_mount()


def ready(server):
    """The reason that the server is not ready; None if it is."""
    status, response, _ = server.call("GET", "/readyz")
    return None if status == 200 else json.loads(response)["detail"]


def too_full():
    """Below --min-free the server is not ready, and refuses at once what it could not store."""
    with small_file_system("size=16m") as folder:
        server = Server(folder, "--min-free", "8")
        expect("full", "min-free: training works above", server.train("m") == (201, 1))
        data = server.download("m", 1)[1]
        with open(f"{folder}/filler", "wb") as file:
            file.write(bytes(9 << 20))
        expect("full", "min-free: not ready within 3 s", until(lambda: ready(server), 3) is not None)
        expect("full", "min-free: the reason is plain",
               "--min-free requires 8 MiB" in (ready(server) or ""), ready(server))
        slow = {**SMALL, "epochs": 100_000}
        (status, _), seconds = timed(lambda: server.train("m", slow))
        expect("full", "min-free: training gets 507 at once", status == 507 and seconds < 1,
               (status, seconds))
        expect("full", "min-free: uploading gets 507",
               server.call("PUT", "/models/m/model.safetensors", data)[0] == 507)
        expect("full", "min-free: predictions are served", server.reconstruct("m")[0] == 200)
        expect("full", "min-free: aliases can be set",
               server.call("PUT", "/models/m/aliases/best", {"version": 1})[0] == 200)
        expect("full", "min-free: deleting works", server.call("DELETE", "/models/m/aliases/best")[0] == 204)
        os.remove(f"{folder}/filler")
        expect("full", "min-free: ready again within 3 s", until(lambda: not ready(server), 3) is not None)
        expect("full", "min-free: training works again", server.train("m") == (201, 2))
        lines = [line for line in server.logged().split("\n") if "ready" in line]
        expect("full", "min-free: one line for each change", len(lines) == 2, lines)
        server.stop()


def comes_and_goes():
    """The folder is unmounted, and comes back on another device."""
    with (tempfile.TemporaryDirectory() as root, small_file_system("size=16m") as first,
          small_file_system("size=16m") as second):
        place = f"{root}/models"
        os.mkdir(place)
        subprocess.run(["mount", "--bind", first, place], check=True)
        server = Server(place, "--min-free", "1")
        server.train("m")
        expected = server.reconstruct("m")
        for what, folder in (("another device", second), ("the first device", first)):
            subprocess.run(["umount", "--lazy", place], check=True)
            os.rmdir(place)
            expect("full", "gone: not ready within 3 s", until(lambda: ready(server), 3) is not None)
            served = server.reconstruct("m")
            expect("full", "gone: a model in memory is served", served == expected, served)
            status = server.call("GET", "/models/m")[0]
            expect("full", "gone: its description gets 503, not 404", status == 503, status)
            expect("full", "gone: training gets 503", server.train("m")[0] == 503)
            if folder is second:
                subprocess.run(["cp", "-a", f"{first}/.", second], check=True)
            os.mkdir(place)
            expect("full", "an empty folder in its place: the model is gone within 3 s",
                   until(lambda: server.reconstruct("m")[0] == 404, 3) is not None)
            subprocess.run(["mount", "--bind", folder, place], check=True)
            expect("full", f"back on {what}: ready within 3 s",
                   until(lambda: not ready(server), 3) is not None)
            expect("full", f"back on {what}: the model is served",
                   until(lambda: server.reconstruct("m") == expected, 3) is not None)
            expect("full", f"back on {what}: training works", server.train("m")[0] == 201)
            server.call("DELETE", f"/models/m/versions/{server.model('m')[0][-1]}")
        server.stop()
        subprocess.run(["umount", "--lazy", place], check=True)


def read_only_mount():
    """The file system becomes read-only, as after an error of its disk."""
    with small_file_system("size=16m") as folder:
        server = Server(folder, "--min-free", "1")
        server.train("m")
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        expect("full", "read-only mount: not ready within 3 s", until(lambda: ready(server), 3) is not None)
        expect("full", "read-only mount: the reason is plain",
               (ready(server) or "").endswith("Read-only file system"), ready(server))
        expect("full", "read-only mount: training gets 503", server.train("m")[0] == 503)
        expect("full", "read-only mount: predictions are served", server.reconstruct("m")[0] == 200)
        reader = Server(folder, "--read-only")
        expect("full", "read-only mount: a server with --read-only is ready", not ready(reader))
        reader.stop()
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
        expect("full", "read-only mount: ready again within 3 s",
               until(lambda: not ready(server), 3) is not None)
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
