"""Sends requests for a test, and notes the responses in its ledger."""

import http.client
import json
import time

from entente_bench.endpoints import callback_request
from entente_bench.service import Client
from ledger import LOST, LOST_READ, Response

# The service closes connections that were idle for 5 s.
_IDLE_SECONDS = 2
TIMEOUT_SECONDS = 40


class World:
    """What every test creates before its fault: a person, two departments, a project and a callback request."""

    def __init__(self, service, ledger):
        self.service, self.ledger = service, ledger
        self.token = service.token("admin")
        client = service.client(self.token)
        client.call("POST", "/v1/people", {"display_name": "Admin", "login": "admin", "email": "admin@example.com"})
        self.departments = [client.call("POST", "/v1/departments", {"key": key, "name": key})["id"]
                            for key in ("north", "south")]
        client.close()
        caller = Caller(self)
        # The names that a list must always have.
        self.project = caller.write("project").made
        caller.write("visit")

    def project_body(self, name):
        """Returns the body of a project; names need not be unique."""
        return {"name": name, "purpose": "Fault test", "starts_on": "2027-01-01", "ends_on": "2028-01-01",
                "sides": [{"department_id": department} for department in self.departments]}


class Caller:
    """A connection of one thread."""

    def __init__(self, world, port=None):
        self._world, self._ledger = world, world.ledger
        self._port = port or world.service.port
        self._client, self._used_at = None, 0.0

    def _send(self, method, path, body=None, token="", headers=None):
        """Returns status, parsed body, and the seconds that it took."""
        if self._client is None or time.monotonic() - self._used_at > _IDLE_SECONDS:
            self.close()
            self._client = Client(self._port, timeout=TIMEOUT_SECONDS)
        began = time.monotonic()
        try:
            status, text = self._client.send(method, path, body, token, headers)
            parsed = json.loads(text)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            status, parsed = LOST, {"code": repr(error)}
        self._used_at = time.monotonic()
        return status, parsed, self._used_at - began

    def write(self, kind, with_key=True):
        """Makes a new change and returns the response."""
        return self.repeat(self._ledger.new(kind, with_key))

    def repeat(self, operation):
        """Sends an operation again, with the same key and body, and returns the response."""
        request_id = f"{operation.name()}-try{len(operation.responses) + 1}"
        headers = {"Request-Id": request_id}
        if operation.key:
            headers["Idempotency-Key"] = operation.key
        method, path, body, token = self._request(operation)
        if method == "PATCH":
            headers["If-Match"] = "*"
        status, parsed, seconds = self._send(method, path, body, token, headers)
        response = Response(status, parsed.get("code", ""), parsed.get("id", ""), seconds)
        self._ledger.note_write(operation, request_id, response)
        return response

    def _request(self, operation):
        world, name = self._world, operation.name()
        if operation.kind == "visit":
            return "POST", "/v1/callback-requests", callback_request(operation.number) | {"full_name": name}, ""
        if operation.kind == "project":
            return "POST", "/v1/projects", world.project_body(name), world.token
        return "PATCH", f"/v1/departments/{world.departments[0]}", {"name": name}, world.token

    def read(self, path, token=None):
        """Reads a list or a resource that must not look empty or absent, and returns the response."""
        token = self._world.token if token is None else token
        status, parsed, seconds = self._send("GET", path, None, token)
        response = Response(status, parsed.get("code", ""), parsed.get("id", ""), seconds)
        self._ledger.note_read(response)
        if status == 200 and "data" in parsed and not parsed["data"]:
            self._ledger.complain(f"GET {path} returned an empty list")
        elif status != 200 and response.label() not in ("503 unavailable", "429 too_many_requests", "lost"):
            self._ledger.complain(f"GET {path} returned {response.label()}: {parsed.get('detail')}")
        elif status == LOST:
            self._ledger.complain(f"GET {path} {LOST_READ}: {response.code}")
        return response

    def read_paths(self):
        """Returns what readers read: lists and single resources, with and without a token."""
        world = self._world
        return [("/v1/projects?limit=5", None), (f"/v1/projects/{world.project}", None),
                ("/v1/callback-requests?limit=5", None), ("/v1/slots", ""),
                (f"/v1/departments/{world.departments[1]}", None), ("/v1/events?after=0&limit=5", None)]

    def close(self):
        """Closes the connection."""
        if self._client:
            self._client.close()
        self._client = None
