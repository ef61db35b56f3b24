"""Two servers on one folder."""

import contextlib
import random
import threading
import time

from .support import LOST, MEDIUM, NAMES, SMALL, Server, expect, figure, leftovers, quantiles, run_all, until


class Pair:
    """Two servers on a folder, and clients that train and delete the same models on both."""

    def __init__(self, folder):
        self.folder, self.servers = folder, [Server(folder), Server(folder)]
        self.lock, self.assigned, self.ending = threading.Lock(), set(), False

    def client(self, index):
        while not self.ending:
            server, name = self.servers[index], random.choice(NAMES)
            try:
                self.act(server, name)
            except LOST as error:
                if not expect("shared", "the other server keeps running when one is killed",
                              server.is_killed, error):
                    return
                time.sleep(0.01)

    def act(self, server, name):
        status, version = server.train(name, random.choice([SMALL, SMALL, MEDIUM]))
        if expect("shared", "training gets 201", status == 201, f"{status} {version}"):
            with self.lock:
                expect("shared", "no number is assigned twice", (name, version) not in self.assigned,
                       f"{name}/{version}")
                self.assigned.add((name, version))
        versions = server.model(name)[0]
        for version in versions[-1:] + versions[:-3] if random.random() < 0.6 else []:
            status, response, _ = server.call("DELETE", f"/models/{name}/versions/{version}")
            expect("shared", "deleting gets 204 or 404", status in (204, 404),
                   f"{status} {server.last_errors()}")

    def round(self):
        """Kills one server during the load and restarts it, while the other keeps running."""
        self.ending = False
        victim = random.randrange(2)
        stop = run_all(*[lambda index=index: self.client(index) for index in (0, 0, 0, 1, 1, 1)])
        time.sleep(random.uniform(0.05, 0.3))
        self.servers[victim].kill()
        self.servers[victim] = Server(self.folder)
        time.sleep(0.15)
        self.ending = True
        stop()
        time.sleep(0.3)
        self.compare(NAMES)

    def deletion(self, name):
        """Kills one server while it deletes a version that the other has in memory."""
        victim = random.randrange(2)
        one, other = self.servers[victim], self.servers[1 - victim]
        version = [one.train(name)[1] for _ in range(3)][-1]
        time.sleep(0.1)
        other.reconstruct(name), other.model(name)
        stop = run_all(lambda: self.delete_unless_killed(
            one, f"/models/{name}" + random.choice(["", f"/versions/{version}"])))
        time.sleep(random.uniform(0, 0.015))
        one.kill()
        stop()
        self.servers[victim] = Server(self.folder)
        time.sleep(0.3)
        self.compare([name])

    def delete_unless_killed(self, server, path):
        with contextlib.suppress(*LOST):
            server.call("DELETE", path)

    def compare(self, names):
        one, other = self.servers
        expect("shared", "both list the same models", one.models() == other.models(),
               (one.models(), other.models()))
        for name in names:
            versions = one.model(name)
            expect("shared", "both list the same versions", versions == other.model(name),
                   (name, versions, other.model(name)))
            for version in versions[0]:
                same = one.reconstruct(name, version) == other.reconstruct(name, version)
                expect("shared", "both give the same response for the same version", same,
                       f"{name}/{version}")

    def measure_visibility(self, name):
        """Changes by one server are visible on the other within a second."""
        one, other = random.sample(self.servers, 2)
        version = one.train(name)[1]
        times = [until(lambda: other.reconstruct(name)[1] == version, 1)]
        one.call("DELETE", f"/models/{name}")
        times += [until(lambda: other.reconstruct(name)[0] == 404, 1),
                  until(lambda: name not in other.models(), 1)]
        one.train(name)
        times += [until(lambda: name in other.models(), 1)]
        for what, seconds in zip(
                ("trains", "deletes", "deletes (GET /models)", "trains again (GET /models)"), times):
            expect("shared", f"after one server {what}, the other shows it within 1 s", seconds is not None,
                   name)
        return [seconds for seconds in times if seconds]


def shared(folder, rounds):
    pair = Pair(folder)
    for number in range(max(2, rounds // 4)):
        pair.round()
        pair.deletion(f"short{number}")
    expect("shared", "a restart removes partially written files", not leftovers(folder), leftovers(folder))
    times = [seconds for number in range(10) for seconds in pair.measure_visibility(f"seen{number}")]
    figure("shared", "time until the other server shows a change", quantiles(times))
    figure("shared", "version numbers assigned by both", str(len(pair.assigned)))
    for server in pair.servers:
        expect("shared", "after SIGTERM the server exits with 0", server.stop() == 0)
