"""Turns recorded statements into scripts for pgbench and for the peer, with parameters that differ where they have to.

A parameter that was the same in every recorded request is a constant. Ids, phone numbers, hashes and large numbers that
differed between requests are new in every transaction; other values, such as times, are those of the last request.
"""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

from .service import BenchError

_WARM_UP = 8
_SAMPLES = 3
# Time until the log of a request has arrived, in seconds.
_SETTLE = 0.05

# Expressions for pgbench, from the random numbers `a` (14 digits) and `b` (12 digits), and the number of the value.
_NEW = {
    "id": "('{prefix}_{number:02}' || (:a)::text || left((:b)::text, 10))",
    "phone": "('+' || (:a)::text)",
    "hash": "(md5('{number}' || (:a)::text) || md5((:b)::text))",
    "number": "((:a)::bigint + {number})",
}


@dataclass(frozen=True)
class Value:
    """A parameter: a constant, or one of the kinds in `_NEW`. Equal values of one request have the same number."""

    constant: str | None = None
    kind: str = "constant"
    number: int = 0
    prefix: str = ""


@dataclass
class Recording:
    """The statements of a request, and their parameters."""

    name: str
    statements: list  # of (sql, [Value])

    def count(self):
        """Returns the number of statements without BEGIN and COMMIT."""
        return sum(not sql.startswith(("BEGIN", "SET CONSTRAINTS", "COMMIT")) for sql, _ in self.statements)

    def write_pgbench(self, folder):
        """Writes the script for pgbench; returns its path and the variables to define."""
        variables, lines = {}, ["\\set a random(10000000000000, 99999999999999)",
                                "\\set b random(100000000000, 999999999999)"]
        for at, (sql, values) in enumerate(self.statements):
            def replacement(found, at=at, values=values):
                value = values[int(found[1]) - 1]
                if value.kind != "constant":
                    return _NEW[value.kind].format(prefix=value.prefix, number=value.number)
                if value.constant is None:
                    return "NULL"
                return _variable(variables, f"s{at}_{found[1]}", value.constant)

            # pgbench would take the rest of a text after a colon for a variable.
            text = re.sub(r"'(?:[^']|'')*:\w(?:[^']|'')*'",
                          lambda found, at=at: _variable(variables, f"t{at}_{found.start()}",
                                                         found[0][1:-1].replace("''", "'")), sql)
            lines.append(re.sub(r"\$(\d+)", replacement, text) + ";")
        path = Path(folder) / f"{self.name}.sql"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path, list(variables.items())

    def as_json(self):
        """Returns the recording for the peer."""
        return [{"sql": sql, "values": [vars(value) for value in values]} for sql, values in self.statements]


def _variable(variables, name, text):
    """Defines a variable, or finds one with the same text: PostgreSQL allows 65,535 parameters, pgbench 255."""
    if text == "":
        return "''"
    for known, value in variables.items():
        if value == text:
            return f":{known}"
    variables[name] = text
    return f":{name}"


def record(recorder, name, send):
    """Records the statements of a request. `send(number)` sends it; different numbers are different visitors."""
    for number in range(_WARM_UP):
        send(number)
    samples = []
    for number in range(_WARM_UP, _WARM_UP + _SAMPLES):
        time.sleep(_SETTLE)
        recorder.take()
        send(number)
        time.sleep(_SETTLE)
        samples.append(recorder.take())
    return Recording(name, _merge(name, samples))


def record_once(recorder, name, send):
    """Records a request that can only be sent once, with all of its values constant."""
    time.sleep(_SETTLE)
    recorder.take()
    send()
    time.sleep(_SETTLE)
    return Recording(name, [(one.sql, [Value(text) for text in one.parameters]) for one in recorder.take()])


def _merge(name, samples):
    texts = {tuple(re.sub(r"\$\d+", "$", one.sql) for one in sample) for sample in samples}
    if len(texts) != 1:
        raise BenchError(f"{name}: requests send different statements: {[len(sample) for sample in samples]}")
    numbers, merged = {}, []
    for at, last in enumerate(samples[-1]):
        values = []
        for position, text in enumerate(last.parameters):
            differs = any(sample[at].parameters[position] != text for sample in samples)
            values.append(_new_value(text, numbers) if differs else Value(text))
        merged.append((last.sql, values))
    return merged


def _new_value(text, numbers):
    patterns = {"id": r"[a-z]{3}_[0-9a-z]{26}", "phone": r"\+\d{6,15}", "hash": r"[0-9a-f]{64}", "number": r"-?\d{6,}"}
    for kind, pattern in patterns.items():
        if text is not None and re.fullmatch(pattern, text):
            number = numbers.setdefault(text, len(numbers) + 1)
            return Value(None, kind, number, text[:3] if kind == "id" else "")
    return Value(text)


def write_json(path, recordings):
    """Writes recordings for the peer."""
    path.write_text(json.dumps({one.name: one.as_json() for one in recordings}, indent=1) + "\n", encoding="utf-8")
