#!/usr/bin/env python3
"""Counts the instructions of each endpoint and compares them with benches/budget.toml (`make bench-guard`).

Needs valgrind and a PostgreSQL server (ENTENTE_TEST_POSTGRES_URL). ENTENTE_BIN is the binary, by default
target/release/entente. Exits with 1 if a count is more than 3 % above its budget in two measurements, unless the budget
was taken with another compiler, profile, valgrind or processor: then it only warns.
"""

import argparse
import shlex
import sys
import tempfile
import threading
import time
from pathlib import Path

from entente_bench import callgrind, dataset
from entente_bench.budget import PATH, TOLERANCE, Budget, toolchain
from entente_bench.databases import open_database
from entente_bench.endpoints import BY_NAME, ENDPOINTS
from entente_bench.service import ROOT, BenchError, binary_path

OUTPUT = ROOT / "target/bench-guard"
KINDS = ("sqlite", "postgres")


def arguments():
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write the counts to the budget")
    parser.add_argument("--database", choices=KINDS, action="append", help="only this database")
    parser.add_argument("--only", metavar="NAME,...", help="only these endpoints")
    parser.add_argument("--budget", type=Path, default=PATH, help="the budget (default: benches/budget.toml)")
    parser.add_argument("--requests", type=int, default=callgrind.REQUESTS, help="requests per endpoint")
    return parser.parse_args()


def measure(binary, kind, endpoints, requests):
    """Returns the instructions per request on one kind of database, and the files of callgrind, by endpoint."""
    counts, files = {}, {}
    with tempfile.TemporaryDirectory(prefix="entente-guard-") as scratch, \
            open_database(kind, "guard", scratch) as database:
        dataset.prepare(binary, database.url, scratch)
        with callgrind.Counter(binary, database.url, scratch, OUTPUT, kind) as counter:
            for endpoint in endpoints:
                counts[endpoint.name], files[endpoint.name] = counter.count(endpoint, requests)
    return counts, files


