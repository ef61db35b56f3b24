"""Pages of other origins attack the server in real browsers: forged requests and DNS rebinding."""

import json
import re
import time
import urllib.request

import pytest
from conftest import open_view
from evil_site import FIREFOX, EvilSite, chromium, firefox, visitor
from playwright.sync_api import expect
from test_console import train

WITHOUT_FIREFOX = pytest.mark.skipif(not FIREFOX, reason="firefox-esr is not installed")
BROWSERS = [pytest.param(chromium, id="chromium"), pytest.param(firefox, id="firefox", marks=WITHOUT_FIREFOX)]
TRAINING = {"series": [[i % 4, i % 3] for i in range(20)], "timesteps": 2, "units": [2], "epochs": 1}
FORGERIES = """
const server = SERVER;
const body = (model) => JSON.stringify({ ...TRAINING, model });
const post = (path, init) => tried(async () => seen(await fetch(server + path, { method: "POST", ...init })));
const form = { "Content-Type": "application/x-www-form-urlencoded" };
const fields = { [body("field")]: "" };
const results = {
  text: await post("/train", { mode: "no-cors", body: body("text") }),
  blob: await post("/train", { mode: "no-cors", body: new Blob([body("blob")], \
{ type: "application/json" }) }),
  untyped: await post("/train", { mode: "no-cors", body: new Blob([body("untyped")]) }),
  form: await post("/train", { mode: "no-cors", headers: form, body: body("form") }),
  score: await post("/score", { mode: "no-cors", body: new Blob(["{}"]) }),
  empty: await post("/v2/repository/index", { mode: "no-cors" }),
  unknown: await post("/no/such/path", { mode: "no-cors" }),
  json: await post("/train", { headers: { "Content-Type": "application/json" }, body: body("json") }),
  beacon: navigator.sendBeacon(`${server}/train`, body("beacon")),
  plain: await submit(`${server}/train`, "text/plain", fields),
  urlencoded: await submit(`${server}/train`, "application/x-www-form-urlencoded", fields),
  multipart: await submit(`${server}/train`, "multipart/form-data", fields),
  delete: await tried(async () => seen(await fetch(`${server}/models/mine`, { method: "DELETE" }))),
  read: await tried(async () => seen(await fetch(`${server}/models`))),
  opaque: await tried(async () => seen(await fetch(`${server}/models`, { mode: "no-cors" }))),
};
for (const host of ["127.0.0.1", "other.example"]) {
  await fetch(`http://${host}:${location.port}/fields`, { method: "POST", mode: "no-cors" });
}
return results;
"""
# The page has loaded from another server, which now has the address of this one. The browser takes both for
# the same origin, so that the page may read responses.
REBINDING = """
window.collector = COLLECTOR;
let isRebound = false;
while (!isRebound) {
  await pause(100);
  try {
    isRebound = (await fetch("/models", { cache: "no-store" })).headers.has("X-Request-Id");
  } catch {
    // Between the two servers, there is none.
  }
}
const send = (method, path, body) => tried(async () => seen(await fetch(path, { method, body })));
return {
  models: await send("GET", "/models"),
  page: await send("GET", "/"),
  health: await send("GET", "/healthz"),
  file: await send("GET", "/models/mine/model.safetensors"),
  methods: await send("OPTIONS", "/models"),
  train: await send("POST", "/train", new Blob([JSON.stringify({ ...TRAINING, model: "rebound" })])),
  delete: await send("DELETE", "/models/mine"),
};
"""


@pytest.fixture
def evil():
    """Starts evil sites."""
    sites = []

    def start(script, port=0):
        sites.append(EvilSite(script, port))
        return sites[-1]

    yield start
    for site in sites:
        site.close()


