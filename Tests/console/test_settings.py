"""The settings of a training: groups of fields, messages at fields that are wrong, and the URL."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from conftest import open_view
from playwright.sync_api import expect
from test_console import assert_accessible, assert_fits_width, curl, get, press, train
from test_data import load  # noqa: F401 (a fixture)
from test_data import FILES, csv

ROWS = csv("a,b", lambda i, a, b: f"{a},{b}")


def field(page, name):
    return page.locator(f"[name='{name}']")


def problem(page, name):
    return page.locator(f"#setting-{name.replace('.', '-')}-problem")


def open_settings(page):
    open_view(page, "training")
    page.locator("#more-settings > summary").click()


def parameters(page, step="training", name="train"):
    """The query parameters of a step's curl command."""
    if page.get_by_label(f"curl command: {name}", exact=True).text_content() == "":
        curl(page, step, name)
    command = page.get_by_label(f"curl command: {name}", exact=True).text_content()
    return dict(parse_qsl(urlsplit(command.split("'")[1]).query))


@pytest.mark.parametrize("width, scheme", [(1280, "light"), (390, "dark")])
def test_empty_fields_have_the_defaults_of_the_server(serve, visit, load, screenshot, width, scheme):
    url = serve()
    page = visit(url, width, scheme)
    load(page, ROWS, "waves.csv")
    open_settings(page)
    expect(field(page, "timesteps")).to_have_attribute("placeholder", "12")
    expect(field(page, "units")).to_have_attribute("placeholder", "64, 32")
    expect(field(page, "batch_size")).to_have_attribute("placeholder", "32")
    expect(page.locator("#model-summary")).to_contain_text("parameters")
    screenshot(page, "model")
    assert_fits_width(page)
    assert_accessible(page)
    page.fill("[name=timesteps]", "")
    # Nothing but the name is sent, and the server trains as the page says.
    assert parameters(page) == {"model": "waves"}
    train(page)
    version = get(f"{url}/models/waves/versions/1")
    assert version["timesteps"] == 12 and version["encoding_units"] == 32


def test_each_setting_reaches_the_training(serve, visit, load):
    url = serve()
    page = visit(url)
    load(page, ROWS, "waves.csv")
    open_settings(page)
    values = {
        "timesteps": "6", "units": "8, 4", "stride": "2", "epochs": "5", "batch_size": "16",
        "learning_rate": "0.01", "validation_split": "0.2", "clip_norm": "1", "seed": "7",
        "threshold_value": "0.9", "calibration_split": "0.3",
    }
    choices = {
        "scaling": "standard", "outliers": "keep", "activation": "relu",
        "recurrent_activation": "hard_sigmoid", "loss": "huber", "shuffle": "false", "error_kind": "mae",
        "early_stopping": "true", "reduce_lr_on_plateau": "true",
    }
    for name, value in values.items():
        field(page, name).fill(value)
    for name, value in choices.items():
        field(page, name).select_option(value)
    field(page, "early_stopping.patience").fill("3")
    field(page, "early_stopping.restore_best_weights").select_option("true")
    field(page, "reduce_lr_on_plateau.factor").fill("0.5")
    sent = parameters(page)
    assert json.loads(sent.pop("early_stopping")) == {"patience": 3, "restore_best_weights": True}
    assert json.loads(sent.pop("reduce_lr_on_plateau")) == {"factor": 0.5}
    assert sent == {
        "model": "waves", "timesteps": "6", "units": "8,4", "stride": "2", "scaling": "standard",
        "outliers": "keep", "activation": "relu", "recurrent_activation": "hard_sigmoid", "epochs": "5",
        "batch_size": "16", "learning_rate": "0.01", "loss": "huber", "validation_split": "0.2",
        "clip_norm": "1", "shuffle": "false", "error_kind": "mae", "quantile": "0.9",
        "calibration_split": "0.3", "seed": "7",
    }
    train(page)
    version = get(f"{url}/models/waves/versions/1")
    assert version["timesteps"] == 6 and version["scaling"] == "standard" and version["error_kind"] == "mae"
    # A training that continues has the network of the version.
    open_view(page, "training")
    field(page, "warm_start").fill("latest")
    expect(field(page, "units")).to_be_hidden()
    expect(page.locator("#model-summary")).to_contain_text("version to continue from")
    train(page)
    assert get(f"{url}/models/waves/versions/2")["warm_start"] == 1


