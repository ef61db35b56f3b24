"""Copies of a folder that are taken while a server changes it, as docs/operations.md describes backups. A
server starts on each copy; then versions are restored from a copy into the folder of the running server."""

import contextlib
import os
import random
import shutil
import subprocess
import threading
import time

from .support import (
    LOST, MEDIUM, NAMES, SMALL, Server, expect, fault_of, figure, leftovers, quantiles, run_all, timed, until)

# Shell commands that copy the folder $0 to the folder $1, and their exit statuses: they are not 0 if files
# vanish or change meanwhile, which loses nothing.
COPIES = {
    "tar": ('tar -C "$0" -cf "$1.tar" .; status=$?; tar -C "$1" -xf "$1.tar"; rm "$1.tar"; exit $status',
            (0, 1)),
    "cp": ('cp -a "$0"/. "$1"', (0, 1)),
    # Nanoseconds count: an alias may change twice in a second, to a number of the same length.
    "rsync": ('rsync -a --delete --modify-window=-1 "$0"/ "$1"', (0, 24)),
    "rsync, over an older copy": (
        'rsync -a "$0"/ "$1"; rsync -a --delete --modify-window=-1 "$0"/ "$1"', (0, 24)),
}


def copy(tool, source, target):
    """Copies a folder; returns the exit status."""
    command, statuses = COPIES[tool]
    os.mkdir(target)
    made = subprocess.run(["sh", "-c", command, source, target], capture_output=True, text=True)
    expect("backup", f"{tool}: the exit status is one of {statuses}", made.returncode in statuses,
           f"{made.returncode} {made.stderr}")
    return made.returncode


class Load:
    """Clients that train, set aliases and delete all the time, whole models included."""

    def __init__(self, server):
        self.server, self.is_ending = server, False
        self.wait = run_all(*[self.client] * 4)

    def client(self):
        while not self.is_ending:
            name = random.choice(NAMES)
            with contextlib.suppress(*LOST):
                version = self.server.train(name, random.choice([SMALL, MEDIUM]))[1]
                if isinstance(version, int) and random.random() < 0.7:
                    alias = random.choice(["stable", "next"])
                    self.server.call("PUT", f"/models/{name}/aliases/{alias}", {"version": version})
                for old in self.server.model(name)[0][:-3]:
                    self.server.call("DELETE", f"/models/{name}/versions/{old}")
                if random.random() < 0.02:
                    self.server.call("DELETE", f"/models/{name}")

    def end(self):
        self.is_ending = True
        self.wait()


def alias_files(folder):
    """The numbers in the files of aliases, by model and alias."""
    return {(name, entry[1:]): int(open(os.path.join(folder, name, entry)).read())
            for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name))
            for entry in os.listdir(os.path.join(folder, name)) if entry.startswith("@")}


def check_copy(tool, folder):
    """A server starts on a copy, and serves whole versions only. Returns the number of aliases whose version
    the copy lacks."""
    written = alias_files(folder)
    server = Server(folder)
    expect("backup", f"{tool}: nothing partially written is left after the start", not leftovers(folder),
           leftovers(folder))
    missing = 0
    for name in NAMES:
        versions, aliases = server.model(name)
        for version in versions:
            status, data, _ = server.download(name, version)
            is_whole = status == 200 and fault_of(data) is None
            expect("backup", f"{tool}: every version is whole", is_whole,
                   (name, version, status, fault_of(data)))
            response = server.reconstruct(name, version)
            expect("backup", f"{tool}: every version responds", response[:2] == (200, version), response)
        expect("backup", f"{tool}: aliases point to existing versions",
               set(aliases.values()) <= set(versions), (aliases, versions))
        lost = {alias: number for (of, alias), number in written.items()
                if of == name and number not in versions}
        missing += len(lost)
        # Train past the number of each lost alias: the alias must not come back with another version.
        for _ in range(max([number - max(versions, default=0) for number in lost.values()], default=0)):
            server.train(name)
        revived = set(lost) & set(server.model(name)[1])
        expect("backup", f"{tool}: an alias whose version is missing stays unset", not revived,
               (name, lost, server.model(name)))
    log = server.logged()
    expect("backup", f"{tool}: nothing is quarantined",
           "damaged" not in log and not os.path.exists(f"{folder}/.damaged"), log)
    expect("backup", f"{tool}: after SIGTERM the server exits with 0", server.stop() == 0)
    return missing


def restore(server, folder, copied, name):
    """Restores a deleted model into the folder of a running server, while clients request it. Returns the
    time until it is served."""
    version = [server.train(name, MEDIUM)[1] for _ in range(3)][-1]
    server.call("PUT", f"/models/{name}/aliases/stable", {"version": 2})
    expected, statuses, is_ending = server.reconstruct(name), set(), threading.Event()
    shutil.copytree(f"{folder}/{name}", f"{copied}/{name}")
    server.call("DELETE", f"/models/{name}")

    def ask():
        while not is_ending.is_set():
            statuses.add(server.reconstruct(name)[0])

    wait = run_all(ask, ask)
    start = time.perf_counter()
    subprocess.run(["rsync", "-a", "--ignore-existing", f"{copied}/{name}", folder], check=True)
    is_restored = until(
        lambda: server.reconstruct(name) == expected and server.model(name) == ([1, 2, 3], {"stable": 2}), 2)
    seconds = time.perf_counter() - start
    is_ending.set()
    wait()
    expect("backup", "restore: a running server serves the versions and aliases of the copy",
           is_restored is not None, f"{server.model(name)} {server.last_errors()}")
    expect("backup", "restore: requests meanwhile get 200 or 404", statuses <= {200, 404}, statuses)
    expect("backup", "restore: the next version has a new number", server.train(name)[1] == version + 1)
    return seconds


def backup(folder, rounds):
    tools = [tool for tool in COPIES if shutil.which(tool.split(",")[0])]
    for tool in set(COPIES) - set(tools):
        figure("backup", tool, "skipped: not installed")
    source, copied = f"{folder}/models", f"{folder}/copy"
    server = Server(source)
    missing, statuses, times = dict.fromkeys(tools, 0), {tool: {} for tool in tools}, []
    for tool in tools * max(2, rounds // 5):
        load = Load(server)
        time.sleep(random.uniform(0.2, 0.5))
        status, seconds = timed(lambda: copy(tool, source, copied))
        load.end()
        times.append(seconds)
        statuses[tool][status] = statuses[tool].get(status, 0) + 1
        missing[tool] += check_copy(tool, copied)
        shutil.rmtree(copied)
    if "rsync" in tools:
        os.mkdir(copied)
        restored = [restore(server, source, copied, f"restored{number}") for number in range(5)]
        figure("backup", "restore: time until a running server serves the model", quantiles(restored))
    for tool in tools:
        counts = ", ".join(f"{status} {count} times" for status, count in sorted(statuses[tool].items()))
        figure("backup", f"{tool}: exit statuses", counts)
        figure("backup", f"{tool}: aliases whose version the copy lacks", str(missing[tool]))
    figure("backup", "time of a copy", quantiles(times))
    log = server.logged()
    expect("backup", "nothing is quarantined in the original",
           "damaged" not in log and " level=error " not in log, server.last_errors())
    expect("backup", "after SIGTERM the server exits with 0", server.stop() == 0)
