"""The Results step: verdict, trust, events, contributions, crosshair, and the state in the URL."""

import math
import pathlib
import re
import urllib.parse

import pytest
from conftest import SIZES, open_view
from playwright.sync_api import expect
from test_console import DATA, SECONDS, assert_accessible, assert_fits_width, curl, get, train

WITHOUT_DATA = pytest.mark.skipif(not DATA, reason="DATA does not name a folder with skab and tep")


def sensors(columns, rows=400, faults=(), label=False, start=0):
    """
    A CSV file of waves, one a column. `faults` are `(column, first row, last row, size)`; the column
    `anomaly` labels them if `label`.
    """
    names = [f"s{i}" for i in range(columns)]
    lines = [",".join(["time", *names, *(["anomaly"] if label else [])])]
    for row in range(rows):
        at = row + start
        # The second term looks like noise.
        values = [
            math.sin(at / (9 + i)) + 0.3 * math.sin(12.9898 * at * (i + 1) + i) for i in range(columns)]
        is_faulty = False
        for column, first, last, size in faults:
            if first <= row <= last:
                values[column] += size
                is_faulty = True
        time = f"2026-02-{1 + row // 1440:02}T{row // 60 % 24:02}:{row % 60:02}:00Z"
        labels = [str(int(is_faulty))] if label else []
        lines.append(",".join([time, *(f"{value:.4f}" for value in values), *labels]))
    return "\n".join(lines) + "\n"


@pytest.fixture
def load(tmp_path):
    def load(page, content, name="data.csv"):
        open_view(page, "data")
        (tmp_path / name).write_text(content)
        page.set_input_files("#file", tmp_path / name)
        expect(page.locator("#data-summary")).to_contain_text(f"{name}: ", timeout=60 * SECONDS)

    return load


def results(page):
    view = page.locator("#results-view")
    expect(view).to_be_visible(timeout=60 * SECONDS)
    return view


