"""Starts and stops the built service, and calls it over HTTP."""

import functools
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRET = "benchmark-secret-of-no-value-0123456789"
LOADED = "The example is loaded"
START_SECONDS = 120
STOP_SECONDS = 30

# Limits off, so that one client may send everything; no background work, unless a measurement asks for it.
SETTINGS = {
    "ENTENTE_ENVIRONMENT": "development",
    "ENTENTE_JWT_SECRET": SECRET,
    "ENTENTE_RATE_LIMIT_PER_MINUTE": "0",
    "ENTENTE_RATE_LIMIT_WRITES_PER_MINUTE": "0",
    "ENTENTE_RATE_LIMIT_EXPENSIVE_PER_MINUTE": "0",
    "ENTENTE_CALLBACKS_PER_ADDRESS_PER_MINUTE": "0",
    "ENTENTE_CALLBACKS_PER_MINUTE": "0",
    "ENTENTE_CALLBACKS_OPEN_PER_NETWORK": "0",
    "ENTENTE_CALLBACKS_DAY_SHARE_PERCENT": "100",
    "ENTENTE_WORKER": "false",
    "ENTENTE_LOG": "error",
}

# SIGTERM ends a measurement as Ctrl-C does: `with` statements stop services and drop databases.
signal.signal(signal.SIGTERM, signal.default_int_handler)


class BenchError(Exception):
    """A measurement that cannot go on; the message is for the person who started it."""


def free_port():
    """Returns a free TCP port below the ephemeral range, so that no outgoing connection takes it meanwhile."""
    for _ in range(200):
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise BenchError("no free port")


def binary_path():
    """Returns the binary in ENTENTE_BIN, or the release binary."""
    target = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
    path = Path(os.environ.get("ENTENTE_BIN") or target / "release/entente").resolve()
    if not os.access(path, os.X_OK):
        raise BenchError(f"{path} does not exist; build it with: cargo build --release --locked")
    return path


def environment(settings):
    """Returns the environment of this process with only the given settings of the service."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ENTENTE_")}
    return inherited | settings


# The service closes idle connections after 5 seconds by default.
IDLE_SECONDS = 4


class Client:
    """A keep-alive connection to the service."""

    def __init__(self, port, token=None, timeout=120):
        self.token = token
        self._used_at = 0.0
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def send(self, method, path, body=None, token=None, headers=None):
        """Sends a request and returns the status and the body as bytes. An empty `token` sends none."""
        sent = dict(headers or {})
        token = self.token if token is None else token
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            sent["Content-Type"] = "application/json"
        if time.monotonic() - self._used_at > IDLE_SECONDS:
            self._connection.close()
        self._connection.request(method, path, None if body is None else json.dumps(body), sent)
        response = self._connection.getresponse()
        text = response.read()
        self._used_at = time.monotonic()
        return response.status, text

    def call(self, method, path, body=None, token=None, headers=None):
        """Sends a request that must succeed, and returns its JSON."""
        status, text = self.send(method, path, body, token, headers)
        if not 200 <= status < 300:
            raise BenchError(f"{method} {path} returned {status}: {text[:300].decode(errors='replace')}")
        return json.loads(text) if text else None

    def close(self):
        """Closes the connection."""
        self._connection.close()


class Service:
    """A running service. Use it in a `with` statement, which stops it."""

    def __init__(self, binary, database_url, scratch, *, command="serve", settings=None, prefix=()):
        self.binary = binary
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.scratch = Path(scratch)
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.environment = environment(SETTINGS | {
            "ENTENTE_LISTEN": f"127.0.0.1:{self.port}",
            "ENTENTE_DATABASE_URL": database_url,
            "ENTENTE_ENCRYPTION_KEY_FILE": str(self.scratch / "entente.key"),
        } | (settings or {}))
        self.log = self.scratch / f"{command}-{self.port}.log"
        self.started_at = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*prefix, binary, command], env=self.environment, cwd=self.scratch,
                                            stdout=log, stderr=subprocess.STDOUT)
        self.pid = self.process.pid
        try:
            self._wait(command == "demo")
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def _wait(self, demo):
        """Waits until the service is ready and, for the demo, until its data is loaded. Sets `ready_seconds`."""
        while time.monotonic() - self.started_at < START_SECONDS:
            if self.process.poll() is not None:
                raise BenchError(f"the service exited before it was ready:\n{self.last_lines()}")
            if LOADED in self.log.read_text(errors="replace") if demo else self._is_ready():
                self.ready_seconds = time.monotonic() - self.started_at
                return
            time.sleep(0.05 if demo else 0.002)
        raise BenchError(f"the service was not ready after {START_SECONDS} s:\n{self.last_lines()}")

    def _is_ready(self):
        try:
            # Cheaper than a request while the port is closed.
            with socket.create_connection(("127.0.0.1", self.port), timeout=5):
                pass
            return self.client(timeout=30).send("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def last_lines(self):
        """Returns the end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    @functools.cache
    def token(self, login="cmo", *scopes):
        """Returns a token of a person, with all scopes unless some are given."""
        options = [part for scope in scopes for part in ("--scope", scope)]
        made = subprocess.run([self.binary, "token", login, *options], env=self.environment, cwd=self.scratch,
                              check=True, capture_output=True, text=True)
        return made.stdout.strip().splitlines()[-1]

    def client(self, token=None, timeout=120):
        """Returns a new connection."""
        return Client(self.port, token, timeout)

    def memory(self):
        """Returns the anonymous resident memory in bytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
        raise BenchError("the kernel does not report RssAnon")

    def cpu_seconds(self):
        """Returns the processor time of all threads in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        """Stops the service gracefully."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                print(f"the service did not stop within {STOP_SECONDS} s and was killed", file=sys.stderr)
                self.process.kill()
                self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
