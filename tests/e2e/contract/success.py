"""Checks that every operation was tested with at least one successful request."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, Response

# Only visitors can do this, with their secret and after the promised time.
FOR_VISITORS = {"POST /v1/callback-requests/{id}/feedback"}


@schemathesis.check
class EveryOperationSucceeds:
    """Every operation must succeed at least once with a valid request, except those for visitors."""

    def __init__(self) -> None:
        self.statuses: defaultdict[str, Counter[int]] = defaultdict(Counter)

    def after_response(self, ctx: CheckContext, response: Response, case: Case[Any]) -> None:
        """Counts the responses of the operation, but not those of other methods on its path."""
        statuses = self.statuses[case.operation.label]
        own_method = response.request.method == case.operation.method.upper()
        if case.meta is not None and case.meta.generation.mode.is_positive and own_method:
            statuses[response.status_code] += 1

    def after_run(self, ctx: CheckContext) -> None:
        """Fails if an operation never succeeded."""
        never = {
            label: dict(statuses)
            for label, statuses in self.statuses.items()
            if label not in FOR_VISITORS and not any(200 <= status < 300 for status in statuses)
        }
        print(f"\n{len(self.statuses) - len(never)} of {len(self.statuses)} operations succeeded")
        if never:
            raise AssertionError("\n".join(f"{label} never succeeded: {statuses}" for label, statuses in never.items()))
