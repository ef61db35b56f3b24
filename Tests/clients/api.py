"""The server's HTTP API with nothing but the standard library."""

import collections
import contextlib
import http.client
import json

Answer = collections.namedtuple("Answer", "status fields body")


@contextlib.contextmanager
def request(server, method, path, body=None, fields={}):
    """The response to a request, to be read as it comes. Bytes are sent as a file, anything else as JSON."""
    content = "application/octet-stream"
    if body is not None and not isinstance(body, bytes):
        content, body = "application/json", json.dumps(body).encode()
    with contextlib.closing(http.client.HTTPConnection(server, timeout=120)) as connection:
        connection.request(method, path, body, {"Content-Type": content, **fields})
        yield connection.getresponse()


def call(server, method, path, body=None, fields={}):
    with request(server, method, path, body, fields) as response:
        return Answer(response.status, response.headers, response.read())


def get(server, path):
    answer = call(server, "GET", path)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def post(server, path, body, status=200):
    answer = call(server, "POST", path, body)
    assert answer.status == status, answer.body
    return json.loads(answer.body)


def download(server, model):
    answer = call(server, "GET", f"/models/{model}/model.safetensors")
    assert answer.status == 200, answer.body
    return answer.body


def upload(server, model, file):
    return call(server, "PUT", f"/models/{model}/model.safetensors", file)
