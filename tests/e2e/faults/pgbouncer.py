"""PgBouncer in transaction mode, with four connections to PostgreSQL for two replicas."""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from entente_bench.databases import psql
from entente_bench.service import BenchError, free_port
from scenario import Result, Scenario, short_or_full

_FAULT = "PgBouncer, transaction mode, 2 replicas"
_POOL = 4
_SETTINGS = {"ENTENTE_DATABASE_PREPARED_STATEMENTS": "false"}
_CONFIG = """
[databases]
* = host=127.0.0.1 port={server} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {pool}
max_client_conn = 100
"""
# Settings of sessions that must not stay on a connection that others use: the brief wait for locks of one transaction,
# an isolation level, and prepared statements.
_LEFT = """
SELECT current_setting('lock_timeout'), current_setting('transaction_isolation'),
    current_setting('default_transaction_read_only'), (SELECT count(*) FROM pg_prepared_statements)
"""


def _install():
    """Returns the path of PgBouncer, installed if it is missing; None if that is not possible."""
    path = os.environ["PATH"] + ":/usr/sbin"
    if not shutil.which("pgbouncer", path=path) and os.geteuid() == 0 and shutil.which("apt-get"):
        # Without the service that the package starts.
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "pgbouncer"]):
            subprocess.run(["apt-get", "--quiet=2", *command], stdin=subprocess.DEVNULL, capture_output=True,
                           env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}, check=False)
    return shutil.which("pgbouncer", path=path)


@contextmanager
def pooler(program, scratch, server_port):
    """Runs PgBouncer and returns its port."""
    port, folder = free_port(), Path(scratch) / "pgbouncer"
    folder.mkdir()
    config = folder / "pgbouncer.ini"
    config.write_text(_CONFIG.format(server=server_port, port=port, pool=_POOL))
    # It refuses to run as root.
    prefix = ["runuser", "--user=postgres", "--"] if os.geteuid() == 0 else []
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*prefix, program, config], stdout=log, stderr=subprocess.STDOUT)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(url):
    until = time.monotonic() + 10
    while True:
        try:
            return psql(url, "SELECT 1")
        except BenchError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def run(context):
    """Yields the result."""
    program = _install()
    if not program:
        text = "pgbouncer is missing and cannot be installed (Debian package pgbouncer)"
        if os.environ.get("REQUIRE_PGBOUNCER") == "1":
            yield Result(_FAULT, "postgres", violations=[f"REQUIRE_PGBOUNCER=1, but {text}"])
        else:
            yield Result(_FAULT, "postgres", note=text, skipped=True)
        return
    database = context.postgres.create_database()
    with pooler(program, context.scratch, context.postgres.port) as port:
        url = context.postgres.url(database, port)
        _wait(url)
        # The demo story runs through PgBouncer, too.
        with Scenario(_FAULT, "postgres", context.scratch, url, settings=_SETTINGS, command="demo") as scenario:
            second = scenario.instance()
            with scenario.load(writers=8, readers=4, ports=(scenario.service.port, second.port)):
                time.sleep(short_or_full(3, 30))
                _check_sessions(scenario, url)
            scenario.recover(time.monotonic())
            scenario.result.violations += scenario.watch.unready(0)
            refused = set(scenario.ledger.writes()) - {"200", "201"}
            scenario.expect(not refused, f"changes were refused: {refused}")
            yield scenario.check()


def _check_sessions(scenario, url):
    """What transactions set is not left on the connections to the server, which others use next."""
    for _ in range(4 * _POOL):
        lock_timeout, isolation, read_only, prepared = psql(url, _LEFT).split("|")
        # Every session of the service sets the usual limit of three seconds, so that one may stay.
        seen = lock_timeout in ("0", "3s"), isolation, read_only, prepared
        if seen != (True, "read committed", "off", "0"):
            scenario.expect(False, f"left on a connection: lock_timeout {lock_timeout}, {isolation}, read only "
                                   f"{read_only}, {prepared} prepared statements")
            return
