"""Keeps the demo data in a state in which all operations can succeed."""

from __future__ import annotations

import os
import re
from itertools import count
from typing import Any

import schemathesis
from requests.structures import CaseInsensitiveDict
from schemathesis import Case, HookContext
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CaseMetadata, CoveragePhaseData, StatefulPhaseData

# The person in the token of the administrator, and a person that no other operation needs.
ADMINISTRATOR = "per_01kdvdna00e008000000000001"
SPARE = "per_01kdvdna00e008000000000008"
# The agents of the administrator and of the brand manager. Without the first one, the administrator could not claim
# callback requests or call visitors.
ADMINISTRATOR_AGENT = "agt_01kdvdna00e008000000000001"
SPARE_AGENT = "agt_01kdvdna00e008000000000002"
# Operations that could remove the access of the administrator, and what they change instead.
REMOVES_ACCESS = {
    "deactivate_person": (ADMINISTRATOR, SPARE),
    "erase_person": (ADMINISTRATOR, SPARE),
    "update_person": (ADMINISTRATOR, SPARE),
    "delete_agent": (ADMINISTRATOR_AGENT, SPARE_AGENT),
}

# Operations that only applications can execute.
FOR_APPLICATIONS = {"get_person_inbox"}

# Values that the document cannot contain: the secret of a calendar feed, and a pending delivery.
CREATED_FOR_THIS_RUN = {
    "get_agent_calendar": {"feed": os.environ["FEED"]},
    "cancel_webhook_delivery": {"id": os.environ["DELIVERY"]},
}

# Replaced by new numbers, because a number may have two open requests only.
PHONES = {"601 123 456", "+420 601 123 456", "+44 20 7946 0958"}

# The pattern of Idempotency-Key in the document.
KEY = re.compile("[!-~]{1,255}")

_requests = count(1)


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Sorts the operations so that the resources in their examples still exist.

    In the order of the document, some operations would end resources that later ones need; alphabetical order avoids
    this. Ending a regular position comes last, because no project with that person could be activated afterwards.
    """
    paths = raw_schema["paths"] = dict(sorted(raw_schema["paths"].items()))
    paths["/v1/home-positions/{id}/end"] = paths.pop("/v1/home-positions/{id}/end")


@schemathesis.hook
def before_add_examples(context: HookContext, examples: list[Case[Any]]) -> None:
    """Keeps the examples of the operation itself and drops those of shared parameter schemas."""
    assert context.operation is not None
    own = {
        parameter["name"]: parameter["example"]
        for parameter in context.operation.definition.raw.get("parameters", ())
        if parameter.get("in") == "path" and "example" in parameter
    }
    examples[:] = [
        case for case in examples if all(case.path_parameters.get(name) == value for name, value in own.items())
    ]
    for case in examples:
        case.path_parameters.update(CREATED_FOR_THIS_RUN.get(context.operation.definition.raw["operationId"], {}))


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, object]) -> None:
    """Changes values that would fail for unrelated reasons. Containers are shared, so they are copied first."""
    operation = case.operation.definition.raw["operationId"]
    protected, replacement = REMOVES_ACCESS.get(operation, (None, None))
    if protected is not None and case.path_parameters.get("id") == protected:
        case.path_parameters = {**case.path_parameters, "id": replacement}
    meta = case.meta
    if meta is None:
        return
    body = case.body
    if operation == "create_callback_request" and isinstance(body, dict) and str(body.get("phone")) in PHONES:
        case.body = {**body, "phone": f"+420 60{next(_requests):07}"}
    # The service rejects generated cursors.
    data = meta.phase.data
    tests_cursor = data.parameter == "cursor" or isinstance(data, StatefulPhaseData)
    if meta.generation.mode.is_positive and "cursor" in case.query and not tests_cursor:
        case.query = {name: value for name, value in case.query.items() if name != "cursor"}
    case.headers = _headers(case.headers, tested=_tests_headers(meta))
    if operation in FOR_APPLICATIONS:
        case.headers["Authorization"] = f"Bearer {os.environ['APPLICATION']}"


def _headers(headers: CaseInsensitiveDict[str], *, tested: bool) -> CaseInsensitiveDict[str]:
    """Matches any version, and makes the idempotency key unique, because a reused key would be rejected."""
    headers = headers.copy()
    if "If-Match" in headers and not tested:
        headers["If-Match"] = "*"
    if KEY.fullmatch(str(headers.get("Idempotency-Key", ""))):
        headers["Idempotency-Key"] = f"{next(_requests)}-{headers['Idempotency-Key']}"[:255]
    return headers


def _tests_headers(meta: CaseMetadata) -> bool:
    """Whether the request tests a header."""
    data = meta.phase.data
    if isinstance(data, CoveragePhaseData):
        return data.parameter_location is ParameterLocation.HEADER
    return meta.is_negative_at(ParameterLocation.HEADER)
