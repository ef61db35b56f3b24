"""The Open Inference Protocol with its clients: Triton's tritonclient and KServe's InferenceRESTClient."""

import asyncio

import httpx
import numpy as np
import pytest
from api import post
from kserve import InferenceRESTClient, InferInput as KServeInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

T, F = 4, 3
OUTPUTS = ["reconstruction", "encoding", "error", "score"]


def rows(count):
    time = np.arange(count)[:, None]
    return (np.sin(time / (2 + np.arange(F))) * [1, 10, 0.1]).astype(np.float32)


def windows(count):
    series = rows(count + T)
    return np.stack([series[start:start + T] for start in range(count)])


@pytest.fixture
def trained(server):
    """The server with two versions of `waves`, and `stacked`, which has no encoding."""
    training = {"model": "waves", "series": rows(200).tolist(), "timesteps": T, "units": [6, 4], "epochs": 3}
    post(server, "/train", {**training, "epochs": 1}, 201)
    post(server, "/train", training, 201)
    post(server, "/train", {**training, "model": "stacked", "architecture": "stacked"}, 201)
    return server


@pytest.fixture
def triton(trained):
    with InferenceServerClient(trained, concurrency=4, connection_timeout=20, network_timeout=20) as client:
        yield client


def expected(server, data, model="waves"):
    """The expected outputs, from /reconstruct, /score and /encode."""
    request = {"model": model, "windows": data.tolist()}
    reconstructed = post(server, "/reconstruct", request)
    values = {
        "reconstruction": reconstructed["reconstructions"], "error": reconstructed["scaled_errors"],
        "score": [window["score"] for window in post(server, "/score", request)["windows"]]}
    if model != "stacked":
        values["encoding"] = post(server, "/encode", request)["encodings"]
    return {name: np.array(value, np.float32) for name, value in values.items()}


def triton_input(data, binary=True, datatype="FP32"):
    tensor = InferInput("windows", data.shape, datatype)
    tensor.set_data_from_numpy(data, binary_data=binary)
    return [tensor]


def check(result, wanted):
    for name, values in wanted.items():
        array = result.as_numpy(name)
        assert array.dtype == np.float32 and array.shape == values.shape
        np.testing.assert_array_equal(array, values, name)


def test_triton_health_and_metadata(triton):
    assert triton.is_server_live()
    assert triton.is_server_ready()
    assert triton.is_model_ready("waves")
    assert triton.is_model_ready("waves", "1")
    assert not triton.is_model_ready("waves", "9")
    assert not triton.is_model_ready("unknown")
    server = triton.get_server_metadata()
    assert server["name"] == "reprise" and server["extensions"] == ["binary_tensor_data"]
    model = triton.get_model_metadata("waves")
    assert model["versions"] == ["1", "2"]
    assert model["inputs"] == [{"name": "windows", "datatype": "FP32", "shape": [-1, T, F]}]
    assert [(one["name"], one["shape"]) for one in model["outputs"]] == [
        ("reconstruction", [-1, T, F]), ("encoding", [-1, 4]), ("error", [-1]), ("score", [-1])]
    assert "encoding" not in [one["name"] for one in triton.get_model_metadata("stacked", "1")["outputs"]]
    index = triton.get_model_repository_index()
    assert [(one["name"], one["version"], one["state"]) for one in index] == [
        ("stacked", "1", "READY"), ("waves", "1", "READY"), ("waves", "2", "READY")]


@pytest.mark.parametrize("binary_output", [True, False, None])
@pytest.mark.parametrize("binary_input", [True, False])
def test_triton_infers(trained, triton, binary_input, binary_output):
    data = windows(9)
    for model in ["waves", "stacked"]:
        wanted = expected(trained, data, model)
        outputs = None
        if binary_output is not None:
            outputs = [InferRequestedOutput(name, binary_data=binary_output) for name in wanted]
        result = triton.infer(model, triton_input(data, binary_input), outputs=outputs, request_id="7a")
        check(result, wanted)
        response = result.get_response()
        assert (response["id"], response["model_name"]) == ("7a", model)
        assert {one["name"] for one in response["outputs"]} == set(wanted)
    result = triton.infer("waves", triton_input(data, binary_input), model_version="1")
    assert result.get_response()["model_version"] == "1"


def test_triton_mixes_binary_and_json(trained, triton):
    data = windows(5)
    wanted = expected(trained, data)
    outputs = [InferRequestedOutput(name, binary_data=index % 2 == 0) for index, name in enumerate(OUTPUTS)]
    check(triton.infer("waves", triton_input(data), outputs=outputs), wanted)
    one = triton.infer("waves", triton_input(data), outputs=[InferRequestedOutput("score")])
    np.testing.assert_array_equal(one.as_numpy("score"), wanted["score"])
    assert one.as_numpy("error") is None
    doubles = triton_input(data.astype(np.float64), datatype="FP64")
    check(triton.infer("waves", doubles), wanted)


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("response", ["gzip", "deflate", None])
@pytest.mark.parametrize("request_", ["gzip", "deflate", None])
def test_triton_compresses(trained, triton, request_, response, binary):
    data = windows(300)
    outputs = [InferRequestedOutput(name, binary_data=binary) for name in OUTPUTS]
    result = triton.infer(
        "waves", triton_input(data, binary), outputs=outputs, request_compression_algorithm=request_,
        response_compression_algorithm=response)
    check(result, expected(trained, data))


