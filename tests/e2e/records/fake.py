"""A local fake of a CRM or ITSM tool: an HTTP server that refuses what the real one refuses, as far as documented.

What a real tool ignores without an error, such as an unknown column, is a warning here. A fake can lose its next
response: it processes the request and closes the connection.
"""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Refusal(Exception):
    """An error response of the tool."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


class Request:
    """A request that the fake received."""

    def __init__(self, method, target, headers, raw):
        parts = urlsplit(target)
        self.method, self.path, self.headers, self.raw = method, parts.path, headers, raw
        self.query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}

    def json(self):
        """Returns the body."""
        return json.loads(self.raw)

    def matches(self, method, pattern):
        """Returns the match of the pattern with the path; None if it is another request."""
        return re.fullmatch(pattern, self.path) if self.method == method else None

    def segment(self):
        """Returns the last segment of the path."""
        return unquote(self.path.rpartition("/")[2])

    def __repr__(self):
        return f"{self.method} {self.path}"


class Fake:
    """A tool. Subclasses implement `respond`."""

    def __init__(self):
        self.records, self.requests, self.warnings, self.refusals = {}, [], [], []
        self._lost, self._lock = 0, threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def respond(self, request):
        """Returns the status and the JSON body of the response, or raises a `Refusal`."""
        raise NotImplementedError

    def lose_next_creation(self):
        """Makes the fake lose its response to the next request that creates a record."""
        self._lost += 1

    def loses_creation(self):
        """Returns whether a response is still to be lost."""
        return self._lost > 0

    def writes(self):
        """Returns the requests that write something."""
        return [request for request in self.requests if request.method != "GET"]

    def close(self):
        """Stops the server."""
        self._server.shutdown()
        self._server.server_close()

    def _process_one(self, request):
        """Processes a request; returns the status and the body, or None to close the connection."""
        with self._lock:
            known = len(self.records)
            self.requests.append(request)
            try:
                status, body = self.respond(request)
            except Refusal as refusal:
                # A search that finds nothing is no error.
                if request.method != "GET":
                    self.refusals.append(f"{request!r} {refusal} for {request.raw[:2000]!r}")
                status, body = refusal.status, refusal.body
            if self._lost and len(self.records) > known:
                self._lost -= 1
                return None
            return status, body

    def _handler(self):
        fake = self

        class Handler(BaseHTTPRequestHandler):
            """Reads requests and writes responses."""

            protocol_version = "HTTP/1.1"

            def _process(self):
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                response = fake._process_one(Request(self.command, self.path, headers, raw))
                if response is None:
                    self.close_connection = True
                    self.connection.close()
                    return
                status, body = response
                text = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _process

            def log_message(self, *_):
                pass

        return Handler
