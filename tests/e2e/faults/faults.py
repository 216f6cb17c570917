#!/usr/bin/env python3
"""Tests of real faults. Run by the script `run` in this folder; arguments choose the faults by module name."""

import importlib
import sys
import tempfile
import time
from pathlib import Path

from entente_bench.service import BenchError
from postgres import Postgres
from scenario import Result

FAULTS = ("postgres_stopped", "postgres_frozen", "lost_commit", "row_lock", "pgbouncer", "disk_full", "clock_jump",
          "shutdown", "slow_clients", "overload", "versions")
_SHOWN_VIOLATIONS = 10


class Context:
    """What the faults share: a PostgreSQL server, and a folder for everything else."""

    def __init__(self, scratch, postgres):
        self.scratch, self.postgres = scratch, postgres

    def postgres_url(self):
        """Creates an empty database and returns its URL."""
        return self.postgres.url(self.postgres.create_database())

    def sqlite_url(self, name):
        """Returns the URL of a new SQLite file."""
        return f"sqlite://{self.scratch / name}.db"


def show(result, took):
    """Prints a row of the table."""
    ok = "skip" if result.skipped else "no" if result.violations else "yes"
    recovered = "" if result.recovered is None else f"{result.recovered:.1f} s"
    counts = ", ".join(f"{label}: {count}" for label, count in sorted(result.counts.items()))
    print(f"{result.fault:<44} {result.database:<9} {recovered:>9} {took:>5.0f} s  {ok:<4} {counts}", flush=True)
    if result.note:
        print(f"    {result.note}", flush=True)


def attempts(name, context):
    """Yields the results of a fault; an exception is a violation."""
    try:
        yield from importlib.import_module(name).run(context)
    except BenchError as error:
        yield Result(name, "", violations=[str(error)])


def main(names):
    """Tries the faults; returns the exit status."""
    if unknown := set(names) - set(FAULTS):
        raise BenchError(f"no such faults: {', '.join(sorted(unknown))}; choose from {', '.join(FAULTS)}")
    found, began = [], time.monotonic()
    print(f"{'fault':<44} {'database':<9} {'recovered':>9} {'took':>7}  {'ok':<4} what callers saw", flush=True)
    # The server of PostgreSQL runs as another user.
    with tempfile.TemporaryDirectory(prefix="entente-faults-") as folder:
        scratch = Path(folder)
        scratch.chmod(0o755)
        with Postgres(scratch) as postgres:
            context = Context(scratch, postgres)
            for name in names or FAULTS:
                shown = time.monotonic()
                for result in attempts(name, context):
                    show(result, time.monotonic() - shown)
                    shown = time.monotonic()
                    found += [f"{result.fault}: {text}" for text in result.violations[:_SHOWN_VIOLATIONS]]
    print(f"took {time.monotonic() - began:.0f} s", flush=True)
    if found:
        print(f"faults: {len(found)} violations:\n  " + "\n  ".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BenchError as error:
        sys.exit(f"faults: {error}")
