"""The console in a real browser: the path of a newcomer, without reading, from data to events."""

import json
import math
import os
import pathlib
import re
import subprocess
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PROGRAM
from playwright.sync_api import expect

SECONDS = 1000
BROAD = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
DATA = os.environ.get("DATA")


@pytest.fixture
def pump(tmp_path):
    """A pump's series in a file: two sensors, of which the second fails for a while, and who has labelled that."""
    rows = ["time,pressure,flow,note,anomaly"]
    for i in range(600):
        fault = 480 <= i < 510
        flow = 30 + 4 * math.cos(i / 9) + (9 if fault else 0)
        rows.append(f'2026-01-31T12:{i // 60:02}:{i % 60:02}Z,{1.5 + math.sin(i / 9):.4f},{flow:.4f},"a, b",{int(fault)}')
    path = tmp_path / "pump.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def get(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def in_view(page):
    """The page never scrolls sideways."""
    widths = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1], widths


def accessible(page):
    """axe-core's rules for WCAG 2.1, A and AA."""
    options = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    found = Axe().run(page, options=options).response["violations"]
    assert not found, json.dumps([(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found], indent=1)


def trained(page):
    page.click("#train")
    expect(page.locator("#train-said")).to_contain_text("Trained: version", timeout=120 * SECONDS)


def curl(page, step, name):
    """What the line says when a shell runs it; the browser's clipboard has it."""
    page.locator(f"#{step}").get_by_role("button", name=f"curl {name}", exact=True).click()
    line = page.locator(f"#{step}").get_by_label(f"curl line, {name}", exact=True)
    expect(line).to_be_visible()
    text = line.inner_text()
    assert page.evaluate("() => navigator.clipboard.readText()") == text
    return text


def run(line, folder="."):
    done = subprocess.run(["sh", "-c", line.replace("curl ", "curl -sSf ", 1)], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("width, scheme", BROAD)
def test_the_articles_example(serve, visit, shoot, width, scheme):
    url = serve()
    page = visit(url, width, scheme)
    expect(page.locator("#train")).to_be_disabled()

    page.click("#example")
    expect(page.locator("#data-facts")).to_have_text("article.csv: 9 rows, 2 features.")
    assert page.locator("#data canvas").count() > 0
    shoot(page, "data")

    expect(page.locator("#model-summary")).to_contain_text("248,578 parameters")
    expect(page.locator("#model-summary")).to_contain_text("5 windows in the data")
    expect(page.locator("#model-summary img")).to_be_visible()
    shoot(page, "model")

    trained(page)
    version = get(f"{url}/models/toy/versions/1")
    assert version["loss"] < 0.001 and version["epochs"] == 300 and version["parameters"] == 248578
    expect(page.locator("#loss-chart [role=img]")).to_have_attribute("aria-label", re.compile("Loss over 300 epochs"))
    shoot(page, "training")

    expect(page.locator("#results-shown")).to_be_visible()
    expect(page.locator("#results-shown canvas").first).to_be_visible()
    shoot(page, "results")
    expect(page.locator("#encodings-shown circle")).to_have_count(7)
    shoot(page, "encodings")
    expect(page.locator("#layers-shown img")).to_be_visible()
    shoot(page, "layers")

    page.click("#compare")
    expect(page.locator("#comparison-shown")).to_contain_text("Stacked", timeout=60 * SECONDS)
    shoot(page, "comparison")
    expect(page.locator("#registry-shown")).to_contain_text("toy")
    expect(page.locator("#registry-shown")).to_contain_text("toy-stacked")
    shoot(page, "registry")
    in_view(page)
    accessible(page)


def detect(page, shoot):
    """From a trained model to events, with a threshold that is dragged. Gives the numbers of events, before and after."""
    results = page.locator("#results-shown")
    expect(results).to_be_visible(timeout=30 * SECONDS)
    events = results.locator("> [role=status]")
    expect(events).to_contain_text("above")
    before = int(events.inner_text().split()[0])
    handle = page.get_by_role("slider", name="Threshold")
    own = float(handle.get_attribute("aria-valuenow"))
    shoot(page, "results")

    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] - 20, steps=8)
    page.mouse.up()
    dragged = float(handle.get_attribute("aria-valuenow"))
    assert dragged > own
    expect(events).to_contain_text("event")
    handle.press("ArrowUp")
    assert float(handle.get_attribute("aria-valuenow")) > dragged
    page.get_by_role("button", name="The model's own").click()
    assert math.isclose(float(handle.get_attribute("aria-valuenow")), own, rel_tol=1e-6)
    return before


