"""A server is killed at any moment while clients change its folder, and restarted. Its promises must hold."""

import hashlib
import json
import os
import random
import shutil
import threading
import time

from .support import (
    LOST, MEDIUM, NAMES, SMALL, Server, expect, fault_of, figure, leftovers, quantiles, run_all)


class Ledger:
    """The clients' knowledge across all restarts of the server. A version is `kept`, `gone`, or `unsure`
    while its deletion has no response; an alias can point to any of its values."""

    def __init__(self):
        self.lock, self.state, self.contents, self.aliases, self.before = threading.RLock(), {}, {}, {}, set()

    def versions(self, name, state="kept"):
        with self.lock:
            return [version for (of, version), is_now in self.state.items() if of == name and is_now == state]

    def mark(self, name, versions, state):
        with self.lock:
            self.state.update({(name, version): state for version in versions})

    def is_new(self, name, version):
        """Whether a number is unused and greater than all numbers from before the last kill."""
        return (name, version) not in self.state and all(
            version > old for of, old in self.before if of == name)

    def is_same(self, name, version, data):
        """Whether a version's bytes equal those that were seen first."""
        now = hashlib.sha256(data).digest()
        return self.contents.setdefault((name, version), now) == now


class Client:
    """Makes random changes to the folder and records the responses. It deletes whole models only under its
    own name, to which no other client adds versions, and sets only its own alias."""

    def __init__(self, number, server, ledger, files):
        self.own, self.server, self.ledger, self.files = f"own{number}", server, ledger, files

    def run(self):
        while not self.server.is_killed:
            act = random.choices(
                [self.train, self.upload, self.delete, self.point, self.wipe], [5, 3, 5, 3, 0.5])[0]
            try:
                act(random.choice(NAMES + [self.own]))
            except LOST as error:
                if not expect("kill", "requests get responses until the server is killed",
                              self.server.is_killed, error):
                    return

    def train(self, name):
        self.added(name, *self.server.train(name, random.choice([SMALL, MEDIUM])))

    def upload(self, name):
        status, response, _ = self.server.call(
            "PUT", f"/models/{name}/model.safetensors", random.choice(self.files))
        self.added(name, status, json.loads(response).get("version"))

    def added(self, name, status, version):
        if expect("kill", "training and uploading get 201", status == 201, f"{status} {version}"):
            with self.ledger.lock:
                expect("kill", "a number is new and greater than earlier ones",
                       self.ledger.is_new(name, version), (name, version))
                self.ledger.mark(name, [version], "kept")
            status, data, _ = self.server.download(name, version)
            if status == 200:
                expect("kill", "a new version's file is complete", fault_of(data) is None, fault_of(data))
                self.ledger.is_same(name, version, data)

    def delete(self, name):
        with self.ledger.lock:
            versions = self.ledger.versions(name)
            if len(versions) < 4:
                return
            version = random.choice([versions[-1], random.choice(versions)])
            self.ledger.mark(name, [version], "unsure")
        status = self.server.call("DELETE", f"/models/{name}/versions/{version}")[0]
        expect("kill", "deleting gets 204, or 409 if there is an alias", status in (204, 409), status)
        self.ledger.mark(name, [version], "gone" if status == 204 else "kept")

    def wipe(self, _):
        versions, key = self.ledger.versions(self.own), (self.own, self.own)
        self.ledger.mark(self.own, versions, "unsure")
        self.ledger.aliases[key] = self.ledger.aliases.get(key, set()) | {None}
        status = self.server.call("DELETE", f"/models/{self.own}")[0]
        is_right = status == (204 if versions else 404)
        expect("kill", "deleting a model gets 204, or 404 if it has no version", is_right, status)
        self.ledger.mark(self.own, versions, "gone")
        self.ledger.aliases[key] = {None}

    def point(self, name):
        key, versions = (name, self.own), self.ledger.versions(name)
        if versions:
            version = random.choice(versions)
            self.ledger.aliases[key] = self.ledger.aliases.get(key, {None}) | {version}
            status = self.server.call("PUT", f"/models/{name}/aliases/{self.own}", {"version": version})[0]
            expect("kill", "setting an alias gets 200, or 404 if the version is gone", status in (200, 404),
                   status)
            if status == 200:
                self.ledger.aliases[key] = {version}


