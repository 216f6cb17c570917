"""Installs and starts the peer of P9 (`benches/peer`)."""

import os
import subprocess
import sys
import time
import urllib.parse

from . import load
from .service import ROOT, SECRET, BenchError, Client, free_port

_FOLDER = ROOT / "benches/peer"
_VENV = ROOT / "target/bench-peer"
_CONNECTIONS_PER_PROCESS = 8


def install():
    """Creates the virtual environment with the pinned packages, unless it is current."""
    requirements, ready = _FOLDER / "requirements.txt", _VENV / "ready"
    if ready.exists() and ready.stat().st_mtime > requirements.stat().st_mtime:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", _VENV], check=True)
    subprocess.run([_VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:",
                    "--require-hashes", f"--requirement={requirements}"], check=True)
    ready.touch()


class Peer:
    """The running peer, with one process per core."""

    def __init__(self, session):
        install()
        self._session = session
        self._port = free_port()
        self._base = f"http://127.0.0.1:{self._port}"
        database = urllib.parse.urlsplit(session.database.url)._replace(scheme="postgresql+psycopg").geturl()
        environment = dict(os.environ, PEER_SECRET=SECRET, PEER_DATABASE=database,
                           PEER_STATEMENTS=str(session.scratch / "statements.json"),
                           PEER_CONNECTIONS=str(_CONNECTIONS_PER_PROCESS))
        self._log = session.scratch / "peer.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [_VENV / "bin/uvicorn", "app:app", "--host=127.0.0.1", f"--port={self._port}", "--no-access-log",
                 f"--workers={os.cpu_count()}", "--loop=uvloop", "--http=httptools", "--log-level=warning"],
                cwd=_FOLDER, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(20)

    def check(self, endpoint, body):
        """Sends one request, which has to succeed; waits until the peer is ready."""
        until = time.monotonic() + 30
        while True:
            try:
                client = Client(self._port, self._session.token)
                client.call(endpoint.method, endpoint.path, body if endpoint.method == "POST" else None)
                return
            except (OSError, BenchError) as error:
                if isinstance(error, BenchError) or time.monotonic() > until or self._process.poll() is not None:
                    raise BenchError(f"the peer: {error}\n{self._log.read_text()[-2000:]}") from error
                time.sleep(0.1)

    def wrk(self, endpoint, seconds):
        """Runs wrk on an endpoint of the peer."""
        return load.wrk(self._base, endpoint, seconds, token=self._session.token, visitors=self._session.visitors)
