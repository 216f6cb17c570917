"""Counts the instructions that the service executes per request, with callgrind.

Only user space is counted, in all threads of the service. Counting starts after the first requests of an endpoint, so
start-up, caches and prepared statements are not included. The counts do not depend on the load of the machine.
"""

import http.client
import re
import subprocess
import time
from pathlib import Path

from .service import BenchError, Service

WARM_UP = 20
REQUESTS = 100
ATTEMPTS = 3
# One thread for HTTP and one for the database: with more, the order of events would differ between runs.
SETTINGS = {"ENTENTE_HTTP_THREADS": "1", "ENTENTE_DATABASE_CONNECTIONS": "1"}
# Time for what follows a response, such as the commit of its log line, in seconds.
_SETTLE = 0.05


class Counter:
    """The service under callgrind, with counting switched off while nothing is measured."""

    def __init__(self, binary, database_url, scratch, folder, label):
        self._folder, self._label = Path(folder), label
        self._folder.mkdir(parents=True, exist_ok=True)
        self._out = Path(scratch) / "callgrind.out"
        prefix = ["valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no", "--separate-threads=no",
                  f"--callgrind-out-file={self._out}"]
        self._service = Service(binary, database_url, scratch, settings=SETTINGS, prefix=prefix)
        self._client = None
        self._token = self._service.token()
        self._visitor = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._service.stop()

    def _control(self, *command):
        done = subprocess.run(["vgdb", f"--pid={self._service.pid}", "--wait=30", *command],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise BenchError(f"vgdb {' '.join(command)}: {done.stderr.strip()}")

    def _send(self, endpoint):
        self._visitor += 1
        token = self._token if endpoint.authenticated else ""
        status, body = self._client.send(endpoint.method, endpoint.path, endpoint.body(self._visitor), token)
        if status != endpoint.status:
            raise BenchError(f"{endpoint.name}: status {status}, expected {endpoint.status}: {body[:300]!r}")

    def count(self, endpoint, requests=REQUESTS):
        """Returns the instructions per request, and the file for callgrind_annotate."""
        for attempt in range(ATTEMPTS):
            try:
                return self._count(endpoint, requests)
            except (OSError, http.client.HTTPException) as error:
                # On a busy machine, the pause while callgrind writes can outlast an idle connection.
                self._control("instrumentation", "off")
                if attempt + 1 == ATTEMPTS:
                    raise BenchError(f"{endpoint.name}: {error}") from error

    def _count(self, endpoint, requests):
        self._client = self._service.client()
        for _ in range(WARM_UP):
            self._send(endpoint)
        time.sleep(_SETTLE)
        self._control("instrumentation", "on")
        self._control("zero")
        for _ in range(requests):
            self._send(endpoint)
        time.sleep(_SETTLE)
        before = set(self._dumps())
        self._control("dump", endpoint.name)
        self._control("instrumentation", "off")
        dumps = [path for path in self._dumps() if path not in before]
        if len(dumps) != 1:
            raise BenchError(f"callgrind wrote {len(dumps)} files instead of one")
        self._client.close()
        kept = self._folder / f"{self._label}.{endpoint.name}.out"
        kept.write_bytes(dumps[0].read_bytes())
        return _total(kept) / requests, kept

    def _dumps(self):
        return list(self._out.parent.glob(f"{self._out.name}.*"))


def _total(path):
    """Returns the instructions in a file of callgrind."""
    found = re.findall(r"^(?:summary|totals): (\d+)", path.read_text(errors="replace"), re.MULTILINE)
    if not found:
        raise BenchError(f"{path} has no total")
    return int(found[-1])


def version():
    """Returns the version of valgrind, or None if it is not installed."""
    try:
        done = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
