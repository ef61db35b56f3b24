"""The training range: by dragging, by keys, by fields and by labels."""

import json
import math

import pytest
from conftest import SIZES, open_view
from playwright.sync_api import expect
from test_console import assert_accessible, assert_fits_width, curl, get, press, run, train
from test_data import load  # noqa: F401 (a fixture)
from test_settings import parameters


def rows(count, faults=(), time=None, order=None):
    """A CSV file with a fault of its first column in the stretches of rows of `faults`."""
    lines = []
    for i in range(count):
        fault = any(first <= i <= last for first, last in faults)
        cells = [f"{math.sin(i / 5) + 9 * fault:.4f}", f"{math.cos(i / 5):.4f}"]
        lines.append(",".join([*([time(i)] if time else []), *cells, *([str(int(fault))] if faults else [])]))
    header = ",".join([*(["time"] if time else []), "a", "b", *(["anomaly"] if faults else [])])
    return "\n".join([header, *(order(lines) if order else lines)])


def clock(i):
    return f"2026-01-31T12:{i // 60:02}:{i % 60:02}Z"


def handle(page, name):
    return page.get_by_role("slider", name=f"{name} row of the training range")


def range_text(page):
    return page.locator("#range-text")


@pytest.mark.parametrize("width", SIZES)
def test_labels_propose_the_rows_before_the_first_anomaly(serve, visit, load, screenshot, width):
    url = serve()
    page = visit(url, width)
    load(page, rows(400, [(250, 260), (300, 310)], clock), "pump.csv")
    expect(range_text(page)).to_contain_text(
        "rows 0 to 249 of 400 (2026-01-31T12:00:00Z to 2026-01-31T12:04:09Z)")
    expect(page.get_by_role("button", name="Rows before the first labelled anomaly")).to_have_attribute(
        "aria-pressed", "true")
    screenshot(page, "data")
    assert_fits_width(page)
    assert_accessible(page)
    sent = parameters(page)
    assert json.loads(sent["exclude"]) == [[250, 399]] and sent["ignore"] == "anomaly"
    expect(page.locator("#train-range")).to_contain_text("rows 0 to 249")
    train(page)
    # All rows are scored and evaluated.
    assert len(json.loads(run(curl(page, "results", "score"), load.folder))["rows"]["scores"]) == 400
    expect(page.locator("#results-view")).to_contain_text("of 2")
    open_view(page, "data")
    page.get_by_role("button", name="All rows", exact=True).click()
    expect(range_text(page)).to_contain_text("all 400 rows, without rows that are labelled")
    assert parameters(page)["exclude"] == "anomaly"
    # A range with labelled rows leaves these out.
    open_view(page, "data")
    page.get_by_label("To row").fill("305")
    page.get_by_label("To row").press("Enter")
    sent = parameters(page)
    assert json.loads(sent["exclude"]) == [[250, 260], [300, 305], [306, 399]]


def test_a_range_is_dragged_over_the_overview(serve, visit, load):
    page = visit(serve())
    load(page, rows(400), "waves.csv")
    expect(range_text(page)).to_have_text("Training uses all 400 rows.")
    box = page.locator(".overview").bounding_box()
    at = lambda share: (box["x"] + share * box["width"], box["y"] + 50)
    page.mouse.move(*at(0.25))
    page.mouse.down()
    page.mouse.move(*at(0.5), steps=5)
    page.mouse.up()
    first, last = (int(handle(page, name).get_attribute("aria-valuenow")) for name in ("First", "Last"))
    assert abs(first - 100) <= 2 and abs(last - 200) <= 2
    expect(page.get_by_label("From row")).to_have_value(str(first))
    # One end, by its handle.
    page.mouse.move(*at((last + 1) / 400))
    page.mouse.down()
    page.mouse.move(*at(0.75), steps=5)
    page.mouse.up()
    assert abs(int(handle(page, "Last").get_attribute("aria-valuenow")) - 300) <= 2
    assert handle(page, "First").get_attribute("aria-valuenow") == str(first)
    # A click changes nothing.
    text = range_text(page).inner_text()
    page.mouse.click(*at(0.4))
    expect(range_text(page)).to_have_text(text)
    assert f"train={first}-" in page.url


