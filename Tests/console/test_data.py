"""The Data step: what the server understands of files as people have them, and one click to mend them."""

import io
import json
import math
import re

import pytest
from conftest import SIZES, open_view
from playwright.sync_api import expect
from test_console import assert_accessible, assert_fits_width, curl, get, run, train

WAVES = [(math.sin(i / 3), math.cos(i / 3)) for i in range(120)]


def csv(header, row):
    """A CSV file of 120 rows, `row` of the index and two waves."""
    return "\n".join([header, *(row(i, a, b) for i, (a, b) in enumerate(WAVES))]) + "\n"


def german(i, a, b):
    number = lambda value: f"{1000 + value:,.3f}".replace(",", "_").replace(".", ",").replace("_", ".")
    return f"31.01.2026 {12 + i // 60}:{i % 60:02};{number(a)};{number(b)}"


# Files by name: the bytes, and what the report has.
FILES = {
    "german": csv("Zeit;Temp °C;Druck", german).replace("\n", "\r\n").encode("windows-1252"),
    "pandas": csv(",a,b", lambda i, a, b: f"{i},{a},{b}").encode(),
    "first-cell": csv("temp,flow", lambda i, a, b: f"{'N/A' if i == 0 else a},{b}").encode(),
    "sentinel": csv("a,b", lambda i, a, b: f"{-9999 if i == 50 else a},{b}").encode(),
    "no-header": csv("2026-01-31T11:59:00Z,0.1,0.2",
                     lambda i, a, b: f"2026-01-31T{12 + i // 60}:{i % 60:02}:00Z,{a},{b}").encode(),
}


@pytest.fixture
def load(tmp_path):
    """Loads bytes as a file with a name; the file is in the folder that `load.folder` names."""

    def load(page, content, name="data.csv"):
        open_view(page, "data")
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        page.set_input_files("#file", tmp_path / name)

    load.folder = tmp_path
    return load


def summary(page):
    return page.locator("#data-summary")


def warnings(page):
    return page.locator("#data-warnings")


def option(page, text):
    """The button that sets an option, such as header=false."""
    return page.locator("button.option", has=page.locator(f"code:text-is('{text}')"))


def cells(page, column):
    """The texts of a column's row in the table of columns, by the name of the table's column."""
    open_columns(page)
    row = page.locator("#roles tbody tr", has=page.locator("th", has_text=column))
    return {cell.get_attribute("data-column"): cell.inner_text() for cell in row.locator("td").all()}


def open_columns(page):
    """Opens the table of columns."""
    open_view(page, "data")
    page.locator("#columns").evaluate("(details) => (details.open = true)")


def role(page, column):
    open_columns(page)
    return page.get_by_label(f"Role of {column}", exact=True)


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("file", FILES)
def test_a_file_is_understood_and_can_be_trained_on(serve, visit, load, screenshot, file, width):
    url = serve()
    page = visit(url, width, expected_statuses=[415, 422])
    load(page, FILES[file], f"{file}.csv")
    if file == "german":
        expect(page.locator("#data-problem")).to_contain_text("0xB0 is not UTF-8")
        expect(page.locator("#train")).to_be_disabled()
        screenshot(page, "data")
        assert_accessible(page)
        option(page, "charset=windows-1252").click()
        expect(summary(page)).to_have_text("german.csv: 120 rows, 2 features.")
        expect(page.locator("#data-facts")).to_contain_text("Interval60 s")
        expect(warnings(page)).to_contain_text("number_format")
        assert cells(page, "Temp °C")["Minimum"] == "999"
    elif file == "pandas":
        expect(summary(page)).to_have_text("pandas.csv: 120 rows, 2 features.")
        expect(warnings(page)).to_contain_text("info ignored_column")
        expect(role(page, "Unnamed: 0")).to_have_value("ignored")
        assert "index" in cells(page, "Unnamed: 0")["Reason"]
    elif file == "first-cell":
        expect(summary(page)).to_have_text("first-cell.csv: 120 rows, 2 features.")
        assert cells(page, "temp")["Missing"] == "0.8 %"
        expect(role(page, "temp")).to_have_value("feature")
        expect(page.locator("#missing-rule")).to_have_value("linear")
    elif file == "sentinel":
        expect(warnings(page)).to_contain_text("warning outliers")
        expect(warnings(page)).to_contain_text("-9999")
        assert cells(page, "a")["Minimum"].replace(",", "") == "-9999"
    else:
        expect(page.locator("#data-problem")).to_contain_text("instead of the names of the columns")
        assert_accessible(page)
        option(page, "header=false").click()
        expect(summary(page)).to_have_text("no-header.csv: 121 rows, 2 features.")
        expect(role(page, "0")).to_have_value("timestamp")
    expect(page.locator("#data-problem")).to_be_empty()
    screenshot(page, "data")
    assert_fits_width(page)
    assert_accessible(page)
    train(page)
    expect(page.locator("#results-view")).to_be_visible()
    assert get(f"{url}/models/{file}/versions/1")["features"] == 2
    assert_fits_width(page)
    assert_accessible(page)