def call(method, url, body=None, **fields):
    """The status and the document of a response, to a client that is not a browser."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, fields, method=method)
    with urllib.request.urlopen(request) as response:
        text = response.read()
        return response.status, json.loads(text) if text else None


def train_mine(url):
    assert call("POST", f"{url}/train", {**TRAINING, "model": "mine"})[0] == 201


def models(url):
    return [model["model"] for model in call("GET", f"{url}/models")[1]["models"]]


def logged(log):
    """The requests in the log, as method, path and status, without those for the icon of a page."""
    time.sleep(0.5)  # Lines are written up to 20 ms late.
    line = re.compile(r"msg=request .*method=(\S+) .*path=(\S+) status=(\d+)")
    requests = [(match[1], match[2], int(match[3])) for match in map(line.search, log) if match]
    return [request for request in requests if request[1] != "/favicon.ico"]


@pytest.mark.parametrize("command", BROWSERS)
@pytest.mark.parametrize(
    "page, server, options", [
        ("127.0.0.1", "127.0.0.1", []),
        ("evil.example", "127.0.0.1", []),
        ("evil.example", "localhost", []),
        ("evil.example", "reprise.example", ["--allowed-hosts", "reprise.example"]),
    ], ids=["other-port", "other-site", "localhost", "plain-http"])
def test_another_page_cannot_change_anything(serve, evil, tmp_path, command, page, server, options):
    url = serve(*options)
    train_mine(url)
    target = url.replace("127.0.0.1", server)
    site = evil(FORGERIES.replace("SERVER", json.dumps(target)).replace("TRAINING", json.dumps(TRAINING)))
    with visitor(command, f"http://{page}:{site.port}/", tmp_path / "profile"):
        results = site.attack()
    print(json.dumps(results, indent=1))
    requests = logged(serve.log)
    print(*requests, sep="\n")

    assert models(url) == ["mine"], "no page may train or delete"
    # The first request is that of this test.
    assert requests.pop(0) == ("POST", "/train", 201)
    posts = [(path, status) for method, path, status in requests if method == "POST"]
    # Every request reached the server, and the server refused it.
    expected = ["/train"] * 8 + ["/score", "/v2/repository/index", "/no/such/path"]
    assert sorted(posts) == sorted((path, 403) for path in expected)
    # The browser asks before a DELETE, and before JSON, and gets no permission.
    assert {method for method, _, _ in requests} == {"POST", "GET", "OPTIONS"}
    assert [status for method, _, status in requests if method == "OPTIONS"] == [204, 204]
    # Reading is allowed, but the page gets nothing.
    assert [(path, status) for method, path, status in requests if method == "GET"] == [("/models", 200)] * 2
    assert "mine" not in json.dumps(results) and results["opaque"] == "opaque 0 "
    # Without TLS, the browser sends Sec-Fetch-Site to localhost only, and Origin to each host: the cases
    # above are about both fields.
    assert site.fields["127.0.0.1"]["Sec-Fetch-Site"] in ("cross-site", "same-origin")
    assert site.fields["other.example"]["Sec-Fetch-Site"] is None
    assert all(fields["Origin"] == f"http://{page}:{site.port}" for fields in site.fields.values())


@pytest.mark.parametrize("command", BROWSERS)
def test_rebinding_gives_no_access(serve, evil, tmp_path, command):
    collector = evil("return {}")
    # Another server on the same folder has the model before the page finds the server.
    train_mine(serve())
    script = REBINDING.replace("COLLECTOR", json.dumps(f"http://127.0.0.1:{collector.port}/"))
    site = evil(script.replace("TRAINING", json.dumps(TRAINING)))
    with visitor(command, f"http://evil.example:{site.port}/", tmp_path / "profile"):
        assert site.is_loaded.wait(60)
        site.close()
        url = serve("--port", str(site.port))
        results = collector.attack()
    print(json.dumps(results, indent=1))
    requests = logged(serve.log)
    print(*requests, sep="\n")

    assert models(url) == ["mine"], "no page may train or delete"
    for name, result in results.items():
        assert result.startswith("basic 421 ") and "misdirected-request" in result, name
        assert "--allowed-hosts" in result
    asked = {(method, path) for method, path, status in requests if status == 421}
    # Health checks are logged at another level.
    assert asked == {
        ("GET", "/models"), ("GET", "/"), ("GET", "/models/mine/model.safetensors"), ("OPTIONS", "/models"),
        ("POST", "/train"), ("DELETE", "/models/mine")}


def test_the_console_opens_only_under_a_name_of_the_server(serve, browser):
    url = serve()
    page = browser.new_page()
    response = page.goto(url.replace("127.0.0.1", "evil.example"))
    assert response.status == 421 and "misdirected-request" in page.content()
    # A script that runs in this origin all the same gets nothing either.
    for method in ("GET", "DELETE"):
        status = page.evaluate("(method) => fetch('/models', { method }).then((r) => r.status)", method)
        assert status == 421
    page.close()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "reprise.localhost", "reprise.example"])
def test_the_console_trains_and_deletes_under_each_name_of_the_server(serve, visit, name):
    page = visit(serve("--allowed-hosts", "*.example").replace("127.0.0.1", name))
    page.click("#load-example")
    train(page)
    open_view(page, "registry")
    page.get_by_label("Delete toy 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_label("Delete toy 1")).to_have_count(0)
    assert [status for method, _, status in logged(serve.log) if method == "DELETE"] == [204]
