"""The disk of the SQLite file becomes full under load, and has space again."""

import os
import sqlite3
import subprocess
import time
from contextlib import contextmanager

from scenario import Result, Scenario, short_or_full

_FAULT = "full disk"
# Readiness needs 64 MiB, so the disk is larger.
_SIZE_MIB = 192
# What is left when the disk counts as full: enough for a few changes, so that it becomes full in the middle of one.
_LEFT_BYTES = 512 * 1024
_FULL_SECONDS = 30
_REPORTED_SECONDS = 5


@contextmanager
def small_disk(folder):
    """Mounts a small file system in memory."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE_MIB}m", "tmpfs", folder], check=True,
                   capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=False)


def run(context):
    """Yields the result."""
    disk = context.scratch / "disk"
    try:
        with small_disk(disk):
            yield _fill(context, disk)
    except (OSError, subprocess.CalledProcessError) as error:
        text = f"a tmpfs cannot be mounted (needs root): {getattr(error, 'stderr', error)}"
        required = os.environ.get("REQUIRE_TMPFS") == "1"
        yield Result(_FAULT, "sqlite", note=text, skipped=not required, violations=[text] if required else [])


def _fill(context, disk):
    file, ballast = disk / "entente.db", disk / "ballast"
    with Scenario(_FAULT, "sqlite", context.scratch, f"sqlite://{file}") as scenario:
        with scenario.load():
            for _ in range(short_or_full(1, 3)):
                time.sleep(short_or_full(1, 3))
                _one_round(scenario, disk, ballast)
        result = scenario.check()
    # After the process has stopped.
    with sqlite3.connect(file) as database:
        found = database.execute("PRAGMA integrity_check").fetchall()
    if found != [("ok",)]:
        result.violations.append(f"PRAGMA integrity_check: {found[:5]}")
    if left := [path.name for path in disk.glob("*.space-test-*")]:
        result.violations.append(f"files of the space test are left: {left}")
    return result


def _one_round(scenario, disk, ballast):
    full = Counted(scenario.ledger)
    began = time.monotonic()
    with ballast.open("wb") as file:
        while (free := _free(disk)) > _LEFT_BYTES:
            file.write(bytes(min(free - _LEFT_BYTES, 1024 * 1024)))
            file.flush()
    until = time.monotonic() + _FULL_SECONDS
    while not full.refused() and time.monotonic() < until:
        time.sleep(0.1)
    scenario.expect(full.refused(), f"no change got 507 within {_FULL_SECONDS} s, {_free(disk)} bytes are free")
    reads = Counted(scenario.ledger)
    time.sleep(short_or_full(2, 5))
    scenario.expect(reads.reads()["200"] > 0, "no read succeeded while the disk was full")
    scenario.result.violations += scenario.watch.missed(began, _REPORTED_SECONDS)
    checks = {report.check for report in scenario.watch.reports if report.at > began and report.check}
    scenario.expect(checks == {"disk"}, f"/readyz named the checks {checks}, expected disk")
    ballast.unlink()
    scenario.recover(time.monotonic())
    scenario.expect(set(reads.reads()) == {"200"}, f"reads while the disk was full: {dict(reads.reads())}")


class Counted:
    """What the callers saw since a moment."""

    def __init__(self, ledger):
        self._ledger, self._reads, self._writes = ledger, ledger.reads.copy(), ledger.writes()

    def reads(self):
        """Returns the number of responses to reads by label."""
        return self._ledger.reads - self._reads

    def refused(self):
        """Returns the number of changes that got 507."""
        return (self._ledger.writes() - self._writes)["507 insufficient_storage"]


def _free(folder):
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize
