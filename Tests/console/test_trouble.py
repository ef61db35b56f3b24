"""The console with data, settings and servers that are not as one would wish."""

import json
import math
import re
import subprocess

from conftest import PROGRAM
from playwright.sync_api import expect
from test_console import SECONDS, curl, in_view, run, trained

WAVES = [(math.sin(i / 7), 3 * math.cos(i / 7)) for i in range(60)]


def take(page, text):
    """Takes a text as data."""
    page.locator("#drop details").evaluate("(details) => (details.open = true)")
    page.fill("#pasted", text)
    page.click("#take-pasted")


def waves(header="a,b", first=""):
    return "\n".join([header, *(f"{first and f'{first}{i},'}{a:.4f},{b:.4f}" for i, (a, b) in enumerate(WAVES))])


def test_labels_of_axes_tell_their_values_apart(serve, visit):
    page = visit(serve())
    rows = [f"{1396332000 + 60 * i},{100000 + a / 100:.5f}" for i, (a, _) in enumerate(WAVES)]
    take(page, "\n".join(["time,a", *rows]))
    expect(page.locator("#data-charts canvas").first).to_be_visible()
    for axis in "xy":
        texts = page.locator(f"#data-charts .dygraph-axis-label-{axis}").all_inner_texts()
        assert len(texts) > 2 and len(set(texts)) == len(texts), texts


def test_any_text_can_name_a_column(serve, visit):
    page = visit(serve(), 390)
    take(page, waves(f"__proto__,{'b' * 250}"))
    expect(page.locator("#data-facts")).to_contain_text("60 rows, 2 features")
    expect(page.locator("#data-charts [role=img]")).to_have_count(2)
    trained(page)
    expect(page.locator("#results-shown canvas").first).to_be_visible()
    page.locator("#training").get_by_role("button", name="curl train").click()
    in_view(page)


def test_a_table_is_read_as_the_server_reads_it(serve, visit):
    page = visit(serve())
    facts = page.locator("#data-facts")
    # An empty line of a single column is a missing value.
    values = [f"{a:.4f}" for a, _ in WAVES]
    take(page, "\n".join(["a", *values[:30], "", "", *values[30:], ""]))
    expect(facts).to_have_text("data.csv: 62 rows, 1 feature, 2 missing values.")
    trained(page)
    # Numbers to JavaScript, but not to the server.
    take(page, "\n".join(["a,b,c", *(f"{a},{'0x10' if i == 4 else 1},{'Infinity' if i == 4 else 1}" for i, a in enumerate(values))]))
    expect(facts).to_have_text("data.csv: 60 rows, 1 feature.")
    # What stands in quotes separates nothing.
    take(page, waves('"a;;;\n;;",b'))
    expect(facts).to_have_text("data.csv: 60 rows, 2 features.")
    take(page, waves().replace(",", ";").replace(".", ","))
    expect(page.locator("#data-problem")).to_contain_text("decimals need a point")


def test_a_series_that_never_changes(serve, visit):
    page = visit(serve())
    take(page, "a,b\n" + "5,5\n" * 60)
    trained(page)
    expect(page.locator("#results-shown")).to_contain_text("0 events")
    expect(page.locator("#layers-shown img")).to_be_visible()


def test_what_the_form_lacks_is_said_where_it_is_asked_for(serve, visit):
    page = visit(serve())
    page.click("#example")
    page.locator("#more-settings summary").click()
    page.fill("[name=batch_size]", "")
    page.locator("#more-settings summary").click()
    page.click("#train")
    expect(page.locator("#train-problem")).to_contain_text("Batch size")
    page.click("#compare")
    expect(page.locator("#comparison-problem")).to_contain_text("Batch size")
    for step, name in (("training", "train"), ("comparison", "compare")):
        page.locator(f"#{step}").get_by_role("button", name=f"curl {name}").click()
        expect(page.locator(f"#{step} .curl-line [role=status]")).to_contain_text("Batch size")
    expect(page.locator("#train")).to_be_enabled()


def test_suggested_layers_follow_the_data_until_they_are_changed(serve, visit):
    page = visit(serve())
    page.select_option("[name=architecture]", "layers")
    layers = page.locator("[name=layers]")
    page.fill("[name=timesteps]", "4")
    expect(layers).to_have_value(re.compile('"n":4'))
    take(page, waves("a,b,c", "0."))
    page.select_option("[name=architecture]", "layers")
    expect(layers).to_have_value(re.compile('"units":3}'))
    trained(page)
    page.fill("[name=layers]", '[{"type":"LSTM","units":4}]')
    page.fill("[name=timesteps]", "5")
    expect(layers).to_have_value('[{"type":"LSTM","units":4}]')


def test_a_version_that_is_deleted_has_no_results(serve, visit):
    page = visit(serve())
    page.click("#example")
    trained(page)
    expect(page.locator("#results-shown")).to_be_visible()
    page.get_by_label("Delete toy 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#results-shown")).to_be_hidden()
    expect(page.locator("#encodings-shown")).to_be_hidden()
    expect(page.locator("#layers-shown")).to_be_hidden()


def test_columns_are_shown_as_a_model_needs_them(serve, visit):
    page = visit(serve())
    take(page, waves())
    trained(page)
    take(page, waves())
    roles = page.locator("#columns")
    roles.locator("summary").click()
    page.select_option("#role-1", "none")
    # They stay open to who looks at them.
    expect(page.locator("#role-1")).to_be_focused()
    page.get_by_label("Use data 1").click()
    expect(page.locator("#role-1")).to_have_value("feature")
    expect(page.locator("#data-facts")).to_contain_text("2 features")
    expect(page.locator("#results-shown")).to_be_visible()


def test_no_line_of_the_data_becomes_a_command(serve, visit, tmp_path):
    page = visit(serve())
    take(page, waves("a,b") + "\nEND\ntouch broken\n")
    assert "\nEND_\n" not in curl(page, "training", "train").split("\nEND\n")[0]
    subprocess.run(["sh", "-c", page.get_by_label("curl line, train").inner_text()], cwd=tmp_path, capture_output=True)
    assert not (tmp_path / "broken").exists()


def test_a_window_in_a_gap_is_drawn(serve, visit):
    page = visit(serve())
    take(page, "\n".join(["a,b", *(f"{'' if 20 <= i < 50 else i},{b:.4f}" for i, (_, b) in enumerate(WAVES))]))
    trained(page)
    expect(page.locator("#layers-shown img")).to_be_visible()
    page.get_by_label("Number of the window").fill("25")
    page.keyboard.press("Tab")
    expect(page.locator("#layers-shown img")).to_have_attribute("alt", re.compile("window 25:"))
    line = curl(page, "layers", "layers")
    window = json.loads(re.search(r"-d '(.*)'", line)[1])["windows"][0]
    assert all(math.isclose(row[0], 25 + step) for step, row in enumerate(window))
    assert json.loads(run(line))["layers"]


def test_an_answer_that_breaks_off(serve, visit):
    page = visit(serve())
    page.click("#example")
    page.route("**/train?*", lambda route: route.fulfill(
        content_type="text/event-stream", body='event: job\ndata: {"id":"1"}\n\n'))
    page.click("#train")
    expect(page.locator("#train-problem")).to_contain_text("broke off")
    expect(page.locator("#train")).to_be_enabled()


def test_a_comparison_of_other_data_is_not_shown(serve, visit):
    page = visit(serve())
    take(page, waves())
    page.click("#compare")
    expect(page.locator("#stop-compare")).to_be_visible()
    page.click("#example")
    expect(page.locator("#comparison-said")).to_contain_text("before", timeout=60 * SECONDS)
    expect(page.locator("#comparison-shown")).to_be_empty()


def test_a_file_beside_the_place_for_it_leaves_the_page(serve, visit):
    page = visit(serve())
    left = page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["a"], "a.csv"));
            return document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true, bubbles: true }));
        }""")
    assert not left


def test_keys_that_cannot_be_and_keys_that_may_not(serve, visit, tmp_path):
    keys = tmp_path / "keys"
    scopes = [word for scope in ("read", "infer", "train") for word in ("--scope", scope)]
    key = subprocess.run(
        [PROGRAM, "keys", "new", "few", *scopes, "--file", keys], capture_output=True, text=True, check=True).stdout.split()[-1]
    page = visit(serve("--api-keys", str(keys)), refusals=[401, 403])
    dialog = page.get_by_role("dialog")
    page.fill("#key", "rk_…")
    dialog.get_by_role("button", name="Use it").click()
    expect(dialog).to_be_visible()
    page.fill("#key", f" {key} ")
    dialog.get_by_role("button", name="Use it").click()
    page.click("#example")
    trained(page)
    page.get_by_label("Delete toy 1").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator("#registry-problem")).to_contain_text("lacks the scope admin")


def test_windows_stay_inside_of_recordings(serve, visit):
    page = visit(serve())
    rows = [f"{'abc'[i // 20]},{a:.4f},{b:.4f}" for i, (a, b) in enumerate(WAVES)]
    take(page, "\n".join(["run,a,b", *rows]))
    expect(page.locator("#role-0")).to_have_value("recording")
    page.fill("[name=timesteps]", "6")
    expect(page.locator("#model-summary")).to_contain_text("45 windows in the data")
    trained(page)
    scores = json.loads(run(curl(page, "results", "score")))
    assert len(scores["windows"]) == 45
    expect(page.locator("#encodings-shown circle")).to_have_count(45)
    # The first five rows of each recording have no window that ends there.
    page.locator("#results-shown details.as-table summary").click()
    errors = page.locator("#results-shown details.as-table td[data-column=Error]")
    expect(errors).to_have_count(len(WAVES))
    assert [row for row, error in enumerate(errors.all_inner_texts()) if error == "–"] == [first + i for first in (0, 20, 40) for i in range(5)]


def test_labels_with_gaps_are_never_learned_from(serve, visit):
    page = visit(serve(), refusals=[422])
    rows = [f"{a:.4f},{b:.4f},{'' if i == 9 else int(i > 50)}" for i, (a, b) in enumerate(WAVES)]
    take(page, "\n".join(["a,b,anomaly", *rows]))
    expect(page.locator("#data-facts")).to_contain_text("2 features")
    page.click("#train")
    expect(page.locator("#train-problem")).to_contain_text("anomaly")