def test_the_bytes_of_the_file_are_sent_as_they_are(serve, visit, load):
    page = visit(serve(), expected_statuses=[415])
    # The browser's debugger does not show the content of blobs.
    page.context.add_init_script(
        """const { fetch } = globalThis;
        const bodies = globalThis.bodies = {};
        globalThis.fetch = async (url, options) => {
          if (options.body instanceof Blob) {
            const bytes = new Uint8Array(await options.body.arrayBuffer());
            bodies[new URL(url).pathname] = [options.headers["Content-Type"], [...bytes]];
          }
          return fetch(url, options);
        };""")
    page.reload()
    load(page, FILES["german"])
    option(page, "charset=windows-1252").click()
    train(page)
    open_view(page, "encodings")
    expect(page.locator("#encodings-view circle").first).to_be_visible()
    open_view(page, "layers")
    expect(page.locator("#layers-view img")).to_be_visible()
    bodies = page.evaluate("() => bodies")
    for path in ("inspect", "train", "score", "reconstruct", "encode", "layers"):
        media_type, content = bodies[f"/{path}"]
        assert (media_type, bytes(content)) == ("text/csv; charset=windows-1252", FILES["german"]), path


def test_each_suggestion_is_one_click_away_and_in_the_curl_command(serve, visit, load):
    page = visit(serve())
    rows = csv("a,clock,bytes,is_anomaly",
               lambda i, a, b: f"{a},{5000 + 10 * i},{10**12 + 1500 * i + i * i % 7},{int(90 < i < 95)}")
    load(page, rows, "mixed.csv")
    # Labels are excluded at once.
    expect(summary(page)).to_have_text("mixed.csv: 120 rows, 3 features, 1 labelled anomaly.")
    expect(role(page, "is_anomaly")).to_have_value("label")
    expect(warnings(page)).to_contain_text("error monotone_column")
    curl(page, "data", "inspect")
    command = page.get_by_label("curl command: inspect")
    expect(command).to_contain_text("exclude=is_anomaly")

    option(page, "ignore=clock").click()
    expect(summary(page)).to_contain_text("2 features")
    expect(role(page, "clock")).to_have_value("ignored")
    # The command that is shown changes with the options.
    expect(command).to_contain_text("ignore=clock")
    expect(option(page, "ignore=clock")).to_have_count(0)

    option(page, "difference=bytes").click()
    expect(role(page, "bytes")).to_have_value("difference")
    expect(command).to_contain_text("difference=bytes")
    expect(warnings(page)).not_to_contain_text("monotone_column")
    assert 1490 < float(cells(page, "bytes")["Maximum"].replace(",", "")) < 1510

    train_command = curl(page, "training", "train")
    assert "ignore=clock" in train_command and "difference=bytes" in train_command
    # T was suggested with the other columns as features; once changed, the suggestion is offered.
    expect(page.locator("[name=timesteps]")).to_have_value(re.compile("[0-9]+"))
    page.fill("[name=timesteps]", "7")
    open_view(page, "data")
    option(page, "timesteps=11").click()
    expect(page.locator("[name=timesteps]")).to_have_value("11")
    expect(page.get_by_label("curl command: train")).to_contain_text("timesteps=11")
    expect(page.locator("#suggestions")).to_be_hidden()
    train(page)
    expect(page.locator("#results-view")).to_be_visible()
    result = json.loads(run(page.get_by_label("curl command: train").inner_text(), load.folder))
    assert result["features"] == 2 and result["timesteps"] == 11
    # Every choice can be taken back.
    open_view(page, "data")
    role(page, "bytes").select_option("feature")
    expect(command).not_to_contain_text("difference")
    expect(role(page, "bytes")).to_be_focused()
    expect(option(page, "difference=bytes")).to_be_visible()


