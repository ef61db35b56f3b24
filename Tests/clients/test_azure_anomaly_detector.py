"""The official client of Azure's Anomaly Detector, which was shut down, against the server."""

import datetime
import math
import time

import pytest
from azure.ai.anomalydetector import AnomalyDetectorClient, models
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
VARIABLES = ["flow", "pressure", "temperature"]
ROWS = 500
WINDOW = 28
# The pressure stops following the flow here.
FAULT = range(450, 470)


def minute(row):
    return START + datetime.timedelta(minutes=row)


def measurement(row):
    flow = math.sin(row / 5)
    return [flow, 3 if row in FAULT else -flow, math.cos(row / 5) + math.sin(row / 17) / 10]


@pytest.fixture
def data(tmp_path):
    """The folder that the server may read: one table, and a folder with one table per variable."""
    folder = tmp_path / "data"
    (folder / "container" / "tables").mkdir(parents=True)
    rows = [(minute(row).strftime("%Y-%m-%dT%H:%M:%SZ"), measurement(row)) for row in range(ROWS)]
    lines = [",".join([timestamp, *map(str, values)]) for timestamp, values in rows]
    (folder / "container" / "pump.csv").write_text("\n".join(["timestamp," + ",".join(VARIABLES), *lines]))
    for index, variable in enumerate(VARIABLES):
        # Each variable lacks different rows.
        lines = [f"{timestamp},{values[index]}" for row, (timestamp, values) in enumerate(rows)
                 if row % 50 != index]
        (folder / "container" / "tables" / f"{variable}.csv").write_text(
            "\n".join(["timestamp,value", *lines]))
    (tmp_path / "secret.csv").write_text("timestamp,a\n2026-01-01,1\n")
    return folder


@pytest.fixture
def client(data, serve):
    return AnomalyDetectorClient(f"http://{serve('--data', data)}", AzureKeyCredential("none"))


def wait(get, status):
    """Polls until the training or detection has ended, as the examples of the service do."""
    for _ in range(600):
        response = get()
        if status(response) not in ("CREATED", "RUNNING"):
            return response
        time.sleep(0.1)
    raise TimeoutError


def train(client, **options):
    info = {"data_source": "container/pump.csv", "data_schema": "OneTable", "start_time": minute(0),
            "end_time": minute(399), "sliding_window": WINDOW, **options}
    created = client.train_multivariate_model(models.ModelInfo(**info))
    assert created.model_info.status in ("CREATED", "RUNNING")
    ready = wait(
        lambda: client.get_multivariate_model(created.model_id), lambda model: model.model_info.status)
    assert ready.model_info.status == "READY", ready.model_info.errors
    return ready


def detect(client, model, **options):
    asked = {"data_source": "container/pump.csv", "start_time": minute(400), "end_time": minute(ROWS - 1),
             "top_contributor_count": 2, **options}
    created = client.detect_multivariate_batch_anomaly(
        model.model_id, models.MultivariateBatchDetectionOptions(**asked))
    assert created.summary.status == "CREATED" and created.results == []
    return wait(lambda: client.get_multivariate_batch_detection_result(created.result_id),
                lambda result: result.summary.status)


def last(client, model, end, rows=WINDOW, variables=VARIABLES):
    values = [
        models.VariableValues(
            variable=variable, timestamps=[minute(row).isoformat() for row in range(end - rows + 1, end + 1)],
            values=[measurement(row)[index] for row in range(end - rows + 1, end + 1)])
        for index, variable in enumerate(variables)]
    return client.detect_multivariate_last_anomaly(
        model.model_id, models.MultivariateLastDetectionOptions(variables=values, top_contributor_count=2))


