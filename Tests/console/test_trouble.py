"""The console with unusual data, invalid settings and failing servers."""

import json
import math
import re
import subprocess
import urllib.request

from conftest import PROGRAM, open_view
from playwright.sync_api import expect
from test_console import SECONDS, assert_fits_width, curl, press, run, train

WAVES = [(math.sin(i / 7), 3 * math.cos(i / 7)) for i in range(60)]


def load(page, text):
    """Loads a text as data."""
    open_view(page, "data")
    page.locator("#drop-zone details").evaluate("(details) => (details.open = true)")
    page.fill("#pasted", text)
    page.click("#load-pasted")


def waves(header="a,b", first=""):
    """A CSV text with two waves, after a first column of `first` with the row's number if it is not empty."""
    rows = [f"{first and f'{first}{i},'}{a:.4f},{b:.4f}" for i, (a, b) in enumerate(WAVES)]
    return "\n".join([header, *rows])


def test_axis_labels_are_distinct(serve, visit):
    page = visit(serve())
    rows = [f"{1396332000 + 60 * i},{100000 + a / 100:.5f}" for i, (a, _) in enumerate(WAVES)]
    load(page, "\n".join(["time,a", *rows]))
    expect(page.locator("#data-charts canvas").first).to_be_visible()
    for axis in "xy":
        texts = page.locator(f"#data-charts .dygraph-axis-label-{axis}").all_inner_texts()
        assert len(texts) > 2 and len(set(texts)) == len(texts), texts


def test_a_column_can_have_any_name(serve, visit):
    page = visit(serve(), 390)
    load(page, waves(f"__proto__,{'b' * 250}"))
    expect(page.locator("#data-summary")).to_contain_text("60 rows, 2 features")
    expect(page.locator("#data-charts [role=img]")).to_have_count(2)
    train(page)
    expect(page.locator("#results-view canvas").first).to_be_visible()
    open_view(page, "training")
    page.locator("#training").get_by_role("button", name="curl train").click()
    assert_fits_width(page)


def test_a_constant_series_has_no_events(serve, visit):
    page = visit(serve())
    load(page, "a,b\n" + "5,5\n" * 60)
    train(page)
    expect(page.locator("#results-view")).to_contain_text("no event in 60 rows")
    open_view(page, "layers")
    expect(page.locator("#layers-view img")).to_be_visible()


def test_an_invalid_setting_is_named_in_the_step_that_needs_it(serve, visit):
    page = visit(serve())
    page.click("#load-example")
    open_view(page, "training")
    page.locator("#more-settings summary").click()
    page.fill("[name=batch_size]", "0")
    page.locator("#more-settings summary").click()
    press(page, "#train")
    expect(page.locator("#train-problem")).to_contain_text("Batch size")
    press(page, "#compare")
    expect(page.locator("#comparison-problem")).to_contain_text("Batch size")
    for step, name in (("training", "train"), ("comparison", "compare")):
        open_view(page, step)
        page.locator(f"#{step}").get_by_role("button", name=f"curl {name}").click()
        expect(page.locator(f"#{step} .curl-command [role=status]")).to_contain_text("Batch size")
    expect(page.locator("#train")).to_be_enabled()


def test_suggested_layers_follow_the_data_until_the_user_edits_them(serve, visit):
    page = visit(serve())
    open_view(page, "training")
    page.select_option("[name=architecture]", "layers")
    layers = page.locator("[name=layers]")
    page.fill("[name=timesteps]", "4")
    expect(layers).to_have_value(re.compile('"n":4'))
    load(page, waves("a,b,c", "0."))
    expect(page.locator("#data-summary")).to_have_text("data.csv: 60 rows, 3 features.")
    open_view(page, "training")
    page.select_option("[name=architecture]", "layers")
    expect(layers).to_have_value(re.compile('"units":3}'))
    train(page)
    open_view(page, "training")
    page.fill("[name=layers]", '[{"type":"LSTM","units":4}]')
    page.fill("[name=timesteps]", "5")
    expect(layers).to_have_value('[{"type":"LSTM","units":4}]')


def test_deleting_the_version_in_use_hides_its_results(serve, visit):
    page = visit(serve())
    page.click("#load-example")
    train(page)
    expect(page.locator("#results-view")).to_be_visible()
    open_view(page, "registry")
    page.get_by_label("Delete toy 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#results-view")).to_be_hidden()
    expect(page.locator("#encodings-view")).to_be_hidden()
    expect(page.locator("#layers-view")).to_be_hidden()


def test_using_a_model_selects_its_features(serve, visit):
    page = visit(serve())
    load(page, waves())
    train(page)
    load(page, waves())
    page.locator("#columns-text").click()
    page.select_option("#role-1", "ignored")
    # The table of columns stays open and keeps the focus.
    expect(page.locator("#role-1")).to_be_focused()
    open_view(page, "registry")
    page.get_by_label("Use data 1").click()
    open_view(page, "data")
    expect(page.locator("#role-1")).to_have_value("feature")
    expect(page.locator("#data-summary")).to_contain_text("2 features")
    open_view(page, "results")
    expect(page.locator("#results-view")).to_be_visible()


def test_no_line_of_the_data_is_run_as_a_command(serve, visit, tmp_path):
    page = visit(serve(), expected_statuses=[422])
    load(page, waves("a,b") + "\nEND\ntouch broken\n")
    expect(page.locator("#data-problem .problem")).to_be_visible()
    assert "\nEND_\n" not in curl(page, "data", "inspect").split("\nEND\n")[0]
    command = page.get_by_label("curl command: inspect").inner_text()
    subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True)
    assert not (tmp_path / "broken").exists()


