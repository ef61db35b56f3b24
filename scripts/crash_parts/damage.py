"""Files are damaged while the server is stopped: it starts, serves everything else, and never what is damaged."""

import json
import os
import random
import re
import shutil
import tempfile
import time

from .support import LOST, SMALL, Server, expect, flaw


def put(path, data):
    os.remove(path)
    with open(path, "wb") as file:
        file.write(data)


def spoiled_files(data):
    """Ways to damage a file that leave a file; for each what it is then."""
    start = 8 + int.from_bytes(data[:8], "little")
    cut = [0, 1, 7, 8, 9, start - 1, start, start + 1, len(data) - 1] + random.sample(range(len(data)), 40)
    yield from ((f"cut to {length} bytes", data[:length]) for length in cut)
    for place in random.sample(range(start), 100) + random.sample(range(start, len(data)), 100) + list(range(8)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << random.randrange(8)
        yield f"bit flipped in byte {place}", bytes(flipped)
    hole = random.randrange(len(data) - 64)
    yield "64 bytes of zeros in it", data[:hole] + bytes(64) + data[hole + 64:]
    yield "longer by a byte", data + b"\0"
    yield "all zeros", bytes(len(data))
    yield "text", b"This is no model.\n" * 100
    yield "safetensors without checksums", (2).to_bytes(8, "little") + b"{}"
    tensor = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "t": tensor}).encode()
    yield "safetensors of somebody else", len(header).to_bytes(8, "little") + header + bytes(8)


def damage(folder, rounds):
    damage_files(folder)
    for what, spoil in STRANGE.items():
        for order in (1, -1):
            with tempfile.TemporaryDirectory(dir=folder) as place:
                damage_strangely(place, what, spoil, order)


def damage_files(folder):
    """All in one folder: each has a model of its own, of which the second version is damaged; every fourth has no first."""
    place = os.path.join(folder, "files")
    server = Server(place)
    for model in ("good", "other", "other"):
        server.train(model, SMALL if model == "good" else {**SMALL, "seed": 7})
    good, other = server.reconstruct("good"), server.reconstruct("other", 2)
    data = server.download("good", 1)[1]
    server.stop()
    kinds = list(spoiled_files(data))
    for number, (_, bytes_now) in enumerate(kinds):
        for version in (1, 2) if number % 4 else (2,):
            shutil.copytree(f"{place}/good/1", f"{place}/m{number}/{version}")
        put(f"{place}/m{number}/2/model.safetensors", bytes_now)
    shutil.copyfile(f"{place}/good/1/model.safetensors", f"{place}/other/2/model.safetensors")
    server = Server(place)
    expect("damage", "GET /models answers", server.models(limit=100).keys() >= {"good", "other"})
    for number, (what, bytes_now) in enumerate(kinds):
        check_damaged(server, place, f"m{number}", what, bytes_now, good if number % 4 else None)
    expect("damage", "other models are served", server.reconstruct("good") == good)
    expect("damage", "another model's whole file is served", server.reconstruct("other", 2)[2] == good[2] != other[2])
    latest = server.models()
    expect("damage", "GET /models has the versions before the damaged ones",
           all(latest.get(f"m{number}", 3) == 3 for number in range(len(kinds))), latest)
    server.stop()


