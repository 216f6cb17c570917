"""SIGTERM under load, and a second SIGTERM.

A background loop that ends or panics ends the process; nothing outside the process can make one end, so that is tested
in src/app/supervisor.rs.
"""

import signal
import subprocess
import time

from feed import read_feed
from ledger import LOST
from scenario import SHORT, Scenario

_DRAIN_SECONDS = 2
# The process ends 25 s after the signal at the latest.
_END_SECONDS = 26
_AT_ONCE_SECONDS = 2


def run(context):
    """Yields a result for each database and number of signals."""
    for database in ("postgres",) if SHORT else ("sqlite", "postgres"):
        url = context.sqlite_url("shutdown") if database == "sqlite" else context.postgres_url()
        yield _terminate(context, database, url)
    yield _second_signal(context)


def _end(process, seconds):
    """Returns the exit status and how long it took; None if the process is still running."""
    began = time.monotonic()
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        status = None
    return status, time.monotonic() - began


def _terminate(context, database, url):
    settings = {"ENTENTE_DRAIN_SECONDS": str(_DRAIN_SECONDS)}
    with Scenario("SIGTERM", database, context.scratch, url, settings=settings) as scenario:
        service, watch = scenario.service, scenario.watch
        with scenario.load():
            time.sleep(2)
            began = time.monotonic()
            service.process.send_signal(signal.SIGTERM)
            # Connections are accepted until the process has drained.
            time.sleep(_DRAIN_SECONDS - 0.5)
            scenario.result.violations += watch.missed(began, 1)
            scenario.result.violations += watch.not_live()
            lost = [one for one in scenario.ledger.operations if "lost" in {each.label() for each in one.responses}]
            scenario.result.violations += scenario.ledger.complaints
            scenario.expect(not lost, f"{len(lost)} changes were lost while the process was draining")
            status, seconds = _end(service.process, _END_SECONDS)
            # Clients that meet no process.
            time.sleep(0.2)
        scenario.expect(status == 0, f"exit status {status}:\n{service.last_lines()}")
        # A health check that fails while the process drains is logged like any other 503.
        errors = [line for line in service.log.read_text(errors="replace").splitlines()
                  if " ERROR " in line and not line.endswith("error=unavailable")]
        scenario.expect(not errors, f"errors: {errors[:3]}")
        scenario.result.note = f"exit status {status} after {_DRAIN_SECONDS - 0.5 + seconds:.1f} s"
        scenario.ledger.forgive_lost_reads()
        watch.reports.clear()
        scenario.replace()
        scenario.result.violations += _lost_but_done(scenario)
        scenario.recover(time.monotonic())
        return scenario.check(lost=True)


def _lost_but_done(scenario):
    """Yields requests that were accepted, but got no response."""
    client = scenario.service.client(scenario.world.token)
    seen = {event["request_id"] for event in read_feed(client)}
    client.close()
    for one in scenario.ledger.operations:
        for request_id, response in zip(one.request_ids, one.responses):
            if response.status == LOST and request_id in seen:
                yield f"{request_id} was done, but its response was lost: {response.code}"


def _second_signal(context):
    settings = {"ENTENTE_DRAIN_SECONDS": "20"}
    with Scenario("second SIGTERM", "postgres", context.scratch, context.postgres_url(), settings=settings) as scenario:
        process = scenario.service.process
        with scenario.load():
            time.sleep(1)
            process.send_signal(signal.SIGTERM)
            time.sleep(1)
            scenario.expect(process.poll() is None, "the process did not drain")
            process.send_signal(signal.SIGTERM)
            status, seconds = _end(process, _AT_ONCE_SECONDS + 5)
        scenario.expect(status == 1 and seconds < _AT_ONCE_SECONDS, f"exit status {status} after {seconds:.1f} s")
        scenario.result.note = f"exit status {status} {seconds:.1f} s after the second signal"
        scenario.ledger.forgive_lost_reads()
        scenario.watch.reports.clear()
        scenario.replace()
        scenario.recover(time.monotonic())
        return scenario.check(lost=True)
