"""Files that are no data are named for what they are, and models are uploaded."""

import json
import struct
import urllib.request

import pytest
from conftest import SIZES, open_view
from playwright.sync_api import expect
from test_console import assert_accessible, assert_fits_width, curl, get, press, run, train
from test_data import load  # noqa: F401 (a fixture)
from test_data import FILES, csv, summary

ROWS = csv("a,b", lambda i, a, b: f"{a},{b}")

OTHERS = {
    "book.xlsx": (b"PK\x03\x04" + bytes(22) + struct.pack("<HH", 19, 0) + b"[Content_Types].xml",
                  "an Excel workbook"),
    "old.xls": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(20), "an Excel workbook (.xls)"),
    "data.parquet": (b"PAR1\x15\x04\x15\x00", "a Parquet file"),
    "archive.zip": (b"PK\x03\x04" + bytes(22) + struct.pack("<HH", 5, 0) + b"a.csv", "a zip archive"),
    "paper.pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a PDF document"),
    "plot.png": (b"\x89PNG\r\n\x1a\n", "an image"),
    "rows.jsonl": (b'{"a": 1}\n{"a": 2}\n', "JSON Lines"),
    "page.csv": (b"<!doctype html><html><body>Sign in</body></html>", "an HTML page"),
    "empty.csv": (b"", "is empty"),
    "empty.npy": (b"", "empty"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_of_another_kind_is_named_and_the_earlier_one_goes(serve, visit, load, name):
    page = visit(serve(), expected_statuses=[400, 415, 422])
    load(page, ROWS, "waves.csv")
    train(page)
    expect(page.locator("#results-view")).to_be_visible()
    content, kind = OTHERS[name]
    load(page, content, name)
    expect(page.locator("#data-problem")).to_contain_text(kind)
    expect(page.locator("#data-problem")).to_contain_text(name)
    expect(summary(page)).to_have_text(f"{name} was not read.")
    for element in ("#data-charts canvas", "#training-range canvas", "#roles tbody tr"):
        expect(page.locator(element).filter(visible=True)).to_have_count(0)
    assert_accessible(page)
    open_view(page, "results")
    expect(page.locator("#results-view")).to_be_hidden()
    open_view(page, "training")
    expect(page.locator("#train")).to_be_disabled()
    load(page, ROWS, "waves.csv")
    expect(page.locator("#data-problem")).to_be_empty()
    expect(page.locator("#data-charts canvas").first).to_be_visible()


def test_an_array_and_json_are_known_by_their_content(serve, visit, load):
    page = visit(serve())
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (60, 1), }"
    array = b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + header.ljust(117) + b"\n"
    load(page, array + struct.pack("<60d", *range(60)), "array.bin")
    expect(summary(page)).to_have_text("array.bin: 60 rows, 1 feature.")
    load(page, json.dumps({"series": [[i % 7] for i in range(50)]}), "rows.txt")
    expect(summary(page)).to_have_text("rows.txt: 50 rows, 1 feature.")


@pytest.mark.parametrize("width", SIZES)
def test_a_model_file_is_offered_for_upload_beside_the_data(serve, visit, load, tmp_path, screenshot, width):
    url = serve()
    page = visit(url, width, expected_statuses=[422])
    load(page, ROWS, "waves.csv")
    train(page)
    with urllib.request.urlopen(f"{url}/models/waves/versions/1/model.safetensors") as response:
        model = response.read()
    load(page, model, "waves-1.safetensors")
    offer = page.locator("#upload-offer")
    expect(offer).to_contain_text("waves-1.safetensors is a model file")
    expect(offer.get_by_label("Upload as a version of")).to_have_value("waves")
    # The data stay.
    expect(summary(page)).to_contain_text("waves.csv: 120 rows")
    screenshot(page, "data")
    assert_fits_width(page)
    assert_accessible(page)
    offer.get_by_label("Upload as a version of").fill("copy")
    offer.get_by_role("button", name="Upload model").click()
    expect(page.locator("#registry-status")).to_have_text("Uploaded: version 1 of copy.")
    assert get(f"{url}/models/copy")["versions"] == [1]
    open_view(page, "results")
    expect(page.locator("#results-of")).to_contain_text("copy, version 1")
    # One that is broken is refused, and the offer stays.
    load(page, model[:-10], "broken.safetensors")
    offer.get_by_role("button", name="Upload model").click()
    expect(offer.locator(".problem")).to_be_visible()
    offer.get_by_role("button", name="Cancel").click()
    expect(offer).to_be_empty()


def test_long_reports_are_folded_and_each_warning_has_its_remedies(serve, visit, load):
    page = visit(serve())
    names = [f"c{k}" for k in range(6)]
    load(page, csv(",".join([*names, "a"]), lambda i, a, b: ",".join(
        [*(str(1000 * k + 7 * i) for k in range(6)), str(a)])), "counters.csv")
    shown = page.locator("#data-warnings > div > ul > li")
    expect(shown).to_have_count(3)
    expect(shown.first.locator("button.option")).to_contain_text("c0")
    page.get_by_text("3 more warnings").click()
    option = page.locator("#data-warnings button.option", has_text="ignore=c5")
    option.click()
    expect(summary(page)).to_contain_text("6 features")
    expect(option).to_have_count(0)
    # The columns do not push the charts away.
    expect(page.locator("#columns-text")).to_have_text("7 columns: 6 features, 1 ignored")
    expect(page.locator("#roles")).to_be_hidden()


def test_charts_of_many_features_are_drawn_when_they_come_into_view(serve, visit, load, screenshot):
    page = visit(serve())
    names = [f"sensor{k}" for k in range(30)]
    load(page, csv(",".join(names), lambda i, a, b: ",".join(str(round(a * k + b, 4)) for k in range(1, 31))),
         "plant.csv")
    expect(summary(page)).to_contain_text("30 features")
    charts = page.locator("#data-charts [role=img]")
    expect(charts).to_have_count(4)
    box = charts.first.bounding_box()
    assert box["y"] < 900, "a chart is on the first screen"
    page.get_by_role("button", name="Show 26 more features").click()
    expect(page.locator(".chart-place")).to_have_count(30)
    page.wait_for_timeout(300)
    assert charts.count() < 30
    page.locator(".chart-place").last.scroll_into_view_if_needed()
    expect(page.locator(".chart-place").last.locator("[role=img]")).to_have_count(1)
    screenshot(page, "data")
