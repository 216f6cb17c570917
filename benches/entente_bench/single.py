"""P3 and P7: SQLite next to limits measured on this machine, and memory, start and size of the service."""

import os
import sqlite3
import statistics
import subprocess
import time

from . import load
from .endpoints import BY_NAME
from .figures import Figure, failures, in_rounds, rate
from .service import ROOT, Service, free_port

HELLO = ROOT / "target/hello/release/hello"
_STARTS = 10
_IDLE_SECONDS = 3
_BACKLOG_SECONDS = 5


class Hello:
    """The bare actix-web handler (`benches/hello`)."""

    def __init__(self):
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen([HELLO, str(port)])
        time.sleep(0.5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(20)


def commits_per_second(folder, seconds):
    """Returns how many transactions a loop with four inserts commits, one at a time, at synchronous=FULL."""
    connection = sqlite3.connect(folder / "commits.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT")
    count, data, started = 0, "x" * 400, time.monotonic()
    while time.monotonic() - started < seconds:
        connection.execute("BEGIN IMMEDIATE")
        for _ in range(4):
            connection.execute("INSERT INTO rows (data) VALUES (?)", (data,))
        connection.execute("COMMIT")
        count += 1
    took = time.monotonic() - started
    connection.close()
    return count / took


def p3(session, seconds, rounds):
    """The service on SQLite next to `/livez`, a bare handler, and one commit per request."""
    livez, project, create = BY_NAME["livez"], BY_NAME["project"], BY_NAME["create"]
    base, read = in_rounds(rounds, lambda: session.wrk(livez, seconds), lambda: session.wrk(project, seconds))
    yield Figure("P3", "project / livez", "sqlite", rate(read) / rate(base), "x", 0.45,
                 note=f"{rate(read):,.0f}/s, {rate(base):,.0f}/s {failures(read + base)}".strip())
    if HELLO.exists():
        with Hello() as hello:
            ours, bare = in_rounds(rounds, lambda: session.wrk(livez, seconds),
                                   lambda: load.wrk(hello.base, livez, seconds))
        yield Figure("P3", "livez / bare actix handler", "sqlite", rate(ours) / rate(bare), "x", 0.6,
                     note=f"{rate(ours):,.0f}/s, {rate(bare):,.0f}/s {failures(ours + bare)}".strip())
    else:
        yield Figure("P3", "livez / bare actix handler", "sqlite", None, "x", 0.6, note=f"no {HELLO.relative_to(ROOT)}")
    many, one, loop = in_rounds(rounds, lambda: session.wrk(create, seconds),
                                lambda: session.wrk(create, seconds, clients=1),
                                lambda: commits_per_second(session.scratch, seconds))
    # A single client waits for each commit, so nothing is grouped.
    yield Figure("P3", "create, 32 clients / 1 client", "sqlite", rate(many) / rate(one), "x", 4,
                 note=f"{rate(many):,.0f}/s, {rate(one):,.0f}/s {failures(many + one)}".strip())
    yield Figure("P3", "create / bare commits in a loop", "sqlite", rate(many) / statistics.median(loop), "x",
                 note=f"{statistics.median(loop):,.0f} commits/s")


def p7(session):
    """Memory of an idle service, time to start, and the size of the binary."""
    ready, settings = [], {"ENTENTE_WORKER": "true"}
    # The first worker queues the events of the data, so it is not idle.
    with Service(session.binary, session.database.url, session.scratch, settings=settings):
        time.sleep(_BACKLOG_SECONDS)
    for number in range(_STARTS):
        with Service(session.binary, session.database.url, session.scratch, settings=settings) as service:
            ready.append(service.ready_seconds)
            if number == 0:
                time.sleep(_IDLE_SECONDS)
                idle = service.memory()
    yield Figure("P7", "RssAnon, idle", session.kind, idle / 1e6, "MB", 20, False)
    if session.kind == "sqlite":
        yield Figure("P7", "start to ready", "sqlite", 1e3 * statistics.median(ready), "ms", 60, False,
                     f"{1e3 * min(ready):.0f} to {1e3 * max(ready):.0f} ms")
        yield Figure("P7", "size of the binary", "", os.path.getsize(session.binary) / 1e6, "MB", 35, False)


def memory_under_load(session):
    """The highest memory after the load of the other measurements."""
    yield Figure("P7", "RssAnon, under load", session.kind, session.most_memory / 1e6, "MB", 40, False)