@pytest.mark.parametrize("detector", ["pca", "zscore", "kmeans"])
def test_a_detector_without_a_network_has_no_settings_of_one(serve, visit, load, detector):
    url = serve()
    page = visit(url)
    load(page, ROWS, "waves.csv")
    open_settings(page)
    field(page, "epochs").fill("5")
    field(page, "architecture").select_option(detector)
    for name in ("units", "epochs", "activation", "warm_start"):
        expect(field(page, name)).to_be_hidden()
    expect(page.locator("#model-summary")).to_contain_text("has no network")
    sent = parameters(page)
    assert sent["detector"] == detector and "epochs" not in sent and "architecture" not in sent
    train(page)
    assert get(f"{url}/models/waves/versions/1")["detector"] == detector
    expect(page.locator("#results-view")).to_be_visible()


def test_a_wrong_value_is_named_at_its_field_at_once(serve, visit, load):
    page = visit(serve(), expected_statuses=[422])
    load(page, ROWS)
    open_settings(page)
    wrong = {
        "model": "-x", "timesteps": "121", "units": "8,,4", "stride": "0", "epochs": "1.5",
        "learning_rate": "fast", "validation_split": "1", "threshold_value": "2", "warm_start": "no version",
    }
    for name, value in wrong.items():
        right = field(page, name).input_value()
        field(page, name).fill(value)
        expect(problem(page, name)).not_to_be_empty()
        expect(field(page, name)).to_have_attribute("aria-invalid", "true")
        # Screen readers read the message with the field.
        assert problem(page, name).get_attribute("id") in field(page, name).get_attribute("aria-describedby")
        if name == "units":
            assert_accessible(page)
        field(page, name).fill(right)
        expect(problem(page, name)).to_be_empty()
        expect(field(page, name)).not_to_have_attribute("aria-invalid", "true")
    # Rules about two fields.
    field(page, "early_stopping").select_option("true")
    expect(problem(page, "early_stopping.monitor")).to_contain_text("validation split")
    field(page, "validation_split").fill("0.1")
    expect(problem(page, "early_stopping.monitor")).to_be_empty()
    field(page, "threshold_rule").select_option("sigmas")
    field(page, "threshold_value").fill("4")
    assert parameters(page)["sigmas"] == "4"


def test_what_the_server_refuses_is_said_at_the_field(serve, visit, load):
    page = visit(serve(), expected_statuses=[422, 404])
    load(page, ROWS)
    open_settings(page)
    field(page, "architecture").select_option("layers")
    field(page, "layers").fill('[{"type":"LSTM","units":0}]')
    expect(problem(page, "layers")).to_contain_text("must be from 1 to 1048576")
    expect(field(page, "layers")).to_have_attribute("aria-invalid", "true")
    field(page, "layers").fill('[{"type":"LSTM","units":4}, {"type":"Nothing"}]')
    expect(problem(page, "layers")).to_contain_text("Nothing")


def test_a_reload_keeps_options_settings_and_range(serve, visit, load):
    page = visit(serve(), expected_statuses=[415])
    load(page, FILES["german"], "german.csv")
    page.locator("button.option", has_text="charset=windows-1252").click()
    expect(page.locator("#data-summary")).to_contain_text("2 features")
    page.locator("#columns-text").click()
    page.get_by_label("Role of Druck").select_option("ignored")
    page.get_by_label("From row").fill("10")
    page.get_by_label("From row").press("Enter")
    open_settings(page)
    field(page, "epochs").fill("4")
    field(page, "scaling").select_option("minmax")
    before = parameters(page)
    page.reload()
    expect(page.locator("#training")).to_be_visible()
    expect(field(page, "epochs")).to_have_value("4")
    expect(page.locator("#train-range")).to_contain_text("rows 10 to 119")
    assert parameters(page) == before
    assert "set.epochs=4" in page.url and "key" not in page.url
    train(page)
    # Another file has settings of its own.
    load(page, ROWS, "waves.csv")
    expect(field(page, "epochs")).to_have_value("")
    assert "set." not in page.url and "read." not in page.url and "train=" not in page.url


def test_a_comparison_has_the_settings_of_both_networks(serve, visit, load):
    page = visit(serve())
    load(page, ROWS)
    open_settings(page)
    field(page, "architecture").select_option("kmeans")
    field(page, "strict").select_option("true")
    sent = parameters(page, "comparison", "compare")
    assert "detector" not in sent and sent["strict"] == "true" and sent["seeds"] == "0"
    page.fill("#seeds", "0, one")
    press(page, "#compare")
    expect(page.locator("#comparison-problem")).to_contain_text("whole numbers")
