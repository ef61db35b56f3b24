"""Calls to the server's HTTP API that need only the standard library."""

import collections
import contextlib
import http.client
import json

Response = collections.namedtuple("Response", "status fields body")


@contextlib.contextmanager
def request(server, method, path, body=None, fields={}):
    """The response to a request, to be read as it arrives. Bytes are sent as a file, other values as JSON."""
    content = "application/octet-stream"
    if body is not None and not isinstance(body, bytes):
        content, body = "application/json", json.dumps(body).encode()
    with contextlib.closing(http.client.HTTPConnection(server, timeout=120)) as connection:
        connection.request(method, path, body, {"Content-Type": content, **fields})
        yield connection.getresponse()


def call(server, method, path, body=None, fields={}):
    with request(server, method, path, body, fields) as response:
        return Response(response.status, response.headers, response.read())


def get(server, path):
    response = call(server, "GET", path)
    assert response.status == 200, response.body
    return json.loads(response.body)


def post(server, path, body, status=200):
    response = call(server, "POST", path, body)
    assert response.status == status, response.body
    return json.loads(response.body)


def download(server, model):
    response = call(server, "GET", f"/models/{model}/model.safetensors")
    assert response.status == 200, response.body
    return response.body


def upload(server, model, file):
    return call(server, "PUT", f"/models/{model}/model.safetensors", file)
