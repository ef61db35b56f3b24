"""A server is killed at any moment while clients change its folder, and started again: what it promised has to hold."""

import hashlib
import json
import os
import random
import shutil
import threading
import time

from .support import LOST, MEDIUM, NAMES, SMALL, Server, expect, figure, flaw, leftovers, quantiles, run_all


class Ledger:
    """What clients know, over all deaths of the server. A version is `kept`, `gone`, or `unsure` as long as nobody has answered
    whether it is deleted; an alias may point to any of its values."""

    def __init__(self):
        self.lock, self.state, self.contents, self.aliases, self.before = threading.RLock(), {}, {}, {}, set()

    def versions(self, name, state="kept"):
        with self.lock:
            return [version for (of, version), is_now in self.state.items() if of == name and is_now == state]

    def mark(self, name, versions, state):
        with self.lock:
            self.state.update({(name, version): state for version in versions})

    def is_new(self, name, version):
        """Whether a number is none that was there already, and above those from before the last death."""
        return (name, version) not in self.state and all(version > old for of, old in self.before if of == name)

    def is_same(self, name, version, data):
        """Whether a version's bytes are those that were seen before."""
        now = hashlib.sha256(data).digest()
        return self.contents.setdefault((name, version), now) == now


class Client:
    """Does anything that changes a folder, at random, and writes down what it is answered. Deletes whole models only of a
    name of its own, where nobody else adds versions meanwhile; its alias is its own as well."""

    def __init__(self, number, server, ledger, files):
        self.own, self.server, self.ledger, self.files = f"own{number}", server, ledger, files

    def run(self):
        while not self.server.is_killed:
            act = random.choices([self.train, self.upload, self.delete, self.point, self.wipe], [5, 3, 5, 3, 0.5])[0]
            try:
                act(random.choice(NAMES + [self.own]))
            except LOST as error:
                if not expect("kill", "answers come until the server is killed", self.server.is_killed, error):
                    return

    def train(self, name):
        self.added(name, *self.server.train(name, random.choice([SMALL, MEDIUM])))

    def upload(self, name):
        status, answer, _ = self.server.call("PUT", f"/models/{name}/model.safetensors", random.choice(self.files))
        self.added(name, status, json.loads(answer).get("version"))

    def added(self, name, status, version):
        if expect("kill", "training and uploading is answered 201", status == 201, f"{status} {version}"):
            with self.ledger.lock:
                expect("kill", "a number is new, and above those before", self.ledger.is_new(name, version), (name, version))
                self.ledger.mark(name, [version], "kept")
            status, data, _ = self.server.download(name, version)
            if status == 200:
                expect("kill", "a new version's file is whole", flaw(data) is None, flaw(data))
                self.ledger.is_same(name, version, data)

    def delete(self, name):
        with self.ledger.lock:
            versions = self.ledger.versions(name)
            if len(versions) < 4:
                return
            version = random.choice([versions[-1], random.choice(versions)])
            self.ledger.mark(name, [version], "unsure")
        status = self.server.call("DELETE", f"/models/{name}/versions/{version}")[0]
        expect("kill", "deleting is answered 204, or 409 if there is an alias", status in (204, 409), status)
        self.ledger.mark(name, [version], "gone" if status == 204 else "kept")

    def wipe(self, _):
        versions, key = self.ledger.versions(self.own), (self.own, self.own)
        self.ledger.mark(self.own, versions, "unsure")
        self.ledger.aliases[key] = self.ledger.aliases.get(key, set()) | {None}
        status = self.server.call("DELETE", f"/models/{self.own}")[0]
        is_right = status == (204 if versions else 404)
        expect("kill", "deleting a model is answered 204, or 404 if it has no version", is_right, status)
        self.ledger.mark(self.own, versions, "gone")
        self.ledger.aliases[key] = {None}

    def point(self, name):
        key, versions = (name, self.own), self.ledger.versions(name)
        if versions:
            version = random.choice(versions)
            self.ledger.aliases[key] = self.ledger.aliases.get(key, {None}) | {version}
            status = self.server.call("PUT", f"/models/{name}/aliases/{self.own}", {"version": version})[0]
            expect("kill", "setting an alias is answered 200, or 404 if the version is gone", status in (200, 404), status)
            if status == 200:
                self.ledger.aliases[key] = {version}


