"""The clock jumps forty days forwards: nothing may be deleted because of its age.

Uses libfaketime (Debian package libfaketime), which works because the binary is dynamically linked. The exact times are
tested in tests/it/clock_jumps.rs.
"""

import time
from pathlib import Path

from entente_bench.service import Client
from feed import read_feed
from scenario import SHORT, Result, Scenario

_FAULT = "clock 40 days forwards"
# The cleanup runs once a minute.
_ROUND_SECONDS = 75
_FIRST_ROUND_SECONDS = 15


def _library():
    return next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)


def run(context):
    """Yields a result for a jump while the process is stopped and, in the full profile, while it runs."""
    library = _library()
    if not library:
        yield Result(_FAULT, "sqlite", skipped=True, note="libfaketime is missing (Debian package libfaketime); see "
                                                          "tests/it/clock_jumps.rs for tests with the injected clock")
        return
    for running in (False,) if SHORT else (False, True):
        yield _jump(context, library, running)


def _jump(context, library, running):
    how = "while running" if running else "while stopped"
    offset = context.scratch / f"clock-{running}"
    offset.write_text("+0")
    settings = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    url = context.sqlite_url(f"clock-{running}")
    with Scenario(f"{_FAULT} {how}", "sqlite", context.scratch, url, settings=settings) as scenario:
        service, world = scenario.service, scenario.world
        client = service.client(world.token)
        before = read_feed(client)
        client.close()
        # The first round of the cleanup has stored the time.
        _wait_for_round(scenario, service, _FIRST_ROUND_SECONDS)
        if not running:
            service.stop()
        offset.write_text("+40d")
        if not running:
            service = scenario.replace()
        _wait_for_alarm(scenario, service, "entente_clock_jumped 1" if running else "the clock differs from", running)
        # Tokens of the old time have expired.
        service.token.cache_clear()
        world.token = service.token("admin")
        client = service.client(world.token)
        scenario.expect(read_feed(client)[:len(before)] == before, "events were deleted after the clock had jumped")
        client.close()
        scenario.recover(time.monotonic())
        scenario.count()
        return scenario.result


def _metrics(service):
    client = Client(service.admin_port)
    try:
        return client.send("GET", "/metrics")[1].decode()
    finally:
        client.close()


def _wait_for_round(scenario, service, seconds):
    """Waits until the cleanup has done a round."""
    until = time.monotonic() + seconds
    while not any("tidy" in line and line.startswith("entente_worker_last_round_seconds")
                  for line in _metrics(service).splitlines()):
        if time.monotonic() > until:
            scenario.expect(False, f"the cleanup did no round within {seconds} s")
            return
        time.sleep(0.2)


def _wait_for_alarm(scenario, service, sign, running):
    """Waits until the jump is reported: by a metric while the process runs, in the log when it starts."""
    seconds = _ROUND_SECONDS if running else _FIRST_ROUND_SECONDS
    until = time.monotonic() + seconds
    # The description of the metric begins in the same way.
    while not any(line.startswith(sign) if running else sign in line for line in (
            _metrics(service) if running else service.log.read_text(errors="replace")).splitlines()):
        if time.monotonic() > until:
            scenario.expect(False, f"the jump was not reported within {seconds} s: {sign}")
            return
        time.sleep(0.2)
