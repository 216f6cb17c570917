"""A replica: `entente serve`, with the worker in its process or as `entente worker` next to it."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from entente_bench.service import STOP_SECONDS, BenchError, Service


class Worker(Service):
    """`entente worker`. It has no port, so it counts as ready at once."""

    def _wait(self, demo):
        self.ready_seconds = 0


class Replica:
    """One or two processes that are started and stopped together."""

    def __init__(self, binary, database_url, scratch, settings, separate_worker):
        self.service = Service(binary, database_url, scratch,
                               settings=settings | {"ENTENTE_WORKER": str(not separate_worker).lower()})
        self.port = self.service.port
        self.parts = [self.service]
        if separate_worker:
            self.parts.append(Worker(binary, database_url, scratch, command="worker", settings=settings))
        # `running`, `killed` or `terminated`.
        self.state = "running"

    def pids(self):
        """Returns the ids of its processes."""
        return [part.pid for part in self.parts]

    def require_alive(self):
        """Fails if a process has ended although it was not stopped."""
        for part in self.parts:
            if self.state == "running" and part.process.poll() is not None:
                raise BenchError(f"a process exited with {part.process.returncode}:\n{part.last_lines()}")

    def kill(self):
        """Ends its processes with SIGKILL."""
        self.state = "killed"
        for part in self.parts:
            part.process.kill()
        for part in self.parts:
            part.process.wait()

    def terminate(self):
        """Ends its processes with SIGTERM; returns the exit statuses and the seconds that it took."""
        self.state, began = "terminated", time.monotonic()
        for part in self.parts:
            part.process.send_signal(signal.SIGTERM)
        for part in self.parts:
            try:
                part.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                part.process.kill()
                part.process.wait()
        return [part.process.returncode for part in self.parts], time.monotonic() - began

    def logged_errors(self):
        """Returns the errors in the logs of its processes."""
        lines = [line for part in self.parts for line in part.log.read_text(errors="replace").splitlines()]
        return [line for line in lines if " ERROR " in line]


def owner_of_port(port, pids):
    """Returns which of the processes has a connection from this local port; None if none has."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    return next((pid for pid in pids if sockets.intersection(_open_files(pid))), None)


def _open_files(pid):
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        # Files can be closed meanwhile.
        with suppress(OSError):
            yield os.readlink(entry)


def _inodes(port):
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].rpartition(":")[2], 16) == port:
            yield fields[9]