def test_triton_infers_asynchronously(trained, triton):
    parts = [windows(20)[start:start + 2] for start in range(0, 20, 2)]
    waiting = [triton.async_infer("waves", triton_input(part), request_id=str(index))
               for index, part in enumerate(parts)]
    for index, (one, part) in enumerate(zip(waiting, parts)):
        result = one.get_result(timeout=20)
        assert result.get_response()["id"] == str(index)
        check(result, expected(trained, part))


def test_triton_raises_its_exception(triton):
    data = windows(2)

    def raises(status, message, call, *arguments, **options):
        with pytest.raises(InferenceServerException, match=message) as caught:
            call(*arguments, **options)
        assert caught.value.status() == status

    raises("404", "there is no model 'unknown'", triton.infer, "unknown", triton_input(data))
    raises("404", "there is no version 9", triton.infer, "waves", triton_input(data), model_version="9")
    raises("404", "there is no model 'unknown'", triton.get_model_metadata, "unknown")
    raises("404", "does not exist", triton.get_model_config, "waves")
    raises("404", "does not exist", triton.load_model, "waves")
    raises("404", "there is no model 'stats'", triton.get_inference_statistics)
    raises("404", "does not exist", triton.get_system_shared_memory_status)
    raises("400", "it must be .N, 4, 3.", triton.infer, "waves", triton_input(data[:, 1:]))
    raises("400", "one of 'FP32', 'FP64'", triton.infer, "waves",
           triton_input(data.astype(np.int64), datatype="INT64"))
    raises("400", "which is not an output of this model", triton.infer, "waves", triton_input(data),
           outputs=[InferRequestedOutput("label")])
    raises("400", "extension", triton.infer, "waves", triton_input(data),
           outputs=[InferRequestedOutput("score", class_count=2)])
    assert triton.is_server_ready(), "the connection must still work"


def kserve_request(data, binary, name="waves", outputs=None):
    tensor = KServeInput("windows", list(data.shape), "FP32")
    tensor.set_data_from_numpy(data, binary_data=binary)
    return InferRequest(
        name, [tensor], request_id="k1",
        request_outputs=outputs and [
            RequestedOutput(output, {"binary_data": is_binary}) for output, is_binary in outputs.items()])


def kserve(calls):
    """Runs calls with a new client."""
    async def run():
        async with InferenceRESTClient(RESTConfig(protocol="v2", retries=0, timeout=20)) as client:
            return await calls(client)
    return asyncio.run(run())


def test_kserve_health(trained):
    url = f"http://{trained}"

    async def calls(client):
        return [
            await client.is_server_live(url), await client.is_server_ready(url),
            await client.is_model_ready(url, "waves"), await client.is_model_ready(url, "unknown")]
    assert kserve(calls) == [True, True, True, False]


@pytest.mark.parametrize("binary", [True, False])
def test_kserve_infers(trained, binary):
    data = windows(9)
    wanted = expected(trained, data)

    async def calls(client):
        url = f"http://{trained}"
        some = {"score": True, "reconstruction": False}
        return [
            await client.infer(url, kserve_request(data, binary), "waves"),
            await client.infer(url, kserve_request(data, binary, outputs=some), "waves"),
            # More than a thousand bytes, so that httpx gets the response in gzip.
            await client.infer(url, kserve_request(windows(300), binary, outputs={"score": True}), "waves")]
    whole, some, large = kserve(calls)
    assert (whole.id, whole.model_name) == ("k1", "waves")
    assert [output.name for output in whole.outputs] == OUTPUTS
    for output in whole.outputs + some.outputs:
        np.testing.assert_array_equal(output.as_numpy(), wanted[output.name], output.name)
    assert [output.name for output in some.outputs] == ["score", "reconstruction"]
    np.testing.assert_array_equal(large.outputs[0].as_numpy(), expected(trained, windows(300))["score"])


def test_kserve_accepts_plain_dictionaries_and_raises_errors(trained):
    data = windows(2)
    request = {"inputs": [
        {"name": "windows", "datatype": "FP32", "shape": list(data.shape), "data": data.tolist()}]}

    async def calls(client):
        url = f"http://{trained}"
        response = await client.infer(url, request, "waves")
        statuses = []
        for model, body in [("unknown", request), ("waves", {"inputs": []}), ("waves/x", request)]:
            with pytest.raises(httpx.HTTPStatusError) as caught:
                await client.infer(url, body, model)
            statuses.append(caught.value.response.status_code)
            assert caught.value.response.json()["error"]
        return response, statuses
    response, statuses = kserve(calls)
    assert statuses == [404, 400, 404]
    np.testing.assert_array_equal(response.outputs[3].as_numpy(), expected(trained, data)["score"])
