"""Files are damaged while the server is stopped. It must start, serve everything else, and never serve a
damaged file."""

import json
import os
import random
import re
import shutil
import tempfile
import time

from .support import LOST, SMALL, Server, expect, fault_of


def put(path, data):
    os.remove(path)
    with open(path, "wb") as file:
        file.write(data)


def damaged_files(data):
    """Damages that leave a regular file: a description, and the content of the damaged file."""
    start = 8 + int.from_bytes(data[:8], "little")
    cut = [0, 1, 7, 8, 9, start - 1, start, start + 1, len(data) - 1] + random.sample(range(len(data)), 40)
    yield from ((f"cut to {length} bytes", data[:length]) for length in cut)
    for place in (random.sample(range(start), 100) + random.sample(range(start, len(data)), 100)
                  + list(range(8))):
        flipped = bytearray(data)
        flipped[place] ^= 1 << random.randrange(8)
        yield f"bit flipped in byte {place}", bytes(flipped)
    hole = random.randrange(len(data) - 64)
    yield "64 bytes of zeros in it", data[:hole] + bytes(64) + data[hole + 64:]
    yield "one more byte", data + b"\0"
    yield "all zeros", bytes(len(data))
    yield "text", b"This is not a model.\n" * 100
    yield "safetensors without checksums", (2).to_bytes(8, "little") + b"{}"
    tensor = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "t": tensor}).encode()
    yield "a safetensors file of another program", len(header).to_bytes(8, "little") + header + bytes(8)


def damage(folder, rounds):
    damage_files(folder)
    for what, damage_folder in FOLDER_DAMAGES.items():
        for order in (1, -1):
            with tempfile.TemporaryDirectory(dir=folder) as place:
                damage_one_folder(place, what, damage_folder, order)


def damage_files(folder):
    """Damages files, all in one folder. Each damage has its own model and affects version 2; every fourth
    model has no version 1."""
    place = os.path.join(folder, "files")
    server = Server(place)
    for model in ("good", "other", "other"):
        server.train(model, SMALL if model == "good" else {**SMALL, "seed": 7})
    good, other = server.reconstruct("good"), server.reconstruct("other", 2)
    data = server.download("good", 1)[1]
    server.stop()
    kinds = list(damaged_files(data))
    for number, (_, bytes_now) in enumerate(kinds):
        for version in (1, 2) if number % 4 else (2,):
            shutil.copytree(f"{place}/good/1", f"{place}/m{number}/{version}")
        put(f"{place}/m{number}/2/model.safetensors", bytes_now)
    shutil.copyfile(f"{place}/good/1/model.safetensors", f"{place}/other/2/model.safetensors")
    server = Server(place)
    expect("damage", "GET /models responds", server.models(limit=100).keys() >= {"good", "other"})
    for number, (what, bytes_now) in enumerate(kinds):
        check_damaged(server, place, f"m{number}", what, bytes_now, good if number % 4 else None)
    expect("damage", "other models are served", server.reconstruct("good") == good)
    expect("damage", "the intact file of another model is served",
           server.reconstruct("other", 2)[2] == good[2] != other[2])
    latest = server.models()
    expect("damage", "GET /models lists the versions before the damaged ones",
           all(latest.get(f"m{number}", 3) == 3 for number in range(len(kinds))), latest)
    server.stop()


