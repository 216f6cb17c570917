"""What one caller gets, another one who has no part in it must not get.

Each right request goes out in the name of somebody else first, so that what it is about is still there, and then in
the name of the administrator. If that succeeds, or fails for the state of the thing, the other one must have been
turned away.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response

TURNED_AWAY = (401, 403, 404)
# Answers that only somebody can have who may look at the thing: success, not modified, a conflict, a stale version.
TELLING = (*range(200, 300), 304, 409, 412)
# So often an operation is tried, with different things, in somebody else's name.
ENOUGH = 8

# A person with every scope but `admin`, and no part in anything.
STRANGER = f"Bearer {os.environ['STRANGER']}"
# A person whose only scope, for webhooks, opens nothing to people. It stands in where the scope alone decides: there a
# stranger who has it is entitled.
OUTSIDER = f"Bearer {os.environ['OUTSIDER']}"
OPEN_BY_SCOPE = {
    "Directory": "everybody in the house finds everybody",
    "Callbacks": "any agent takes any request of the public, and sees the roster",
    "Calendar": "agents see the days on which nobody calls",
    "list_audit_entries": "audit:read is for auditors, who see all",
}
# Lists of what the caller has a part in: for a stranger they are empty.
OWN_PART = {"list_projects", "list_memberships_of_person", "list_assignments_of_person"}

# What the other one was answered, by the id of the request.
_answers: dict[str, Response] = {}
# How often an operation could be compared; 0 for those that were only tried.
_compared: Counter[str] = Counter()


def _other(case: Case[Any]) -> str | None:
    """Who must be turned away; nobody where the document asks for no token."""
    raw = case.operation.definition.raw
    if {} in raw.get("security", ()):
        return None
    return OUTSIDER if OPEN_BY_SCOPE.keys() & {raw["operationId"], *raw["tags"]} else STRANGER


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, object]) -> None:
    """Asks in the name of the other one."""
    other = _other(case)
    if other is None:
        return
    _compared[case.operation.label] += 0
    right = case.meta is not None and case.meta.generation.mode.is_positive
    if right and _compared[case.operation.label] < ENOUGH:
        headers = case.headers.copy()
        headers["Authorization"] = other
        request = case.derive(headers=headers)
        _answers[case.id] = case.operation.schema.transport.send(request, **kwargs)


@schemathesis.check
class OnlyForTheEntitled:
    """Whoever has no part in a thing is turned away."""

    def after_response(self, ctx: CheckContext, response: Response, case: Case[Any]) -> None:
        """Compares the two answers."""
        other = _answers.pop(case.id, None)
        if other is None or response.status_code not in TELLING:
            return
        _compared[case.operation.label] += 1
        if other.status_code in TURNED_AWAY:
            return
        if case.operation.definition.raw["operationId"] in OWN_PART and other.json().get("data") == []:
            return
        raise AssertionError(
            f"Somebody else was not turned away\n\n"
            f"Administrator: {response.status_code}\nSomebody else: {other.status_code} {other.text[:500]}"
        )

    def after_run(self, ctx: CheckContext) -> None:
        """Names the operations that were never compared."""
        never = [label for label, times in _compared.items() if not times]
        print(f"\n{len(_compared) - len(never)} of {len(_compared)} operations were tried by somebody else")
        if never:
            raise AssertionError("Never tried by somebody else:\n" + "\n".join(never))