def test_rows_out_of_order_are_sorted_and_duplicates_merged_by_a_click(serve, visit, load):
    page = visit(serve())
    # The last row has the time of the one after it in time.
    time = lambda i: f"2026-01-31T12:{max(i, 1) // 60:02}:{max(i, 1) % 60:02}Z"
    lines = csv("time,a,b", lambda i, a, b: f"{time(i)},{a},{b}").splitlines()
    load(page, "\n".join([lines[0], *reversed(lines[1:])]))
    expect(warnings(page)).to_contain_text("error unordered")
    expect(warnings(page)).to_contain_text("error duplicate_timestamps")
    option(page, "order=sort").click()
    expect(warnings(page)).not_to_contain_text("error unordered")
    option(page, "duplicates=last").click()
    expect(warnings(page)).not_to_contain_text("error")
    expect(page.locator("#reading [name=order]")).to_have_value("sort")
    expect(summary(page)).to_have_text("data.csv: 119 rows, 2 features.")
    train(page)
    expect(page.locator("#results-view")).to_be_visible()
    command = curl(page, "results", "score")
    assert "order=sort" in command and "duplicates=last" in command
    assert len(json.loads(run(command, load.folder))["rows"]["scores"]) == 119


def test_a_column_of_texts_is_refused_with_what_can_be_done(serve, visit, load):
    page = visit(serve(), expected_statuses=[422])
    load(page, csv("pump,a", lambda i, a, b: f"p{i // 60},{a}"))
    problem = page.locator("#data-problem")
    expect(problem).to_contain_text("Line 2: column 'pump' has the value 'p0'")
    expect(problem.locator("button")).to_have_text(
        ["Use “pump” as recordings recording=pump", "Ignore “pump” ignore=pump"])
    option(page, "recording=pump").click()
    expect(page.locator("#data-facts")).to_contain_text("Recordings2")
    # A choice that the data do not allow can be taken back, although nothing is drawn.
    role(page, "a").select_option("recording")
    expect(problem).not_to_be_empty()
    expect(page.locator("#data-charts canvas")).to_have_count(0)
    expect(page.locator("#train")).to_be_disabled()
    role(page, "pump").select_option("recording")
    expect(problem).to_be_empty()
    expect(role(page, "a")).to_have_value("feature")
    expect(summary(page)).to_have_text("data.csv: 120 rows, 1 feature.")


def test_a_column_that_is_found_to_be_no_feature_can_be_one(serve, visit, load):
    page = visit(serve())
    load(page, csv("time,a,b", lambda i, a, b: f"{i},{a},{b}"))
    expect(role(page, "time")).to_have_value("timestamp")
    role(page, "time").select_option("feature")
    expect(summary(page)).to_have_text("data.csv: 120 rows, 3 features.")
    assert "columns=time,a,b" in curl(page, "data", "inspect")
    train(page)
    # The model's features decide from then on.
    assert "columns=" not in curl(page, "results", "score")
    assert len(json.loads(run(curl(page, "training", "train"), load.folder))["data"]["columns"]) == 3


@pytest.mark.parametrize("width", SIZES)
def test_many_rows_are_drawn_as_ranges(serve, visit, load, width):
    page = visit(serve(), width)
    rows = [f"{math.sin(i / 40):.4f},{8 if i == 30_001 else math.cos(i / 40):.4f}" for i in range(120_000)]
    load(page, "\n".join(["a,b", *rows]))
    expect(summary(page)).to_have_text("data.csv: 120,000 rows, 2 features.", timeout=60_000)
    expect(page.locator("#data-charts [role=img]").nth(1)).to_have_attribute(
        "aria-label", "b over 120,000 rows, from -1 to 8.")
    page.locator("#data-charts summary").click()
    expect(page.locator("#data-charts caption")).to_have_text("First 200 of 60,000 points of 2 rows")
    assert_fits_width(page)