def check_damaged(server, place, name, what, bytes_now, before):
    """In a random order, because what touches it first is what finds it out."""
    touches = {
        "a damaged latest gives way to the one before, or 404":
            lambda: server.reconstruct(name) == before if before else server.reconstruct(name)[0] == 404,
        "a damaged version is answered 404": lambda: server.reconstruct(name, 2)[0] == 404,
        "a damaged version's file is answered 404": lambda: server.download(name, 2)[0] == 404,
    }
    server.call("GET", f"/models/{name}") if random.random() < 0.3 else None
    for check, touch in random.sample(list(touches.items()), len(touches)):
        expect("damage", check, touch(), what)
    expect("damage", "it is not listed then", server.model(name)[0] == ([1] if before else []), (what, server.model(name)))
    shelf = [file for file in os.listdir(f"{place}/.damaged") if file.startswith(f"{name}-2-")]
    is_there = len(shelf) == 1 and open(f"{place}/.damaged/{shelf[0]}", "rb").read() == bytes_now
    expect("damage", "it is set aside as it was", is_there and not os.path.exists(f"{place}/{name}/2/model.safetensors"), what)
    # Lines of the log may come a moment later than answers.
    line = f"a damaged version is set aside\" model={name} "
    said = any(re.search(line, server.logged()) or time.sleep(0.01) for _ in range(200))
    expect("damage", "the log says so", said, what)
    expect("damage", "the next version gets another number", server.train(name) == (201, 3), what)


def replaced(make):
    """Something else in the place of the newest version's file."""
    def spoil(folder):
        os.remove(path := f"{folder}/bad/2/model.safetensors")
        make(path)
    return spoil


def foreign(folder):
    os.makedirs(f"{folder}/lost+found")
    os.makedirs(f"{folder}/.git/x")
    os.makedirs(f"{folder}/empty")
    os.makedirs(f"{folder}/bad/2/folder")
    os.makedirs(f"{folder}/bad/.new-1234/folder")
    files = "README.md", "file", "bad/notes.txt", "bad/3", "bad/.new-56", "bad/@", "bad/@x", "bad/-1", "bad/007", "good/1/x"
    for path in files:
        with open(f"{folder}/{path}", "w") as file:
            file.write("foreign")
    os.symlink("nowhere", f"{folder}/dangling")


def with_shelf_in_the_way(folder):
    put(f"{folder}/bad/2/model.safetensors", b"no model")
    open(f"{folder}/.damaged", "w").close()


# What is done to a folder with the models good and bad; bad has two versions.
STRANGE = {
    "a folder in place of the file": replaced(os.mkdir),
    "a pipe in place of the file": replaced(os.mkfifo),
    "a link to itself in place of the file": replaced(lambda path: os.symlink("model.safetensors", path)),
    "a file with a hole of 1 TiB": lambda folder: os.truncate(f"{folder}/bad/2/model.safetensors", 1 << 40),
    "damaged, with a file named .damaged": with_shelf_in_the_way,
    "foreign files and folders": foreign,
    "a link to itself in the root": lambda folder: os.symlink("loop", f"{folder}/loop"),
    "a folder named 9223372036854775807": lambda folder: os.mkdir(f"{folder}/bad/9223372036854775807"),
}


def damage_strangely(folder, what, spoil, order):
    """What finds it out first must not matter, so the checks are made in both orders."""
    server = Server(folder)
    for model in ("good", "bad", "bad"):
        server.train(model)
    expected = server.reconstruct("good")[2]
    server.stop()
    spoil(folder)
    try:
        server = Server(folder)
    except LOST as error:
        return expect("damage", what, False, error)
    checks = {
        "GET /models answers": lambda: "good" in server.models(),
        "others are served": lambda: server.reconstruct("good")[2] == expected,
        "a whole version is served": lambda: server.reconstruct("bad")[2] == expected,
        "nothing else is": lambda: server.reconstruct("bad", 2)[2] == expected or server.reconstruct("bad", 2)[0] == 404,
        "others are trained": lambda: server.train("good")[0] == 201,
        "others are downloaded": lambda: flaw(server.download("good", 1)[1]) is None,
        "training goes on": lambda: server.train("bad")[0] in (201, 507),
    }
    for check, body in list(checks.items())[::order]:
        try:
            expect("damage", what, body(), f"not so: {check}; {server.complaint()}")
        except LOST as error:
            expect("damage", what, False, f"not so: {check}; {error!r}; {server.complaint()}")
            if server.process.poll() is not None:
                return None
    return server.kill()
