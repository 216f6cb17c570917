"""Runs the generated statements: one transaction, without secondary indexes and triggers, which are created afterwards.

Foreign keys are not checked row by row. SQLite checks all of them at the end; on PostgreSQL this needs a superuser.
"""

import sqlite3
import subprocess
import tempfile
import time
from datetime import datetime, timezone

from ..databases import psql
from ..service import BenchError
from . import callbacks, dialect, projects


def present():
    """Returns the time that the data ends at: the last full hour."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:00:00")


def fill(database, requests, project_count):
    """Fills a database that has the demo data, and returns the seconds it took."""
    def statements(d, sequence):
        yield from projects.statements(d, project_count)
        yield from callbacks.statements(d, requests, sequence)

    return insert(database, statements)


def insert(database, statements):
    """Runs the statements that `statements(dialect, last_sequence)` returns; returns the seconds it took."""
    started = time.monotonic()
    if database.kind == "sqlite":
        _insert_sqlite(database.path, statements)
    else:
        _insert_postgres(database.url, statements)
    return time.monotonic() - started


def _insert_sqlite(path, statements):
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("synchronous = OFF", "cache_size = -500000", "foreign_keys = OFF", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        parts = connection.execute("SELECT type, name, sql FROM sqlite_schema "
                                   "WHERE type IN ('index', 'trigger') AND sql IS NOT NULL").fetchall()
        for kind, name, _ in parts:
            connection.execute(f"DROP {kind} {name}")
        sequence = connection.execute("SELECT last_sequence FROM event_sequence").fetchone()[0]
        for what, sql in statements(dialect.Sqlite(present()), sequence):
            try:
                connection.execute(sql)
            except sqlite3.Error as error:
                raise BenchError(f"{what}: {error}\n{sql[:2000]}") from error
        for _, _, sql in parts:
            connection.execute(sql)
        connection.execute("COMMIT")
        broken = connection.execute("PRAGMA foreign_key_check").fetchmany(5)
        if broken:
            raise BenchError(f"the generated rows break foreign keys: {broken}")
        # As the worker of the service does, which does not run here.
        connection.execute("PRAGMA analysis_limit = 100000")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _insert_postgres(url, statements):
    indexes = psql(url, "SELECT indexrelid::regclass || '|' || pg_get_indexdef(indexrelid) FROM pg_index "
                        "JOIN pg_class ON pg_class.oid = indexrelid "
                        "WHERE relnamespace = 'public'::regnamespace AND NOT indisprimary "
                        "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)").splitlines()
    sequence = int(psql(url, "SELECT last_sequence FROM event_sequence"))
    script = ["SET synchronous_commit = off;", "SET session_replication_role = replica;",
              "SET maintenance_work_mem = '512MB';", "BEGIN;"]
    script += [f"DROP INDEX {line.partition('|')[0]};" for line in indexes]
    script += [f"{sql};" for _, sql in statements(dialect.Postgres(present()), sequence)]
    script += [f"{line.partition('|')[2]};" for line in indexes]
    script += ["COMMIT;", "VACUUM ANALYZE;", "CHECKPOINT;"]
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
        file.write("\n".join(script))
        file.flush()
        done = subprocess.run(["psql", "--no-psqlrc", "--no-password", "--quiet", "--set=ON_ERROR_STOP=1",
                               f"--file={file.name}", url], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"psql: {done.stderr.strip()[:3000]}")
