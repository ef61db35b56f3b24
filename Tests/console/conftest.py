"""Fixtures: a server and a real browser, Debian's Chromium, for each test."""

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
# Names with this ending resolve to this machine, for tests of pages that have other names than localhost.
NAMES = "--host-resolver-rules=MAP *.example 127.0.0.1"
# Width and height of a desktop and a phone screen, in CSS pixels.
SIZES = {1280: 900, 390: 844}


def pytest_report_header():
    names = re.findall(r"^[\w-]+", (HERE / "requirements.txt").read_text(), re.MULTILINE)
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    chromium = subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True, check=True)
    return f"{chromium.stdout.strip()}; packages: {packages}"


@pytest.fixture
def serve(tmp_path):
    """
    Starts a server with options and returns its URL. After the test, it must exit with status 0. `serve.log`
    has the lines of the servers' log.
    """
    started = []
    log = []

    def start(*options):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REPRISE_")}
        process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--models", tmp_path / "models", *options],
            env=environment, stderr=subprocess.PIPE, text=True)
        match = re.search(r"url=(http://\S+)", process.stderr.readline())
        assert match, "the first line of the log must contain the URL"
        # Without a reader, the server would block once the pipe is full.
        reader = threading.Thread(target=log.extend, args=[process.stderr])
        reader.start()
        started.append((process, reader))
        return match[1]

    start.log = log
    yield start
    for process, reader in started:
        process.terminate()
        assert process.wait(timeout=60) == 0
        reader.join()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Chromium's sandbox needs privileges that containers do not grant.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", NAMES])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """
    Opens the console. Messages in the browser's console, uncaught errors and requests to other hosts fail the
    test. The browser's console also reports error responses: a test lists the status codes that it expects.
    """
    complaints = []
    contexts = []

    def open_page(url, width=1280, scheme="light", expected_statuses=()):
        def on_message(message):
            if not any(f"status of {status}" in message.text for status in expected_statuses):
                complaints.append(message.text)

        def on_request(request):
            if not request.url.startswith((url, "blob:" + url)):
                complaints.append(f"request to another host: {request.url}")

        context = browser.new_context(
            viewport={"width": width, "height": SIZES[width]}, color_scheme=scheme, has_touch=width < 500,
            device_scale_factor=1, accept_downloads=True)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.on("console", on_message)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", on_request)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def open_view(page, step):
    """Opens the view of a step unless it is shown, as a click on its name does."""
    if page.locator(f"#{step}").is_hidden():
        view = "train" if step in ("model", "training", "network") else step
        page.locator(f"nav a[href='#{view}']").click()
        page.locator(f"#{step}").wait_for()


@pytest.fixture
def screenshot(request, tmp_path_factory):
    """Saves a screenshot of a step in the folder SCREENSHOTS, or in a temporary one."""
    folder = pathlib.Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.getbasetemp() / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    test = re.sub(r"[^\w]+", "-", request.node.name).strip("-")

    def save(page, step):
        open_view(page, step)
        # At the top of the page, the sticky navigation covers no step.
        page.evaluate("() => scrollTo({ top: 0, behavior: 'instant' })")
        box = page.locator(f"#{step}").bounding_box()
        page.screenshot(path=folder / f"{test}-{step}.png", full_page=True, clip=box, animations="disabled")

    return save
