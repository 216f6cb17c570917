"""Two processes that start together on one empty database, and an earlier version next to this one."""

import base64
import os
import time
from pathlib import Path

from scenario import Result, Scenario, short_or_full

_OLD = "OLD_BIN"


def run(context):
    """Yields the results."""
    settings = {"ENTENTE_ENCRYPTION_KEYS": base64.b64encode(os.urandom(32)).decode()}
    with Scenario("two processes start together", "postgres", context.scratch, context.postgres_url(),
                  settings=settings, together=2) as scenario:
        yield _side_by_side(scenario, scenario.services)
    # From 0.3.0 on, two versions run side by side: the new one migrates while the old one serves.
    fault, old = "an earlier version next to this one", os.environ.get(_OLD)
    if not old:
        yield Result(fault, "postgres", skipped=True, note="ENTENTE_OLD_BIN names no version from 0.3.0 on")
        return
    with Scenario(fault, "postgres", context.scratch, context.postgres_url(), settings=settings,
                  binary=Path(old).resolve()) as scenario:
        yield _side_by_side(scenario, [scenario.service, scenario.instance()])


def _side_by_side(scenario, services):
    with scenario.load(ports=[service.port for service in services]):
        time.sleep(short_or_full(2, 10))
    for service in services:
        service.require_alive()
    refused = set(scenario.ledger.writes() + scenario.ledger.reads) - {"200", "201"}
    scenario.expect(not refused, f"clients got {refused}")
    scenario.recover(time.monotonic())
    return scenario.check()
