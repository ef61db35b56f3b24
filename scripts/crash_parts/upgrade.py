"""Two releases on one folder, as in a rolling upgrade: files that only a newer release understands appear in
the folder of a loaded server. It must leave them where they are, say so, and go on serving everything else.
With --older, an older executable then serves the folder in turn with the present one."""

import hashlib
import json
import os
import shutil
import threading

from .support import NAMES, SMALL, Server, expect, figure, run_all, until


def rewritten(data, change):
    """A version's file with other metadata and valid checksums, as another release would write it."""
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    change(metadata := header["__metadata__"])
    metadata["sha256"] = "0" * 64
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-(8 + len(text)) % 64)
    head = len(text).to_bytes(8, "little") + text
    return head.replace(b"0" * 64, hashlib.sha256(head).hexdigest().encode(), 1) + data[start:]


def requiring(metadata):
    metadata["requires"] = '["magic"]'


def with_scaling(metadata):
    metadata["scaling"] = json.dumps(
        json.loads(metadata["scaling"]) | {"scaling": "quantile"}, separators=(",", ":"))


def with_optional(metadata):
    metadata["later"] = "kept"
    metadata["scaling"] = json.dumps(
        json.loads(metadata["scaling"]) | {"later": [1.5, None]}, separators=(",", ":"))


def store(folder, model, version, data):
    """Publishes a version as a server does: written under another name, then renamed."""
    os.makedirs(new := f"{folder}/{model}/.copy")
    with open(f"{new}/model.safetensors", "wb") as file:
        file.write(data)
    os.rename(new, f"{folder}/{model}/{version}")


def contents(folder):
    return {os.path.join(at, name): open(os.path.join(at, name), "rb").read()
            for at, _, files in os.walk(folder) for name in files
            if name == "model.safetensors" or ".damaged" in at}


def upgrade(folder, rounds):
    server = Server(folder)
    for model in NAMES:
        server.train(model)
        server.train(model)
    data = server.download("a", 2)[1]
    newer = {("a", 3): rewritten(data, requiring), ("b", 3): rewritten(data, with_scaling),
             ("alone", 1): rewritten(data, requiring)}
    with_load(server, lambda: appear(server, folder, newer))
    check_optional(server, folder, rewritten(data, with_optional))
    before = contents(folder)
    server.stop()
    server = Server(folder)
    check_newer(server, newer, "after a restart")
    expect("upgrade", "a restart moves and changes nothing", contents(folder) == before)
    expect("upgrade", "deleting a version of a newer release works",
           server.call("DELETE", "/models/a/versions/3")[0] == 204)
    expect("upgrade", "its number is not used again", server.train("a") == (201, 4))
    # What the newer release has written is readable to the newer release.
    shutil.rmtree(f"{folder}/b/3", ignore_errors=True)
    store(folder, "b", 3, data)
    server.stop()
    server = Server(folder)
    expect("upgrade", "an upgraded server serves the version at once",
           server.reconstruct("b")[:2] == (200, 3))
    server.stop()
    roll_back(folder)


def with_load(server, body):
    """Trains, reconstructs and lists on other threads while `body` runs; no request may fail."""
    stop, statuses = threading.Event(), []

    def repeat(call):
        while not stop.is_set():
            statuses.append(call())

    threads = [threading.Thread(target=repeat, args=(call,)) for call in (
        lambda: server.train("c")[0] - 1, lambda: server.reconstruct("a")[0],
        lambda: server.reconstruct("b")[0], lambda: server.call("GET", "/models")[0])]
    for thread in threads:
        thread.start()
    try:
        body()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    expect("upgrade", "every other request succeeds under load", set(statuses) == {200}, set(statuses))
    figure("upgrade", "requests under load", str(len(statuses)))


def appear(server, folder, newer):
    for (model, version), data in newer.items():
        os.makedirs(f"{folder}/{model}", exist_ok=True)
        store(folder, model, version, data)
    run_all(*[lambda: [server.reconstruct(model) for _ in range(50)] for model in ("a", "b", "alone")] * 2)()
    check_newer(server, newer, "in a running server")
    for (model, version), data in newer.items():
        path = f"{folder}/{model}/{version}/model.safetensors"
        is_there = os.path.exists(path) and open(path, "rb").read() == data
        expect("upgrade", "the file stays where it is", is_there, model)
    expect("upgrade", "nothing is quarantined", not os.path.exists(f"{folder}/.damaged"))


def check_newer(server, newer, when):
    for model, version in newer:
        if version > 1:
            expect("upgrade", f"{when}, latest is the newest readable version",
                   server.reconstruct(model)[:2] == (200, 2))
            status, response, _ = server.call("GET", f"/models/{model}")
            unreadable = [one["version"] for one in json.loads(response).get("unreadable", [])]
            expect("upgrade", f"{when}, GET /models/m lists the version as unreadable",
                   unreadable == [version], response)
        answers = [server.reconstruct(model, version), server.download(model, version),
                   server.call("GET", f"/models/{model}/versions/{version}")]
        expect("upgrade", f"{when}, the version gets 409", [answer[0] for answer in answers] == [409] * 3,
               answers)
        problem = json.loads(answers[2][1]).get("type")
        expect("upgrade", f"{when}, the problem is newer-format",
               problem == "/problems/newer-format", problem)
        expect("upgrade", f"{when}, the log says it once",
               until(lambda: len(reports(server, model, version)) == 1, 2) is not None,
               reports(server, model, version))


def reports(server, model, version):
    return [line for line in server.logged().split("\n")
            if "not understood" in line and f" model={model} " in line and f" version={version}" in line]


def check_optional(server, folder, data):
    """Optional names of a newer release survive PUT and download."""
    status, response, _ = server.call("PUT", "/models/optional/model.safetensors", data)
    if not expect("upgrade", "a file with optional names can be uploaded", status == 201, response):
        return
    sent, kept = metadata(data), metadata(server.download("optional", 1)[1])
    checksums = ("sha256", "data_sha256")
    differing = [name for name in sent.keys() | kept.keys()
                 if name not in checksums and sent.get(name) != kept.get(name)]
    expect("upgrade", "optional names survive PUT and download", not differing, differing)
    status, response, _ = server.call("PUT", "/models/optional/model.safetensors", rewritten(data, requiring))
    expect("upgrade", "a file that requires an unknown name gets 409", status == 409, response)


def metadata(data):
    return json.loads(data[8:8 + int.from_bytes(data[:8], "little")])["__metadata__"]


def roll_back(folder):
    """The older executable serves what the present one has written, and the other way round."""
    if not Server.older:
        return figure("upgrade", "an older executable", "skipped: name one with --older")
    executable, place = Server.executable, f"{folder}/roll-back"
    try:
        for turn, program in enumerate([executable, Server.older] * 3):
            Server.executable = program
            server = Server(place)
            for model in NAMES:
                status, version = server.train(model)
                expect("upgrade", "both releases train in turn", (status, version) == (201, turn + 1),
                       version)
                expect("upgrade", "both releases serve what the other has written",
                       all(server.reconstruct(model, version)[0] == 200 for version in range(1, turn + 2)))
            server.stop()
        expect("upgrade", "rolling forth and back quarantines nothing",
               not os.path.exists(f"{place}/.damaged"))
    finally:
        Server.executable = executable
    return figure("upgrade", "an older executable", Server.older)