def test_a_window_in_a_gap_is_filled_from_its_neighbours(serve, visit):
    url = serve()
    page = visit(url)
    rows = [f"{'' if 20 <= i < 50 else i},{b:.4f}" for i, (_, b) in enumerate(WAVES)]
    load(page, "\n".join(["a,b", *rows]))
    open_view(page, "training")
    page.fill("[name=timesteps]", "12")
    train(page)
    open_view(page, "layers")
    expect(page.locator("#layers-view img")).to_be_visible()
    page.get_by_label("Window number").fill("25")
    page.keyboard.press("Tab")
    expect(page.locator("#layers-view img")).to_have_attribute("alt", re.compile("window 25:"))
    line = curl(page, "layers", "layers")
    filled = {"model": "data", "windows": [[[25 + step, WAVES[25 + step][1]] for step in range(12)]]}
    request = urllib.request.Request(
        f"{url}/layers", json.dumps(filled).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        expected = json.load(response)["layers"][-1]["outputs"]
    outputs = json.loads(run(line))["layers"][-1]["outputs"]
    close = [math.isclose(a, b, abs_tol=1e-3) for row, other in zip(outputs[0], expected[0])
             for a, b in zip(row, other)]
    assert len(close) == 24 and all(close)


def test_a_response_that_ends_early_is_reported(serve, visit):
    page = visit(serve())
    page.click("#load-example")
    page.route("**/train?*", lambda route: route.fulfill(
        content_type="text/event-stream", body='event: job\ndata: {"id":"1"}\n\n'))
    press(page, "#train")
    expect(page.locator("#train-problem")).to_contain_text("closed before the response was complete")
    expect(page.locator("#train")).to_be_enabled()


def test_a_comparison_that_ends_after_its_data_were_replaced_is_not_shown(serve, visit):
    page = visit(serve())
    load(page, waves())
    held = []
    page.route("**/compare?*", lambda route: held.append(route))
    press(page, "#compare")
    expect(page.locator("#stop-compare")).to_be_visible()
    open_view(page, "data")
    page.click("#load-example")
    held[0].continue_()
    expect(page.locator("#comparison-status")).to_contain_text("the data have changed", timeout=60 * SECONDS)
    expect(page.locator("#comparison-view")).to_be_empty()


def test_new_data_clear_an_earlier_comparison(serve, visit):
    page = visit(serve())
    load(page, waves())
    press(page, "#compare")
    expect(page.locator("#comparison-status")).to_contain_text("Evaluated on", timeout=60 * SECONDS)
    open_view(page, "data")
    page.click("#load-example")
    expect(page.locator("#comparison-status")).to_be_empty()
    expect(page.locator("#comparison-view")).to_be_empty()


def test_a_file_dropped_outside_the_drop_zone_does_not_leave_the_page(serve, visit):
    page = visit(serve())
    leaves = page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["a"], "a.csv"));
            const drop = new DragEvent("drop", { dataTransfer, cancelable: true, bubbles: true });
            return document.body.dispatchEvent(drop);
        }""")
    assert not leaves


def test_malformed_keys_and_missing_scopes_are_reported(serve, visit, tmp_path):
    keys = tmp_path / "keys"
    scopes = [word for scope in ("read", "infer", "train") for word in ("--scope", scope)]
    command = [PROGRAM, "keys", "new", "few", *scopes, "--file", keys]
    key = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]
    page = visit(serve("--api-keys", str(keys)), expected_statuses=[401, 403])
    dialog = page.get_by_role("dialog")
    page.fill("#key", "rk_…")
    dialog.get_by_role("button", name="Use key").click()
    expect(dialog).to_be_visible()
    page.fill("#key", f" {key} ")
    dialog.get_by_role("button", name="Use key").click()
    page.click("#load-example")
    train(page)
    open_view(page, "registry")
    page.get_by_label("Delete toy 1").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator("#registry-problem")).to_contain_text("lacks the scope admin")


def test_no_window_spans_two_recordings(serve, visit):
    page = visit(serve(), expected_statuses=[422])
    rows = [f"{'abc'[i // 20]},{a:.4f},{b:.4f}" for i, (a, b) in enumerate(WAVES)]
    load(page, "\n".join(["run,a,b", *rows]))
    page.get_by_role("button", name="Use “run” as recordings").click()
    expect(page.locator("#role-0")).to_have_value("recording")
    open_view(page, "training")
    page.fill("[name=timesteps]", "6")
    expect(page.locator("#model-summary")).to_contain_text("45 windows to train on")
    train(page)
    scores = json.loads(run(curl(page, "results", "score")))
    assert len(scores["rows"]["scores"]) == 60
    open_view(page, "encodings")
    expect(page.locator("#encodings-view circle")).to_have_count(45)
    # Each row is in a window, so it has a score in the mode whole, and those of a recording are its own.
    open_view(page, "results")
    page.locator("#results-view details.data-table summary").click()
    errors = page.locator("#results-view details.data-table td[data-column=Error]")
    expect(errors).to_have_count(len(WAVES))
    assert "–" not in errors.all_inner_texts()


def test_a_label_column_with_missing_values_is_rejected(serve, visit):
    page = visit(serve(), expected_statuses=[422])
    rows = [f"{a:.4f},{b:.4f},{'' if i == 9 else int(i > 50)}" for i, (a, b) in enumerate(WAVES)]
    load(page, "\n".join(["a,b,anomaly", *rows]))
    expect(page.locator("#data-problem")).to_contain_text("column 'anomaly'")
    expect(page.locator("#train")).to_be_disabled()
