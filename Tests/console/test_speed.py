"""The console stays responsive with many rows.

`python test_speed.py URL` prints how long the page's frames and tasks take with 100,000 rows of five sensors,
and for how long the main thread runs scripts. The test asserts what does not depend on the machine: the
number of points that are drawn, and that no extreme is lost.
"""

import json
import math
import pathlib
import random
import re
import sys
import tempfile

from conftest import CHROMIUM, SIZES, open_view
from playwright.sync_api import expect, sync_playwright

ROWS = 100_000
COLUMNS = ["inlet_pressure", "outlet_pressure", "flow", "motor_current", "bearing_temperature"]
# A fault of six rows, which one pixel in a hundred would show.
FAULT = range(83_210, 83_216)


def pump_file(path, rows=ROWS):
    """Writes a CSV file with five sensors of a pump, a row each 5 s: the flow fails for six rows."""
    noise = random.Random(4).gauss
    with path.open("w") as file:
        print("time", *COLUMNS, sep=",", file=file)
        for i in range(rows):
            load = 0.5 + 0.3 * math.sin(i / 700) + 0.1 * math.sin(i / 61)
            seconds = 5 * i
            clock = f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            time = f"2026-01-{5 + seconds // 86400:02}T{clock}Z"
            values = [
                2.1 + 0.1 * load + noise(0, 0.01), 6.4 - 1.2 * load + noise(0, 0.03),
                120 * load + noise(0, 1) - (160 if i in FAULT else 0), 14 + 9 * load + noise(0, 0.1),
                48 + 12 * load + noise(0, 0.2)]
            print(time, *(f"{value:.4f}" for value in values), sep=",", file=file)
    return path


def test_many_rows_are_drawn_in_few_points_that_keep_the_extremes(serve, visit, tmp_path):
    page = visit(serve())
    page.set_input_files("#file", pump_file(tmp_path / "pump.csv"))
    expect(page.locator("#data-summary")).to_have_text("pump.csv: 100,000 rows, 5 features.", timeout=60_000)
    plots = page.locator("#data-charts .plot[data-points]")
    expect(plots.nth(2)).to_be_visible()
    for plot in plots.all():
        width = plot.bounding_box()["width"]
        assert int(plot.get_attribute("data-points")) <= 2 * width + 2
    # The lowest flow is below 0 in six rows of a hundred thousand only, and its axis shows them.
    labels = plots.nth(2).locator(".dygraph-axis-label-y").all_inner_texts()
    assert min(float(text) for text in labels) < 0, labels

    # A zoom draws the rows that it shows, each of them when they are few.
    for _ in range(9):
        page.get_by_role("button", name="Zoom in").click()
    # 100,000 rows halved nine times are 195, and a line enters and leaves.
    expect(plots.first).to_have_attribute("data-points", re.compile("^19[5-8]$"))
    # A table has what is shown only.
    page.locator("#data-charts summary").click()
    assert page.locator("#data-charts tbody tr").count() <= 200


RECORDER = """() => {
    globalThis.record = { gaps: [], tasks: [] };
    let last = performance.now();
    const frame = (now) => {
        record.gaps.push(now - last);
        last = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const observer = new PerformanceObserver((list) =>
        list.getEntries().forEach(({ duration }) => record.tasks.push(duration)));
    observer.observe({ entryTypes: ["longtask"] });
}"""


class Recorder:
    """Records the frames and the tasks of a page by step, and how long its main thread computes."""

    def __init__(self, browser, page):
        self.browser, self.page = browser, page
        page.evaluate(RECORDER)
        self.rows = []

    def step(self, name, run):
        self.page.evaluate("() => Object.assign(record, { gaps: [], tasks: [] })")
        self.browser.start_tracing(page=self.page, categories=["toplevel", "devtools.timeline", "__metadata"])
        run()
        trace = json.loads(self.browser.stop_tracing())["traceEvents"]
        record = self.page.evaluate("() => record")
        self.rows.append((name, record["gaps"], record["tasks"], task_times(trace)))

    def print(self):
        print(f"{'step':28} {'frames':>6} {'longest frame':>14} {'long tasks':>10} {'longest':>8} "
              f"{'CPU':>8} {'longest task, CPU':>18}")
        for name, gaps, tasks, times in self.rows:
            print(f"{name:28} {len(gaps):6} {max(gaps, default=0):11.0f} ms {len(tasks):10} "
                  f"{max(tasks, default=0):5.0f} ms {sum(times):5.0f} ms {max(times, default=0):15.0f} ms")


def task_times(trace):
    """
    The CPU time in ms of each task of the main threads of pages. Unlike the time on the clock, it leaves out
    what other processes take from the machine.
    """
    main = {(event["pid"], event["tid"]) for event in trace
            if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"}
    tasks = [event for event in trace
             if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in main]
    return [event.get("tdur", 0) / 1000 for event in tasks]


def measure(url, file):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1280, "height": SIZES[1280]}).new_page()
        page.goto(url)
        recorder = Recorder(browser, page)
        summary = page.locator("#data-summary:has-text('100,000 rows')")

        def choose():
            page.set_input_files("#file", file)
            summary.wait_for(timeout=120_000)
            page.locator("#data-charts .plot[data-points]").nth(2).wait_for()
            page.wait_for_timeout(500)

        def train():
            page.locator("#train").press("Enter")
            page.locator("#results-view .feature .plot[data-points]").nth(3).wait_for(timeout=600_000)
            page.wait_for_timeout(1000)

        def press(name, times):
            for _ in range(times):
                page.locator(f"main section:not([hidden]) button[aria-label='{name}']").click()
                page.wait_for_timeout(60)

        recorder.step("choose the file", choose)
        recorder.step("zoom in Data, 10 times", lambda: press("Zoom in", 10))
        press("Show all", 1)
        open_view(page, "training")
        page.fill("[name=units]", "16, 8")
        page.locator("[name=epochs]").evaluate("(input) => (input.value = '3')")
        recorder.step("train, score, show results", train)
        recorder.step("zoom in Results, 10 times", lambda: press("Zoom in", 10))
        recorder.step("move in Results, 10 times", lambda: press("Later", 10))
        recorder.step("zoom out, 10 times", lambda: press("Zoom out", 10))

        def hover():
            box = page.locator("#results-view .plot").first.bounding_box()
            for x in range(100, int(box["width"]) - 20, 10):
                page.mouse.move(box["x"] + x, box["y"] + 50)

        recorder.step("move the crosshair", hover)
        recorder.step("select another event", lambda: page.locator(".event-button").last.click())
        recorder.print()
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        measure(sys.argv[1], pump_file(pathlib.Path(folder) / "pump.csv"))
