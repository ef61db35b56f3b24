"""Compare, Encodings, Layers and Models."""

import csv as csv_module
import io
import math
import pathlib
import re

import pytest
from conftest import SIZES, open_view
from playwright.sync_api import expect
from test_console import SECONDS, assert_accessible, assert_fits_width, get, press, train
from test_data import load  # noqa: F401 (a fixture)
from test_data import csv

ROWS = csv("a,b", lambda i, a, b: f"{a},{b}")



@pytest.mark.parametrize("width", SIZES)
def test_a_comparison_shows_its_progress_and_the_verdict_first(serve, visit, load, screenshot, width):
    page = visit(serve(), width)
    fault = lambda i: 80 <= i < 90
    load(page, csv("a,b,anomaly", lambda i, a, b: f"{a + 5 * fault(i)},{b},{int(fault(i))}"), "waves.csv")
    open_view(page, "training")
    page.locator("#more-settings > summary").click()
    page.fill("[name=epochs]", "300")
    press(page, "#compare")
    progress = page.locator("#comparison-progress p")
    expect(progress).to_contain_text(re.compile("Network 1 of 2, autoencoder: epoch \\d+ of 300"),
                                     timeout=30 * SECONDS)
    expect(progress).to_contain_text(re.compile("Network 2 of 2, stacked LSTM"), timeout=120 * SECONDS)
    screenshot(page, "comparison")
    view = page.locator("#comparison-view")
    expect(view).to_contain_text("PCA", timeout=120 * SECONDS)
    expect(view.locator("> *").first).to_have_class(re.compile("verdict"))
    expect(page.locator("#comparison-progress")).to_be_hidden()
    rows = view.locator("tbody tr")
    expect(rows).to_have_count(4)
    aucs = [float(text) for text in view.locator("td[data-column='ROC AUC']").all_inner_texts()]
    assert aucs == sorted(aucs, reverse=True)
    screenshot(page, "comparison")
    assert_fits_width(page)
    assert_accessible(page)


@pytest.mark.parametrize("width, scheme", [(1280, "light"), (390, "dark")])
def test_encodings_have_equal_axes_and_a_table(serve, visit, load, screenshot, width, scheme):
    url = serve()
    page = visit(url, width, scheme)
    load(page, ROWS, "waves.csv")
    open_view(page, "training")
    page.fill("[name=units]", "8, 3")
    page.fill("[name=timesteps]", "8")
    train(page)
    open_view(page, "encodings")
    plot = page.locator("#encodings-view svg")
    expect(plot.locator("circle")).to_have_count(113)
    # Ticks are the same number of pixels apart on both axes.
    ticks = plot.locator("line")
    columns = sorted(float(node.get_attribute("x1")) for node in ticks.all()
                     if node.get_attribute("x1") == node.get_attribute("x2"))
    heights = sorted(float(node.get_attribute("y1")) for node in ticks.all()
                     if node.get_attribute("y1") == node.get_attribute("y2"))
    steps = [b - a for values in (columns, heights) for a, b in zip(values, values[1:])]
    assert len(columns) > 1 and len(heights) > 1 and max(steps) - min(steps) < 1e-6 * max(steps), steps
    # The table has every number of an encoding.
    header = page.locator(".encoding-table thead th").all_inner_texts()
    assert header == ["Start", "Score", "z0", "z1", "z2"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "waves-1-encodings.csv"
    rows = list(csv_module.reader(io.StringIO(pathlib.Path(download.value.path()).read_text())))
    assert rows[0] == ["start", "score", "z0", "z1", "z2"] and len(rows) == 114
    assert rows[1][0] == "row 0" and all(math.isfinite(float(cell)) for row in rows[1:] for cell in row[1:])
    page.get_by_role("button", name="Copy table").click()
    expect(page.locator("#encodings-view")).to_contain_text("Copied 113 rows.")
    copied = page.evaluate("() => navigator.clipboard.readText()").splitlines()
    assert copied[0] == "start\tscore\tz0\tz1\tz2" and copied[1].split("\t") == rows[1]
    screenshot(page, "encodings")
    assert_fits_width(page)
    assert_accessible(page)
    # A row of the table leads to the layers of its window.
    page.locator(".encoding-table tbody button").first.click()
    expect(page.locator("#layers")).to_be_visible()
    window = page.get_by_label("Window number").input_value()
    page.get_by_role("button", name="Highest score").click()
    expect(page.get_by_label("Window number")).to_have_value(window)
    expect(page.locator("#layers-view img")).to_be_visible()


@pytest.mark.parametrize("width", SIZES)
def test_aliases_are_set_moved_and_removed(serve, visit, load, screenshot, width):
    url = serve()
    page = visit(url, width, expected_statuses=[409])
    load(page, ROWS, "waves.csv")
    open_view(page, "training")
    page.fill("[name=units]", "4")
    train(page)
    train(page)
    open_view(page, "registry")
    for version in (1, 2):
        page.get_by_label(f"New alias of waves {version}").fill("stable")
        page.get_by_label(f"New alias of waves {version}").press("Enter")
        expect(page.locator("#registry-status")).to_have_text(f"stable is version {version} of waves.")
        assert get(f"{url}/models/waves")["aliases"] == {"stable": version}
    screenshot(page, "registry")
    assert_fits_width(page)
    assert_accessible(page)
    page.get_by_label("Delete waves 2").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#registry-problem")).to_contain_text("stable")
    page.get_by_label("Remove the alias stable of waves").click()
    expect(page.locator("#registry-status")).to_have_text("stable is removed.")
    assert get(f"{url}/models/waves")["aliases"] == {}
    page.get_by_label("Use waves 1").click()
    expect(page.locator("#results")).to_be_visible()
    expect(page.locator("#results-of")).to_contain_text("waves, version 1")
