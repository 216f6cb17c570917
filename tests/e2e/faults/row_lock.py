"""A session holds a row lock. Twenty clients wait to change that row; other requests must not wait."""

import subprocess
import threading
import time
from contextlib import contextmanager

from caller import Caller
from entente_bench.latency import percentile
from entente_bench.service import BenchError
from ledger import DONE, NOT_DONE
from scenario import Scenario, short_or_full

_WRITERS = 20
# A change waits two seconds for a thread and three for the lock, and may be handed over once.
_BLOCKED_SECONDS = 10
# Reads and visitors: those that meet a reserved thread in a brief wait for a lock, and a slow machine.
_P99_SECONDS = 1.5


@contextmanager
def locked(url, table, row):
    """Holds the lock of a row."""
    psql = subprocess.Popen(["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", url], text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        psql.stdin.write(f"BEGIN; SELECT id FROM {table} WHERE id = '{row}' FOR UPDATE;\n")
        psql.stdin.flush()
        if psql.stdout.readline().strip() != row:
            raise BenchError(f"the row {row} of {table} cannot be locked")
        yield
    finally:
        # Ends the session, which rolls back.
        psql.communicate()


def run(context):
    """Yields the result."""
    url = context.postgres_url()
    with Scenario("a locked row, 20 writers", "postgres", context.scratch, url) as scenario:
        stop = threading.Event()
        writers = [threading.Thread(target=_rename, args=(scenario.world, stop)) for _ in range(_WRITERS)]
        with scenario.load(("visit",), writers=3, readers=3) as load:
            time.sleep(0.5)
            began = time.monotonic()
            with locked(url, "departments", scenario.world.departments[0]):
                for writer in writers:
                    writer.start()
                time.sleep(short_or_full(5, 25))
                # Only what was not blocked is measured.
                load.stop()
                stop.set()
                _check_others(scenario, began)
            unlocked = time.monotonic()
            for writer in writers:
                writer.join()
        scenario.recover(unlocked)
        renames = [response for one in scenario.ledger.operations if one.kind == "rename" for response in one.responses]
        slowest = max(response.seconds for response in renames)
        scenario.expect(slowest <= _BLOCKED_SECONDS, f"a blocked change took {slowest:.1f} s")
        scenario.expect(any(response.meaning() == NOT_DONE for response in renames), "no change was refused")
        yield scenario.check()


def _rename(world, stop):
    caller = Caller(world)
    while not stop.is_set():
        caller.write("rename", with_key=False)
    caller.close()


def _check_others(scenario, began):
    """Reads and visitors are served as if there was no lock."""
    ledger = scenario.ledger
    scenario.expect(set(ledger.reads) == {"200"}, f"reads while the row was locked: {dict(ledger.reads)}")
    visits = [response for one in ledger.operations if one.kind == "visit" for response in one.responses]
    refused = [response.label() for response in visits if response.meaning() != DONE]
    scenario.expect(not refused, f"{len(refused)} of {len(visits)} visitors were refused: {refused[:3]}")
    visit, read = percentile([response.seconds for response in visits], 0.99), percentile(ledger.read_seconds, 0.99)
    scenario.expect(max(visit, read) <= _P99_SECONDS, f"p99 while locked: visitors {visit:.2f} s, reads {read:.2f} s")
    scenario.result.note = f"p99 while locked: visitors {visit * 1e3:.0f} ms, reads {read * 1e3:.0f} ms"
    scenario.result.violations += scenario.watch.unready(began)
