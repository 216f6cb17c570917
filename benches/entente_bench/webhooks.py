"""P6: webhooks, from the creation of an event to its arrival at a receiver on this machine."""

import os
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from . import load
from .databases import Postgres, open_database
from .endpoints import BY_NAME, callback_request
from .figures import Figure
from .growth import callbacks
from .growth.fill import insert
from .latency import Connection, percentile, request_bytes
from .service import ROOT, BenchError, Client, Service

_CLIENTS = 16
# Standard pgbench transactions per second, times these, are the targets: 1.5 x Svix was 0.32 on PostgreSQL.
_SHARES = {"postgres": 0.32, "sqlite": 0.75}
_BACKLOG_SHARE = 0.64
_PER_SECOND = 100
_SENDERS = 8
# The first second is not measured: the service connects to the receiver, and prepares its statements.
_WARM_UP_SECONDS = 1
_WAIT_SECONDS = 120
SETTINGS = {"ENTENTE_WORKER": "true", "ENTENTE_WEBHOOKS_ALLOW_HTTP": "true",
             "ENTENTE_WEBHOOKS_ALLOWED_NETWORKS": "127.0.0.0/8"}


class Receiver:
    """The receiver, in a process of its own."""

    def __init__(self, script=Path(__file__).with_name("receiver.py")):
        self._process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
        self.port = int(self._process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}/"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(20)

    def ask(self, method, path):
        """Returns what the receiver responds."""
        client = Client(self.port)
        try:
            return client.call(method, path)
        finally:
            client.close()

    def wait_for(self, count):
        """Waits until that many subjects have arrived, and returns the times of arrival."""
        until = time.monotonic() + _WAIT_SECONDS
        while self.ask("GET", "/count") < count:
            if time.monotonic() > until:
                raise BenchError(f"only {self.ask('GET', '/count')} of {count} webhooks arrived in {_WAIT_SECONDS} s")
            time.sleep(0.05)
        return self.ask("GET", "/arrivals")


@contextmanager
def subscribed(binary, database, scratch, receiver, worker="true"):
    """Starts the service with one endpoint for the events of new callback requests."""
    with Service(binary, database.url, scratch, settings=SETTINGS | {"ENTENTE_WORKER": worker}) as service:
        client = service.client(service.token("admin"))
        if not client.call("GET", "/v1/webhook-endpoints")["data"]:
            client.call("POST", "/v1/webhook-endpoints",
                        {"url": receiver.url, "event_types": ["callback_request.received"]})
        client.close()
        yield service


def p6(binary, kind, scratch, seconds, waiting):
    """Measures one kind of database; PostgreSQL's own transactions are the measure of the machine."""
    with Postgres("pgbench") as standard:
        load.pgbench(standard, 1, clients=_CLIENTS, initialise=10)
        before = load.pgbench(standard, seconds, clients=_CLIENTS)
        folder = scratch / f"webhooks-{kind}"
        folder.mkdir()
        with open_database(kind, "webhooks", folder) as database, Receiver() as receiver:
            visitors = load.Visitors()
            delivered, note = _throughput(binary, database, folder, receiver, visitors, seconds)
            drained = _backlog(binary, database, folder, receiver, visitors, seconds)
            times, share, memory = _latency(binary, database, folder, receiver, visitors, seconds)
            slower = _next_to_waiting(binary, database, folder, receiver, visitors, seconds, waiting)
        reference = (before.rate + load.pgbench(standard, seconds, clients=_CLIENTS).rate) / 2
    yield Figure("P6", "created and delivered / standard pgbench", kind, delivered / reference, "x", _SHARES[kind],
                 note=f"{delivered:,.0f}/s, {reference:,.0f}/s; {note}")
    yield Figure("P6", "backlog delivered / standard pgbench", kind, drained / reference, "x", _BACKLOG_SHARE,
                 note=f"{drained:,.0f}/s")
    receipt = f"request to receipt at {_PER_SECOND}/s"
    yield Figure("P6", f"{receipt}, p50", kind, 1e3 * percentile(times, 0.5), "ms", 4, False)
    yield Figure("P6", f"{receipt}, p99", kind, 1e3 * percentile(times, 0.99), "ms", 15, False,
                 f"RssAnon {memory / 1e6:.0f} MB")
    yield Figure("P6", f"processor at {_PER_SECOND}/s", kind, 100 * share, "% of a core", 15, False)
    yield Figure("P6", f"slower next to {waiting:,} waiting deliveries", kind, slower[0], "x", 1.3, False, slower[1])


