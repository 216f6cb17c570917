"""A mixed load at a fixed rate: visitors, agents, people with projects, and integrations."""

import json
import random
import threading
import time
from collections import Counter

from .endpoints import BY_NAME, PROJECT, callback_request
from .latency import Connection, request_bytes

# What is sent, and how often, in proportion.
_WEIGHTS = {
    "livez": 3, "project": 15, "projects50": 10, "slots": 10, "callbacks50": 8, "approvals": 4, "inbox": 6,
    "coverage": 4, "partnership": 3, "events": 6, "report": 1, "create": 15, "work": 10, "not_found": 2,
    "unauthorised": 1, "invalid": 2,
}


class MixedLoad:
    """Sends requests from several threads until it is stopped."""

    def __init__(self, service, rate, threads=8, first_visitor=1):
        self._service, self._pause = service, threads / rate
        self._token = service.token("cmo")
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._visitor = first_visitor
        self.counts, self.errors, self.times = Counter(), Counter(), []
        self._threads = [threading.Thread(target=self._run, args=(random.Random(number),)) for number in range(threads)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def take_times(self):
        """Returns the seconds that the requests since the last call took."""
        with self._lock:
            times, self.times = self.times, []
        return times

    def _run(self, rng):
        connection, due = Connection(self._service.port), time.monotonic() + rng.random() * self._pause
        names, weights = list(_WEIGHTS), list(_WEIGHTS.values())
        while not self._stop.wait(max(0, due - time.monotonic())):
            # Later requests are not sent faster to catch up.
            due = max(due + self._pause, time.monotonic() - 1)
            name = rng.choices(names, weights)[0]
            try:
                self._send(connection, name)
            except Exception as error:  # A soak goes on after any failure, and reports it.
                self._fail(name, repr(error))
                connection.close()

    def _fail(self, name, what):
        with self._lock:
            self.errors[f"{name}: {what[:200]}"] += 1

    def _request(self, connection, name, data, expected):
        status, body, seconds = connection.request(data)
        with self._lock:
            self.counts[name] += 1
            self.times.append(seconds)
        if status not in expected:
            self._fail(name, f"status {status} {body[:120].decode(errors='replace')}")
        return status, body

    def _next_visitor(self):
        with self._lock:
            self._visitor += 1
            return self._visitor

    def _send(self, connection, name):
        token = self._token
        if name == "create":
            data = request_bytes("POST", "/v1/callback-requests", body=callback_request(self._next_visitor()))
            self._request(connection, name, data, (201,))
        elif name == "work":
            self._work(connection)
        elif name == "invalid":
            data = request_bytes("POST", "/v1/callback-requests", body={"full_name": "", "phone": "1"})
            self._request(connection, name, data, (422,))
        elif name == "unauthorised":
            self._request(connection, name, request_bytes("GET", PROJECT, token="x.y.z"), (401,))
        elif name in BY_NAME:
            one = BY_NAME[name]
            self._request(connection, name, request_bytes("GET", one.path, token=token), (one.status,))
        else:
            path = {"events": "/v1/events?after=0&limit=50", "report": "/v1/reports/callbacks"}[name]
            self._request(connection, name, request_bytes("GET", path, token=token), (200,))

    def _work(self, connection):
        """An agent claims a request and reaches the visitor. There can be nothing to claim."""
        key = ("Idempotency-Key", f"soak-{self._next_visitor()}")
        data = request_bytes("POST", "/v1/callback-requests/next", token=self._token, body={}, headers=[key])
        status, body = self._request(connection, "claim", data, (200, 409))
        if status == 200:
            path = f"/v1/callback-requests/{json.loads(body)['id']}/calls"
            # The agent can have a running call of another connection.
            status, body = self._request(connection, "call", request_bytes("POST", path, token=self._token, body={}),
                                         (201, 409))
            if status == 201:
                end = request_bytes("POST", f"/v1/calls/{json.loads(body)['id']}/end", token=self._token,
                                    body={"outcome": "reached"})
                self._request(connection, "end", end, (200,))