def test_a_model_from_training_to_deletion(client):
    # A URL as for the old service, with a signature that the server must not store.
    model = train(client, data_source="https://account.blob.core.windows.net/container/pump.csv?sig=secret",
                  display_name="the pump")
    info = model.model_info
    assert info.display_name == "the pump" and info.sliding_window == WINDOW
    assert info.data_source == "https://account.blob.core.windows.net/container/pump.csv"
    assert info.start_time == minute(0) and info.end_time == minute(399)
    assert info.align_policy.align_mode == "Outer" and info.align_policy.fill_n_a_method == "Linear"
    state = info.diagnostics_info.model_state
    assert state.epoch_ids == list(range(1, len(state.train_losses) + 1))
    assert len(state.validation_losses) == len(state.latencies_in_seconds) == len(state.epoch_ids) > 1
    assert state.train_losses[-1] < state.train_losses[0]
    states = info.diagnostics_info.variable_states
    assert [state.variable for state in states] == VARIABLES
    assert all(state.effective_count == 400 and state.filled_n_a_ratio == 0 for state in states)
    assert states[0].first_timestamp == minute(0) and states[0].last_timestamp == minute(399)

    result = detect(client, model)
    assert result.summary.status == "READY", result.summary.errors
    assert [item.timestamp for item in result.results] == [minute(row) for row in range(400, ROWS)]
    assert all(state.effective_count == 100 for state in result.summary.variable_states)
    values = {400 + index: item.value for index, item in enumerate(result.results)}
    assert sum(values[row].is_anomaly for row in range(400, 450)) <= 5
    assert all(values[row].is_anomaly for row in range(455, 470))
    for value in values.values():
        assert value.is_anomaly == (value.score > 1)
        assert value.severity == pytest.approx(1 - 1 / value.score if value.is_anomaly else 0, abs=1e-6)
        assert len(value.interpretation) == (2 if value.is_anomaly else 0)
    worst = max(values.values(), key=lambda value: value.score)
    assert worst.interpretation[0].variable == "pressure"
    assert worst.interpretation[0].contribution_score > worst.interpretation[1].contribution_score
    assert worst.interpretation[0].correlation_changes.changed_variables == []

    # detect-last gives the same score for the same window.
    for row in (430, 460):
        item, = last(client, model, row).results
        assert item.timestamp == minute(row) and item.errors == []
        assert item.value.score == pytest.approx(values[row].score, rel=1e-4)
        assert item.value.is_anomaly == (row == 460)

    assert [listed.model_id for listed in client.list_multivariate_models()] == [model.model_id]
    client.delete_multivariate_model(model.model_id)
    with pytest.raises(ResourceNotFoundError):
        client.get_multivariate_model(model.model_id)
    assert list(client.list_multivariate_models()) == []


def test_one_table_per_variable_with_gaps(client):
    model = train(client, data_source="container/tables", data_schema="MultiTable",
                  align_policy=models.AlignPolicy(align_mode="Outer", fill_n_a_method="Previous"))
    states = model.model_info.diagnostics_info.variable_states
    assert [state.variable for state in states] == VARIABLES
    assert [state.effective_count for state in states] == [392, 392, 392]
    assert all(state.filled_n_a_ratio == pytest.approx(0.02) for state in states)
    result = detect(client, model, data_source="container/tables")
    assert result.summary.status == "READY" and len(result.results) == 100
    assert any(item.value.is_anomaly for item in result.results)
    # detect-last accepts the same model.
    assert last(client, model, 460).results[0].value.is_anomaly

    inner = train(client, data_source="container/tables", data_schema="MultiTable",
                  align_policy=models.AlignPolicy(align_mode="Inner"))
    assert [state.effective_count for state in inner.model_info.diagnostics_info.variable_states] == [376] * 3


def test_rows_without_history_have_an_error_and_no_value(client):
    model = train(client)
    result = detect(client, model, start_time=minute(0), end_time=minute(39))
    assert result.summary.status == "READY" and len(result.results) == 40
    for row, item in enumerate(result.results):
        assert (item.value is None) == (row < WINDOW - 1)
        assert [error.code for error in item.errors] == (
            ["InsufficientHistoricalData"] if item.value is None else [])
    short = detect(client, model, start_time=minute(0), end_time=minute(20))
    assert short.summary.status == "FAILED" and short.summary.errors[0].code == "NotEnoughInput"