@pytest.mark.parametrize("width, scheme", BROAD)
def test_a_file_with_labels(serve, visit, shoot, pump, width, scheme):
    url = serve()
    page = visit(url, width, scheme)
    page.set_input_files("#file", pump)
    expect(page.locator("#data-facts")).to_have_text(
        "pump.csv: 600 rows, 2 features, 1 stretch labelled as anomalies.")
    shoot(page, "data")
    shoot(page, "model")
    trained(page)
    shoot(page, "training")
    assert detect(page, shoot) >= 1
    expect(page.locator("#results-shown")).to_contain_text("Labelled stretches found1 of 1")
    # The sensor that failed contributed most.
    first = page.locator("#results-shown .shares").first.locator(".share").first
    expect(first).to_contain_text("flow")

    page.locator("#encodings-shown circle").first.click(force=True)
    expect(page.locator("#layers-shown img")).to_be_visible()
    shoot(page, "encodings")
    shoot(page, "layers")
    page.click("#compare")
    expect(page.locator("#comparison-shown")).to_contain_text("Principal components", timeout=120 * SECONDS)
    shoot(page, "comparison")
    in_view(page)
    accessible(page)


@pytest.mark.skipif(not DATA, reason="no real data: name a folder with skab/valve1_0.csv by DATA")
@pytest.mark.parametrize("width", [1280, 390])
def test_a_real_file(serve, visit, shoot, width):
    page = visit(serve(), width)
    page.set_input_files("#file", pathlib.Path(DATA) / "skab/valve1_0.csv")
    # The file has a second column of labels, which only a person can know.
    page.get_by_label("changepoint").select_option("none")
    expect(page.locator("#data-facts")).to_contain_text("8 features")
    shoot(page, "data")
    page.fill("[name=timesteps]", "10")
    expect(page.locator("#model-summary")).to_contain_text("8 features")
    shoot(page, "model")
    trained(page)
    shoot(page, "training")
    assert detect(page, shoot) >= 1
    expect(page.locator("#results-shown")).to_contain_text("ROC AUC")
    page.get_by_role("button", name="Show the other 4 features").click()
    expect(page.locator("#layers-shown img")).to_be_visible()
    shoot(page, "encodings")
    shoot(page, "layers")
    page.click("#compare")
    expect(page.locator("#comparison-shown")).to_contain_text("Principal components", timeout=300 * SECONDS)
    shoot(page, "comparison")
    shoot(page, "registry")
    in_view(page)
    accessible(page)


def test_a_pasted_series_with_gaps(serve, visit):
    page = visit(serve(), refusals=[422])
    page.get_by_text("Paste", exact=True).click()
    rows = [f"{math.sin(i / 5):.3f};{'' if i == 7 else math.cos(i / 5)}" for i in range(60)]
    page.fill("#pasted", "\n".join(["a;b", *rows]))
    page.click("#take-pasted")
    expect(page.locator("#data-facts")).to_have_text("data.csv: 60 rows, 2 features, 1 missing value.")
    page.select_option("#gap-rule", "error")
    page.click("#train")
    expect(page.locator("#train-problem")).to_contain_text("line 9")
    page.select_option("#gap-rule", "previous")
    trained(page)
    expect(page.locator("#train-problem")).to_be_empty()


