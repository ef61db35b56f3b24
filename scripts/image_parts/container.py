"""Runs the image as a cluster would, with kernel namespaces only: its entry point is process 1 with its own
process, network and mount namespaces, on a read-only root, as the user of the image, without capabilities."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

# $1 is the folder of the image's files, $2 the volume on the host, $3 rw or ro; the rest is the command.
ISOLATE = """
set -eu
root=$1 volume=$2 mode=$3
shift 3
ip link set lo up
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind "$volume" "$root/models"
mount -o "remount,bind,$mode" "$root/models"
mount -o remount,bind,ro "$root"
exec "$@"
"""


def tool(name):
    """The path of a program on the host; inside the container, PATH is that of the image."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    assert found, f"{name} is not installed; scripts/setup image installs it"
    return found


class Running:
    """A container. `config` is the configuration of the image, `extra` holds additional arguments, and `mode`
    is `rw` or `ro` for the volume."""

    def __init__(self, files, config, volume, *extra, mode="rw"):
        for name in ("proc", "dev"):
            pathlib.Path(files, name).mkdir(exist_ok=True)
        self.config, user = config, config["User"]
        self.start = time.perf_counter()
        self.process = subprocess.Popen(
            [tool("unshare"), "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child", "sh",
             "-c", ISOLATE, "sh", files, volume, mode, "env", "-i", *config["Env"], tool("setpriv"),
             "--no-new-privs", tool("chroot"), f"--userspec={user}", f"--groups={user.split(':')[1]}",
             files, *config["Entrypoint"], *config["Cmd"], *extra],
            stderr=subprocess.PIPE, text=True)
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        while not (found := children.read_text().split()) and self.process.poll() is None:
            time.sleep(0.001)
        self.pid = int(found[0]) if found else None

    def inside(self, *command):
        """Runs a command of the image next to the server, as the same user. Returns exit status and
        output."""
        user, group = self.config["User"].split(":")
        result = subprocess.run(
            [tool("nsenter"), "--target", str(self.pid), "--mount", "--pid", "--net", "--root", "--wd",
             "--setuid", user, "--setgid", group, *command],
            env=dict(entry.split("=", 1) for entry in self.config["Env"]), capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr

    def calling(self, path, body=None, *options):
        """Starts curl of the host in the container's network. The last line of its output is the status."""
        data = ["--data-binary", body] if body else []
        return subprocess.Popen(
            [tool("nsenter"), "--target", str(self.pid), "--net", "curl", "-sS", "-m", "60", "-w",
             r"\n%{http_code}", *data, *options, f"http://127.0.0.1:8080{path}"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def call(self, path, body=None, *options):
        """The status of the response, 0 without one, and its content."""
        content, _, status = self.calling(path, body, *options).communicate()[0].rpartition("\n")
        return int(status), content

    def wait_until_ready(self):
        while self.process.poll() is None and self.call("/readyz")[0] != 200:
            assert time.perf_counter() - self.start < 30, "the server does not become ready"
            time.sleep(0.005)
        return time.perf_counter() - self.start

    def status(self):
        """The fields of /proc/PID/status of the server."""
        lines = pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def open_for_writing(self, path):
        """Tries to create a file in the container as root, which is exempt from permissions. Returns the
        error number, or None on success."""
        try:
            os.close(os.open(f"/proc/{self.pid}/root{path}", os.O_WRONLY | os.O_CREAT))
        except OSError as error:
            return error.errno

    def signal(self):
        """Sends the stop signal of the image."""
        os.kill(self.pid, getattr(signal, self.config["StopSignal"]))

    def wait(self):
        """Waits for the end; returns the exit status and the log."""
        log = self.process.communicate(timeout=60)[1]
        return self.process.returncode, log


@contextlib.contextmanager
def running(*arguments, **options):
    container = Running(*arguments, **options)
    try:
        yield container
    finally:
        container.process.kill()
        container.process.wait()
