"""Clients that are slow: with headers, with bodies, with reading responses, or that do nothing at all."""

import resource
import socket
import time
from pathlib import Path

from entente_bench.latency import percentile
from scenario import SHORT, Scenario, short_or_full

_IDLE = 2000
_SLOW = 20
# src/app/server.rs and src/kernel/http/body.rs: ten seconds for headers and for a body. The rest is for a slow machine.
_RECEIVE_SECONDS = 10 + 8
# src/app/connections.rs: a minute until a response is read.
_WRITE_SECONDS = 60 + 15
_P99_SECONDS = 1.0
_GROWTH_BYTES = 100 * 1024 * 1024
_BODY = (b"POST /v1/callback-requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
         b"Content-Length: 900\r\n\r\n")
_READ = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n"


class Slow:
    """A connection that sends a byte a second, or nothing, and notes what becomes of it."""

    def __init__(self, port, kind, first=b"", then=b"", reads=True):
        self.kind, self._then, self.reads = kind, then, reads
        self.began, self.closed_after, self.received = time.monotonic(), None, b""
        self.socket = socket.socket()
        if not reads:
            # A response fills the buffers soon.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)
        self._send(first)

    def _send(self, data):
        try:
            self.socket.send(data)
        except BlockingIOError:
            pass
        except OSError:
            self._close()

    def _close(self):
        if self.closed_after is None:
            self.closed_after = time.monotonic() - self.began
        self.socket.close()

    def tick(self, served):
        """Sends the next byte, and reads what has arrived. `served` are the ports whose connections the service has."""
        if self.closed_after is not None:
            return
        if not self.reads:
            # Reading would end the test, and the kernel drops the connection without telling the other side.
            if self.socket.getsockname()[1] not in served:
                self._close()
            return
        if self._then:
            self._send(self._then)
        try:
            while self.closed_after is None and (data := self.socket.recv(65_536)):
                self.received += data
            self._close()
        except BlockingIOError:
            pass
        except OSError:
            self._close()


def _served(port):
    """Returns the ports of the clients that have an established connection to this port."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, *_ = line.split()
        if state == "01" and int(local.rpartition(":")[2], 16) == port:
            yield int(remote.rpartition(":")[2], 16)


def run(context):
    """Yields the results."""
    for database in ("sqlite",) if SHORT else ("sqlite", "postgres"):
        url = context.sqlite_url("slow") if database == "sqlite" else context.postgres_url()
        yield _attack(context, database, url)


def _attack(context, database, url):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2 * _IDLE)), hard))
    with Scenario(f"slow clients, {_IDLE} idle connections", database, context.scratch, url) as scenario:
        service = scenario.service
        with scenario.load(writers=3, readers=3):
            time.sleep(short_or_full(2, 5))
            memory, port = service.memory(), service.port
            began = time.monotonic()
            slow = [Slow(port, "headers", b"GET /livez HTTP/1.1\r\nX: ", b"y") for _ in range(_SLOW)]
            slow += [Slow(port, "body", _BODY, b" ") for _ in range(_SLOW)]
            slow += [Slow(port, "unread", _READ * 20, reads=False) for _ in range(_SLOW)]
            slow += [Slow(port, "idle") for _ in range(_IDLE)]
            highest = memory
            seconds = short_or_full(_RECEIVE_SECONDS, _WRITE_SECONDS)
            while time.monotonic() < began + seconds and any(_is_due(one) for one in slow):
                served = set(_served(port))
                for one in slow:
                    one.tick(served)
                highest = max(highest, service.memory())
                time.sleep(1)
        scenario.result.violations += _check(slow)
        scenario.result.violations += scenario.watch.unready(began)
        scenario.expect(highest - memory <= _GROWTH_BYTES, f"the memory grew by {(highest - memory) >> 20} MiB")
        ledger = scenario.ledger
        p99 = percentile(ledger.read_seconds + ledger.write_seconds, 0.99)
        scenario.expect(p99 <= _P99_SECONDS, f"p99 of the other clients is {p99:.2f} s")
        refused = set(ledger.writes() + ledger.reads) - {"200", "201"}
        scenario.expect(not refused, f"other clients got {refused}")
        scenario.result.note = f"p99 of other clients {p99 * 1e3:.0f} ms, memory +{(highest - memory) >> 20} MiB"
        for one in slow:
            one.socket.close()
        scenario.recover(time.monotonic())
        return scenario.check()


def _is_due(one):
    return one.closed_after is None and not (SHORT and one.kind == "unread")


def _check(slow):
    """Yields violations: every slow client is disconnected within its time limit."""
    for kind, limit in (("headers", _RECEIVE_SECONDS), ("body", _RECEIVE_SECONDS), ("idle", _RECEIVE_SECONDS),
                        ("unread", _WRITE_SECONDS)):
        chosen = [one for one in slow if one.kind == kind]
        open_still = [one for one in chosen if _is_due(one)]
        if open_still:
            yield f"{kind}: {len(open_still)} of {len(chosen)} connections are still open after {limit} s"
        if kind == "body" and not all(one.received.startswith(b"HTTP/1.1 408") for one in chosen):
            yield f"body: not every client got 408, but {chosen[0].received[:40]}"
