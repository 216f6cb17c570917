"""Databases of the measurements: a SQLite file, or a database on the PostgreSQL server of the tests."""

import os
import subprocess
import urllib.parse
from pathlib import Path

from .service import BenchError

DEFAULT_SERVER = "postgres://postgres@127.0.0.1:5432/postgres"


def server_url():
    """Returns the URL of the PostgreSQL server on which databases may be created."""
    return os.environ.get("ENTENTE_TEST_POSTGRES_URL") or DEFAULT_SERVER


def psql(url, statement, *, file=None):
    """Runs SQL with psql and returns its output, without headers."""
    command = ["psql", "--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align",
               "--set=ON_ERROR_STOP=1"]
    command += [f"--file={file}"] if file else [f"--command={statement}"]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"psql: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout.strip()


class Postgres:
    """A PostgreSQL database that exists while the `with` statement runs."""

    kind = "postgres"

    def __init__(self, purpose, keep=False):
        self.name = f"entente_{purpose}_{os.getpid()}"
        self.keep = keep
        parts = urllib.parse.urlsplit(server_url())
        self.server = server_url()
        self.url = urllib.parse.urlunsplit(parts._replace(path=f"/{self.name}"))

    def __enter__(self):
        psql(self.server, f"CREATE DATABASE {self.name}")
        return self

    def __exit__(self, *_):
        if not self.keep:
            psql(self.server, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def address(self):
        """Returns the host, port and user of the server."""
        parts = urllib.parse.urlsplit(self.url)
        return parts.hostname or "127.0.0.1", parts.port or 5432, parts.username or "postgres"


class Sqlite:
    """A SQLite file in the scratch folder of a measurement, which is deleted with it."""

    kind = "sqlite"

    def __init__(self, scratch, name="entente"):
        self.path = Path(scratch) / f"{name}.db"
        self.url = f"sqlite://{self.path}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def open_database(kind, purpose, scratch):
    """Returns an empty database of the kind `sqlite` or `postgres`."""
    return Postgres(purpose) if kind == "postgres" else Sqlite(scratch)
