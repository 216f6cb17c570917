"""The connection to PostgreSQL fails: the response to COMMIT is lost, COMMIT is lost, or nothing is forwarded."""

import time
from contextlib import contextmanager

from proxy import BLACK_HOLE, CUT, PASS, SWALLOW, Proxy
from scenario import Scenario, short_or_full

_MINIMUM_HITS = 3


def run(context):
    """Yields the results."""
    for mode in (SWALLOW, CUT):
        yield _commits(context, mode)
    yield _black_hole(context)


@contextmanager
def _behind_proxy(context, mode):
    """Yields the proxy, which does nothing yet, and a scenario whose service uses the database through it."""
    database = context.postgres.create_database()
    with (Proxy(context.postgres.port) as proxy,
          Scenario(f"proxy: {mode}", "postgres", context.scratch,
                   context.postgres.url(database, proxy.port)) as scenario):
        yield proxy, scenario


def _commits(context, mode):
    with _behind_proxy(context, mode) as (proxy, scenario):
        with scenario.load():
            time.sleep(0.5)
            proxy.mode = mode
            time.sleep(short_or_full(2, 15))
            proxy.mode = PASS
            scenario.recover(time.monotonic())
        scenario.expect(proxy.hit >= _MINIMUM_HITS, f"only {proxy.hit} queries were hit")
        # Without a key, the service cannot know what became of it.
        scenario.expect(scenario.unknown() > 0, "no outcome was unknown")
        scenario.result.note = f"{proxy.hit} queries hit, {scenario.unknown()} unknown"
        return scenario.check()


def _black_hole(context):
    with _behind_proxy(context, BLACK_HOLE) as (proxy, scenario):
        with scenario.load():
            time.sleep(0.5)
            began = time.monotonic()
            proxy.mode = BLACK_HOLE
            # Longer than the time limit of running work in the full profile.
            time.sleep(short_or_full(5, 28))
            scenario.result.violations += scenario.watch.missed(began, 6)
            proxy.cut_all()
            proxy.mode = PASS
            scenario.recover(time.monotonic())
            time.sleep(1)
        return scenario.check()
