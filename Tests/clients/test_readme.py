"""The code blocks of the README and of docs/recipes.md print what the pages show."""

import re
import shutil

import pytest
from conftest import PROGRAM
from pages import ROOT, Page, agree, match

NOT_RUN = {
    "README.md": {
        "make run": "the tests have built the server, and run themselves",
    },
    "docs/recipes.md": {
        "15 2 * * *": "a line of a crontab; its command is run in the block before",
    },
}
if not shutil.which("promtool"):
    NOT_RUN["docs/recipes.md"]["promtool"] = "promtool is not installed"


@pytest.mark.parametrize("name", NOT_RUN)
def test_the_blocks_of_a_page_print_what_it_shows(server, tmp_path, name):
    Page(name, server, PROGRAM, tmp_path / "page", NOT_RUN[name]).run()


def anchors(page):
    """The anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "examples/README.md"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(page):
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", text)
    for link in filter(None, (one or other for one, other in links)):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_words_are_compared_exactly_and_numbers_nearly():
    line = "2026-03-09T08:20Z  2026-03-09T09:54Z    500-594  44.512  > 2 weeks  pressure_bar 61 %"
    assert agree(line, line.replace("44.512", "44.9").replace("08:20", "08:23").replace("  ", " "))
    others = ("44.512", "46"), ("pressure", "flow"), ("08:20", "08:40"), ("> 2", "> 3"), ("61 %", "61")
    for old, new in others:
        assert not agree(line, line.replace(old, new))
    assert agree("loss        0.26332 -> 0.026494 in 20 epochs", "loss 0.26332 -> 0.0265 in 20 epochs")
    assert not agree("loss        0.26332 -> 0.026494 in 20 epochs", "loss 0.26332 -> 0.0265 in 40 epochs")
    assert agree("seconds     5.3", "seconds     80.44") and not agree("second     5.3", "second     80.44")
    assert agree("1 event …", "1 event in 10 rows") and not agree("2 events …", "1 event in 10 rows")
    assert match(["a", "…", "c"], ["a", "b", "b", "c"]) and match(["…"], [])
    assert not match(["a", "…", "c"], ["a", "b"]) and not match(["a"], ["a", "b"])
