"""The steps of the console in a real browser, from loading data to deleting models."""

import json
import math
import os
import pathlib
import re
import subprocess
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PROGRAM, open_view
from playwright.sync_api import expect

SECONDS = 1000
VARIANTS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
DATA = os.environ.get("DATA")


@pytest.fixture
def pump(tmp_path):
    """A CSV file with two sensors, one of which fails for 30 rows that are labelled as an anomaly."""
    rows = ["time,pressure,flow,note,anomaly"]
    for i in range(600):
        fault = 480 <= i < 510
        flow = 30 + 4 * math.cos(i / 9) + (9 if fault else 0)
        time = f"2026-01-31T12:{i // 60:02}:{i % 60:02}Z"
        rows.append(f'{time},{1.5 + math.sin(i / 9):.4f},{flow:.4f},"a, b",{int(fault)}')
    path = tmp_path / "pump.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def load_pump(page, pump):
    """Loads the file of the sensors and ignores its column of texts."""
    page.set_input_files("#file", pump)
    expect(page.locator("#data-problem")).to_contain_text("column 'note'")
    page.get_by_role("button", name="Ignore “note”").click()
    expect(page.locator("#data-summary")).to_have_text(
        "pump.csv: 600 rows, 2 features, 1 labelled anomaly.")


def get(url):
    with urllib.request.urlopen(url) as response:
        return json.load(response)


def assert_fits_width(page):
    """Asserts that the page does not scroll horizontally."""
    root = page.locator("html")
    page_width, viewport_width = root.evaluate("(root) => [root.scrollWidth, root.clientWidth]")
    assert page_width <= viewport_width, "the page must not be wider than the viewport"


def assert_accessible(page):
    """Asserts axe-core's rules for WCAG 2.1, levels A and AA."""
    options = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    violations = Axe().run(page, options=options).response["violations"]
    elements = [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in violations]
    assert not violations, json.dumps(elements, indent=1)


def press(page, selector):
    """Presses a button by keyboard: a mouse click is lost if the layout shifts between its press and
    release."""
    button = page.locator(selector)
    open_view(page, button.evaluate("(button) => button.closest('section').id"))
    expect(button).to_be_enabled()
    button.press("Enter")


def train(page):
    press(page, "#train")
    assert_trained(page)


def assert_trained(page):
    expect(page.locator("#train-status")).to_contain_text("Trained: version", timeout=120 * SECONDS)


def curl(page, step, name):
    """Shows a curl command and returns it; asserts that it is in the clipboard."""
    open_view(page, step)
    page.locator(f"#{step}").get_by_role("button", name=f"curl {name}", exact=True).click()
    command = page.locator(f"#{step}").get_by_label(f"curl command: {name}", exact=True)
    expect(command).to_be_visible()
    text = command.inner_text()
    assert page.evaluate("() => navigator.clipboard.readText()") == text
    return text


def run(command, folder="."):
    """Runs a curl command in a shell and returns its output."""
    quiet = command.replace("curl ", "curl -sSf ", 1)
    process = subprocess.run(["sh", "-c", quiet], cwd=folder, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    return process.stdout


@pytest.mark.parametrize("width, scheme", VARIANTS)
def test_the_example_goes_through_every_step(serve, visit, screenshot, width, scheme):
    url = serve()
    page = visit(url, width, scheme)
    expect(page.locator("#train")).to_be_disabled()

    page.click("#load-example")
    expect(page.locator("#data-summary")).to_have_text("article.csv: 9 rows, 2 features.")
    assert page.locator("#data canvas").count() > 0
    screenshot(page, "data")

    expect(page.locator("#model-summary")).to_contain_text("248,578 parameters")
    expect(page.locator("#model-summary")).to_contain_text("5 windows to train on")
    open_view(page, "training")
    expect(page.locator("#model-summary img")).to_be_visible()
    screenshot(page, "model")

    page.click("#train")
    assert_trained(page)
    version = get(f"{url}/models/toy/versions/1")
    assert version["loss"] < 0.001 and version["epochs"] == 300 and version["parameters"] == 248578
    loss_chart = page.locator("#loss-chart [role=img]")
    expect(loss_chart).to_have_attribute("aria-label", re.compile("Loss over 300 epochs"))
    screenshot(page, "training")

    open_view(page, "results")
    expect(page.locator("#results-view")).to_be_visible()
    expect(page.locator("#results-view canvas").first).to_be_visible()
    screenshot(page, "results")
    open_view(page, "encodings")
    expect(page.locator("#encodings-view circle")).to_have_count(7)
    screenshot(page, "encodings")
    open_view(page, "layers")
    expect(page.locator("#layers-view img")).to_be_visible()
    screenshot(page, "layers")

    open_view(page, "comparison")
    page.click("#compare")
    expect(page.locator("#comparison-view")).to_contain_text("Stacked", timeout=60 * SECONDS)
    screenshot(page, "comparison")
    expect(page.locator("#registry-view")).to_contain_text("toy")
    expect(page.locator("#registry-view")).to_contain_text("toy-stacked")
    screenshot(page, "registry")
    assert_fits_width(page)
    assert_accessible(page)


def detect(page, screenshot):
    """
    Moves the threshold by mouse and by keyboard and resets it.

    Returns the number of events at the model's threshold.
    """
    open_view(page, "results")
    results = page.locator("#results-view")
    expect(results).to_be_visible(timeout=30 * SECONDS)
    summary = results.locator("> [role=status]")
    expect(summary).to_contain_text("above the threshold, 1.")
    count = results.locator(".event").count()
    handle = page.get_by_role("slider", name="Threshold")
    initial = float(handle.get_attribute("aria-valuenow"))
    screenshot(page, "results")

    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] - 20, steps=8)
    page.mouse.up()
    dragged = float(handle.get_attribute("aria-valuenow"))
    assert dragged > initial
    expect(summary).not_to_contain_text("above the threshold, 1.")
    handle.press("ArrowUp")
    assert float(handle.get_attribute("aria-valuenow")) > dragged
    page.get_by_role("button", name="Reset threshold").click()
    assert initial == float(handle.get_attribute("aria-valuenow")) == 1
    return count


