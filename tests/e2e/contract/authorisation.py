"""Checks that callers without access to a resource are denied.

Each valid request is sent twice: first with the token of a caller without access, while the resource still exists, and
then with the token of the administrator. If the second response reveals that the resource exists (success or a
conflict), the first one must have been a denial.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response

DENIED = (401, 403, 404)
# Responses that require access to the resource: success, not modified, conflict, precondition failed.
REVEALING = (*range(200, 300), 304, 409, 412)
# Maximum number of comparisons per operation.
MAX_COMPARISONS = 8

# A person with every scope except `admin` and `directory:write`, who is not in any project.
STRANGER = f"Bearer {os.environ['STRANGER']}"
# A person whose only scope, `webhooks:manage`, gives people access to nothing. Used for operations for which a scope is
# sufficient, because there STRANGER has access.
OUTSIDER = f"Bearer {os.environ['OUTSIDER']}"
ACCESS_BY_SCOPE = {
    "Directory": "every person with the scope projects:read sees the directory",
    "Callbacks": "people with the scopes for callbacks see and change all callback requests, and see the roster",
    "Calendar": "people with the scope callbacks:read see calendars and their closed days",
    "list_audit_entries": "auditors see all entries",
}
# Operations that no caller with a bearer token can execute.
DENIED_TO_ALL = {"submit_callback_feedback"}
# Lists of the projects of the caller: empty instead of a denial.
FILTERED_LISTS = {"list_projects", "list_person_memberships", "list_person_assignments"}

# Responses to the caller without access, by the id of the request.
_responses: dict[str, Response] = {}
# Number of comparisons per operation; 0 if an operation was called but never compared.
_compared: Counter[str] = Counter()


def _token_without_access(case: Case[Any]) -> str | None:
    """Returns the token of the caller that must be denied, or None if the operation needs no token."""
    raw = case.operation.definition.raw
    if {} in raw.get("security", ()) or raw["operationId"] in DENIED_TO_ALL:
        return None
    return OUTSIDER if ACCESS_BY_SCOPE.keys() & {raw["operationId"], *raw["tags"]} else STRANGER


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, object]) -> None:
    """Sends the request with the token of the caller without access."""
    token = _token_without_access(case)
    if token is None:
        return
    _compared[case.operation.label] += 0
    valid = case.meta is not None and case.meta.generation.mode.is_positive
    if valid and _compared[case.operation.label] < MAX_COMPARISONS:
        headers = case.headers.copy()
        headers["Authorization"] = token
        request = case.derive(headers=headers)
        _responses[case.id] = case.operation.schema.transport.send(request, **kwargs)


@schemathesis.check
class AccessIsDenied:
    """Checks that callers without access to a resource are denied."""

    def after_response(self, ctx: CheckContext, response: Response, case: Case[Any]) -> None:
        """Compares the two responses."""
        other = _responses.pop(case.id, None)
        if other is None or response.status_code not in REVEALING:
            return
        _compared[case.operation.label] += 1
        if other.status_code in DENIED:
            return
        if case.operation.definition.raw["operationId"] in FILTERED_LISTS and other.json().get("data") == []:
            return
        raise AssertionError(
            f"A caller without access was not denied\n\n"
            f"Administrator: {response.status_code}\nWithout access: {other.status_code} {other.text[:500]}"
        )

    def after_run(self, ctx: CheckContext) -> None:
        """Fails if an operation was never compared."""
        never = [label for label, times in _compared.items() if not times]
        print(f"\n{len(_compared) - len(never)} of {len(_compared)} operations were tested without access")
        if never:
            raise AssertionError("Never tested without access:\n" + "\n".join(never))