def _next_to_waiting(binary, database, folder, receiver, visitors, seconds, waiting):
    """Returns how much slower creating and delivering is while deliveries wait for an endpoint that is down."""
    alone, _ = _throughput(binary, database, folder, receiver, visitors, seconds)
    with subscribed(binary, database, folder, receiver) as service:
        client = service.client(service.token("admin"))
        down = client.call("POST", "/v1/webhook-endpoints",
                           {"url": "http://127.0.0.1:9/", "event_types": ["department.created"]})["id"]
        client.close()
    insert(database, lambda d, sequence: callbacks.waiting(d, waiting, sequence, down))
    slower, _ = _throughput(binary, database, folder, receiver, visitors, seconds)
    return alone / slower, f"{alone:,.0f}/s, {slower:,.0f}/s"


def _throughput(binary, database, folder, receiver, visitors, seconds):
    """Returns the messages per second from the first request to the last arrival, under full load."""
    with subscribed(binary, database, folder, receiver) as service:
        started = time.monotonic()
        made = load.wrk(service.base, BY_NAME["create"], seconds, visitors=visitors, clients=_CLIENTS)
        # wrk does not count requests that it did not wait for, but their events are delivered, too.
        arrivals = receiver.wait_for(made.requests - made.failed)
        took = max(arrivals.values()) - started
    receiver.ask("DELETE", "/")
    return len(arrivals) / took, f"created at {made.rate:,.0f}/s"


def _backlog(binary, database, folder, receiver, visitors, seconds):
    """Returns the messages per second when a backlog is delivered without other load."""
    with subscribed(binary, database, folder, receiver, worker="false") as service:
        made = load.wrk(service.base, BY_NAME["create"], seconds / 2, visitors=visitors, clients=_CLIENTS)
    with subscribed(binary, database, folder, receiver):
        arrivals = sorted(receiver.wait_for(made.requests - made.failed).values())
    receiver.ask("DELETE", "/")
    return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0])


def _latency(binary, database, folder, receiver, visitors, seconds):
    """Returns the times from request to arrival at a fixed rate, the share of a core, and the memory."""
    with subscribed(binary, database, folder, receiver) as service:
        count, first = round(_PER_SECOND * (seconds + _WARM_UP_SECONDS)), visitors.take()
        sent, errors = {}, []
        begin = time.monotonic() + 0.5

        def send(offset):
            connection = Connection(service.port)
            for number in range(offset, count, _SENDERS):
                data = request_bytes("POST", "/v1/callback-requests", body=callback_request(first + number))
                time.sleep(max(0, begin + number / _PER_SECOND - time.monotonic()))
                at = time.monotonic()
                status, body, _ = connection.request(data)
                found = re.search(rb'"id": *"(cbr_\w+)"', body)
                if status != 201 or not found:
                    errors.append(body[:300])
                    return
                if number >= _PER_SECOND * _WARM_UP_SECONDS:
                    sent[found[1].decode()] = at

        used, threads = service.cpu_seconds(), [threading.Thread(target=send, args=(at,)) for at in range(_SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        share, memory = (service.cpu_seconds() - used) / (time.monotonic() - begin), service.memory()
        if errors:
            raise BenchError(f"create: {errors[0]!r}")
        arrivals = receiver.wait_for(count)
    receiver.ask("DELETE", "/")
    return [arrivals[subject] - at for subject, at in sent.items()], share, memory


def fairness(binary):
    """A healthy receiver next to 200 that never answer (`benches/webhooks.mjs`)."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ENTENTE_")}
    done = subprocess.run(["node", ROOT / "benches/webhooks.mjs", "fairness"], capture_output=True, text=True,
                          env=environment | {"ENTENTE_BIN": str(binary)}, check=False)
    found = re.findall(r"^(\S.*?)\s+p50 +([-\d.]+) ms +p95 +([-\d.]+) ms", done.stdout, re.MULTILINE)
    if done.returncode or len(found) != 2:
        raise BenchError(f"webhooks.mjs: {done.stdout[-500:]}{done.stderr[-1000:]}")
    (_, _, alone), (name, _, p95) = found
    yield Figure("P6", f"healthy receiver {name}, p95", "sqlite", float(p95), "ms", 50, False, f"without: {alone} ms")
