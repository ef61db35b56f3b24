""""Read along", the tour through the article, in a real browser."""

import re

import pytest
from playwright.sync_api import expect
from test_console import SECONDS, VARIANTS, assert_accessible, assert_fits_width, get

# The place on the page that each step shows.
PLACES = [
    "data", "data-charts", "data-charts", "model-summary", "model-summary", "training", "results",
    "layers-view", "layers-view", "encodings", "comparison", "comparison-view"]
CUBES = [round((i / 10) ** 3, 3) for i in range(1, 10)]


def go(page, key=None):
    """Goes to the next step, with a key if there is one, and waits until it has done its work."""
    if key:
        page.keyboard.press(key)
    else:
        page.locator("#tour").get_by_role("button", name="Next").click()
    wait(page)


def wait(page):
    expect(page.locator("#tour [role=status]")).to_have_text("", timeout=120 * SECONDS)


def number(page):
    return int(re.search(r"step (\d+) of 12", page.locator("#tour").inner_text())[1])


def rows(page, caption):
    """The cells of a table of the panel."""
    table = page.locator("#tour table").filter(has_text=caption)
    return [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]


def start(page):
    page.click("#read-along")
    wait(page)


def start_at(page, step):
    start(page)
    for _ in range(step - 1):
        go(page)


def pair(value, cube):
    return f"{value:.3f}, {cube:.3f}"


def check_content(page, url, step):
    """What the panel shows, besides texts."""
    if step == 3:
        windows = rows(page, "Windows of three rows")
        expected = [
            [pair(start / 10 + k / 10, CUBES[start + k - 1]) for k in range(3)] for start in range(1, 8)]
        assert [window[1:] for window in windows] == expected[2:] + expected[:2]
        assert [window[0] for window in windows] == [f"Window {i}" for i in range(1, 6)] + 2 * ["Left out"]
    if step in (5, 11):
        pictures = page.locator("#tour img")
        expect(pictures).to_have_count(2 if step == 5 else 1)
        for picture in pictures.all():
            assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 300
    if step == 5:
        assert page.locator("#tour figcaption").all_inner_texts() == [
            "return_sequences: true", "return_sequences: false"]
    if step == 6:
        assert get(f"{url}/models/toy/versions/1")["epochs"] == 300
    if step == 7:
        cells = [[float(cell) for cell in row[1:]] for row in rows(page, "predicted")]
        assert [row[0] for row in cells] == [
            round((window + k) / 10, 1) for window in range(3, 8) for k in range(3)]
        for value, predicted, cube, predicted_cube in cells:
            assert cube == CUBES[round(value * 10) - 1]
            assert abs(predicted - value) < 0.05 and abs(predicted_cube - cube) < 0.05
        assert any(row[0] != row[1] for row in cells)
    if step == 8:
        table = rows(page, "lstm_2, step 3")
        assert [row[1:] for row in table[1:4]] == 3 * [table[0][1:]]
        assert len({tuple(row[1:]) for row in table[4:]}) == 3
    if step in (8, 9):
        # The page shows the same window, of its 7.
        expect(page.locator("#layers-view")).to_contain_text("Window 2 of 7")
    if step == 9:
        product = rows(page, "U · V + b")
        assert len(product) == 3 and all(row[1:3] == row[3:5] for row in product)
        assert all(abs(float(row[1]) - value) < 0.05 for row, value in zip(product, (0.3, 0.4, 0.5)))
    if step == 10:
        cells = [cell for row in rows(page, "The encoding") for cell in row[1:]]
        assert len(cells) == 64 and 0 < cells.count("0.000") < 64
    if step == 11:
        expect(page.locator("#tour")).to_contain_text("248,578 parameters")
    if step == 12:
        expect(page.locator("#comparison-view")).to_contain_text("Stacked")
        models = [model["model"] for model in get(f"{url}/models")["models"]]
        assert sorted(models) == ["toy", "toy-autoencoder", "toy-stacked"]


@pytest.mark.parametrize("width, scheme", VARIANTS)
def test_the_tour_goes_through_the_article(serve, visit, width, scheme):
    url = serve()
    page = visit(url, width, scheme)
    start(page)
    for step, place in enumerate(PLACES, 1):
        assert number(page) == step
        expect(page.locator(".in-tour")).to_have_count(1)
        expect(page.locator(f"#{place}")).to_be_in_viewport()
        highlighted = page.locator(f"section.in-tour:is(#{place}, :has(#{place}))")
        expect(highlighted).to_be_in_viewport()
        # The panel and what is highlighted do not cover each other.
        panel, box = page.locator("#tour").bounding_box(), highlighted.bounding_box()
        assert box["x"] + box["width"] <= panel["x"] if width > 1000 else panel["height"] <= 0.5 * 844 + 1
        assert panel["y"] >= 0 and panel["y"] + panel["height"] <= (900 if width > 1000 else 844) + 1
        for button in "Close", "Previous":
            expect(page.locator("#tour").get_by_role("button", name=button)).to_be_in_viewport()
        check_content(page, url, step)
        assert_fits_width(page)
        assert_accessible(page)
        if step < len(PLACES):
            go(page)
    page.locator("#tour").get_by_role("button", name="Finish").click()
    expect(page.locator("#tour")).to_be_hidden()
    expect(page.locator(".in-tour")).to_have_count(0)
    expect(page.locator("#read-along")).to_be_focused()
    # Each model was trained once.
    assert get(f"{url}/models/toy")["versions"] == [1]


