"""The responses that the clients of a test received."""

import itertools
import threading
from collections import Counter
from dataclasses import dataclass, field

# What a response says about a change.
DONE, NOT_DONE, UNKNOWN, WRONG = "done", "not done", "unknown", "wrong"
_SAYS_NOT_DONE = {(503, "unavailable"), (429, "too_many_requests"), (507, "insufficient_storage")}
# The first request with the key may be done, or not.
_SAYS_UNKNOWN = {(503, "outcome_unknown"), (409, "idempotency_in_progress")}
# No response.
LOST = 0
LOST_READ = "got no response"


@dataclass(frozen=True)
class Response:
    """A response, or `LOST` with the error."""

    status: int
    code: str = ""
    # The id of the resource that was created.
    made: str = ""
    seconds: float = 0.0

    def meaning(self):
        """Returns what it says about a change."""
        if 200 <= self.status < 300:
            return DONE
        seen = self.status, self.code
        if seen in _SAYS_NOT_DONE:
            return NOT_DONE
        return UNKNOWN if seen in _SAYS_UNKNOWN or self.status == LOST else WRONG

    def label(self):
        """Returns it as the table shows it."""
        if self.status == LOST:
            return "lost"
        return f"{self.status} {self.code}".strip()


@dataclass
class Operation:
    """A change with all tries to make it. `Request-Id` is different for each try."""

    kind: str
    number: int
    # The idempotency key; empty if the client sends none.
    key: str
    request_ids: list = field(default_factory=list)
    responses: list = field(default_factory=list)

    def name(self):
        """Returns the name that identifies it in messages and request ids."""
        return f"{self.kind}-{self.number}"

    def meanings(self):
        """Returns what its responses say, without repetitions."""
        return {response.meaning() for response in self.responses}

    def times(self):
        """Returns how often it can have been done, as least and most."""
        meanings = self.meanings()
        if DONE in meanings:
            # A repetition without a key does the work again.
            return 1, 1
        return (0, 0) if meanings <= {NOT_DONE} else (0, 1)

    def is_open(self):
        """Returns whether a repetition with the same key is due: always after an unknown outcome, otherwise for half of
        the operations, because it must not be done by itself."""
        if not self.key or DONE in self.meanings():
            return False
        return UNKNOWN in self.meanings() or self.number % 2 == 0


class Ledger:
    """Everything that was sent and received. Safe to use from several threads."""

    def __init__(self):
        self._lock, self._numbers = threading.Lock(), itertools.count(1)
        self.operations, self.reads, self.complaints = [], Counter(), []
        self.slowest_read = self.slowest_write = 0.0
        # The seconds that each successful read took, and each change that was done.
        self.read_seconds, self.write_seconds = [], []

    def new(self, kind, with_key=True):
        """Returns a new operation."""
        with self._lock:
            number = next(self._numbers)
            operation = Operation(kind, number, f"{kind}-key-{number}" if with_key else "")
            self.operations.append(operation)
        return operation

    def note_write(self, operation, request_id, response):
        """Notes the response to a try."""
        with self._lock:
            operation.request_ids.append(request_id)
            operation.responses.append(response)
            self.slowest_write = max(self.slowest_write, response.seconds)
            if response.meaning() == DONE:
                self.write_seconds.append(response.seconds)

    def note_read(self, response):
        """Notes the response to a read."""
        with self._lock:
            self.reads[response.label()] += 1
            self.slowest_read = max(self.slowest_read, response.seconds)
            if response.meaning() == DONE:
                self.read_seconds.append(response.seconds)

    def complain(self, text):
        """Notes a violation."""
        with self._lock:
            self.complaints.append(text)

    def forgive_lost_reads(self):
        """Removes the complaints about reads without a response, for a process that was stopped on purpose."""
        with self._lock:
            self.complaints = [text for text in self.complaints if LOST_READ not in text]

    def writes(self):
        """Returns the number of write responses by label."""
        return Counter(response.label() for one in self.operations for response in one.responses)
