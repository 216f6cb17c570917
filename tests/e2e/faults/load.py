"""The load: threads that write and read until they are stopped."""

import itertools
import random
import threading

from caller import Caller

# Every fifth change has no idempotency key.
_WITHOUT_KEY = 5


class Load:
    """Writers and readers. Use it in a `with` statement, which stops them."""

    def __init__(self, world, kinds=("visit", "project", "rename"), *, writers=6, readers=3, pause=0.03, ports=()):
        """`pause` is the time between two requests of a thread, in seconds; `ports` are those of the replicas."""
        self._world, self._kinds, self._pause = world, kinds, pause
        self._ports = itertools.cycle(ports or (world.service.port,))
        self._stop = threading.Event()
        acts = [self._write] * writers + [self._read] * readers
        self._threads = [threading.Thread(target=self._guarded, args=(act, next(self._ports), number))
                         for number, act in enumerate(acts)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Waits until the running requests are finished."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _guarded(self, act, port, number):
        """An exception is a violation."""
        caller = Caller(self._world, port)
        try:
            act(caller, random.Random(number))
        except Exception as error:
            self._world.ledger.complain(f"a client failed: {error!r}")
        caller.close()

    def _write(self, caller, rng):
        for number in itertools.count():
            if self._stop.wait(rng.uniform(0.5, 1.5) * self._pause):
                return
            kind = rng.choice(self._kinds)
            # PATCH has no key.
            caller.write(kind, with_key=kind != "rename" and number % _WITHOUT_KEY != 0)

    def _read(self, caller, rng):
        paths = caller.read_paths()
        while not self._stop.wait(rng.uniform(0.5, 1.5) * self._pause):
            caller.read(*rng.choice(paths))