def check_promises(server, ledger, folder):
    """Checks the promises after a restart. Returns the latest version of each model."""
    latest = server.models()
    for name in {name for name, _ in ledger.state} | latest.keys():
        listed, aliases = server.model(name)
        is_latest = latest.get(name) == (listed or [None])[-1]
        expect("kill", "GET /models and GET /models/{m} agree", is_latest, (name, latest, listed))
        for version in ledger.versions(name):
            expect("kill", "a version whose creation got 201 exists", version in listed, (name, version))
        back = set(ledger.versions(name, "gone")) & set(listed)
        expect("kill", "no version whose deletion got 204 exists", not back, (name, back))
        for version in listed:
            is_new = (name, version) in ledger.state or ledger.is_new(name, version)
            expect("kill", "a number is new and greater than earlier ones", is_new, (name, version))
            check_version(server, ledger, name, version)
        check_aliases(ledger, name, listed, aliases)
        ledger.mark(name, ledger.versions(name, "unsure") + ledger.versions(name), "gone")
        ledger.mark(name, listed, "kept")
    ledger.before = set(ledger.state)
    return latest


def check_version(server, ledger, name, version):
    status, data, tag = server.download(name, version)
    is_whole = status == 200 and fault_of(data) is None
    expect("kill", "a listed version's file is complete and both checksums match", is_whole,
           (status, fault_of(data)))
    expect("kill", "its bytes are those from before the kill", ledger.is_same(name, version, data),
           (name, version))
    beginning = b'{"__metadata__":{"sha256":"' + tag.encode()
    expect("kill", "its ETag is its header's checksum", len(tag) >= 32 and data[8:].startswith(beginning),
           tag)
    response = server.reconstruct(name, version)
    expect("kill", "a listed version responds to /reconstruct", response[:2] == (200, version), response)


def check_aliases(ledger, name, listed, aliases):
    """Checks that aliases have one of their possible values, and that an alias of a deleted version is
    gone."""
    for (of, alias), values in ledger.aliases.items():
        if of == name:
            is_now = aliases.get(alias)
            is_right = is_now in values or is_now is None and not values <= set(listed)
            expect("kill", "an alias points to the version that it was set to", is_right,
                   (name, alias, is_now, values, listed))
            ledger.aliases[of, alias] = {is_now}


def remove(path):
    """Removes a leftover, so that it is reported only once."""
    if path:
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


def kill(folder, rounds):
    ledger, starts, left, half_starts = Ledger(), [], 0, 0
    server = Server(folder)
    latest = {name: server.train(name, body)[1] for name, body in zip(NAMES, (SMALL, MEDIUM, SMALL))}
    files = [server.download(name, version)[1] for name, version in latest.items()]
    for _ in range(rounds):
        stop = run_all(*[Client(number, server, ledger, files).run for number in range(4)])
        time.sleep(random.uniform(0, 0.4))
        expect("kill", "the server runs until it is killed", server.process.poll() is None,
               server.last_errors())
        server.kill()
        stop()
        left += len(leftovers(folder))
        if random.random() < 0.1:
            half_starts += 1
            with Server.launch(folder) as starting:
                time.sleep(random.uniform(0, 0.05))
                starting.kill()
        server = Server(folder)
        starts.append(server.seconds)
        for path in leftovers(folder) or [""]:
            expect("kill", "nothing partially written is left after the restart", not path, path)
            remove(path)
        check_promises(server, ledger, folder)
        expect("kill", "no file is damaged", "damaged" not in server.logged(), server.last_errors())
    expect("kill", "after SIGTERM the server exits with 0", server.stop() == 0)
    states = list(ledger.state.values())
    figure("kill", "rounds", f"{rounds}, {half_starts} of them with another kill while starting")
    figure("kill", "versions",
           f"{len(states)}, of them deleted {states.count('gone')}; left partially written by kills: {left}")
    figure("kill", "restart until ready", quantiles(starts))