def parameters(page):
    """The parameters of the page's fragment."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).fragment.partition("?")[2]))


def score_with(page, model):
    """Scores the data with the model that is chosen beside them."""
    form = page.locator("#score-form")
    expect(form).to_be_visible()
    options = form.locator("option").all_inner_texts()
    page.select_option("#score-version", label=next(text for text in options if text.startswith(f"{model},")))
    form.get_by_role("button", name="Score").click()
    return results(page)


def trained(page, load, columns=3):
    """Trains on rows without a fault."""
    load(page, sensors(columns, rows=2000), "normal.csv")
    train(page)
    return results(page)


FAULTS = [(1, 120, 139, 2), (2, 300, 329, 5)]


@pytest.mark.parametrize("width", SIZES)
def test_a_file_is_scored_with_a_model_in_one_step(serve, visit, load, screenshot, width):
    page = visit(serve(), width)
    trained(page, load)
    load(page, sensors(3, faults=FAULTS), "today.csv")
    view = score_with(page, "normal")
    expect(page).to_have_url(re.compile("#results\\?"))
    expect(page.locator("#results-of")).to_have_text("today.csv, scored with normal, version 1")
    # The worst event is the first, and is selected.
    expect(view.locator(".event").first).to_have_class(re.compile("selected"))
    scores = [float(text.replace(",", "")) for text in view.locator(".event-score").all_inner_texts()]
    assert len(scores) >= 2 and scores == sorted(scores, reverse=True) and scores[-1] > 1
    expect(view.locator(".verdict")).to_contain_text("The worst: 2026-02-01T0")
    expect(view.locator(".verdict")).to_contain_text("mostly s2")
    first = view.locator(".feature").first
    expect(first).to_contain_text("s2")
    expect(first).to_contain_text(re.compile(r"of the event; at its peak [\d.-]+, expected"))
    screenshot(page, "results")
    assert_fits_width(page)
    assert_accessible(page)


def test_only_models_that_fit_the_data_are_offered(serve, visit, load):
    page = visit(serve())
    load(page, sensors(2), "two.csv")
    expect(page.locator("#score-form")).to_be_hidden()
    train(page)
    load(page, sensors(3), "three.csv")
    train(page)
    load(page, sensors(3), "more.csv")
    # The features of the model "two" are among those of the file.
    expect(page.locator("#score-version option")).to_have_count(2)
    load(page, sensors(2), "fewer.csv")
    expect(page.locator("#score-version option")).to_have_text(["two, version 1 (T 20)"])
    view = score_with(page, "two")
    expect(view.locator(".verdict")).to_contain_text("Nothing unusual: no event in 400 rows.")


def test_the_selected_event_orders_the_charts_and_back_returns(serve, visit, load):
    page = visit(serve())
    trained(page, load)
    load(page, sensors(3, faults=FAULTS), "today.csv")
    view = score_with(page, "normal")
    expect(view.locator(".event")).to_have_count(2)
    expect(view.locator(".feature").first).to_contain_text("s2")
    view.locator(".event-button").nth(1).click()
    expect(view.locator(".feature").first).to_contain_text("s1")
    expect(view.locator(".event.selected .share").first).to_contain_text("s1")
    state = parameters(page)
    assert 120 <= int(state["event"]) <= 139
    first, last = map(int, state["rows"].split("-"))
    assert 0 <= first < 120 and 139 < last < 399
    # Another view and back: the state stays.
    open_view(page, "layers")
    expect(page.locator("#layers-view img")).to_be_visible()
    page.go_back()
    expect(view.locator(".event.selected .share").first).to_contain_text("s1")
    assert parameters(page) == state
    page.go_back()
    expect(view.locator(".event").first).to_have_class(re.compile("selected"))
    assert "rows" not in parameters(page)
    page.go_forward()
    expect(view.locator(".event.selected .share").first).to_contain_text("s1")
    assert parameters(page) == state


def test_a_reload_restores_file_model_event_zoom_and_threshold(serve, visit, load):
    page = visit(serve())
    trained(page, load)
    load(page, sensors(3, faults=FAULTS), "today.csv")
    view = score_with(page, "normal")
    view.locator(".event-button").nth(1).click()
    handle = page.get_by_role("slider", name="Threshold")
    handle.press("ArrowUp")
    threshold = float(handle.get_attribute("aria-valuenow"))
    assert threshold > 1
    expect(page).to_have_url(re.compile("threshold="))
    state = parameters(page)
    assert state.keys() == {"file", "model", "version", "event", "rows", "threshold"}, state
    summary = view.locator("> [role=status]").inner_text()
    label = page.locator("#results-view .dygraph-axis-label-x").first
    expect(label).to_be_visible()
    first_label = label.inner_text()

    page.reload()
    selected = page.locator("#results-view .event.selected .share").first
    expect(selected).to_contain_text("s1", timeout=30 * SECONDS)
    expect(page.locator("#results-view > [role=status]")).to_have_text(summary)
    expect(handle).to_have_attribute("aria-valuenow", str(float(f"{threshold:.4g}")))
    expect(label).to_have_text(first_label)
    assert parameters(page) == state

    # A link to another view keeps the parameters.
    page.evaluate("() => { location.hash = '#layers'; }")
    expect(page.locator("#layers-view img")).to_be_visible()
    assert parameters(page) == state


def test_a_file_is_kept_until_it_is_removed(serve, visit, load):
    page = visit(serve())
    load(page, sensors(3), "kept.csv")
    kept = page.locator("#stored-file")
    expect(kept).to_contain_text("kept.csv stays in this browser")
    page.reload()
    expect(page.locator("#data-summary")).to_have_text("kept.csv: 400 rows, 3 features.")
    page.click("#remove-file")
    expect(kept).to_be_hidden()
    page.reload()
    expect(page.locator("#data-summary")).to_contain_text("Choose the file kept.csv again")
    expect(page.locator("#train")).to_be_disabled()
    databases = page.evaluate(
        """() => new Promise((resolve) => {
            const open = indexedDB.open("reprise");
            open.onsuccess = () => {
                const request = open.result.transaction("files").objectStore("files").count();
                request.onsuccess = () => resolve(request.result);
            };
        })""")
    assert databases == 0


def test_the_threshold_is_a_score_and_moves_the_events(serve, visit, load):
    page = visit(serve())
    trained(page, load)
    load(page, sensors(3, faults=FAULTS), "today.csv")
    view = score_with(page, "normal")
    events = view.locator(".event")
    peak = view.locator(".event-score").first.inner_text()
    count = events.count()
    field = page.get_by_label("Threshold", exact=True).and_(page.locator("input"))
    expect(field).to_have_value("1")
    field.fill(str(float(peak.replace(",", "")) / 1.5))
    field.press("Enter")
    expect(events).to_have_count(1)
    # Peak scores stay relative to the model's threshold.
    expect(view.locator(".event-score").first).to_have_text(peak)
    error = float(re.search(r"threshold=([\d.]+)", curl(page, "results", "score"))[1])
    version = get(f"{page.url.split('#')[0]}models/normal/versions/1")
    assert math.isclose(error, version["row_threshold"] * float(peak.replace(",", "")) / 1.5, rel_tol=1e-3)
    page.get_by_role("button", name="Reset threshold").click()
    expect(events).to_have_count(count)
    expect(page.get_by_role("button", name="Reset threshold")).to_be_hidden()


@pytest.mark.parametrize("width", SIZES)
def test_a_result_that_is_not_to_be_trusted_says_so(serve, visit, load, screenshot, width):
    page = visit(serve(), width)
    trained(page, load)
    banner = page.locator("#results-view .trust")
    expect(banner).not_to_contain_text("Do not trust")
    # All rows are at another level than those of the training.
    load(page, sensors(3, faults=[(0, 0, 399, 9)]), "other.csv")
    score_with(page, "normal")
    expect(banner).to_contain_text("Do not trust this result yet. 100 % of the rows are above")
    expect(banner).to_contain_text("drift.")
    expect(banner.locator(".warnings")).to_be_hidden()
    banner.locator("summary").click()
    expect(banner.locator(".warnings")).to_contain_text("warning drift")
    screenshot(page, "results")
    assert_fits_width(page)
    assert_accessible(page)

    # They are normal from now on.
    banner.get_by_role("button", name="Calibrate on them").click()
    expect(page.locator("#results-of")).to_have_text("other.csv, scored with normal, version 2")
    expect(banner).not_to_contain_text("Do not trust")


def test_labels_that_scores_do_not_tell_apart_are_not_to_be_trusted(serve, visit, load):
    page = visit(serve())
    # The labels name rows like all others.
    rows = sensors(2, rows=1000).splitlines()
    labelled = [f"{rows[0]},anomaly", *(f"{row},{int(i % 200 < 40)}" for i, row in enumerate(rows[1:]))]
    load(page, "\n".join(labelled), "noise.csv")
    train(page)
    results(page)
    figures = page.locator("#results-view .figures")
    expect(figures).to_contain_text("ROC AUC")
    auc = float(re.search(r"ROC AUC\s*([\d.]+)", figures.inner_text())[1])
    assert auc < 0.6
    expect(page.locator("#results-view .trust")).to_contain_text(
        "Do not trust this result yet. The scores do not tell the labelled anomalies from normal rows "
        f"(AUC {auc:.2f}")


def test_false_alarms_are_counted_by_event_and_by_row(serve, visit, load):
    page = visit(serve())
    trained(page, load)
    rows = sensors(3, faults=FAULTS, label=True).splitlines()
    # Only the second fault is labelled.
    rows = [re.sub(r",1$", ",0", row) if 100 < i < 200 else row for i, row in enumerate(rows)]
    load(page, "\n".join(rows), "labelled.csv")
    view = score_with(page, "normal")
    figures = view.locator(".figures")
    expect(figures).to_contain_text("Anomalies found1 of 1")
    found = re.search(r"False events\s*(\d+) of (\d+)", figures.inner_text())
    false_events, events = map(int, found.groups())
    assert events == view.locator(".event").count() and 1 <= false_events < events
    assert re.search(r"False alarms\s*\d+ of 370 normal rows", figures.inner_text())


@pytest.mark.parametrize("width", SIZES)
def test_a_heat_map_has_the_culprit_of_many_features_first(serve, visit, load, screenshot, width):
    page = visit(serve(), width)
    trained(page, load, columns=24)
    load(page, sensors(24, faults=[(17, 250, 279, 30)]), "wide.csv")
    view = score_with(page, "normal")
    names = view.locator(".heat-names button")
    expect(names.first).to_have_text("s17")
    expect(names).to_have_count(16)
    expect(view.locator(".feature")).to_have_count(1)
    expect(view.locator(".feature")).to_contain_text("s17")
    canvas = view.locator(".heat-map canvas")
    expect(view.locator(".heat-note")).to_contain_text("Select a row for its chart.")
    # The hottest cells are those of the fault, in the first row.
    colours = canvas.evaluate(
        """(canvas) => {
            // A copy, because canvases are not made for being read.
            const copy = new OffscreenCanvas(canvas.width, canvas.height);
            const context = copy.getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas, 0, 0);
            const at = (share) =>
                [...context.getImageData(canvas.width * share, 5, 1, 1).data].slice(0, 3).join();
            return [at(0.2), at(265 / 400)];
        }""")
    assert colours[0] != colours[1]
    # A click opens the chart of the row.
    second = names.nth(1).inner_text()
    box = canvas.bounding_box()
    height = box["height"] / 16
    canvas.scroll_into_view_if_needed()
    canvas.click(position={"x": 30, "y": height * 1.5})
    expect(view.locator(".feature")).to_have_count(2)
    expect(view.locator(".feature").nth(1)).to_contain_text(second)
    # So does the name, by keyboard.
    names.nth(3).press("Enter")
    expect(view.locator(".feature")).to_have_count(3)
    view.get_by_role("button", name="Show all 24 features in the map").click()
    expect(names).to_have_count(24)
    screenshot(page, "results")
    assert_fits_width(page)
    assert_accessible(page)


def test_the_crosshair_follows_mouse_and_keys_through_all_charts(serve, visit, load):
    page = visit(serve())
    trained(page, load)
    load(page, sensors(3), "today.csv")
    view = score_with(page, "normal")
    expect(view.locator(".plot[data-points]")).to_have_count(4)
    box = view.locator(".plot").nth(1).bounding_box()
    values = page.locator(".crosshair-values:visible")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    expect(values).to_contain_text("2026-02-01T03:")
    expect(values).to_contain_text(re.compile(r"score[\d.]+"))
    expect(values).to_contain_text(re.compile(r"s0[\d.-]+ \(expected"))
    lines = view.locator(".crosshair:visible")
    expect(lines).to_have_count(4)
    lefts = {round(line.bounding_box()["x"]) for line in lines.all()}
    assert len(lefts) == 1 and abs(lefts.pop() - box["x"] - box["width"] / 2) < 4
    # The values are beside the pointer.
    place = values.bounding_box()
    assert 0 < place["x"] - box["x"] - box["width"] / 2 < 40
    page.mouse.move(5, 5)
    expect(values).to_have_count(0)

    slider = view.get_by_role("slider", name="Crosshair")
    slider.focus()
    expect(values).to_be_visible()
    start = int(slider.get_attribute("aria-valuenow"))
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", str(start + 1))
    expect(slider).to_have_attribute(
        "aria-valuetext", re.compile(r"2026-02-01T\d\d:\d\d:00Z, score [\d.]+, s0"))
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuenow", "399")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("2026-02-01T06:39:00Z"))


def test_the_crosshair_follows_a_finger(serve, visit, load):
    page = visit(serve(), 390)
    view = trained(page, load)
    plot = view.locator(".plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    values = page.locator(".crosshair-values:visible")
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 60)
    expect(values).to_contain_text("2026-02-0")
    place = values.bounding_box()
    assert place["x"] >= 0 and place["x"] + place["width"] <= 390
    page.touchscreen.tap(200, 20)
    expect(values).to_have_count(0)


def test_dragging_over_a_chart_zooms_all_of_them(serve, visit, load):
    page = visit(serve())
    trained(page, load)
    load(page, sensors(3), "today.csv")
    view = score_with(page, "normal")
    expect(view.locator(".plot[data-points='400']")).to_have_count(4)
    box = view.locator(".plot").nth(2).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 35, steps=5)
    page.mouse.up()
    expect(view.locator(".plot[data-points='400']")).to_have_count(0)
    first, last = map(int, parameters(page)["rows"].split("-"))
    assert 100 < first < 160 and 210 < last < 250
    view.get_by_role("button", name="Show all").click()
    expect(view.locator(".plot[data-points='400']")).to_have_count(4)
    assert "rows" not in parameters(page)


def test_an_event_that_was_normal_is_learned_in_a_new_version(serve, visit, load):
    url = serve()
    page = visit(url)
    trained(page, load)
    load(page, sensors(3, faults=FAULTS[:1]), "today.csv")
    view = score_with(page, "normal")
    before = get(f"{url}/models/normal/versions/1")["threshold"]
    view.get_by_role("button", name="Mark as normal").click()
    expect(page.locator("#results-of")).to_have_text(
        "today.csv, scored with normal, version 2", timeout=30 * SECONDS)
    version = get(f"{url}/models/normal/versions/2")
    assert version["threshold"] > before
    expect(view.locator(".event")).to_have_count(0)


def test_the_training_range_is_marked_where_model_and_data_coincide(serve, visit, load):
    page = visit(serve())
    view = trained(page, load)
    expect(view.locator(".score-area .legend")).to_contain_text("training range")
    assert parameters(page)["trained"] == "0-1999"
    load(page, sensors(3, start=50), "other.csv")
    view = score_with(page, "normal")
    expect(view.locator(".score-area .legend")).not_to_contain_text("training range")
    assert "trained" not in parameters(page)


@WITHOUT_DATA
@pytest.mark.parametrize("width", SIZES)
def test_the_culprit_of_a_plant_with_52_sensors_is_on_the_first_screen(serve, visit, screenshot, width):
    page = visit(serve(), width)
    page.set_input_files("#file", pathlib.Path(DATA) / "tep/d00.csv")
    expect(page.locator("#data-summary")).to_contain_text("52 features")
    train(page)
    results(page)
    open_view(page, "data")
    page.set_input_files("#file", pathlib.Path(DATA) / "tep/d06_te.csv")
    expect(page.locator("#data-summary")).to_contain_text("d06_te.csv: 960 rows")
    view = score_with(page, "d00")
    expect(view.locator(".verdict")).to_contain_text("since row 1")
    expect(view.locator(".figures")).to_contain_text("ROC AUC")
    culprit = view.locator(".event .share").first.inner_text().split()[0]
    expect(view.locator(".verdict")).to_contain_text(f"above all {culprit} ")
    chart = view.locator(".feature").first
    expect(chart).to_contain_text(culprit)
    if width == 1280:
        box = chart.bounding_box()
        assert box["y"] + box["height"] <= SIZES[1280], "the chart of the culprit must be on the first screen"
    screenshot(page, "results")
    assert_fits_width(page)
    assert_accessible(page)
