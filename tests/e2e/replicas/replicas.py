#!/usr/bin/env python3
"""Checks that replicas on one PostgreSQL database do everything once. Run by the script `run` in this folder."""

import base64
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import paths  # noqa: F401
import checks
import database
import setup
from client import Balancer
from entente_bench.databases import Postgres
from entente_bench.service import BenchError, Client, binary_path
from entente_bench.webhooks import SETTINGS, Receiver
from history import History
from load import Load
from replica import Replica, owner_of_port

SECONDS = float(os.environ.get("SECONDS_OF_LOAD") or 30)
RATE = float(os.environ.get("VISITORS_PER_SECOND") or 16)
TIMEOUT_SECONDS = int(os.environ.get("TIMEOUT_SECONDS") or 2)
# docs/operating/settings.md: deliveries of a process that was killed are sent again after twice the timeout. The rest
# is for the polling of the worker (1 s), the deliveries that are due before them, and a slow machine.
TAKE_OVER_SECONDS = 2 * TIMEOUT_SECONDS + 3
# The scheduler polls every second.
SCHEDULER_SECONDS = 10
AGED = 8
# Responses that the receiver sends, but the killed worker cannot record any more.
UNRECORDED_SECONDS = 0.1
# A worker records a batch and claims another one more often than this, so older leases have no worker any more.
BATCH_SECONDS = 1.5
COLUMNS = ("replicas", "worker", "requests", "retries", "events", "deliveries", "duplicates", "lost", "take-over",
           "SIGTERM")


