"""Load generators: wrk for the service, pgbench for PostgreSQL. Both run on the machine of the service."""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .latency import percentile
from .service import ROOT, BenchError

CLIENTS = 32
# Connections of the measurement at a fraction of the highest rate; most of them wait.
PACED_CLIENTS = 128
_LUA = ROOT / "benches/lua"
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass
class Load:
    """The result of one run: requests per second, p50 and p99 in milliseconds, and responses that are not 2xx."""

    rate: float
    p50: float
    p99: float
    requests: int
    failed: int = 0

    def tail(self):
        """Returns p99 divided by p50."""
        return self.p99 / self.p50 if self.p50 else float("nan")


class Visitors:
    """Numbers for the visitors of runs, so that no phone number is used twice on one database."""

    def __init__(self):
        self._next = 1

    def take(self, count=200_000):
        """Returns the first of `count` numbers."""
        first, self._next = self._next, self._next + count
        if self._next > 7_800_000:
            raise BenchError("no more phone numbers; use fewer rounds or seconds")
        return first


def wrk(base, endpoint, seconds, *, token="", visitors=None, clients=CLIENTS, rate=None):
    """Sends requests with wrk for a while: as many as possible, or about `rate` per second."""
    environment = dict(os.environ)
    command = ["wrk", "--threads", "1", "--connections", str(clients), "--duration", f"{seconds:g}s", "--latency",
               "--timeout", "20s"]
    if rate or endpoint.method == "POST":
        command += ["--script", str(_LUA / ("create.lua" if endpoint.method == "POST" else "paced.lua"))]
    if rate:
        environment["BENCH_PAUSE_MS"] = f"{1e3 * clients / rate:.3f}"
    if endpoint.method == "POST":
        environment["BENCH_FIRST_VISITOR"] = str(visitors.take())
    if token and endpoint.authenticated:
        command += ["--header", f"Authorization: Bearer {token}"]
    output = _run([*command, base + endpoint.path], environment)
    return _parse_wrk(output)


def _parse_wrk(output):
    def milliseconds(share):
        found = re.search(rf"^\s+{share}%\s+([\d.]+)(us|ms|s|m) *$", output, re.MULTILINE)
        if not found:
            raise BenchError(f"wrk printed no percentiles:\n{output}")
        return float(found[1]) * _UNITS[found[2]]

    failed = sum(int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", output))
    for connect, read, write, timeout in re.findall(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", output):
        failed += int(connect) + int(read) + int(write) + int(timeout)
    return Load(float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), milliseconds(50), milliseconds(99),
                int(re.search(r"(\d+) requests in", output)[1]), failed)


def pgbench(database, seconds, *, script=None, variables=(), clients=CLIENTS, rate=None, initialise=0):
    """Runs a script, or the standard transaction of pgbench, on prepared statements."""
    if initialise:
        _run(["pgbench", "--initialize", "--quiet", f"--scale={initialise}", database.url])
    with tempfile.TemporaryDirectory(prefix="entente-pgbench-") as scratch:
        command = ["pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=1",
                   f"--time={max(1, round(seconds))}", "--log", f"--log-prefix={scratch}/log",
                   *(f"--define={name}={value}" for name, value in variables)]
        command += [f"--file={script}"] if script else []
        command += [f"--rate={rate:.0f}"] if rate else []
        output = _run([*command, database.url])
        took = []
        for path in Path(scratch).glob("log.*"):
            for line in path.read_text().splitlines():
                fields = line.split()
                if fields[2].isdigit():
                    # With a rate, the time since the planned start; wrk does not count that delay, either.
                    took.append(int(fields[2]) - (int(fields[6]) if rate else 0))
    failed = re.search(r"number of failed transactions: (\d+)", output)
    return Load(float(re.search(r"^tps = ([\d.]+)", output, re.MULTILINE)[1]), percentile(took, 0.5) / 1e3,
                percentile(took, 0.99) / 1e3, len(took), int(failed[1]) if failed else 0)


def _run(command, environment=None):
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    except FileNotFoundError as error:
        raise BenchError(f"{command[0]} is missing; install it (Debian packages: wrk, postgresql)") from error
    if done.returncode:
        raise BenchError(f"{' '.join(command[:2])}: {(done.stderr or done.stdout).strip()[:2000]}")
    return done.stdout
