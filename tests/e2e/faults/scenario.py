"""What all faults have in common: a process under load, its recovery, and the check of its history."""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

import truth
from caller import Caller, World
from entente_bench.service import BenchError, Service, binary_path, free_port
from health import Watch, ask
from ledger import DONE, UNKNOWN, Ledger
from load import Load

SHORT = os.environ.get("PROFILE") == "short"
# The longest time that a request takes: two seconds until it starts, 20 for its work, and a slow machine.
DEADLINE_SECONDS = 25
RECOVERY_SECONDS = 15


def short_or_full(short, full):
    """Returns the value for the profile."""
    return short if SHORT else full


@dataclass
class Result:
    """A row of the table."""

    fault: str
    database: str
    counts: Counter = field(default_factory=Counter)
    recovered: float | None = None
    violations: list = field(default_factory=list)
    # Why the fault was not tried, or what else is worth knowing.
    note: str = ""
    skipped: bool = False


class Instance(Service):
    """A process with an admin address."""

    def __init__(self, scratch, database_url, settings=None, binary=None, command="serve"):
        self.admin_port = free_port()
        super().__init__(binary or binary_path(), database_url, scratch, command=command, settings={
            "ENTENTE_WORKER": "true",
            "ENTENTE_LOG": "warn",
            "ENTENTE_ADMIN_LISTEN": f"127.0.0.1:{self.admin_port}",
        } | (settings or {}))

    def ports(self):
        """Returns the ports that serve health checks."""
        return self.port, self.admin_port

    def require_alive(self):
        """Fails if the process has ended."""
        if self.process.poll() is not None:
            raise BenchError(f"the service exited with {self.process.returncode}:\n{self.last_lines()}")


class Scenario:
    """An instance with data, a ledger, and a watch of its health. Use it in a `with` statement."""

    def __init__(self, fault, database, scratch, database_url, *, settings=None, command="serve", binary=None,
                 together=1):
        """`together` is the number of processes that start at the same time."""
        self.result, self.ledger, self._stack = Result(fault, database), Ledger(), ExitStack()
        self._settings, self._command, self._binary, self._together = settings, command, binary, together
        self._scratch, self._url = scratch / f"{fault}-{database}".replace(" ", "-"), database_url

    def __enter__(self):
        with self._stack:
            with ThreadPoolExecutor(self._together) as pool:
                starts = [pool.submit(self.instance, self._command, self._binary) for _ in range(self._together)]
            self.services = [start.result() for start in starts]
            self.service = self.services[0]
            self.world = World(self.service, self.ledger)
            self.watch = self._stack.enter_context(Watch(self.service.ports()))
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *details):
        self._stack.__exit__(*details)

    def instance(self, command="serve", binary=None):
        """Starts a process on the database of this scenario, with the same keys."""
        return self._stack.enter_context(Instance(self._scratch, self._url, self._settings, binary, command))

    def replace(self):
        """Starts a process instead of the one that has ended, on the same database, and watches that one. It stops
        without a delay."""
        self._settings = (self._settings or {}) | {"ENTENTE_DRAIN_SECONDS": "0"}
        self.watch.ports = ()
        self.service = self.world.service = self.instance()
        self.watch.ports = self.service.ports()
        return self.service

    def load(self, *arguments, **options):
        """Returns a load on this instance."""
        return Load(self.world, *arguments, **options)

    def expect(self, condition, text):
        """Notes a violation unless the condition is true."""
        if not condition:
            self.result.violations.append(text)

    def recover(self, since, limit=RECOVERY_SECONDS):
        """Waits until reads, writes and health checks succeed, and records the seconds since the end of the fault."""
        caller, until = Caller(self.world), since + limit
        while not self._works(caller):
            self.service.require_alive()
            if time.monotonic() > until:
                self.result.violations.append(f"not recovered within {limit} s: {self.service.last_lines()[-600:]}")
                break
            time.sleep(0.1)
        recovered = time.monotonic() - since
        self.result.recovered = max(recovered, self.result.recovered or 0)
        caller.close()

    def _works(self, caller):
        return (all(ask(port, "/readyz")[0] == 200 for port in self.service.ports())
                and all(caller.read(*path).status == 200 for path in caller.read_paths())
                and all(caller.write(kind).meaning() == DONE for kind in ("visit", "project")))

    def repeat_open(self):
        """Repeats the operations that were not done, with their keys; afterwards, all of them must be done."""
        caller = Caller(self.world)
        for one in list(self.ledger.operations):
            if one.is_open():
                caller.repeat(one)
        caller.close()

    def check(self, *, lost=False):
        """Compares the ledger with what exists, after the load has stopped; returns the result."""
        result, ledger = self.result, self.ledger
        self.repeat_open()
        client = self.service.client(self.world.token)
        result.violations += truth.violations(ledger, client, lost=lost)
        client.close()
        result.violations += self.watch.not_live()
        for what, seconds in (("read", ledger.slowest_read), ("change", ledger.slowest_write)):
            self.expect(seconds <= DEADLINE_SECONDS, f"a {what} took {seconds:.1f} s, at most {DEADLINE_SECONDS} s")
        self.count()
        return result

    def count(self):
        """Records what the callers saw."""
        self.result.counts = self.ledger.writes() + self.ledger.reads

    def unknown(self):
        """Returns how many operations had an unknown outcome."""
        return truth.coverage(self.ledger)[UNKNOWN]
