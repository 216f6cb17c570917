#!/usr/bin/env python3
"""Measures how every list, filter, report and claim grows from a small to a large database (`make bench-growth`).

Fills a small and a large database of each kind with generated data, starts a service on both, and sends the same
requests to both in turn, so that noise of the machine affects both. Prints p50 and p95 at both sizes and their ratio.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from entente_bench.databases import open_database, psql
from entente_bench.growth.fill import fill
from entente_bench.growth.queries import queries
from entente_bench.latency import Connection, percentile
from entente_bench.report import machine, write_json
from entente_bench.service import ROOT, BenchError, Service, binary_path

# p50 at the large size divided by p50 at the small size, above which a request is flagged (P5).
LIMIT = 1.3
REPORTERS = 4
# Limits per kind of request: the number of requests, and the seconds of one after which no more are sent.
MOST = 1000
SLOW = 5


def arguments():
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", type=int, default=10_000, help="callback requests of the small database")
    parser.add_argument("--large", type=int, default=1_000_000, help="callback requests of the large database")
    parser.add_argument("--small-projects", type=int, help="default: 10,000, or as many as requests")
    parser.add_argument("--large-projects", type=int, help="default: 100,000, or as many as requests")
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append", help="only this database")
    parser.add_argument("--seconds", type=float, default=2, help="seconds per kind of request")
    parser.add_argument("--only", default="", help="only requests whose name contains this text")
    parser.add_argument("--json", type=Path, default=ROOT / "target/bench-growth.json", help="where to write the JSON")
    options = parser.parse_args()
    options.small_projects = options.small_projects or min(options.small, 10_000)
    options.large_projects = options.large_projects or min(options.large, 100_000)
    return options


def start(stack, binary, kind, size, requests, projects):
    """Returns a service on a new database with that many requests and projects."""
    folder = ROOT / "target"
    folder.mkdir(exist_ok=True)
    # Not /tmp, which can be in memory.
    scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-growth-", dir=folder))
    database = stack.enter_context(open_database(kind, f"growth_{size}", scratch))
    # With the worker, so that the events of the demo have a place in the feed.
    with Service(binary, database.url, scratch, command="demo", settings={"ENTENTE_WORKER": "true"}):
        pass
    took = fill(database, requests, projects)
    bytes_used = (database.path.stat().st_size if kind == "sqlite"
                  else int(psql(database.url, "SELECT pg_database_size(current_database())")))
    print(f"{kind} {size}: {requests:,} requests and {projects:,} projects in {took:.0f} s, {bytes_used / 1e6:,.0f} MB",
          flush=True)
    return stack.enter_context(Service(binary, database.url, scratch))


class Subject:
    """One service with its connection and its requests, by name."""

    def __init__(self, service, requests, projects):
        self.service = service
        self.connection = Connection(service.port)
        self.queries = {query.name: query for query in queries(service, requests, projects)}

    def once(self, name):
        """Sends a request and what undoes it; returns the seconds that the request took."""
        query = self.queries[name]
        status, body, seconds = self.connection.request(query.bytes())
        if status not in query.status:
            raise BenchError(f"{name}: {query.path} returned {status}: {body[:300].decode(errors='replace')}")
        if query.after:
            undo = query.after(json.loads(body))
            status, body, _ = self.connection.request(undo.bytes())
            if status != 200:
                raise BenchError(f"{undo.path} returned {status}: {body[:300].decode(errors='replace')}")
        return seconds

def in_turn(subjects, name, seconds, least=5):
    """Sends a request to each subject in turn for a while; returns how long each request took, by subject."""
    took, until = [[] for _ in subjects], time.monotonic() + seconds
    for number in range(MOST):
        pairs = list(zip(subjects, took))
        for subject, values in reversed(pairs) if number % 2 else pairs:
            values.append(subject.once(name))
        if time.monotonic() > until and number + 1 >= least or max(values[-1] for values in took) > SLOW:
            break
    return took


def measure(small, large, names, seconds):
    """Returns p50 and p95 of each request in milliseconds, at both sizes."""
    results = {}
    for name in names:
        took, error = ([], []), None
        try:
            in_turn((small, large), name, seconds / 10, least=2)
            took = in_turn((small, large), name, seconds)
        except BenchError as failure:
            error = str(failure)
        results[name] = {size: percentiles(values) for size, values in zip(("small", "large"), took)}
        results[name]["ratio"] = results[name]["large"]["p50"] / results[name]["small"]["p50"] if not error else None
        results[name]["error"] = error
        print(line(name, results[name]), flush=True)
    return results


def percentiles(values):
    """Returns p50 and p95 in milliseconds, and the number of values."""
    return {"p50": 1e3 * percentile(values, 0.5), "p95": 1e3 * percentile(values, 0.95), "requests": len(values)}


def line(name, result):
    """Returns a line of the table."""
    if result["error"]:
        return f"{name:36} ERROR {result['error']}"
    cells = "".join(f"{result[size]['p50']:10.2f} {result[size]['p95']:9.2f}" for size in ("small", "large"))
    return f"{name:36}{cells} {result['ratio']:8.2f}{'  > ' + str(LIMIT) if result['ratio'] > LIMIT else ''}"


def next_to_reports(subject, seconds):
    """Returns p50 and p95 of a project in milliseconds, alone and while reports of 30 days run without a pause."""
    stop, reports = threading.Event(), []

    def report():
        connection, data = Connection(subject.service.port), subject.queries["report, 30 days"].bytes()
        while not stop.is_set():
            reports.append(connection.request(data)[0])

    alone = reads(subject, seconds)
    threads = [threading.Thread(target=report) for _ in range(REPORTERS)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(0.2)
        busy = reads(subject, max(seconds, 5))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return {"alone": alone, "busy": busy, "reports": len(reports), "failed_reports": sum(one != 200 for one in reports)}


def reads(subject, seconds):
    """Reads a project for a while; returns the percentiles and the number of responses other than 200."""
    connection, data = Connection(subject.service.port), subject.queries["project"].bytes()
    took, failed, until = [], 0, time.monotonic() + seconds
    while time.monotonic() < until:
        status, _, duration = connection.request(data)
        took.append(duration)
        failed += status != 200
    connection.close()
    return percentiles(took) | {"failed": failed}


def run(binary, kind, options):
    """Measures one kind of database."""
    with ExitStack() as stack:
        small, large = (
            Subject(start(stack, binary, kind, size, requests, projects), requests, projects)
            for size, requests, projects in (("small", options.small, options.small_projects),
                                             ("large", options.large, options.large_projects)))
        names = [name for name in small.queries if name in large.queries and options.only in name]
        print(f"\n{kind + ', ms':36}{'small p50':>10} {'p95':>9}{'large p50':>10} {'p95':>9} {'ratio':>8}")
        results = measure(small, large, names, options.seconds)
        busy = next_to_reports(large, options.seconds)
        for title in ("alone", "busy"):
            one, what = busy[title], "alone" if title == "alone" else f"next to {REPORTERS} reports"
            print(f"large, a project {what}: p50 {one['p50']:.2f}, p95 {one['p95']:.2f} ms, "
                  f"{one['requests']} requests, {one['failed']} failed")
        print()
    return {"requests": results, "project_next_to_reports": busy}


def main():
    """Runs the measurements and writes the JSON."""
    options = arguments()
    binary = binary_path()
    kinds = [kind for kind in ("sqlite", "postgres") if not options.database or kind in options.database]
    results = {kind: run(binary, kind, options) for kind in kinds}
    sizes = {size: {"requests": getattr(options, size), "projects": getattr(options, f"{size}_projects")}
             for size in ("small", "large")}
    write_json(options.json, {"machine": machine(binary), "sizes": sizes, "limit": LIMIT, "results": results})
    for kind in kinds:
        rows = results[kind]["requests"]
        flagged = {name: row["ratio"] for name, row in rows.items() if row["ratio"] and row["ratio"] > LIMIT}
        failed = [name for name, row in rows.items() if row["error"]]
        print(f"{kind}: {len(rows)} requests, {len(flagged)} above {LIMIT} x, {len(failed)} failed")
        for name, ratio in sorted(flagged.items(), key=lambda item: -item[1]):
            print(f"  {ratio:8.2f} x  {name}")
    print(f"JSON: {options.json}")


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"bench-growth: {error}")
