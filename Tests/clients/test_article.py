"""docs/article.md shows what its commands print, with real Keras where the page has Keras' numbers."""

import importlib.machinery
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys

import keras  # noqa: F401 (scripts/article skips commands with Keras if there is none)
import pytest
from conftest import PROGRAM

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/article.md").read_text()


def check(root):
    """Runs the commands of the page in a copy of the repository, or in the repository."""
    program = os.environ | {"REPRISE": str(pathlib.Path(PROGRAM).resolve())}
    return subprocess.run(
        [sys.executable, root / "scripts/article", "--check"], env=program, capture_output=True, text=True,
        timeout=600)


@pytest.fixture
def copy(tmp_path):
    """A copy of what the script needs, with the page up to the first windows."""
    for name in "scripts/article", "scripts/keras_bridge.py", "examples/pumps.py":
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "docs/pictures").mkdir(parents=True)
    start, heading, _ = PAGE.partition("They are not all windows that nine rows have.")
    assert heading

    def write(change=lambda text: text):
        (tmp_path / "docs/article.md").write_text(change(start))
        return tmp_path

    return write


def test_the_page_shows_what_its_commands_print():
    """The commands run as printed; the numbers of Keras are those of the Keras of this environment."""
    result = check(ROOT)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_wrong_page_is_noticed(copy):
    assert check(copy()).returncode == 0
    for wrong, right in (
            ("window 2:  (0.5, 0.064)", "window 2:  (0.4, 0.064)"), ("encoding of 65", "encoding of 64"),
            ("loss after era ", "loss after epoch ")):
        result = check(copy(lambda text: text.replace(right, wrong, 1)))
        assert result.returncode == 1 and wrong in result.stderr and right in result.stderr, result.stderr
    for change in (
            lambda text: text.replace("-H 'Content-Type: text/csv' ", ""),
            lambda text: text.replace("units=128,64", "units=0"),
            lambda text: re.sub(r"(EOF\n```\n\n)```text\n.*?^```\n", r"\1", text, flags=re.M | re.S)):
        result = check(copy(change))
        assert result.returncode == 1 and result.stderr.startswith("article: "), result.stderr


def test_numbers_may_differ_in_the_last_digit():
    loader = importlib.machinery.SourceFileLoader("article", str(ROOT / "scripts/article"))
    article = importlib.util.module_from_spec(importlib.util.spec_from_loader("article", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(article)
    for found, expected in (
            ("a  0.330", "a 0.332"), ("-0.001", "0.000"), ("8.13e-05", "8.15e-05"), ("5 rows", "5 rows")):
        assert article.is_same(found, expected), (found, expected)
    for found, expected in (
            ("a 0.330", "a 0.333"), ("a 0.330", "b 0.330"), ("5 rows", "6 rows"), ("8.13e-05", "8.13e-04"),
            ("0.330 0.1", "0.330"), ("0.8", "0.7")):
        assert not article.is_same(found, expected), (found, expected)


def test_the_summary_is_that_of_keras():
    """The other test shows that both are what the server and Keras print."""
    section = PAGE.partition("## The summary")[2].partition("\n## ")[0]
    server, keras_text = re.findall(r"^```text\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert 'Model: "sequential"' in server and "248,578 (971.01 KB)" in server
    assert server == keras_text