def check_damaged(server, place, name, what, bytes_now, before):
    """Makes the checks in a random order, because the first access detects the damage."""
    accesses = {
        "instead of a damaged latest version the one before is served, or 404":
            lambda: server.reconstruct(name) == before if before else server.reconstruct(name)[0] == 404,
        "a damaged version gets 404": lambda: server.reconstruct(name, 2)[0] == 404,
        "the file of a damaged version gets 404": lambda: server.download(name, 2)[0] == 404,
    }
    server.call("GET", f"/models/{name}") if random.random() < 0.3 else None
    for check, access in random.sample(list(accesses.items()), len(accesses)):
        expect("damage", check, access(), what)
    expect("damage", "a damaged version is not listed afterwards",
           server.model(name)[0] == ([1] if before else []), (what, server.model(name)))
    quarantined = [file for file in os.listdir(f"{place}/.damaged") if file.startswith(f"{name}-2-")]
    is_there = len(quarantined) == 1 and open(f"{place}/.damaged/{quarantined[0]}", "rb").read() == bytes_now
    expect("damage", "a damaged file is quarantined unchanged",
           is_there and not os.path.exists(f"{place}/{name}/2/model.safetensors"), what)
    # The log can be written shortly after the response.
    line = f"msg=\"[^\"]*damaged[^\"]*\" model={name} "
    is_logged = any(re.search(line, server.logged()) or time.sleep(0.01) for _ in range(200))
    expect("damage", "the log reports it", is_logged, what)
    expect("damage", "the next version gets another number", server.train(name) == (201, 3), what)


def replaced(make):
    """Replaces the newest version's file by something else."""
    def damage_folder(folder):
        os.remove(path := f"{folder}/bad/2/model.safetensors")
        make(path)
    return damage_folder


def foreign(folder):
    os.makedirs(f"{folder}/lost+found")
    os.makedirs(f"{folder}/.git/x")
    os.makedirs(f"{folder}/empty")
    os.makedirs(f"{folder}/bad/2/folder")
    os.makedirs(f"{folder}/bad/.new-1234/folder")
    files = ("README.md", "file", "bad/notes.txt", "bad/3", "bad/.new-56", "bad/@", "bad/@x", "bad/-1",
             "bad/007", "good/1/x")
    for path in files:
        with open(f"{folder}/{path}", "w") as file:
            file.write("foreign")
    os.symlink("nowhere", f"{folder}/dangling")


def quarantine_blocked_by_a_file(folder):
    put(f"{folder}/bad/2/model.safetensors", b"no model")
    open(f"{folder}/.damaged", "w").close()


# Damages to a folder with the models good and bad; bad has two versions.
FOLDER_DAMAGES = {
    "a folder in place of the file": replaced(os.mkdir),
    "a pipe in place of the file": replaced(os.mkfifo),
    "a link to itself in place of the file": replaced(lambda path: os.symlink("model.safetensors", path)),
    "a file with a hole of 1 TiB": lambda folder: os.truncate(f"{folder}/bad/2/model.safetensors", 1 << 40),
    "damaged, with a file named .damaged": quarantine_blocked_by_a_file,
    "foreign files and folders": foreign,
    "a link to itself in the root": lambda folder: os.symlink("loop", f"{folder}/loop"),
    "a folder named 9223372036854775807": lambda folder: os.mkdir(f"{folder}/bad/9223372036854775807"),
}


def damage_one_folder(folder, what, damage_folder, order):
    """The checks run in both orders, because the result must not depend on which access detects the
    damage."""
    server = Server(folder)
    for model in ("good", "bad", "bad"):
        server.train(model)
    expected = server.reconstruct("good")[2]
    server.stop()
    damage_folder(folder)
    try:
        server = Server(folder)
    except LOST as error:
        return expect("damage", what, False, error)
    checks = {
        "GET /models responds": lambda: "good" in server.models(),
        "other models are served": lambda: server.reconstruct("good")[2] == expected,
        "an intact version is served": lambda: server.reconstruct("bad")[2] == expected,
        "nothing else is served": lambda: (
            server.reconstruct("bad", 2)[2] == expected or server.reconstruct("bad", 2)[0] == 404),
        "other models are trained": lambda: server.train("good")[0] == 201,
        "other models are downloaded": lambda: fault_of(server.download("good", 1)[1]) is None,
        "the damaged model is trained again": lambda: server.train("bad")[0] in (201, 507),
    }
    for check, body in list(checks.items())[::order]:
        try:
            expect("damage", what, body(), f"failed: {check}; {server.last_errors()}")
        except LOST as error:
            expect("damage", what, False, f"failed: {check}; {error!r}; {server.last_errors()}")
            if server.process.poll() is not None:
                return None
    return server.kill()
