"""Asks a process for its health all the time, on both addresses."""

import json
import threading
import time
from dataclasses import dataclass

from entente_bench.service import Client

_INTERVAL = 0.1
# A health check that takes longer counts as failed, as for an orchestrator.
TIMEOUT_SECONDS = 2


@dataclass(frozen=True)
class Report:
    """The health of a process at a time of the monotonic clock."""

    at: float
    live: int
    # The status of /readyz on each address, and the check that failed.
    ready: tuple
    check: str


def ask(port, path):
    """Returns the status and the parsed body; 0 if there is no response in time."""
    client = Client(port, timeout=TIMEOUT_SECONDS)
    try:
        status, text = client.send("GET", path)
        return status, json.loads(text)
    except (OSError, ValueError):
        return 0, {}
    finally:
        client.close()


class Watch:
    """Asks every 0.1 seconds. Use it in a `with` statement, which stops it."""

    def __init__(self, ports):
        """`ports` are those that serve the health checks; without any, nothing is asked."""
        self.ports, self.reports, self._stop = ports, [], threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.wait(_INTERVAL):
            ports = self.ports
            if not ports:
                continue
            live = [ask(port, "/livez")[0] for port in ports]
            ready = [ask(port, "/readyz") for port in ports]
            checks = {body.get("check", "") for _, body in ready} - {""}
            self.reports.append(Report(time.monotonic(), min(live), tuple(status for status, _ in ready),
                                       ",".join(sorted(checks))))

    def not_live(self):
        """Returns violations: the process must be alive all the time."""
        bad = [report for report in self.reports if report.live != 200]
        if bad or not self.reports:
            yield f"/livez was not 200 in {len(bad)} of {len(self.reports)} checks"

    def not_ready_since(self, began):
        """Returns the seconds after `began` until all addresses reported 503; None if they never did."""
        for report in self.reports:
            if report.at >= began and set(report.ready) == {503}:
                return report.at - began
        return None

    def missed(self, began, limit):
        """Returns violations: a fault must be reported within the limit."""
        seconds = self.not_ready_since(began)
        if seconds is None or seconds > limit:
            when = "never" if seconds is None else f"only after {seconds:.1f} s"
            yield f"/readyz reported the fault {when}, expected within {limit} s"

    def unready(self, began):
        """Returns violations: a fault that is none for the whole process must not make it unready."""
        bad = [report for report in self.reports if report.at >= began and set(report.ready) != {200}]
        if bad:
            yield f"/readyz was not 200 in {len(bad)} checks, such as {bad[0]}"