def test_lists_are_paged(client):
    trained = [train(client, sliding_window=WINDOW, end_time=minute(60)).model_id for _ in range(3)]
    assert [model.model_id for model in client.list_multivariate_models(top=1)] == trained[::-1]
    assert [model.model_id for model in client.list_multivariate_models(skip=1)] == trained[1::-1]


def test_models_survive_a_restart(data, serve):
    first = AnomalyDetectorClient(f"http://{serve('--data', data)}", AzureKeyCredential("none"))
    model = train(first, display_name="stays")
    score = last(first, model, 460).results[0].value.score
    serve.stop()
    second = AnomalyDetectorClient(f"http://{serve('--data', data)}", AzureKeyCredential("none"))
    again = second.get_multivariate_model(model.model_id)
    assert again.model_info.display_name == "stays" and again.model_info.status == "READY"
    assert again.created_time == model.created_time
    assert last(second, again, 460).results[0].value.score == score


def check_error(code, status, call, *arguments, **options):
    with pytest.raises(HttpResponseError) as caught:
        call(*arguments, **options)
    error = caught.value
    found = error.model.code if error.model else error.response.json()["code"]
    assert (error.status_code, found) == (status, code)
    assert error.response.headers["x-ms-error-code"] == code
    return error.response.json()["message"]


def test_faulty_requests_get_the_codes_of_the_service(client, data):
    (data / "link.csv").symlink_to(data / ".." / "secret.csv")
    for source in ("../secret.csv", "container/../../secret.csv", str(data.parent / "secret.csv"), "link.csv",
                   "https://x.example/%2e%2e/secret.csv", "https://x.example/..%2fsecret.csv", ""):
        check_error("InvalidBlobURL", 400, train, client, data_source=source)
    check_error("FileNotExist", 400, train, client, data_source="container/none.csv")
    check_error("ReadingFileError", 400, train, client, data_source="container")
    check_error("InvalidSlidingWindow", 400, train, client, sliding_window=27)
    check_error("NotEnoughInput", 400, train, client, end_time=minute(20))
    check_error("NoData", 400, train, client, start_time=minute(10_000), end_time=minute(20_000))
    check_error("RequiredPaddingValue", 400, train, client,
            align_policy=models.AlignPolicy(fill_n_a_method="Fixed"))
    model = train(client, data_source=str(data / "container" / "pump.csv"))
    check_error("ColumnNotFound", 400, last, client, model, 460, variables=VARIABLES[:2])
    check_error("NotEnoughInput", 400, last, client, model, 460, rows=WINDOW - 1)
    unknown = "00000000-0000-7000-8000-000000000000"
    check_error("ModelNotExist", 404, client.get_multivariate_model, unknown)
    check_error("ModelNotExist", 404, client.delete_multivariate_model, unknown)
    check_error("ResultNotExist", 404, client.get_multivariate_batch_detection_result, unknown)


def test_without_a_data_folder_no_files_are_read(server):
    client = AnomalyDetectorClient(f"http://{server}", AzureKeyCredential("none"))
    assert "--data" in check_error("StorageReadError", 403, train, client)


def test_the_subscription_key_is_the_api_key(data, serve, tmp_path, new_key):
    key, line = new_key("azure", "read", "infer", "train", "admin")
    (tmp_path / "keys").write_text(line)
    endpoint = f"http://{serve('--data', data, '--api-keys', tmp_path / 'keys')}"
    assert list(AnomalyDetectorClient(endpoint, AzureKeyCredential(key)).list_multivariate_models()) == []
    with pytest.raises(ClientAuthenticationError):
        list(AnomalyDetectorClient(endpoint, AzureKeyCredential("rk_0")).list_multivariate_models())
