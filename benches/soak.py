#!/usr/bin/env python3
"""Puts a mixed load on the service for a long time and watches its memory (`make bench-soak`).

Runs one service per kind of database at the same time, with background work and a webhook receiver. Prints the memory
and the latency every minute; at the end the errors, and how much the memory changed from the first to the last tenth
after the warm-up.
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from entente_bench import dataset
from entente_bench.databases import open_database
from entente_bench.latency import percentile
from entente_bench.mixed import MixedLoad
from entente_bench.report import machine, write_json
from entente_bench.service import ROOT, BenchError, Service, binary_path
from entente_bench.webhooks import SETTINGS, Receiver

KINDS = ("sqlite", "postgres")
# The share of the time that is not compared, because caches are filled.
WARM_UP = 0.1
LOGGED = re.compile(r"^.* (?:ERROR|WARN) .*$", re.MULTILINE)
# P4.
DRIFT_LIMIT = 5


def arguments():
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=200, help="requests per second and database")
    parser.add_argument("--every", type=float, default=5, help="seconds between two samples of the memory")
    parser.add_argument("--database", choices=KINDS, action="append", help="only this database")
    parser.add_argument("--json", type=Path, default=ROOT / "target/bench-soak.json", help="where to write the JSON")
    return parser.parse_args()


class Soak:
    """The service on one database under load."""

    def __init__(self, stack, binary, kind, folder, rate):
        self.kind, scratch = kind, folder / kind
        database = stack.enter_context(open_database(kind, "soak", scratch))
        receiver = stack.enter_context(Receiver())
        dataset.prepare(binary, database.url, scratch)
        self.service = stack.enter_context(Service(binary, database.url, scratch, settings=SETTINGS))
        client = self.service.client(self.service.token("cmo"))
        client.call("POST", "/v1/webhook-endpoints", {"url": receiver.url, "event_types": []})
        # The receiver of the demo does not run.
        client.call("DELETE", "/v1/webhook-endpoints/whe_01kdvdna00e008000000000001", headers={"If-Match": "*"})
        client.close()
        self.load = MixedLoad(self.service, rate)
        self.samples, self.latencies = [], []

    def sample(self):
        """Notes the memory; fails if the service is gone."""
        if self.service.process.poll() is not None:
            raise BenchError(f"{self.kind}: the service exited:\n{self.service.last_lines()}")
        self.samples.append(self.service.memory())

    def minute(self, elapsed):
        """Prints the last minute."""
        times = self.load.take_times()
        self.latencies.append((percentile(times, 0.5) * 1e3, percentile(times, 0.99) * 1e3))
        p50, p99 = self.latencies[-1]
        print(f"{elapsed / 60:6.1f} min  {self.kind:9} {len(times):7,} requests  p50 {p50:7.2f} ms  p99 {p99:7.2f} ms"
              f"  RssAnon {self.samples[-1] / 1e6:6.1f} MB  errors {sum(self.load.errors.values())}", flush=True)

    def result(self, minutes):
        """Returns the drift of the memory in percent, and the errors."""
        steady = self.samples[int(len(self.samples) * WARM_UP):]
        tenth = max(1, len(steady) // 10)
        early, late = statistics.median(steady[:tenth]), statistics.median(steady[-tenth:])
        logged = LOGGED.findall(self.service.log.read_text(errors="replace"))
        return {"minutes": minutes, "requests": sum(self.load.counts.values()), "counts": dict(self.load.counts),
                "errors": sum(self.load.errors.values()), "error_kinds": dict(self.load.errors.most_common(20)),
                "logged_errors": len(logged), "first_logged": logged[:5], "early_bytes": early, "late_bytes": late,
                "most_bytes": max(self.samples), "drift_percent": 100 * (late / early - 1),
                "latencies_ms": self.latencies}


def watch(soaks, minutes, every):
    """Takes samples until the time has passed."""
    started, next_minute = time.monotonic(), 60
    while (elapsed := time.monotonic() - started) < 60 * minutes:
        time.sleep(min(every, max(0, 60 * minutes - elapsed)))
        for soak in soaks:
            soak.sample()
        if time.monotonic() - started >= next_minute:
            for soak in soaks:
                soak.minute(time.monotonic() - started)
            next_minute += 60


def main():
    """Runs the soak and returns the exit status: 1 after errors, or if the memory drifts."""
    options = arguments()
    binary, kinds = binary_path(), [kind for kind in KINDS if not options.database or kind in options.database]
    (ROOT / "target").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-soak-", dir=ROOT / "target") as folder, ExitStack() as stack:
        soaks = [Soak(stack, binary, kind, Path(folder), options.rate) for kind in kinds]
        for soak in soaks:
            stack.enter_context(soak.load)
        watch(soaks, options.minutes, options.every)
        results = {soak.kind: soak.result(options.minutes) for soak in soaks}
    write_json(options.json, {"machine": machine(binary), "rate": options.rate, "results": results})
    failed = False
    for kind, result in results.items():
        bad = result["errors"] or result["logged_errors"] or abs(result["drift_percent"]) > DRIFT_LIMIT
        failed |= bool(bad)
        print(f"{kind}: {result['requests']:,} requests, {result['errors']} errors, "
              f"{result['logged_errors']} errors in the log, "
              f"RssAnon {result['early_bytes'] / 1e6:.1f} to {result['late_bytes'] / 1e6:.1f} MB ({result['drift_percent']:+.1f} %), at most {result['most_bytes'] / 1e6:.1f} MB"
              f"{'  FAILED' if bad else ''}")
        for what, count in result["error_kinds"].items():
            print(f"  {count} x {what}")
        for line in result["first_logged"]:
            print(f"  log: {line}")
    print(f"JSON: {options.json}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        sys.exit(f"bench-soak: {error}")