def test_a_range_is_set_by_keys_and_by_times(serve, visit, load):
    page = visit(serve())
    load(page, rows(400, time=clock), "waves.csv")
    first = handle(page, "First")
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(first).to_have_attribute("aria-valuenow", "4")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("PageUp")
    expect(first).to_have_attribute("aria-valuenow", "45")
    expect(first).to_have_attribute("aria-valuetext", "row 45, 2026-01-31T12:00:45Z")
    expect(first).to_be_focused()
    page.keyboard.press("Home")
    expect(first).to_have_attribute("aria-valuenow", "0")
    page.get_by_label("From time").fill("2026-01-31 12:01:00")
    page.get_by_label("From time").press("Enter")
    page.get_by_label("To time").fill("2026-01-31T12:04:59.5Z")
    page.get_by_label("To time").press("Enter")
    expect(range_text(page)).to_contain_text("rows 60 to 299 of 400")
    # What is no time, or no row, changes nothing.
    for label, text in [("From time", "soon"), ("To row", "")]:
        page.get_by_label(label).fill(text)
        page.get_by_label(label).press("Enter")
        expect(range_text(page)).to_contain_text("rows 60 to 299 of 400")
    # Too few rows for a window are said at T.
    page.get_by_label("To row").fill("62")
    page.get_by_label("To row").press("Enter")
    open_view(page, "training")
    page.fill("[name=timesteps]", "5")
    expect(page.locator("#setting-timesteps-problem")).to_contain_text("only 3 rows")


def test_rows_that_are_sorted_or_resampled_are_named_as_they_were_sent(serve, visit, load):
    page = visit(serve())
    load(page, rows(400, time=clock, order=lambda lines: lines[::-1]), "reversed.csv")
    page.locator("button.option", has_text="order=sort").click()
    expect(page.locator("#data-warnings")).not_to_contain_text("error")
    page.get_by_label("To row").fill("299")
    page.get_by_label("To row").press("Enter")
    expect(range_text(page)).to_contain_text("2026-01-31T12:04:59Z")
    # The last rows by time are the first of the file.
    assert json.loads(parameters(page)["exclude"]) == [[0, 99]]
    open_view(page, "data")
    page.locator("#reading > summary").click()
    page.locator("[name=interval]").fill("2s")
    page.locator("[name=interval]").press("Enter")
    expect(page.locator("#data-summary")).to_contain_text("200 rows")
    page.get_by_label("To row").fill("99")
    page.get_by_label("To row").press("Enter")
    assert json.loads(parameters(page)["exclude"]) == [[0, 199]]
    train(page)
    expect(page.locator("#results-view")).to_be_visible()


def test_arrays_and_json_have_a_range_too(serve, visit, load):
    url = serve()
    page = visit(url)
    waves = [[math.sin(i / 5), math.cos(i / 5)] for i in range(200)]
    load(page, json.dumps({"series": waves}), "waves.json")
    page.get_by_label("From row").fill("50")
    page.get_by_label("From row").press("Enter")
    open_view(page, "training")
    page.fill("[name=timesteps]", "10")
    expect(page.locator("#model-summary")).to_contain_text("141 windows to train on")
    assert json.loads(parameters(page)["exclude"]) == [[0, 49]]
    train(page)
    assert get(f"{url}/models/waves/versions/1")["timesteps"] == 10


def test_more_labelled_stretches_than_fit_into_a_request_are_said(serve, visit, load):
    page = visit(serve())
    load(page, rows(4000, [(i, i) for i in range(5, 4000, 6)]), "many.csv")
    expect(range_text(page)).to_contain_text("all 4,000 rows, without rows that are labelled")
    page.get_by_label("From row").fill("1000")
    page.get_by_label("From row").press("Enter")
    open_view(page, "training")
    page.fill("[name=timesteps]", "5")
    expect(page.locator("#model-summary")).to_contain_text("499 windows to train on")
    press(page, "#train")
    expect(page.locator("#train-problem")).to_contain_text("Too many labelled stretches")
    # All rows need one column's name only.
    open_view(page, "data")
    page.get_by_role("button", name="All rows", exact=True).click()
    assert parameters(page)["exclude"] == "anomaly"