def test_arrays_and_json_are_read(serve, visit, load):
    page = visit(serve(), expected_statuses=[422])
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (120, 2), }"
    file = io.BytesIO()
    file.write(b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + header.ljust(117) + b"\n")
    import struct
    for row in WAVES:
        file.write(struct.pack("<2d", *row))
    load(page, file.getvalue(), "waves.npy")
    expect(summary(page)).to_have_text("waves.npy: 120 rows, 2 features.")
    expect(page.locator("#reading [name=header]")).to_be_hidden()
    train(page)
    expect(page.locator("#results-view")).to_be_visible()
    load(page, json.dumps({"series": WAVES}), "waves.json")
    expect(summary(page)).to_have_text("waves.json: 120 rows, 2 features.")
    open_view(page, "data")
    role(page, "1").select_option("ignored")
    expect(summary(page)).to_have_text("waves.json: 120 rows, 1 feature.")
    train(page)
    expect(page.locator("#results-view")).to_be_visible()
    load(page, json.dumps({"windows": [WAVES[:5]]}), "windows.json")
    expect(page.locator("#data-problem")).to_contain_text("has windows")


def test_a_refused_file_replaces_the_earlier_one(serve, visit, load):
    page = visit(serve(), expected_statuses=[415, 422])
    load(page, FILES["pandas"])
    expect(summary(page)).to_contain_text("2 features")
    load(page, b"PK\x03\x04 a workbook", "book.xlsx")
    expect(page.locator("#data-problem .problem")).to_be_visible()
    expect(summary(page)).to_have_text("book.xlsx was not read.")
    expect(page.locator("#data-charts canvas")).to_have_count(0)
    expect(page.locator("#roles")).to_be_hidden()
    expect(page.locator("#train")).to_be_disabled()
    open_view(page, "comparison")
    expect(page.locator("#compare")).to_be_disabled()
    load(page, FILES["pandas"])
    expect(page.locator("#data-problem")).to_be_empty()
    expect(page.locator("#train")).to_be_enabled()


def test_warnings_of_trainings_and_scores_have_codes(serve, visit, load):
    page = visit(serve())
    load(page, FILES["sentinel"])
    train(page)
    expect(page.locator("#train-result .warnings")).to_contain_text("warning outliers")
    expect(page.locator("#train-result .warnings")).to_contain_text("few_calibration_windows")
    page.locator("#results-view .trust summary").click()
    expect(page.locator("#results-view .warnings code").first).to_be_visible()


def test_rows_at_varying_intervals_are_resampled_by_a_click(serve, visit, load):
    page = visit(serve(), expected_statuses=[422])
    # About every 5 s.
    second = lambda i: 5 * i + (0, 3, -1, 2.5)[i % 4] + 10
    time = lambda i: f"2026-01-31T12:{int(second(i)) // 60:02}:{second(i) % 60:04.1f}Z"
    load(page, csv("time,a,b", lambda i, a, b: f"{time(i)},{a},{b}"))
    expect(warnings(page)).to_contain_text("irregular_intervals")
    reading = page.locator("#reading")
    reading.locator("summary").click()
    expect(reading.locator("[name=aggregate]")).to_be_disabled()
    suggestion = page.locator("button.option", has=page.locator("code:text-matches('^interval=')"))
    interval = suggestion.locator("code").inner_text().removeprefix("interval=")
    suggestion.click()
    expect(warnings(page)).not_to_contain_text("irregular_intervals")
    expect(suggestion).to_have_count(0)
    expect(option(page, "missing=linear")).to_have_count(0)
    expect(reading.locator("[name=interval]")).to_have_value(interval)
    reading.locator("[name=aggregate]").select_option("max")
    reading.locator("[name=max_gap]").fill("1m")
    reading.locator("[name=max_gap]").press("Enter")
    command = curl(page, "data", "inspect")
    for parameter in [f"interval={interval}", "aggregate=max", "max_gap=1m"]:
        assert parameter in command
    train(page)
    expect(page.locator("#results-view")).to_be_visible()
    trained = json.loads(run(curl(page, "training", "train"), load.folder))
    assert trained["interval"] == interval and trained["aggregate"] == "max" and trained["max_gap"] == "1m"
    # The model resamples the rows that it gets.
    command = curl(page, "results", "score")
    assert "interval=" not in command and "max_gap=1m" in command
    run(command, load.folder)
    # What the server cannot read is said, and can be put right.
    open_view(page, "data")
    reading.locator("[name=interval]").fill("soon")
    reading.locator("[name=interval]").press("Enter")
    expect(page.locator("#data-problem")).to_contain_text("'interval' must be a number of seconds")
    reading.locator("[name=interval]").fill("")
    reading.locator("[name=interval]").press("Enter")
    expect(page.locator("#data-problem")).to_be_empty()
    expect(suggestion).to_be_visible()
    assert_accessible(page)
