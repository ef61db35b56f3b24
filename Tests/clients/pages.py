"""Runs the code blocks of a page in order, as a reader would, and compares their output with the page.

A block of `sh` or `python` is run. A block of `text` that follows it is its output: a line of … stands for
any lines, and … at the end of a line for the rest of it. Words must agree exactly, numbers nearly, because
the results of training depend on the processor. Seconds are not compared."""

import collections
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

Block = collections.namedtuple("Block", "language text line")

# The relative difference of numbers, and the difference of times in minutes.
RELATIVE, MINUTES = 0.02, 5

TIME = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::\d{2})?Z")
NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?")
TOKEN = re.compile(rf"{TIME.pattern}|{NUMBER.pattern}|[^\W\d]+|[^\s\w]")


def blocks(page):
    """The fenced blocks of a page."""
    text = page.read_text()
    return [Block(match[1], match[2], text.count("\n", 0, match.start()) + 1)
            for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def tokens(line):
    """Words, numbers, times and signs, without what differs from run to run."""
    line = re.sub(r"^(seconds +)[\d.]+$", r"\1", line.rstrip())
    line = re.sub(r'("seconds":)[\d.e-]+|("created_at":)"[^"]*"', r"\1\2", line)
    return [match[0] for match in TOKEN.finditer(line)]


def is_close(wanted, found):
    """Whether two tokens agree."""
    if wanted == found:
        return True
    if (first := TIME.fullmatch(wanted)) and (second := TIME.fullmatch(found)):
        apart = 60 * (int(first[2]) - int(second[2])) + int(first[3]) - int(second[3])
        return first[1] == second[1] and abs(apart) <= MINUTES
    if not (NUMBER.fullmatch(wanted) and NUMBER.fullmatch(found)):
        return False
    first, second = (float(token.replace(",", "")) for token in (wanted, found))
    mantissa, _, exponent = wanted.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    # Small counts are exact.
    slack = 0 if unit == 1 and abs(first) < 10 else 1.01 * unit
    return abs(first - second) <= max(RELATIVE * abs(first), slack)


def agree(wanted, found):
    """Whether a line of the page agrees with a line of the output."""
    first, second = tokens(wanted.removesuffix("…")), tokens(found)
    if wanted.endswith("…"):
        second = second[:len(first)]
    return len(first) == len(second) and all(map(is_close, first, second))


def match(wanted, found):
    """Whether lines of the page agree with lines of the output."""
    if not wanted:
        return not found
    if wanted[0] == "…":
        return any(match(wanted[1:], found[skipped:]) for skipped in range(len(found) + 1))
    return bool(found) and agree(wanted[0], found[0]) and match(wanted[1:], found[1:])


class Page:
    """The blocks of a page, run in one folder with the examples, on a fresh server."""

    def __init__(self, name, server, program, folder, not_run):
        self.path, self.server, self.folder, self.not_run = ROOT / name, server, folder, not_run
        folder.mkdir()
        (folder / "examples").symlink_to(ROOT / "examples")
        # An error response ends a block, as the commands of the pages do not say -f.
        (folder / ".curlrc").write_text("fail-with-body\n")
        programs = folder.parent / "bin"
        programs.mkdir()
        (programs / "reprise").symlink_to(pathlib.Path(program).resolve())
        path = f"{programs}:{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
        self.environment = {
            "PATH": path, "REPRISE_URL": f"http://{server}", "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(ROOT / "examples"), "HOME": str(folder)}

    def run(self):
        """Runs all blocks that are not listed as not run; each of these must exist."""
        left, output = dict(self.not_run), None
        for block in blocks(self.path):
            if block.language == "text":
                assert output is not None, f"{self.path}:{block.line} is the output of no block"
                self.compare(block, output)
                output = None
            elif any(start := name for name in self.not_run if block.text.startswith(name)):
                left.pop(start, None)
                output = None
            else:
                output = self.output(block)
        assert not left, f"{self.path} has no block that begins with {list(left)}"

    def output(self, block):
        interpreters = {"sh": ["sh", "-e"], "python": [sys.executable, "-B"]}
        assert block.language in interpreters, f"{self.path}:{block.line} is of no language that is run"
        result = subprocess.run(
            [*interpreters[block.language], "-c", block.text.replace("localhost:8080", self.server)],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=600)
        assert result.returncode == 0, f"{self.path}:{block.line}\n{result.stdout}{result.stderr}"
        return result.stdout

    def compare(self, block, output):
        wanted, found = block.text.splitlines(), output.splitlines()
        assert match(wanted, found), (
            f"{self.path}:{block.line} prints\n{output[:5000]}\nand the page has\n{block.text}")
