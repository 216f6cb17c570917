#!/usr/bin/env python3
"""Measures the targets P1 to P9 (`make bench`) and prints them as a table and as JSON.

Needs wrk, pgbench, valgrind, node, and a PostgreSQL server on which databases may be created and statements logged
(ENTENTE_TEST_POSTGRES_URL). Everything runs on this machine, so only ratios within one run mean something.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from entente_bench import callgrind, single, throughput, webhooks
from entente_bench.budget import Budget
from entente_bench.endpoints import ENDPOINTS
from entente_bench.figures import Figure, table
from entente_bench.report import machine, write_json
from entente_bench.service import ROOT, BenchError, binary_path
from entente_bench.session import Session
from guard import measure_all

SECTIONS = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9")
GROWTH = ROOT / "target/bench-growth.json"
SOAK = ROOT / "target/bench-soak.json"


def arguments():
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5, help="seconds per run of a load generator")
    parser.add_argument("--rounds", type=int, default=3, help="runs of which the median counts")
    parser.add_argument("--waiting", type=int, default=1_000_000, help="waiting deliveries of a measurement of P6")
    parser.add_argument("--only", default=",".join(SECTIONS), help="only these targets, such as P2,P8")
    parser.add_argument("--json", type=Path, default=ROOT / "target/bench.json", help="where to write the JSON")
    return parser.parse_args()


def p1(binary):
    """Instructions per request."""
    if callgrind.version() is None:
        yield Figure("P1", "instructions per request", "", None, note="valgrind is missing")
        return
    limits = Budget.read().limits
    results = measure_all(binary, ("sqlite", "postgres"), ENDPOINTS, callgrind.REQUESTS)
    for kind, (counts, _) in results.items():
        for name, count in counts.items():
            yield Figure("P1", f"instructions of {name}", kind, count / 1e3, "k", limits[name] / 1e3, False)


def p5():
    """The largest growth, from the last run of `make bench-growth`."""
    if not GROWTH.exists():
        yield Figure("P5", "largest growth of p50", "", None, "x", 1.3, False, "run make bench-growth first")
        return
    data = json.loads(GROWTH.read_text(encoding="utf-8"))
    sizes = " to ".join(f"{data['sizes'][size]['requests']:,}" for size in ("small", "large"))
    for kind, result in data["results"].items():
        ratios = {name: row["ratio"] for name, row in result["requests"].items() if row["ratio"]}
        worst = max(ratios, key=ratios.get)
        above = sum(ratio > data["limit"] for ratio in ratios.values())
        yield Figure("P5", f"largest growth of p50, {sizes}", kind, ratios[worst], "x", 1.3, False,
                     f"{worst}; {above} of {len(ratios)} above; {data['machine']['date']}")


def soak():
    """The drift of the memory, from the last run of `make bench-soak`."""
    if not SOAK.exists():
        yield Figure("P4", "soak: drift of RssAnon", "", None, "%", 5, False, "run make bench-soak first")
        return
    data = json.loads(SOAK.read_text(encoding="utf-8"))
    for kind, result in data["results"].items():
        yield Figure("P4", "soak: drift of RssAnon", kind, abs(result["drift_percent"]), "%", 5, False,
                     f"{result['minutes']:.0f} min, {result['errors']} errors; {data['machine']['date']}")


def sections(stack, binary, scratch, options, wanted):
    """Yields the figures of the targets, in an order that measures idle things first."""
    seconds, rounds = options.seconds, options.rounds
    if "P1" in wanted:
        yield from p1(binary)
    if wanted & {"P2", "P3", "P4", "P7", "P8", "P9"}:
        sqlite, postgres = (Session(stack, binary, kind, scratch) for kind in ("sqlite", "postgres"))
        if "P7" in wanted:
            yield from single.p7(sqlite)
            yield from single.p7(postgres)
        recordings = throughput.record(postgres) if wanted & {"P2", "P4", "P8", "P9"} else {}
        if "P8" in wanted:
            yield from throughput.p8(recordings)
        if "P2" in wanted:
            yield from throughput.p2(postgres, recordings, seconds, rounds)
        if "P3" in wanted:
            yield from single.p3(sqlite, seconds, rounds)
        if "P4" in wanted:
            yield from throughput.p4(sqlite, seconds)
            yield from throughput.p4(postgres, seconds, recordings)
        if "P9" in wanted:
            yield from throughput.p9(postgres, recordings, seconds, rounds)
        if "P7" in wanted:
            for session in (sqlite, postgres):
                if session.most_memory:
                    yield from single.memory_under_load(session)
        stack.close()
    if "P4" in wanted:
        yield from soak()
    if "P5" in wanted:
        yield from p5()
    if "P6" in wanted:
        for kind in ("sqlite", "postgres"):
            yield from webhooks.p6(binary, kind, scratch, 2 * seconds, options.waiting)
        yield from webhooks.fairness(binary)


def main():
    """Runs the measurements, and prints and writes the figures."""
    options = arguments()
    wanted = set(options.only.split(","))
    if not wanted <= set(SECTIONS):
        raise BenchError(f"unknown targets: {', '.join(sorted(wanted - set(SECTIONS)))}")
    needed = {"wrk": wanted - {"P1", "P5"}, "pgbench": wanted & {"P2", "P4", "P6"}, "node": wanted & {"P6"}}
    missing = [name for name, targets in needed.items() if targets and not shutil.which(name)]
    if missing:
        raise BenchError(f"missing: {', '.join(missing)} (Debian packages: wrk, postgresql, nodejs)")
    binary, started, figures = binary_path(), time.monotonic(), []
    about = machine(binary)
    print(", ".join(f"{name} {value}" for name, value in about.items()), flush=True)
    (ROOT / "target").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "target") as scratch, ExitStack() as stack:
        for figure in sections(stack, binary, Path(scratch), options, wanted):
            figures.append(figure)
            print("  ".join(cell for cell in figure.row() if cell), flush=True)
    figures.sort(key=lambda one: one.target)
    print(f"\n{table(figures)}\n\n{time.monotonic() - started:.0f} s")
    write_json(options.json, {"machine": about, "seconds": options.seconds, "rounds": options.rounds,
                              "figures": [figure.as_json() for figure in figures]})
    print(f"JSON: {options.json}")


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"bench: {error}")
