"""All processes of PostgreSQL stand still: its connections stay open, and nothing responds."""

import time

from scenario import Scenario, short_or_full

# A probe that runs for three seconds counts as failed; they begin once a second.
_REPORTED_SECONDS = 6


def run(context):
    """Yields the result."""
    server, seconds = context.postgres, short_or_full(6, 8)
    fault, url = f"PostgreSQL frozen for {seconds} s", context.postgres_url()
    with Scenario(fault, "postgres", context.scratch, url) as scenario:
        with scenario.load():
            time.sleep(short_or_full(1, 3))
            began = time.monotonic()
            server.freeze()
            try:
                time.sleep(seconds)
            finally:
                server.thaw()
            thawed = time.monotonic()
            scenario.result.violations += scenario.watch.missed(began, _REPORTED_SECONDS)
            scenario.recover(thawed)
            time.sleep(1)
        yield scenario.check()