def measure_all(binary, kinds, endpoints, requests):
    """Measures the databases at the same time: the counts do not depend on the load of the machine."""
    results, errors = {}, []

    def run(kind):
        try:
            results[kind] = measure(binary, kind, endpoints, requests)
        except (BenchError, OSError) as error:
            errors.append(f"{kind}: {error}")

    threads = [threading.Thread(target=run, args=(kind,)) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise BenchError("\n".join(errors))
    return {kind: results[kind] for kind in kinds}


def repeat(results, budget, binary, requests):
    """Measures what is above its budget again and keeps the lower count: the background work of the service only adds
    instructions, and more of it falls into a count while other work slows the machine down."""
    names = {kind: [name for name, count in counts.items() if exceeds(count, budget.counts[kind].get(name))]
             for kind, (counts, _) in results.items()}
    names = {kind: above for kind, above in names.items() if above}
    if not names:
        return
    endpoints = [BY_NAME[name] for name in dict.fromkeys(sum(names.values(), []))]
    for kind, (counts, _) in measure_all(binary, list(names), endpoints, requests).items():
        for name in names[kind]:
            results[kind][0][name] = min(results[kind][0][name], counts[name])


def exceeds(count, allowed):
    """Returns whether the count is too far above its budget."""
    return allowed is not None and count / allowed - 1 > TOLERANCE


def verdict(count, allowed, limit):
    """Returns whether the count is above its budget, and what to say about it."""
    notes = [f"above the target ({count / limit:.2f} x)"] if count > limit else []
    if allowed is None:
        return False, ", ".join(["no budget", *notes])
    change = count / allowed - 1
    if change < -TOLERANCE:
        notes.insert(0, "below budget: lower it with UPDATE=1")
    fails = exceeds(count, allowed)
    return fails, ", ".join(["ABOVE BUDGET"] * fails + notes)


def compare(results, budget):
    """Prints the table; returns what is above its budget and what has none, as (database, endpoint)."""
    above, missing = [], []
    print(f"{'database':9} {'endpoint':12} {'instructions':>12} {'budget':>12} {'change':>8} {'target':>12}")
    for kind, (counts, _) in results.items():
        for name, count in counts.items():
            allowed, limit = budget.counts[kind].get(name), budget.limits[name]
            fails, note = verdict(count, allowed, limit)
            above += [(kind, name)] * fails
            missing += [(kind, name)] * (allowed is None)
            shown = (f"{allowed:,}", f"{100 * (count / allowed - 1):+.1f} %") if allowed else ("", "")
            print(f"{kind:9} {name:12} {count:12,.0f} {shown[0]:>12} {shown[1]:>8} {limit:12,}  {note}".rstrip())
    return above, missing


def update(results, budget, tools, path):
    """Writes the counts to the budget, and names those above their targets."""
    for kind, (counts, _) in results.items():
        budget.counts[kind] |= {name: round(count) for name, count in counts.items()}
    budget.taken_with = tools
    budget.write(path)
    print(f"\n{path} is updated.")
    above = [f"{kind} {name}: {count:,} instead of {budget.limits[name]:,}"
             for kind in KINDS for name, count in budget.counts[kind].items() if count > budget.limits[name]]
    if above:
        print("These budgets are ABOVE THEIR TARGETS (P1):", *above, sep="\n  ")


def explain(failed, results):
    """Prints how to find what grew."""
    print("\nWhere the instructions are spent:")
    for kind, name in failed:
        path = results[kind][1][name].relative_to(ROOT)
        print(f"  callgrind_annotate --inclusive=yes {shlex.quote(str(path))} | head -60")
    print("A stripped binary has no names of functions. Build one with names, and measure it:\n"
          "  CARGO_PROFILE_RELEASE_STRIP=none CARGO_PROFILE_RELEASE_DEBUG=line-tables-only "
          "cargo build --release --locked --target-dir target/symbols\n"
          "  ENTENTE_BIN=target/symbols/release/entente benches/guard.py --only "
          + ",".join(dict.fromkeys(name for _, name in failed)))


def main():
    """Runs the guard and returns the exit status."""
    options = arguments()
    valgrind = callgrind.version()
    if valgrind is None:
        raise BenchError("valgrind is missing; install it (Debian: apt-get install valgrind)")
    binary, budget = binary_path(), Budget.read(options.budget)
    names = options.only.split(",") if options.only else [endpoint.name for endpoint in ENDPOINTS]
    unknown = [name for name in names if name not in BY_NAME]
    if unknown:
        raise BenchError(f"unknown endpoints: {', '.join(unknown)}")
    kinds = [kind for kind in KINDS if not options.database or kind in options.database]
    started = time.monotonic()
    tools = toolchain(binary, valgrind)
    results = measure_all(binary, kinds, [BY_NAME[name] for name in names], options.requests)
    if not options.update:
        repeat(results, budget, binary, options.requests)
    above, missing = compare(results, budget)
    print(f"{'; '.join(tools.values())}; {time.monotonic() - started:.0f} s")
    if options.update:
        update(results, budget, tools, options.budget)
        return 0
    if missing:
        print(f"\nbench-guard: FAILED: {len(missing)} counts have no budget. Add them with: make bench-guard UPDATE=1")
    different = budget.differences(tools)
    if different:
        print("\nThe budget was taken with another toolchain, so a count above it is only a warning. Update it with: "
              "make bench-guard UPDATE=1", *different, sep="\n  ")
    if above:
        explain(above, results)
        names = ", ".join(f"{kind} {name}" for kind, name in above)
        result = "WARNING" if different else "FAILED"
        print(f"\nbench-guard: {result}: more than {TOLERANCE:.0%} above the budget: {names}")
    return 1 if missing or (above and not different) else 0


if __name__ == "__main__":
    Path(OUTPUT).mkdir(parents=True, exist_ok=True)
    try:
        sys.exit(main())
    except BenchError as error:
        sys.exit(f"bench-guard: {error}")
