"""The figures of `make bench` and their targets."""

from dataclasses import asdict, dataclass
from statistics import median


@dataclass
class Figure:
    """A measured value, in the target that it belongs to. Without a limit it is for information."""

    target: str
    name: str
    database: str
    value: float | None
    unit: str = ""
    limit: float | None = None
    at_least: bool = True
    note: str = ""

    def met(self):
        """Returns whether the target is met, or None if there is none or nothing was measured."""
        if self.value is None or self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def row(self):
        """Returns the cells of the table."""
        wanted = "" if self.limit is None else f"{'>=' if self.at_least else '<='} {number(self.limit)} {self.unit}"
        value = "not measured" if self.value is None else f"{number(self.value)} {self.unit}"
        result = {True: "met", False: "MISSED", None: ""}[self.met()]
        return self.target, self.database, self.name, value.strip(), wanted.strip(), result, self.note

    def as_json(self):
        """Returns the figure for the JSON."""
        return asdict(self) | {"met": self.met()}


def number(value):
    """Returns a number with three or more significant digits."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(figures):
    """Returns the figures as a table in Markdown, which is also readable as text."""
    rows = [("", "database", "figure", "measured", "target", "result", "note"), *(one.row() for one in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def in_rounds(rounds, *runs):
    """Runs each of the measurements in turn, several times. Returns the results of each."""
    results = [[] for _ in runs]
    for _ in range(rounds):
        for run, result in zip(runs, results):
            result.append(run())
    return results


def rate(loads):
    """Returns the median of the requests per second."""
    return median(load.rate for load in loads)


def failures(loads):
    """Returns a note if requests failed."""
    failed = sum(load.failed for load in loads)
    return f"{failed} failed" if failed else ""