@pytest.mark.parametrize("width, scheme", VARIANTS)
def test_labels_are_evaluated_and_the_faulty_sensor_is_first(serve, visit, screenshot, pump, width, scheme):
    url = serve()
    page = visit(url, width, scheme, expected_statuses=[422])
    load_pump(page, pump)
    screenshot(page, "data")
    screenshot(page, "model")
    train(page)
    screenshot(page, "training")
    assert detect(page, screenshot) >= 1
    expect(page.locator("#results-view")).to_contain_text("Anomalies found1 of 1")
    # The faulty sensor contributes most, to the event and to the order of the charts.
    first = page.locator("#results-view .shares").first.locator(".share").first
    expect(first).to_contain_text("flow")
    expect(page.locator("#results-view .feature").first).to_contain_text("flow")
    expect(page.locator("#results-view .verdict")).to_contain_text("mostly flow")

    open_view(page, "encodings")
    page.locator("#encodings-view circle").first.click(force=True)
    open_view(page, "layers")
    expect(page.locator("#layers-view img")).to_be_visible()
    screenshot(page, "encodings")
    screenshot(page, "layers")
    open_view(page, "comparison")
    page.click("#compare")
    expect(page.locator("#comparison-view")).to_contain_text("PCA", timeout=120 * SECONDS)
    screenshot(page, "comparison")
    assert_fits_width(page)
    assert_accessible(page)


@pytest.mark.skipif(not DATA, reason="DATA does not name a folder with skab/valve1_0.csv")
@pytest.mark.parametrize("width", [1280, 390])
def test_a_real_file_goes_through_every_step(serve, visit, screenshot, width):
    page = visit(serve(), width)
    page.set_input_files("#file", pathlib.Path(DATA) / "skab/valve1_0.csv")
    # The second column of labels is left out, too.
    expect(page.get_by_label("Role of changepoint")).to_have_value("ignored")
    expect(page.locator("#data-summary")).to_contain_text("8 features")
    screenshot(page, "data")
    open_view(page, "training")
    page.fill("[name=timesteps]", "10")
    expect(page.locator("#model-summary")).to_contain_text("8 features")
    screenshot(page, "model")
    train(page)
    screenshot(page, "training")
    assert detect(page, screenshot) >= 1
    expect(page.locator("#results-view")).to_contain_text("ROC AUC")
    open_view(page, "results")
    page.get_by_role("button", name="Show 7 more charts").click()
    open_view(page, "layers")
    expect(page.locator("#layers-view img")).to_be_visible()
    screenshot(page, "encodings")
    screenshot(page, "layers")
    open_view(page, "comparison")
    page.click("#compare")
    expect(page.locator("#comparison-view")).to_contain_text("PCA", timeout=300 * SECONDS)
    screenshot(page, "comparison")
    screenshot(page, "registry")
    assert_fits_width(page)
    assert_accessible(page)


