"""A client that sends each request to the next replica, and repeats a failed one elsewhere with the same key."""

import http.client
import itertools
import json
import threading
import time
from dataclasses import dataclass, field

from entente_bench.service import BenchError, Client

_IDLE_SECONDS = 2
_GIVE_UP_SECONDS = 30
_AGAIN_SECONDS = 0.05


@dataclass
class Operation:
    """A request of a visitor or an agent, with all tries to send it. `Request-Id` is different for each try."""

    kind: str
    key: str
    request_ids: list = field(default_factory=list)
    status: int = 0
    body: dict = field(default_factory=dict)
    # The slot that it books, or the agent who claims.
    target: str = ""

    def succeeded(self):
        """Returns whether the response was 2xx."""
        return 200 <= self.status < 300


@dataclass
class Lost:
    """A try that was sent to a replica and got no response, or a part of one."""

    replica: object
    request_id: str
    partial: bool
    error: str


class Balancer:
    """The replicas in turn, like a load balancer without health checks; and what was sent to them."""

    def __init__(self, replicas):
        self.replicas = replicas
        self._turn, self._keys = itertools.count(), itertools.count(1)
        self._lock = threading.Lock()
        self.operations, self.lost, self.refused = [], [], []

    def next(self):
        """Returns the replica whose turn it is."""
        replicas = self.replicas
        return replicas[next(self._turn) % len(replicas)]

    def new(self, kind, target=""):
        """Returns a new operation."""
        operation = Operation(kind, f"{kind}-{next(self._keys)}", target=target)
        with self._lock:
            self.operations.append(operation)
        return operation

    def note_lost(self, *details):
        """Notes a try that got no response."""
        with self._lock:
            self.lost.append(Lost(*details))

    def note_refused(self, replica):
        """Notes a replica that refused a connection while it was running."""
        if replica.state == "running":
            with self._lock:
                self.refused.append(f"the replica on port {replica.port} refused a connection")


class Sender:
    """The connections of one thread."""

    def __init__(self, balancer, token=""):
        self._balancer, self._token = balancer, token
        self._connections = {}

    def _connection(self, port):
        client, used_at = self._connections.get(port, (None, 0))
        if client and time.monotonic() - used_at > _IDLE_SECONDS:
            client.close()
        client = client or Client(port, timeout=20)
        self._connections[port] = client, time.monotonic()
        return client

    def perform(self, operation, path, body):
        """Sends a POST until a replica responds to it, and returns whether the response was 2xx."""
        until = time.monotonic() + _GIVE_UP_SECONDS
        while time.monotonic() < until:
            response = self._try(operation, path, body)
            if response:
                operation.status, operation.body = response
                # The first try is still running in another replica.
                if operation.body.get("code") != "idempotency_in_progress":
                    return operation.succeeded()
            if not response or operation.status == 409:
                time.sleep(_AGAIN_SECONDS)
        raise BenchError(f"no replica responded to {operation.key} within {_GIVE_UP_SECONDS} s")

    def _try(self, operation, path, body):
        replica = self._balancer.next()
        client = self._connection(replica.port)
        request_id = f"{operation.key}-try{len(operation.request_ids) + 1}"
        operation.request_ids.append(request_id)
        headers = {"Idempotency-Key": operation.key, "Request-Id": request_id}
        try:
            status, text = client.send("POST", path, body, self._token, headers)
            return status, json.loads(text)
        except ConnectionRefusedError:
            self._balancer.note_refused(replica)
        except (OSError, http.client.HTTPException) as error:
            partial = isinstance(error, (http.client.IncompleteRead, TimeoutError))
            self._balancer.note_lost(replica, request_id, partial, repr(error))
        client.close()
        return None
