"""Ten times as many requests as the service can serve."""

import multiprocessing
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import pressure
from entente_bench.latency import percentile
from scenario import SHORT, Scenario, short_or_full

_TIMES = 10
# Clients that wait for each response, to measure the capacity.
_CAPACITY_CLIENTS = 16
_P99_SECONDS = 3.0
# How long clients may wait on average, which limits how many wait at the same time.
_WAIT_SECONDS = 1
_NORMAL_SECONDS = 5
_GROWTH_BYTES = 300 * 1024 * 1024
_ALLOWED = {"200", "201", "429", "503"}


def run(context):
    """Yields the results."""
    for database in ("postgres",) if SHORT else ("postgres", "sqlite"):
        url = context.sqlite_url("overload") if database == "sqlite" else context.postgres_url()
        yield _overload(context, database, url)


def _press(scenario, seconds, **options):
    """Sends requests from another process, and returns the counts of the responses by status."""
    world = scenario.world
    paths = ["/v1/projects?limit=50", f"/v1/projects/{world.project}", "/v1/callback-requests?limit=50"]
    # Without copies of the threads of this process.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        sent = pool.submit(pressure.run, scenario.service.port, world.token, paths, seconds, **options)
        return Counter(sent.result())


def _overload(context, database, url):
    with Scenario("overload", database, context.scratch, url) as scenario:
        service = scenario.service
        # The admin address has a thread of its own.
        scenario.watch.ports = (service.admin_port,)
        _press(scenario, 1, clients=_CAPACITY_CLIENTS)
        memory = service.memory()
        seconds = short_or_full(2, 5)
        capacity = sum(_press(scenario, seconds, clients=_CAPACITY_CLIENTS).values()) / seconds
        highest, seconds = memory, short_or_full(5, 20)
        before = len(scenario.ledger.read_seconds)
        with scenario.load(writers=3, readers=3):
            began = time.monotonic()
            clients = round(capacity * _WAIT_SECONDS)
            seen = _press(scenario, seconds, rate=_TIMES * capacity, clients=clients)
            lasted = time.monotonic() - began
            highest = max(highest, service.memory())
        ledger = scenario.ledger
        p99 = percentile(ledger.read_seconds[before:] + ledger.write_seconds, 0.99)
        scenario.recover(time.monotonic(), _NORMAL_SECONDS)
        scenario.result.violations += scenario.watch.unready(began)
        scenario.expect(set(seen) <= _ALLOWED, f"responses under overload: {dict(seen)}")
        scenario.expect(p99 <= _P99_SECONDS, f"p99 of accepted requests is {p99:.2f} s")
        scenario.expect(highest - memory <= _GROWTH_BYTES, f"the memory grew by {(highest - memory) >> 20} MiB")
        result = scenario.check()
        result.counts = seen + result.counts
        offered = sum(seen.values()) / lasted
        result.note = (f"capacity {capacity:.0f} requests/s, responses under overload {offered:.0f}/s, "
                       f"p99 of accepted {p99 * 1e3:.0f} ms, memory +{(highest - memory) >> 20} MiB")
        return result