def test_missing_values_are_rejected_or_filled_as_chosen(serve, visit):
    page = visit(serve(), expected_statuses=[422])
    page.get_by_text("Paste CSV", exact=True).click()
    rows = [f"{math.sin(i / 5):.3f};{'' if i == 7 else math.cos(i / 5)}" for i in range(60)]
    page.fill("#pasted", "\n".join(["a;b", *rows]))
    page.click("#load-pasted")
    expect(page.locator("#data-summary")).to_have_text("data.csv: 60 rows, 2 features.")
    expect(page.locator("#roles")).to_contain_text("1.7 %")
    page.select_option("#missing-rule", "error")
    press(page, "#train")
    expect(page.locator("#train-problem")).to_contain_text("line 9")
    open_view(page, "data")
    page.select_option("#missing-rule", "previous")
    train(page)
    expect(page.locator("#train-problem")).to_be_empty()


def test_a_dropped_file_is_loaded(serve, visit):
    page = visit(serve())
    transfer = page.evaluate_handle(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["a,b\\n1,2\\n3,4\\n"], "dropped.csv", { type: "text/csv" }));
            return transfer;
        }""")
    page.dispatch_event("#drop-zone", "drop", {"dataTransfer": transfer})
    expect(page.locator("#data-summary")).to_have_text("dropped.csv: 2 rows, 2 features.")


def test_a_cancelled_training_stores_no_version(serve, visit, pump):
    url = serve()
    page = visit(url, expected_statuses=[422])
    load_pump(page, pump)
    open_view(page, "training")
    page.fill("[name=units]", "128, 64")
    page.locator("#more-settings summary").click()
    page.fill("[name=epochs]", "100000")
    press(page, "#train")
    open_view(page, "training")
    expect(page.locator("#loss-chart canvas").first).to_be_visible(timeout=30 * SECONDS)
    expect(page.locator("#epoch-text")).to_contain_text("of 100,000")
    page.click("#cancel")
    expect(page.locator("#train-status")).to_have_text("Cancelled. No version was stored.")
    expect(page.locator("#train")).to_be_enabled()
    assert [job["state"] for job in get(f"{url}/jobs")["jobs"]] == ["cancelled"]
    assert get(f"{url}/models")["models"] == []


def test_each_curl_command_sends_the_request_of_the_page(serve, visit, tmp_path):
    url = serve()
    page = visit(url)
    page.click("#load-example")
    train(page)
    open_view(page, "layers")
    expect(page.locator("#layers-view img")).to_be_visible()
    assert json.loads(run(curl(page, "network", "summary")))["parameters"] == 248578
    run(curl(page, "network", "diagram"), tmp_path)
    assert (tmp_path / "flow.svg").read_text().startswith("<svg")
    again = json.loads(run(curl(page, "training", "train")))
    first = get(f"{url}/models/toy/versions/1")
    assert (again["version"], again["loss"]) == (2, first["loss"])
    assert len(json.loads(run(curl(page, "results", "score")))["rows"]["scores"]) == 9
    assert len(json.loads(run(curl(page, "results", "reconstruct")))["reconstructions"]) == 3
    assert len(json.loads(run(curl(page, "encodings", "encode")))["encodings"]) == 7
    assert len(json.loads(run(curl(page, "layers", "layers")))["layers"]) == 6
    run(curl(page, "layers", "heat maps"), tmp_path)
    assert (tmp_path / "layers.svg").read_text().startswith("<svg")
    assert len(json.loads(run(curl(page, "comparison", "compare")))["detectors"]) >= 2
    assert json.loads(run(curl(page, "registry", "models")))["models"]


def test_versions_can_be_downloaded_used_and_deleted(serve, visit):
    url = serve()
    page = visit(url)
    page.click("#load-example")
    train(page)
    train(page)
    registry = page.locator("#registry")
    for file in ("safetensors", "onnx"):
        with page.expect_download() as download:
            open_view(page, "registry")
            registry.get_by_label(f"Download toy-2.{file}").click()
        with urllib.request.urlopen(f"{url}/models/toy/versions/2/model.{file}") as response:
            assert pathlib.Path(download.value.path()).read_bytes() == response.read()
        assert download.value.suggested_filename == f"toy-2.{file}"

    registry.get_by_label("Use toy 1").click()
    expect(registry.get_by_label("Use toy 1")).to_be_disabled()
    open_view(page, "results")
    expect(page.locator("#results-view")).to_be_visible()

    open_view(page, "registry")
    registry.get_by_label("Delete toy 2").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert get(f"{url}/models/toy")["versions"] == [1, 2]
    registry.get_by_label("Delete toy 2").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#registry-status")).to_have_text("Deleted version 2 of toy.")
    assert get(f"{url}/models/toy")["versions"] == [1]
    registry.get_by_label("Delete all of toy").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#registry-view")).to_have_text("No models.")
    assert get(f"{url}/models")["models"] == []


def test_an_api_key_is_requested_and_kept_in_memory_only(serve, visit, tmp_path):
    keys = tmp_path / "keys"
    scopes = [word for scope in ("read", "infer", "train", "admin") for word in ("--scope", scope)]
    command = [PROGRAM, "keys", "new", "console", *scopes, "--file", keys]
    key = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]
    page = visit(serve("--api-keys", str(keys)), expected_statuses=[401])
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("API key required")
    page.fill("#key", "rk_wrong")
    dialog.get_by_role("button", name="Use key").click()
    expect(page.locator("#key-problem")).not_to_be_empty()
    page.fill("#key", key)
    dialog.get_by_role("button", name="Use key").click()
    expect(page.locator("#registry-view")).to_have_text("No models.")

    page.click("#load-example")
    train(page)
    with page.expect_download() as download:
        open_view(page, "registry")
        page.get_by_label("Download toy-1.onnx").click()
    assert pathlib.Path(download.value.path()).stat().st_size > 900_000
    assert "$REPRISE_API_KEY" in curl(page, "results", "score")
    assert key not in page.content()
    stored = page.evaluate(
        """async () => [
            localStorage.length, sessionStorage.length, document.cookie, (await caches.keys()).length,
        ]""")
    assert stored == [0, 0, "", 0] and page.context.cookies() == []

    page.click("#remove-key")
    open_view(page, "registry")
    page.click("#refresh")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Continue without").click()
    expect(page.locator("#registry-problem")).to_contain_text("key")
    page.reload()
    expect(dialog).to_be_visible()


def test_an_error_is_shown_in_its_step_until_it_is_fixed(serve, visit):
    page = visit(serve(), expected_statuses=[422])
    page.get_by_text("Paste CSV", exact=True).click()
    page.fill("#pasted", "a,b")
    page.click("#load-pasted")
    expect(page.locator("#data-problem")).to_contain_text("data.csv is one line")
    page.fill("#pasted", "a\nx\ny")
    page.click("#load-pasted")
    expect(page.locator("#data-problem")).to_contain_text("column 'a' has the value 'x'")
    page.click("#load-example")
    expect(page.locator("#data-problem")).to_be_empty()
    open_view(page, "training")
    page.fill("[name=units]", "128, ")
    expect(page.locator("#setting-units-problem")).to_contain_text("whole numbers")
    page.fill("[name=units]", "8")
    expect(page.locator("#setting-units-problem")).to_be_empty()
    page.select_option("[name=architecture]", "layers")
    expect(page.locator("#model-summary")).to_contain_text("repeat_vector")
    page.fill("[name=layers]", '[{"type":"LSTM","units":4}]')
    press(page, "#train")
    expect(page.locator("#train-problem .problem")).to_be_visible()
    # Text from a file is never parsed as markup.
    open_view(page, "data")
    page.fill("#pasted", "<img src=x onerror=alert(1)>\n1\n2\n")
    page.click("#load-pasted")
    expect(page.locator("#data-charts")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#data-charts img").count() == 0


def test_a_stacked_network_shows_layers_but_no_encodings(serve, visit):
    page = visit(serve())
    page.click("#load-example")
    open_view(page, "training")
    page.select_option("[name=architecture]", "stacked")
    expect(page.locator("#model-summary")).not_to_contain_text("repeat_vector")
    train(page)
    open_view(page, "encodings")
    expect(page.locator("#encodings-problem")).to_contain_text("no encoding")
    open_view(page, "layers")
    expect(page.locator("#layers-view img")).to_be_visible()


def test_data_training_and_threshold_work_by_keyboard(serve, visit):
    page = visit(serve())
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#load-example")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#data-summary")).to_contain_text("9 rows")
    # The navigation is before the content.
    for _ in range(10):
        if page.evaluate("() => document.activeElement.hash") == "#train":
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#model-title")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.id") == "train":
            break
    expect(page.locator("#train")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#train-status")).to_contain_text("Trained", timeout=60 * SECONDS)
    handle = page.get_by_role("slider", name="Threshold")
    expect(handle).to_be_visible()
    handle.focus()
    before = float(handle.get_attribute("aria-valuenow"))
    page.keyboard.press("ArrowDown")
    assert float(handle.get_attribute("aria-valuenow")) < before
