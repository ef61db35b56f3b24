"""Reprise over HTTP with nothing but the standard library: what the other examples share, to copy beside your own scripts."""

import contextlib
import http.client
import json
import os
import sys
import time
import urllib.parse


class Problem(Exception):
    """What a server says that can't do what it was asked for (RFC 9457), or why there is no answer."""

    def __init__(self, title, detail, status=None, hint=None):
        super().__init__(title, detail, status, hint)
        self.title, self.detail, self.status, self.hint = title, detail, status, hint

    @classmethod
    def of(cls, document):
        return cls(document["title"], document["detail"], document["status"], document.get("hint"))

    def __str__(self):
        return "\n".join(filter(None, [f"{self.title}: {self.detail}", self.hint]))


class Client:
    """Calls a server. The key comes from REPRISE_API_KEY only: every user of a machine sees the arguments of all processes."""

    def __init__(self, url=None, timeout=600):
        self.url = (url or os.environ.get("REPRISE_URL") or "http://127.0.0.1:8080").rstrip("/")
        self.timeout = timeout

    def call(self, method, path, body=None, content_type=None, accept="application/json", query={}, fields={}):
        """The bytes of an answer.

        `body` is bytes, or what is sent as JSON. `query` is for options beside a CSV file or an array: text goes as it is,
        anything else as JSON. Raises a Problem for everything but success."""
        if body is not None and not isinstance(body, bytes):
            body, content_type = json.dumps(body).encode(), "application/json"
        if query:
            text = {name: value if isinstance(value, str) else json.dumps(value) for name, value in query.items()}
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
                answer = connection.getresponse()
                content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Problem("No answer", f"{self.url}: {error}", hint="Does a server run there? REPRISE_URL says where.")
        if answer.status < 400:
            return content
        try:
            raise Problem.of(json.loads(content))
        except (ValueError, KeyError, TypeError):
            raise Problem(answer.reason, content.decode(errors="replace")[:500], answer.status) from None

    def json(self, method, path, *arguments, **options):
        """An answer that is JSON."""
        return json.loads(self.call(method, path, *arguments, **options))

    def finish(self, job, report=lambda job: None):
        """Waits for a training in the background; gives back the new version. `report` sees the job once a second."""
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
    """Ends a script with what is wrong, in a sentence, instead of a traceback."""
    try:
        yield
    except Problem as problem:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {problem}")
    except OSError as error:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {error}")
