"""PostgreSQL stops without warning and starts again, and is restarted, both under load."""

import time

from scenario import Scenario, short_or_full

# /readyz is probed once a second, and one probe may be running when the server stops.
_REPORTED_SECONDS = 5


def run(context):
    """Yields the results."""
    for mode in ("immediate", "fast"):
        server, url = context.postgres, context.postgres_url()
        with Scenario(f"PostgreSQL stopped ({mode})", "postgres", context.scratch, url) as scenario:
            with scenario.load():
                for _ in range(short_or_full(1, 3)):
                    time.sleep(short_or_full(1, 3))
                    began = time.monotonic()
                    server.stop(mode)
                    # A restart ends before a probe can notice it.
                    time.sleep(short_or_full(3, 5) if mode == "immediate" else 0)
                    if mode == "immediate":
                        scenario.result.violations += scenario.watch.missed(began, _REPORTED_SECONDS)
                    server.start()
                    scenario.recover(time.monotonic())
                time.sleep(1)
            yield scenario.check()
