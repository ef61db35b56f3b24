"""A live server and a real browser, Debian's Chromium, for each test."""

import importlib.metadata
import os
import pathlib
import re
import subprocess
import threading

import pytest
from playwright.sync_api import sync_playwright

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("REPRISE", HERE.parent.parent / ".build/release/reprise")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# A computer's screen and a phone's, in CSS pixels.
SIZES = {1280: 900, 390: 844}


def pytest_report_header():
    names = re.findall(r"^[\w-]+", (HERE / "requirements.txt").read_text(), re.MULTILINE)
    version = subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{version}; packages: " + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)


@pytest.fixture
def serve(tmp_path):
    """Starts a server with options and gives its URL; it ends with the test, and cleanly."""
    started = []

    def start(*options):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REPRISE_")}
        process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--models", tmp_path / "models", *options],
            env=environment, stderr=subprocess.PIPE, text=True)
        found = re.search(r"url=(http://\S+)", process.stderr.readline())
        assert found, "no URL in the first line of the log"
        # A full pipe would stop the server, so somebody has to read on.
        reader = threading.Thread(target=process.stderr.read)
        reader.start()
        started.append((process, reader))
        return found[1]

    yield start
    for process, reader in started:
        process.terminate()
        assert process.wait(timeout=60) == 0
        reader.join()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs rights that containers don't give.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """
    Opens the console. What the browser complains of, and every request to another host, fails the test. Answers that are
    refusals are among its complaints: a test names the statuses that it expects.
    """
    complaints = []
    contexts = []

    def open_page(url, width=1280, scheme="light", refusals=()):
        context = browser.new_context(
            viewport={"width": width, "height": SIZES[width]}, color_scheme=scheme, has_touch=width < 500,
            device_scale_factor=1, accept_downloads=True)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: None if any(f"status of {status}" in message.text for status in refusals)
                else complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith((url, "blob:" + url))
                else complaints.append(f"asks elsewhere: {request.url}"))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def shoot(request, tmp_path_factory):
    """Takes a picture of a step, into the folder that SCREENSHOTS names or else one for the run."""
    folder = pathlib.Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.getbasetemp() / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    test = re.sub(r"[^\w]+", "-", request.node.name).strip("-")

    def take(page, step):
        # From the top, where the bar of steps covers nothing.
        page.evaluate("() => scrollTo({ top: 0, behavior: 'instant' })")
        box = page.locator(f"#{step}").bounding_box()
        page.screenshot(path=folder / f"{test}-{step}.png", full_page=True, clip=box, animations="disabled")

    return take
