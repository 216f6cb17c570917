"""Sends requests to the service without pause, or at a rate that does not depend on the responses."""

import asyncio
import time
from collections import Counter

from entente_bench.endpoints import callback_request
from entente_bench.latency import request_bytes

# One of three requests is from a visitor.
_VISITS = 3
# Phone numbers that no other client of the test uses.
_FIRST_VISITOR = 1_000_000
_TIMEOUT_SECONDS = 30
_TICK_SECONDS = 0.01
# Below the usual limit of 1,024 open files.
_MOST_CONNECTIONS = 900


class Client(asyncio.Protocol):
    """A connection. Requests wait in it for their turn, as in a browser."""

    def __init__(self, on_status):
        self._on_status, self._received, self.transport = on_status, b"", None
        self.pending = 0

    def connection_made(self, transport):
        """Remembers the connection."""
        self.transport = transport

    def data_received(self, data):
        """Reports every complete response."""
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._received) < end + 4 + length:
                return
            status, self._received = head[9:12].decode(), self._received[end + 4 + length:]
            self.pending -= 1
            self._on_status(self, status)

    def connection_lost(self, _):
        """Reports requests without a response."""
        for _ in range(self.pending):
            self._on_status(None, "lost")
        self.pending = 0

    def send(self, data):
        """Sends a request."""
        self.pending += 1
        self.transport.write(data)


class _Pressure:
    def __init__(self, port, token, paths):
        self._port, self._reads = port, [request_bytes("GET", path, token=token) for path in paths]
        self._sent, self.counts, self._until = 0, Counter(), 0.0

    def _next(self):
        self._sent += 1
        if self._sent % _VISITS:
            return self._reads[self._sent % len(self._reads)]
        # The numbers of all runs differ.
        number = _FIRST_VISITOR + (int(time.time() * 1000) * 31 + self._sent) % 6_000_000
        body = callback_request(number) | {"full_name": "Pressure"}
        return request_bytes("POST", "/v1/callback-requests", body=body)

    async def _connect(self, on_status):
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(lambda: Client(on_status), "127.0.0.1", self._port))[1]

    async def closed(self, clients, seconds):
        """Every client sends its next request when it has the response."""
        self._until = time.monotonic() + seconds

        def on_status(client, status):
            self.counts[status] += 1
            if client and time.monotonic() < self._until:
                client.send(self._next())

        connections = [await self._connect(on_status) for _ in range(clients)]
        for connection in connections:
            connection.send(self._next())
        await asyncio.sleep(seconds)
        await self._finish(connections)

    async def open(self, rate, seconds, most):
        """Requests are sent at a rate. Each one needs a free connection; up to `most` are opened."""
        free, everyone = [], []

        def on_status(client, status):
            self.counts[status] += 1
            if client:
                free.append(client)

        began, sent = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            for _ in range(int(passed * rate) - sent):
                client = free.pop() if free else None
                if client is None or client.transport.is_closing():
                    if len(everyone) >= min(most, _MOST_CONNECTIONS):
                        break
                    client = await self._connect(on_status)
                    everyone.append(client)
                client.send(self._next())
                sent += 1
            # What is missed because all connections wait is not sent later.
            sent = max(sent, int(passed * rate))
            await asyncio.sleep(_TICK_SECONDS)
        await self._finish(everyone)

    async def _finish(self, connections):
        until = time.monotonic() + _TIMEOUT_SECONDS
        while any(one.pending for one in connections) and time.monotonic() < until:
            await asyncio.sleep(0.05)
        for one in connections:
            self.counts["timeout"] += one.pending
            one.pending = 0
            one.transport.close()
        self.counts = +self.counts


def run(port, token, paths, seconds, *, clients, rate=None):
    """Sends requests for a time, from at most this number of clients; returns the counts of the responses by status.

    Requests without a response count as `lost` or `timeout`.
    """
    pressure = _Pressure(port, token, paths)
    asyncio.run(pressure.open(rate, seconds, clients) if rate else pressure.closed(clients, seconds))
    return dict(pressure.counts)
