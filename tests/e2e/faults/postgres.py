"""A PostgreSQL server of the test's own, which can be stopped, restarted and frozen."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from entente_bench.databases import psql
from entente_bench.service import BenchError, free_port

_START_SECONDS = 60
# It need not survive a crash of the machine, only of the server.
_OPTIONS = "-h 127.0.0.1 -p {port} -k '' -c fsync=off -c max_connections=100 -c shared_buffers=32MB"


def _programs():
    """Returns the folder of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise BenchError("no PostgreSQL server is installed in /usr/lib/postgresql (apt install postgresql)")
    return found[-1].parent


class Postgres:
    """A running server. Use it in a `with` statement, which stops it."""

    def __init__(self, scratch):
        self._programs, self._folder = _programs(), Path(scratch) / "postgres"
        self._data, self.port = self._folder / "data", free_port()
        self._databases = 0

    def __enter__(self):
        self._folder.mkdir()
        if os.geteuid() == 0:
            subprocess.run(["chown", "postgres:", self._folder], check=True)
        self._run("initdb", f"--pgdata={self._data}", "--username=postgres", "--auth=trust", "--no-sync")
        self.start()
        return self

    def __exit__(self, *_):
        if self.processes():
            self.thaw()
            self.stop("immediate")

    def _run(self, program, *arguments):
        # The server refuses to run as root.
        prefix = ["runuser", "--user=postgres", "--"] if os.geteuid() == 0 else []
        with (self._folder.parent / "postgres-commands.log").open("ab") as log:
            done = subprocess.run([*prefix, self._programs / program, *arguments], stdout=log,
                                  stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=self._folder, check=False)
        if done.returncode:
            raise BenchError(f"{program} failed with status {done.returncode}, see {log.name}:\n"
                             + Path(log.name).read_text(errors="replace")[-2000:])

    def _control(self, command, *arguments):
        self._run("pg_ctl", f"--pgdata={self._data}", "--wait", "--silent", f"--timeout={_START_SECONDS}",
                  *arguments, command)

    def start(self):
        """Starts the server and waits until it accepts connections."""
        self._control("start", f"--log={self._folder / 'log'}", "--options=" + _OPTIONS.format(port=self.port))

    def stop(self, mode):
        """Stops the server: `fast` ends all sessions, `immediate` kills all processes without a checkpoint."""
        self._control("stop", f"--mode={mode}")

    def url(self, database="postgres", port=None):
        """Returns the URL of a database, through a proxy on another port."""
        return f"postgres://postgres@127.0.0.1:{port or self.port}/{database}"

    def create_database(self):
        """Creates an empty database and returns its name."""
        self._databases += 1
        name = f"faults{self._databases}"
        psql(self.url(), f"CREATE DATABASE {name}")
        return name

    def processes(self):
        """Returns the ids of the server and of its sessions, the server first."""
        with suppress(OSError, ValueError, IndexError):
            server = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            return [server, *_children(server)] if Path(f"/proc/{server}").exists() else []
        return []

    def freeze(self):
        """Stops all processes of the server where they are. The kernel still accepts connections."""
        # The server first, so that it starts no other process.
        server = self.processes()[0]
        os.kill(server, signal.SIGSTOP)
        for process in _children(server):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGSTOP)

    def thaw(self):
        """Lets all processes go on."""
        for process in reversed(self.processes()):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


def _children(parent):
    """Returns the ids of the processes that a process has started."""
    children = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and (entry / "stat").read_text().rpartition(")")[2].split()[1] == str(parent):
                children.append(int(entry.name))
    return children