def test_dropping_a_file(serve, visit):
    page = visit(serve())
    transfer = page.evaluate_handle(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["a,b\\n1,2\\n3,4\\n"], "dropped.csv", { type: "text/csv" }));
            return transfer;
        }""")
    page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
    expect(page.locator("#data-facts")).to_have_text("dropped.csv: 2 rows, 2 features.")


def test_cancelling(serve, visit, pump):
    url = serve()
    page = visit(url)
    page.set_input_files("#file", pump)
    page.fill("[name=units]", "128, 64")
    page.locator("#more-settings summary").click()
    page.fill("[name=epochs]", "100000")
    page.click("#train")
    expect(page.locator("#loss-chart canvas").first).to_be_visible(timeout=30 * SECONDS)
    expect(page.locator("#epoch-text")).to_contain_text("of 100,000")
    page.click("#cancel")
    expect(page.locator("#train-said")).to_have_text("Cancelled. No model is left of it.")
    expect(page.locator("#train")).to_be_enabled()
    assert [job["state"] for job in get(f"{url}/jobs")["jobs"]] == ["cancelled"]
    assert get(f"{url}/models")["models"] == []


def test_the_curl_lines_do_what_the_page_does(serve, visit, tmp_path):
    url = serve()
    page = visit(url)
    page.click("#example")
    trained(page)
    expect(page.locator("#layers-shown img")).to_be_visible()
    assert json.loads(run(curl(page, "model", "summary")))["parameters"] == 248578
    run(curl(page, "model", "diagram"), tmp_path)
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


def test_taking_models_away_and_deleting_them(serve, visit):
    url = serve()
    page = visit(url)
    page.click("#example")
    trained(page)
    trained(page)
    registry = page.locator("#registry")
    for file in ("safetensors", "onnx"):
        with page.expect_download() as download:
            registry.get_by_label(f"Download toy-2.{file}").click()
        with urllib.request.urlopen(f"{url}/models/toy/versions/2/model.{file}") as answer:
            assert pathlib.Path(download.value.path()).read_bytes() == answer.read()
        assert download.value.suggested_filename == f"toy-2.{file}"

    registry.get_by_label("Use toy 1").click()
    expect(registry.get_by_label("Use toy 1")).to_be_disabled()
    expect(page.locator("#results-shown")).to_be_visible()

    registry.get_by_label("Delete toy 2").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    assert get(f"{url}/models/toy")["versions"] == [1, 2]
    registry.get_by_label("Delete toy 2").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#registry-said")).to_have_text("Deleted version 2 of toy.")
    assert get(f"{url}/models/toy")["versions"] == [1]
    registry.get_by_label("Delete all of toy").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#registry-shown")).to_have_text("None yet.")
    assert get(f"{url}/models")["models"] == []


def test_a_key_is_asked_for_and_kept_in_memory_only(serve, visit, tmp_path):
    keys = tmp_path / "keys"
    scopes = [word for scope in ("read", "infer", "train", "admin") for word in ("--scope", scope)]
    key = subprocess.run(
        [PROGRAM, "keys", "new", "console", *scopes, "--file", keys], capture_output=True, text=True, check=True).stdout.split()[-1]
    page = visit(serve("--api-keys", str(keys)), refusals=[401])
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This server asks for a key")
    page.fill("#key", "rk_wrong")
    dialog.get_by_role("button", name="Use it").click()
    expect(page.locator("#key-refusal")).not_to_be_empty()
    page.fill("#key", key)
    dialog.get_by_role("button", name="Use it").click()
    expect(page.locator("#registry-shown")).to_have_text("None yet.")

    page.click("#example")
    trained(page)
    with page.expect_download() as download:
        page.get_by_label("Download toy-1.onnx").click()
    assert pathlib.Path(download.value.path()).stat().st_size > 900_000
    assert "$REPRISE_API_KEY" in curl(page, "results", "score")
    assert key not in page.content()
    kept = page.evaluate("async () => [localStorage.length, sessionStorage.length, document.cookie, (await caches.keys()).length]")
    assert kept == [0, 0, "", 0] and page.context.cookies() == []

    page.click("#forget-key")
    page.click("#refresh")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Without").click()
    expect(page.locator("#registry-problem")).to_contain_text("key")
    page.reload()
    expect(dialog).to_be_visible()


def test_what_is_wrong_is_said_where_it_is(serve, visit):
    page = visit(serve(), refusals=[422])
    page.get_by_text("Paste", exact=True).click()
    page.fill("#pasted", "a,b")
    page.click("#take-pasted")
    expect(page.locator("#data-problem")).to_contain_text("no rows")
    page.fill("#pasted", "a\nx\ny")
    page.click("#take-pasted")
    expect(page.locator("#data-problem")).to_contain_text("No column has numbers")
    page.click("#example")
    expect(page.locator("#data-problem")).to_be_empty()
    page.fill("[name=units]", "128, ")
    expect(page.locator("#model-problem")).to_contain_text("Units")
    page.fill("[name=units]", "8")
    expect(page.locator("#model-problem")).to_be_empty()
    page.select_option("[name=architecture]", "layers")
    expect(page.locator("#model-summary")).to_contain_text("repeat_vector")
    page.fill("[name=layers]", '[{"type":"LSTM","units":4}]')
    page.click("#train")
    expect(page.locator("#train-problem .problem")).to_be_visible()
    # Text from a file is never markup.
    page.fill("#pasted", "<img src=x onerror=alert(1)>\n1\n2\n")
    page.click("#take-pasted")
    expect(page.locator("#data-charts")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#data-charts img").count() == 0


def test_a_stacked_network_has_no_encoding(serve, visit):
    page = visit(serve())
    page.click("#example")
    page.select_option("[name=architecture]", "stacked")
    expect(page.locator("#model-summary")).not_to_contain_text("repeat_vector")
    trained(page)
    expect(page.locator("#encodings-problem")).to_contain_text("no encoding")
    expect(page.locator("#layers-shown img")).to_be_visible()


def test_by_keyboard_alone(serve, visit):
    page = visit(serve())
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the data")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#example")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#data-facts")).to_contain_text("9 rows")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.id") == "train":
            break
    expect(page.locator("#train")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#train-said")).to_contain_text("Trained", timeout=60 * SECONDS)
    handle = page.get_by_role("slider", name="Threshold")
    expect(handle).to_be_visible()
    handle.focus()
    before = float(handle.get_attribute("aria-valuenow"))
    page.keyboard.press("ArrowDown")
    assert float(handle.get_attribute("aria-valuenow")) < before
