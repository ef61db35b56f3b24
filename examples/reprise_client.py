"""A client for Reprise that needs only the standard library. The other examples share it; copy it next to
your own scripts."""

import contextlib
import http.client
import json
import os
import sys
import time
import urllib.parse


class Problem(Exception):
    """A problem that the server reports (RFC 9457), or the reason why there is no response."""

    def __init__(self, title, detail, status=None, hint=None):
        super().__init__(title, detail, status, hint)
        self.title, self.detail, self.status, self.hint = title, detail, status, hint

    @classmethod
    def of(cls, document):
        return cls(document["title"], document["detail"], document["status"], document.get("hint"))

    def __str__(self):
        return "\n".join(filter(None, [f"{self.title}: {self.detail}", self.hint]))


class Client:
    """Calls a server. The key comes from REPRISE_API_KEY, because every user of a machine can see the
    arguments of all processes."""

    def __init__(self, url=None, timeout=600):
        self.url = (url or os.environ.get("REPRISE_URL") or "http://127.0.0.1:8080").rstrip("/")
        self.timeout = timeout

    def call(self, method, path, body=None, content_type=None, accept="application/json", query={},
             fields={}):
        """Sends a request and returns the bytes of the response.

        `body` is bytes, or a value that is sent as JSON. `query` holds the options of a CSV file or an array:
        strings are sent as they are, other values as JSON. Raises a Problem if the status is 400 or above, or
        without a response."""
        if body is not None and not isinstance(body, bytes):
            body, content_type = json.dumps(body).encode(), "application/json"
        if query:
            text = {name: value if isinstance(value, str) else json.dumps(value)
                    for name, value in query.items()}
            path = f"{path}?{urllib.parse.urlencode(text)}"
        fields = {"Accept": f"{accept}, application/problem+json", **fields}
        if content_type:
            fields["Content-Type"] = content_type
        if key := os.environ.get("REPRISE_API_KEY"):
            fields["Authorization"] = f"Bearer {key}"
        place = urllib.parse.urlsplit(self.url)
        kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        try:
            with contextlib.closing(kind(place.netloc, timeout=self.timeout)) as connection:
                connection.request(method, place.path + path, body, fields)
                response = connection.getresponse()
                content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Problem("No response", f"{self.url}: {error}",
                          hint="Check that a server runs there, or set REPRISE_URL.")
        if response.status < 400:
            return content
        try:
            raise Problem.of(json.loads(content))
        except (ValueError, KeyError, TypeError):
            raise Problem(response.reason, content.decode(errors="replace")[:500], response.status) from None

    def json(self, method, path, *arguments, **options):
        """Sends a request and returns the JSON document of the response."""
        return json.loads(self.call(method, path, *arguments, **options))

    def finish(self, job, report=lambda job: None):
        """Waits for a background training and returns the new version. Calls `report` with the job once a
        second."""
        while True:
            job = self.json("GET", f"/jobs/{job['id']}")
            report(job)
            if job["state"] == "succeeded":
                return job["result"]
            if "problem" in job:
                raise Problem.of(job["problem"])
            time.sleep(1)


@contextlib.contextmanager
def problems_to_stderr():
    """Ends the script with a message instead of a traceback."""
    try:
        yield
    except Problem as problem:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {problem}")
    except OSError as error:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {error}")
