"""The load: visitors who request calls, and agents who claim them and reach the visitors."""

import itertools
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from client import Sender
from entente_bench.endpoints import callback_request

_VISITORS = 6
# More visitors want a place than a slot has, at about the same time.
_PER_SLOT = 6
_CLAIMS_PER_SECOND = 1.5
# Short, because what a process does when it gets a signal depends only on its requests in progress.
_CROWD, _CROWD_REQUESTS, _CROWD_SECONDS = 8, 5, 0.02


class Load:
    """Visitors and agents, who send requests until they are stopped."""

    def __init__(self, balancer, agents, slots, rate):
        """`agents` are tokens by id of the agent, `slots` the slots to book, `rate` the visitors per second."""
        self._balancer, self._slots = balancer, slots
        self._numbers, self._slot_numbers = itertools.count(1), itertools.count()
        self._stop, self.failures = threading.Event(), []
        self._busy = {agent: threading.Lock() for agent in agents}
        acts = [(self._visit, rate / 2 / _VISITORS, Sender(balancer)) for _ in range(_VISITORS)]
        acts += [(self._work, _CLAIMS_PER_SECOND, Sender(balancer, token), agent) for agent, token in agents.items()]
        self._threads = [threading.Thread(target=self._guarded, args=act) for act in acts]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def agents_pause(self):
        """Returns a context in which no agent claims or has a claimed request."""
        stack = ExitStack()
        for lock in self._busy.values():
            stack.enter_context(lock)
        return stack

    def rush(self, slot, visitors):
        """Sends requests for one slot at the same time."""
        together = threading.Barrier(visitors)

        def book(_):
            together.wait()
            self._request(Sender(self._balancer), slot)

        with ThreadPoolExecutor(visitors) as pool:
            list(pool.map(book, range(visitors)))

    @contextmanager
    def crowd(self):
        """Sends requests from many visitors at once, so that some are in progress when the block begins."""
        with ThreadPoolExecutor(_CROWD) as pool:
            sent = [pool.submit(self._several) for _ in range(_CROWD)]
            time.sleep(_CROWD_SECONDS)
            yield
        for one in sent:
            one.result()

    def _several(self):
        sender = Sender(self._balancer)
        for _ in range(_CROWD_REQUESTS):
            self._request(sender, "")

    def _guarded(self, act, rate, *arguments):
        """Acts at a rate until the load is stopped; an exception ends the test."""
        rng, due = random.Random(), time.monotonic() + random.random() / rate
        try:
            while not self._stop.wait(max(0, due - time.monotonic())):
                # What is missed is not sent later.
                due = max(due, time.monotonic() - 1) + rng.uniform(0.5, 1.5) / rate
                act(*arguments)
        except Exception as error:  # Reported as a violation.
            self.failures.append(repr(error))

    def _visit(self, sender):
        """Two visitors: one wants a call as soon as possible, the other one in a slot."""
        self._request(sender, "")
        if not self._stop.is_set():
            self._request(sender, self._slots[next(self._slot_numbers) // _PER_SLOT % len(self._slots)])

    def _request(self, sender, slot):
        body = callback_request(next(self._numbers))
        if slot:
            body["preference"] = {"kind": "slot", "slot_id": slot}
        sender.perform(self._balancer.new("visit", slot), "/v1/callback-requests", body)

    def _work(self, sender, agent):
        """Claims a request and reaches the visitor. There can be nothing to claim."""
        with self._busy[agent]:
            claim = self._balancer.new("claim", agent)
            if sender.perform(claim, "/v1/callback-requests/next", {}):
                call = self._balancer.new("call")
                if sender.perform(call, f"/v1/callback-requests/{claim.body['id']}/calls", {}):
                    end = self._balancer.new("end")
                    sender.perform(end, f"/v1/calls/{call.body['id']}/end", {"outcome": "reached"})
