"""Builds the Dockerfile with buildah, which needs no container engine. Base images that are not in buildah's
storage are built here under the names that the Dockerfile uses."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENGINE = ["--isolation", "chroot"]
MIRROR = "http://deb.debian.org"
SOURCES = f"""\
deb {MIRROR}/debian bookworm main
deb {MIRROR}/debian bookworm-updates main
deb {MIRROR}/debian-security bookworm-security main
"""
# What Debian's slim image leaves out, also from packages that are installed later.
EXCLUDED = ["doc", "groff", "info", "linda", "lintian", "locale", "man"]
DPKG = ("".join(f"path-exclude /usr/share/{name}/*\n" for name in EXCLUDED)
        + "path-include /usr/share/doc/*/copyright\n")
# The packages of Swift's image that a build needs: the libraries that the toolchain is linked against, and
# the programs that it calls. scripts/setup installs the libraries of Reprise.
TOOLCHAIN_PACKAGES = """binutils ca-certificates gcc git libc6-dev libcurl4 libedit2 libicu72 libncurses6
    libpython3.11 libsqlite3-0 libstdc++-12-dev libuuid1 libxml2 pkg-config tzdata""".split()
# Debuggers and editor support, half of the toolchain.
NOT_FOR_BUILDS = ["*lldb*", "*sourcekit*", "clangd", "docc", "libclang.so*", "libLTO.so*", "repl_swift"]


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def output(*command):
    return run(*command, stdout=subprocess.PIPE, text=True).stdout.strip()


def base_names():
    """The base images of the Dockerfile, such as `swift:6.3-bookworm`."""
    stages = re.findall(r"^FROM (\S+)(?: AS (\S+))?", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    return {name for name, _ in stages} - {stage for _, stage in stages} - {"scratch"}


def is_there(name):
    return subprocess.run(
        ["buildah", "inspect", "--type", "image", name], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL).returncode == 0


class Container:
    """A working container of buildah and its files, removed after use."""

    def __init__(self, image):
        self.name = output("buildah", "from", "--pull-never", image)

    def __enter__(self):
        self.files = pathlib.Path(output("buildah", "mount", self.name))
        return self

    def __exit__(self, *_):
        run("buildah", "rm", self.name, stdout=subprocess.DEVNULL)

    def commit(self, name):
        run("buildah", "commit", "--quiet", self.name, f"docker.io/library/{name}", stdout=subprocess.DEVNULL)


def make_debian(name):
    """Builds a minimal Debian system without documentation."""
    with Container("scratch") as container:
        run("debootstrap", "--variant=minbase", "bookworm", container.files, f"{MIRROR}/debian",
            stdout=subprocess.DEVNULL)
        for folder in ["var/cache/apt", "var/lib/apt/lists", "var/log",
                       *(f"usr/share/{name}" for name in EXCLUDED)]:
            for entry in container.files.glob(f"{folder}/**/*"):
                if (entry.is_file() or entry.is_symlink()) and entry.name != "copyright":
                    entry.unlink()
        (container.files / "etc/apt/sources.list").write_text(SOURCES)
        (container.files / "etc/dpkg/dpkg.cfg.d/slim").write_text(DPKG)
        run("buildah", "config", "--cmd", "bash", container.name)
        container.commit(name)


def make_swift(name, debian):
    """Adds the toolchain of this machine to the Debian image."""
    toolchain = pathlib.Path(
        json.loads(output("swift", "-print-target-info"))["paths"]["runtimeResourcePath"]).parents[2]
    version = re.search(r"Swift version (\d+\.\d+)", output("swift", "--version"))[1]
    assert name.startswith(f"swift:{version}-"), (
        f"the Dockerfile needs {name}, but this machine has Swift {version}")
    assert toolchain != pathlib.Path("/"), "the toolchain must have a folder of its own"
    with Container(debian) as container:
        install = ("apt-get update -qq && apt-get install -qq --yes --no-install-recommends "
                   + " ".join(TOOLCHAIN_PACKAGES))
        run("buildah", "run", *ENGINE, "--env", "DEBIAN_FRONTEND=noninteractive", container.name, "--", "sh",
            "-c", install, stdout=subprocess.DEVNULL)
        place = container.files / toolchain.relative_to("/")
        shutil.copytree(toolchain, place, symlinks=True, ignore=shutil.ignore_patterns(*NOT_FOR_BUILDS))
        run("buildah", "config", "--env", f"PATH={toolchain}/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin", "--cmd",
            "bash", container.name)
        container.commit(name)


def make_bases():
    names = base_names()
    debian, swift = "debian:bookworm-slim", next(name for name in names if name.startswith("swift:"))
    assert names == {debian, swift}, f"cannot build the base images {names}"
    for name, make in [(debian, make_debian), (swift, lambda name: make_swift(name, debian))]:
        start = time.monotonic()
        if not is_there(name):
            make(name)
            print(f"built {name} in {time.monotonic() - start:.0f} s", flush=True)


def package_sources(folder):
    """Options that give the build this machine's sources of Swift packages, if they differ from
    Package.swift: mirrors in the package manager's configuration, and URLs that git rewrites, with the
    folders that they point to."""
    volumes = []
    configuration = pathlib.Path.home() / ".swiftpm/configuration"
    if configuration.is_dir() and any(configuration.iterdir()):
        # A copy, because the package manager ignores a configuration that it cannot write to.
        copy = shutil.copytree(configuration, pathlib.Path(folder, "configuration"))
        volumes.append(f"{copy}:/root/.swiftpm/configuration")
    rewrites = subprocess.run(
        ["git", "config", "--get-regexp", r"^url\..*\.insteadof$"], stdout=subprocess.PIPE, text=True).stdout
    git = ""
    for line in rewrites.splitlines():
        key, address = line.split(" ", 1)
        source = key.removeprefix("url.").removesuffix(".insteadof")
        git += f'[url "{source}"]\n\tinsteadOf = {address}\n'
        if os.path.isdir(source):
            volumes.append(f"{source.rstrip('/')}:{source.rstrip('/')}:ro")
    if git:
        file = pathlib.Path(folder, "gitconfig")
        file.write_text(git)
        volumes.append(f"{file}:/root/.gitconfig:ro")
    return [option for volume in dict.fromkeys(volumes) for option in ("--volume", volume)]


def build(tag):
    """Builds the image in Docker format, because the OCI format has no health check."""
    make_bases()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        run("buildah", "build", *ENGINE, "--pull-never", "--layers", "--force-rm", "--format", "docker",
            "--tag", tag, *package_sources(folder), ROOT)
    print(f"built {tag} in {time.monotonic() - start:.0f} s", flush=True)