def test_the_tour_works_by_keyboard(serve, visit):
    page = visit(serve())
    page.locator("#read-along").press("Enter")
    wait(page)
    title = page.locator("#tour-title")
    expect(title).to_be_focused()
    for step in (2, 3, 4):
        go(page, "ArrowRight")
        assert number(page) == step
        expect(title).to_be_focused()
    go(page, "ArrowLeft")
    assert number(page) == 3
    # The keys of fields and other keys are theirs.
    go(page, "ArrowRight")
    page.locator("[name=timesteps]").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Alt+ArrowRight")
    assert number(page) == 4
    # Next keeps the focus, so that Enter goes on; Previous loses it when it is disabled.
    next_button = page.locator("#tour").get_by_role("button", name="Next")
    next_button.focus()
    go(page, "Enter")
    assert number(page) == 5
    expect(next_button).to_be_focused()
    previous = page.locator("#tour").get_by_role("button", name="Previous")
    previous.focus()
    for _ in range(4):
        go(page, "Enter")
    assert number(page) == 1
    expect(previous).to_be_disabled()
    expect(title).to_be_focused()
    page.keyboard.press("ArrowLeft")
    assert number(page) == 1
    page.keyboard.press("Escape")
    expect(page.locator("#tour")).to_be_hidden()
    expect(page.locator("#read-along")).to_be_focused()
    # It starts again at the first step.
    page.keyboard.press("Enter")
    wait(page)
    assert number(page) == 1


def test_own_data_stay_until_the_second_step(serve, visit, tmp_path):
    page = visit(serve())
    (tmp_path / "own.csv").write_text("a\n1\n2\n3\n4\n")
    page.set_input_files("#file", tmp_path / "own.csv")
    expect(page.locator("#data-summary")).to_contain_text("own.csv")
    start(page)
    expect(page.locator("#tour")).to_contain_text("in place of yours")
    expect(page.locator("#data-summary")).to_contain_text("own.csv")
    go(page)
    expect(page.locator("#data-summary")).to_contain_text("article.csv")
    # Data that are loaded meanwhile are replaced, because the next step is about the example.
    page.set_input_files("#file", tmp_path / "own.csv")
    expect(page.locator("#data-summary")).to_contain_text("own.csv")
    go(page)
    expect(page.locator("#data-summary")).to_contain_text("article.csv")


def test_a_refused_training_is_told_and_the_tour_goes_on(serve, visit):
    page = visit(serve("--max-parameters", "1000"), expected_statuses=[422])
    start_at(page, 3)
    next_button = page.locator("#tour").get_by_role("button", name="Next")
    for _ in range(3):
        next_button.click()
    expect(page.locator("#tour [role=status]")).to_have_text(
        "Stopped: the page shows a problem. Go on when it is solved.")
    expect(page.locator("#train-problem .problem")).to_be_visible()
    next_button.click()
    assert number(page) == 7
    page.keyboard.press("Escape")
    expect(page.locator("#tour")).to_be_hidden()


def test_steps_can_be_skipped_while_they_work(serve, visit):
    """Leaving a step does not stop what the page does, and coming back does not start it again."""
    url = serve()
    page = visit(url)
    start_at(page, 5)
    next_button = page.locator("#tour").get_by_role("button", name="Next")
    for _ in range(3):
        next_button.click()
    for _ in range(2):
        page.locator("#tour").get_by_role("button", name="Previous").click()
    wait(page)
    assert number(page) == 6
    expect(page.locator("#train-status")).to_contain_text("Trained: version 1")
    go(page)
    assert len(rows(page, "predicted")) == 15
    assert get(f"{url}/models/toy")["versions"] == [1]


def test_reduced_motion_is_respected(serve, visit):
    page = visit(serve())
    behaviour = "() => getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(behaviour) == "smooth"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(behaviour) == "auto"
    start_at(page, 4)
    expect(page.locator("#model-summary")).to_be_in_viewport()
    for element in "#tour", ".in-tour":
        duration = page.locator(element).evaluate(
            "(element) => getComputedStyle(element).transitionDuration")
        assert duration == "0s"
