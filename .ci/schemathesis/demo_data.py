"""Keeps the demo data in a state in which the operations can still be tried."""

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

# The first person of the demo data, whose token the administrator has, and somebody who can be spared.
ADMINISTRATOR = "per_01kdvdna00e008000000000001"
SPARE = "per_01kdvdna00e008000000000008"
# What would lock the administrator out of everything that takes a seat in a project.
LOCKS_OUT = {"deactivate_person", "erase_person", "update_person"}

# What cannot stand in a document: the secret of a feed, and a delivery that still waits.
MADE_FOR_THIS_RUN = {
    "get_agent_calendar": {"feed": os.environ["FEED"]},
    "cancel_webhook_delivery": {"id": os.environ["DELIVERY"]},
}

# Numbers that are replaced by fresh ones, as one for which calls are to be made is refused.
PHONES = {"601 123 456", "+420 601 123 456", "+44 20 7946 0958"}

# What the document takes for an Idempotency-Key.
KEY = re.compile("[!-~]{1,255}")

_requests = count(1)


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Puts the operations into an order in which they find what their examples name.

    The order of the story ends things before others are tried on them, and that of the alphabet hardly does; somebody's
    home is taken away last, as no project with them could be activated then.
    """
    paths = raw_schema["paths"] = dict(sorted(raw_schema["paths"].items()))
    paths["/v1/home-positions/{id}/end"] = paths.pop("/v1/home-positions/{id}/end")


@schemathesis.hook
def before_add_examples(context: HookContext, examples: list[Case[Any]]) -> None:
    """Leaves the examples of each operation itself, without those of the schemas that its parameters share."""
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
        case.path_parameters.update(MADE_FOR_THIS_RUN.get(context.operation.definition.raw["operationId"], {}))


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, object]) -> None:
    """Changes what would fail for a reason that is of no interest here. Containers are shared, so they are copied."""
    operation = case.operation.definition.raw["operationId"]
    if operation in LOCKS_OUT and case.path_parameters.get("id") == ADMINISTRATOR:
        case.path_parameters = {**case.path_parameters, "id": SPARE}
    meta = case.meta
    if meta is None:
        return
    body = case.body
    if operation == "create_callback_request" and isinstance(body, dict) and str(body.get("phone")) in PHONES:
        case.body = {**body, "phone": f"+420 60{next(_requests):07}"}
    # A cursor that the service did not give out fits no list, whatever else is asked for.
    data = meta.phase.data
    of_interest = data.parameter == "cursor" or isinstance(data, StatefulPhaseData)
    if meta.generation.mode.is_positive and "cursor" in case.query and not of_interest:
        case.query = {name: value for name, value in case.query.items() if name != "cursor"}
    case.headers = _headers(case.headers, tried=_tries_headers(meta))


def _headers(headers: CaseInsensitiveDict[str], *, tried: bool) -> CaseInsensitiveDict[str]:
    """Takes whatever version is there, and a key that no other request had: that would be refused, as it must be."""
    headers = headers.copy()
    if "If-Match" in headers and not tried:
        headers["If-Match"] = "*"
    if KEY.fullmatch(str(headers.get("Idempotency-Key", ""))):
        headers["Idempotency-Key"] = f"{next(_requests)}-{headers['Idempotency-Key']}"[:255]
    return headers


def _tries_headers(meta: CaseMetadata) -> bool:
    """Whether the headers are what is wrong with the request, or what the coverage phase is at."""
    data = meta.phase.data
    if isinstance(data, CoveragePhaseData):
        return data.parameter_location is ParameterLocation.HEADER
    return meta.is_negative_at(ParameterLocation.HEADER)