class Run:
    """A number of replicas on an empty database, under load."""

    def __init__(self, stack, count, separate_worker):
        self._stack, self._count, self._separate = stack, count, separate_worker
        self._scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="entente-replicas-")))
        self._database = stack.enter_context(Postgres(f"replicas{count}"))
        self._receiver = stack.enter_context(Receiver(Path(__file__).with_name("receiver.py")))
        self._settings = SETTINGS | {
            "ENTENTE_ENCRYPTION_KEYS": base64.b64encode(os.urandom(32)).decode(),
            "ENTENTE_WEBHOOKS_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS),
        }
        self._started, self._aged, self._orphaned, self._violations = [], [], set(), []
        self._take_over = self._stop_seconds = 0.0
        with ThreadPoolExecutor(count) as pool:
            replicas = list(pool.map(lambda _: self._start(), range(count)))
        self.balancer = Balancer(replicas)

    def _start(self):
        replica = Replica(binary_path(), self._database.url, self._scratch, self._settings, self._separate)
        self._started.append(replica)
        self._stack.callback(lambda: replica.state == "running" and replica.kill())
        return replica

    def prepare(self):
        """Creates agents, slots and webhook endpoints."""
        service = self.balancer.replicas[0].service
        self._token = service.token("admin")
        admin = service.client(self._token)
        self._agents = setup.create_agents(service, admin)
        self._slots, self._capacity = setup.open_slots(admin)
        self._endpoints = setup.create_endpoints(admin, self._receiver.url)
        database.settle(self._database.url)
        self._first = admin.call("GET", "/v1/events?limit=1&after=0&type=callback_request.missed")["last_sequence"]
        admin.close()

    def under_load(self):
        """Kills one replica and terminates another one, while visitors and agents send requests."""
        *slots, last = self._slots
        began = time.monotonic()
        with Load(self.balancer, self._agents, slots, RATE) as load:
            load.rush(last, 4 * self._capacity)
            self._wait_until(began, 0.2)
            self._age(load)
            self._wait_until(began, 0.35)
            self._kill_one(load)
            if self._count == 2:
                self.balancer.replicas = [*self.balancer.replicas, self._start()]
            self._wait_until(began, 0.7)
            self._terminate_one(load)
            self._wait_until(began, 0.8)
            self._age(load)
            self._wait_until(began, 1)
        self._violations += load.failures
        database.settle(self._database.url)

    def _wait_until(self, began, share):
        """Waits until this share of the time has passed; without load there is nothing to prove."""
        while (rest := began + share * SECONDS - time.monotonic()) > 0:
            for replica in self._started:
                replica.require_alive()
            time.sleep(min(rest, 0.2))

    def _age(self, load):
        with load.agents_pause():
            self._aged += database.age(self._database.url, AGED, SCHEDULER_SECONDS)

    def _delivering(self):
        """Returns the replica whose message the receiver holds, so that it has a delivery in flight."""
        self._receiver.ask("PUT", "/hold")
        until = time.monotonic() + 10
        pids = {pid: replica for replica in self.balancer.replicas for pid in replica.pids()}
        while time.monotonic() < until:
            port = self._receiver.ask("GET", "/held")
            if port and (owner := owner_of_port(port, pids)):
                return pids[owner]
            time.sleep(0.005)
        raise BenchError("no message of a running replica arrived within 10 s")

    def _kill_one(self, load):
        """Kills the replica that is delivering, and waits until the others have taken over its deliveries."""
        victim, url = self._delivering(), self._database.url
        time.sleep(UNRECORDED_SECONDS)
        with load.crowd():
            victim.kill()
            killed_at, leased = time.monotonic(), database.leases(url)
        # It stays in the list for a moment: a client does not know at once which replica is gone.
        time.sleep(BATCH_SECONDS)
        self.balancer.replicas = [one for one in self.balancer.replicas if one is not victim]
        orphaned = {(endpoint, event) for _, endpoint, event in leased & database.leases(url)}
        if not orphaned:
            self._violations.append("the killed replica had no lease")
        rest = killed_at + TAKE_OVER_SECONDS - time.monotonic()
        if remaining := database.wait_until_delivered(url, orphaned, rest):
            self._violations.append(f"{remaining} of {len(orphaned)} deliveries of the killed replica were not taken "
                                    f"over within {TAKE_OVER_SECONDS} s")
        self._take_over = time.monotonic() - killed_at
        self._orphaned |= {(self._endpoints[endpoint], event) for endpoint, event in orphaned}

    def _terminate_one(self, load):
        """Terminates the first replica, which must end without an error while clients still send requests to it."""
        replica = self.balancer.replicas[0]
        with load.crowd():
            statuses, self._stop_seconds = replica.terminate()
        time.sleep(0.5)
        self.balancer.replicas = self.balancer.replicas[1:]
        if any(statuses):
            self._violations.append(f"exit statuses after SIGTERM: {statuses}\n{replica.service.last_lines()}")

    def result(self):
        """Checks the history; returns the row of the table and the violations."""
        client = Client(self.balancer.replicas[0].port, self._token)
        history = History(client, self._receiver.ask("GET", "/receipts"), self._endpoints.values())
        client.close()
        operations = self.balancer.operations
        violations = [*self._violations, *checks.responses(operations), *checks.connections(self.balancer, history),
                      *checks.feed(history), *checks.events(operations, history), *checks.audit(history),
                      *checks.slots(operations, history, self._capacity), *checks.claims(operations, history),
                      *checks.scheduler(operations, history, set(self._aged)),
                      *checks.deliveries(history, self._first, self._orphaned), *checks.order(history)]
        for replica in self._started:
            violations += replica.logged_errors()
        lost = sum(text.startswith("lost: ") for text in violations)
        retries = sum(len(one.request_ids) - 1 for one in operations)
        row = (self._count, "separate" if self._separate else "in serve", len(operations), retries,
               len(history.events), history.deliveries, len(history.duplicates()), lost,
               f"{self._take_over:.1f} s", f"{self._stop_seconds:.1f} s")
        return row, violations


def main():
    """Runs two replicas with separate workers, then three replicas; returns the exit status."""
    print("".join(f"{name:>12}" for name in COLUMNS), flush=True)
    found = []
    for count, separate_worker in ((2, True), (3, False)):
        with ExitStack() as stack:
            run = Run(stack, count, separate_worker)
            run.prepare()
            run.under_load()
            row, violations = run.result()
        print("".join(f"{value:>12}" for value in row), flush=True)
        found += [f"{count} replicas: {text}" for text in violations]
    print("Duplicates are allowed only for deliveries that a replica had claimed when it got SIGKILL.")
    if found:
        print(f"replicas: {len(found)} violations, such as:\n  " + "\n  ".join(found[:20]), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        sys.exit(f"replicas: {error}")
