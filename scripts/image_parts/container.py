"""The image as a cluster runs it, with the kernel's means alone: its entry point is process 1 among processes, network and
mounts of its own, on a root that can't be written to, as the user that the image names, without capabilities."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

# $1 is the image's files, $2 the volume on the host, $3 is rw or ro, the rest the process.
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
    """Where a program of the host is: inside, the path is the image's."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    assert found, f"{name} is not installed; scripts/setup image installs it"
    return found


class Running:
    """A container. `config` is the image's, `extra` more arguments than its own; a volume is mounted `rw` or `ro`."""

    def __init__(self, files, config, volume, *extra, mode="rw"):
        for name in ("proc", "dev"):
            pathlib.Path(files, name).mkdir(exist_ok=True)
        self.config, user = config, config["User"]
        self.start = time.perf_counter()
        self.process = subprocess.Popen(
            [tool("unshare"), "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child", "sh", "-c", ISOLATE,
             "sh", files, volume, mode, "env", "-i", *config["Env"], tool("setpriv"), "--no-new-privs", tool("chroot"),
             f"--userspec={user}", f"--groups={user.split(':')[1]}", files, *config["Entrypoint"], *config["Cmd"], *extra],
            stderr=subprocess.PIPE, text=True)
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        while not (found := children.read_text().split()) and self.process.poll() is None:
            time.sleep(0.001)
        self.pid = int(found[0]) if found else None

    def inside(self, *command):
        """The exit status and output of a command of the image, run beside the server as the same user."""
        user, group = self.config["User"].split(":")
        result = subprocess.run(
            [tool("nsenter"), "--target", str(self.pid), "--mount", "--pid", "--net", "--root", "--wd", "--setuid", user,
             "--setgid", group, *command],
            env=dict(entry.split("=", 1) for entry in self.config["Env"]), capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr

    def calling(self, path, body=None, *options):
        """curl of the host in the container's network, as a process: the last line that it prints is the status."""
        data = ["--data-binary", body] if body else []
        return subprocess.Popen(
            [tool("nsenter"), "--target", str(self.pid), "--net", "curl", "-sS", "-m", "60", "-w", r"\n%{http_code}", *data,
             *options, f"http://127.0.0.1:8080{path}"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def call(self, path, body=None, *options):
        """The status of an answer, 0 without one, and its content."""
        content, _, status = self.calling(path, body, *options).communicate()[0].rpartition("\n")
        return int(status), content

    def wait_until_ready(self):
        while self.process.poll() is None and self.call("/readyz")[0] != 200:
            assert time.perf_counter() - self.start < 30, "the server does not become ready"
            time.sleep(0.005)
        return time.perf_counter() - self.start

    def status(self):
        """What Linux says of the process."""
        lines = pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def open_for_writing(self, path):
        """The error of an attempt to make a file in the container as root, whom permissions don't hold back; none if it
        was made."""
        try:
            os.close(os.open(f"/proc/{self.pid}/root{path}", os.O_WRONLY | os.O_CREAT))
        except OSError as error:
            return error.errno

    def signal(self):
        """Sends what the image names as its signal to stop."""
        os.kill(self.pid, getattr(signal, self.config["StopSignal"]))

    def wait(self):
        """The exit status and the log."""
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