def check_promises(server, ledger, folder):
    """After a restart there is what was promised. Returns the latest version of each model."""
    latest = server.models()
    for name in {name for name, _ in ledger.state} | latest.keys():
        listed, aliases = server.model(name)
        is_latest = latest.get(name) == (listed or [None])[-1]
        expect("kill", "GET /models and GET /models/{m} agree", is_latest, (name, latest, listed))
        for version in ledger.versions(name):
            expect("kill", "a version that was answered 201 is there", version in listed, (name, version))
        back = set(ledger.versions(name, "gone")) & set(listed)
        expect("kill", "no version whose deletion was answered 204 is there", not back, (name, back))
        for version in listed:
            is_new = (name, version) in ledger.state or ledger.is_new(name, version)
            expect("kill", "a number is new, and above those before", is_new, (name, version))
            check_version(server, ledger, name, version)
        check_aliases(ledger, name, listed, aliases)
        ledger.mark(name, ledger.versions(name, "unsure") + ledger.versions(name), "gone")
        ledger.mark(name, listed, "kept")
    ledger.before = set(ledger.state)
    return latest


def check_version(server, ledger, name, version):
    status, data, tag = server.download(name, version)
    is_whole = status == 200 and flaw(data) is None
    expect("kill", "a listed version's file is whole, both checksums hold", is_whole, (status, flaw(data)))
    expect("kill", "its bytes are those of before the kill", ledger.is_same(name, version, data), (name, version))
    beginning = b'{"__metadata__":{"sha256":"' + tag.encode()
    expect("kill", "its ETag is its header's checksum", len(tag) >= 32 and data[8:].startswith(beginning), tag)
    answer = server.reconstruct(name, version)
    expect("kill", "a listed version answers /reconstruct", answer[:2] == (200, version), answer)


def check_aliases(ledger, name, listed, aliases):
    """An alias of a version that is gone is gone, too."""
    for (of, alias), values in ledger.aliases.items():
        if of == name:
            is_now = aliases.get(alias)
            is_right = is_now in values or is_now is None and not values <= set(listed)
            expect("kill", "an alias points where it was set to", is_right, (name, alias, is_now, values, listed))
            ledger.aliases[of, alias] = {is_now}


def remove(path):
    """What is left is blamed once."""
    if path:
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


def kill(folder, rounds):
    ledger, starts, left, halves = Ledger(), [], 0, 0
    server = Server(folder)
    latest = {name: server.train(name, body)[1] for name, body in zip(NAMES, (SMALL, MEDIUM, SMALL))}
    files = [server.download(name, version)[1] for name, version in latest.items()]
    for _ in range(rounds):
        stop = run_all(*[Client(number, server, ledger, files).run for number in range(4)])
        time.sleep(random.uniform(0, 0.4))
        expect("kill", "the server lives until it is killed", server.process.poll() is None, server.complaint())
        server.kill()
        stop()
        left += len(leftovers(folder))
        if random.random() < 0.1:
            halves += 1
            with Server.launch(folder) as half:
                time.sleep(random.uniform(0, 0.05))
                half.kill()
        server = Server(folder)
        starts.append(server.seconds)
        for path in leftovers(folder) or [""]:
            expect("kill", "nothing half-written is left after the restart", not path, path)
            remove(path)
        check_promises(server, ledger, folder)
        expect("kill", "nothing is found damaged", "damaged" not in server.logged(), server.complaint())
    expect("kill", "SIGTERM ends it with 0", server.stop() == 0)
    states = list(ledger.state.values())
    figure("kill", "rounds", f"{rounds}, {halves} of them with another kill while starting")
    figure("kill", "versions", f"{len(states)}, of them deleted {states.count('gone')}; left half-written by kills: {left}")
    figure("kill", "restart until ready", quantiles(starts))
