"""Lists the expected rejections of requests that match their schema, because a schema cannot express every rule."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import EnsureResourceAvailability, IgnoredAuth, RejectedPositiveData

# Codes in `errors` of an expected 422 (RFC 9110, 15.5.21: well-formed but semantically wrong), by the reason why a
# schema cannot express the rule. Every error of a response must have one of these codes.
NOT_IN_SCHEMA = {
    "it compares two values of the request": (
        "ambiguous_person",
        "closes_before_opening",
        "delegation_too_long",
        "duplicate_item",
        "duplicate_date",
        "duplicate_intent",
        "duplicate_queue",
        "not_after_start",
        "overlapping_absences",
        "overlapping_duties",
        "overlapping_periods",
        "same_person",
        "window_too_long",
    ),
    "it depends on the Unicode category of characters": ("blank",),
    "it depends on the current date": (
        "dates_out_of_range",
        "impossible_end",
        "impossible_start",
        "in_the_future",
        "in_the_past",
        "slot_not_a_business_day",
        "slot_past",
        "slot_too_far",
        "too_far",
        "too_late",
        "too_soon",
    ),
    "it depends on stored data": (
        "agent_not_in_queue",
        "intent_not_accepted",
        "not_the_agent",
        "already_member",
        "already_started",
        "goals_mismatch",
        "home_position_missing",
        "immediate_only",
        "is_sponsor",
        "not_a_side",
        "not_activated",
        "not_neutral",
        "nothing_to_hand_over",
        "overlapping_position",
        "owner_not_member",
        "person_deactivated",
        "same_head",
        "side_mismatch",
        "slot_unknown_window",
        "template_mismatch",
        "transfer_required",
        "unknown_reference",
        "wrong_department",
        "wrong_number_of_sides",
        "wrong_side",
    ),
    "it depends on the numbering plan of a country": (
        "phone_emergency",
        "phone_empty",
        "phone_extension",
        "phone_letters",
        "phone_no_country_code",
        "phone_not_in_plan",
        "phone_premium",
        "phone_shared_cost",
        "phone_short_number",
        "phone_too_long",
        "phone_too_short",
        "phone_trunk_zero",
        "phone_unexpected_character",
        "phone_unknown_country",
        "unknown_region",
    ),
    "the formats of images are defined elsewhere": (
        "image_animated",
        "image_damaged",
        "image_format",
        "image_size",
        "image_too_large",
    ),
    "it depends on the luminance of a colour": ("contrast_too_low",),
    "the URL Standard defines which URLs are valid": ("invalid_url", "url_has_credentials"),
    "the operator decides to which destinations webhooks are sent": ("address", "local_name", "port", "trailing_dot"),
    "the list of time zones changes over time": ("unknown_zone",),
    "the format of calendars is defined in RFC 5545": ("not_a_calendar",),
    "the link to a parameter with several values has one value": ("too_few_items",),
    "cursors are opaque: only those that the service issued are valid": ("invalid_cursor",),
}
# Rules in which one field restricts another one. A schema could express them with `oneOf`, but the types in generated
# clients would be unusable, so the descriptions state them. Codes, and the prefixes of their pointers.
BETWEEN_FIELDS: dict[str, str | tuple[str, ...]] = {
    "ambiguous_slot": "/preference",
    "duplicate_field": "/mapping/",
    "not_allowed": ("/auth/", "/mapping"),
    "no_such_field": "/mapping/",
    "not_in_format": ("/event_types/", "/ordering"),
    "one_of_several": ("/items/", "/unassign_callback_requests"),
    "reason_missing": "/reason",
    "required": ("/auth/", "/company_name", "/items/", "/login", "/mapping/"),
    "wrong_format": "/logo/data",
}
EXPECTED = frozenset(code for codes in NOT_IN_SCHEMA.values() for code in codes)

# A 403 may be replaced by 404 (RFC 9110, 15.5.4), so that guessing a Manage-Token does not reveal which requests exist.
NOT_FOUND = "404 Not Found"
INVALID_CREDENTIALS = "invalid credentials"


def _errors(response: Response) -> list[dict[str, str]]:
    errors: list[dict[str, str]] = response.json().get("errors", [])
    return errors


def _error_is_expected(error: dict[str, str]) -> bool:
    code, pointer = error["code"], error.get("pointer", "")
    # An empty list, such as the value of a link that found nothing, is sent as no parameter.
    if code == "required" and "parameter" in error:
        return True
    return code in EXPECTED or (code in BETWEEN_FIELDS and pointer.startswith(BETWEEN_FIELDS[code]))


def is_expected(response: Response) -> bool:
    """Whether the request was rejected only for reasons that its schema cannot express."""
    # 429 (RFC 6585, 4): the phone number already has two open requests.
    if response.status_code == 429:
        return str(response.json()["code"]) == "too_many_for_number"
    # 428 (RFC 6585, 3): a PUT that can create needs one of If-Match and If-None-Match, which a schema cannot express.
    if response.status_code == 428:
        return str(response.request.method) == "PUT"
    if response.status_code not in (400, 422):
        return False
    errors = _errors(response)
    return bool(errors) and all(_error_is_expected(error) for error in errors)


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Returns False for failures that are expected."""
    if isinstance(failure, RejectedPositiveData):
        # 401: the operation takes the manage token of a visitor only, which is a secret.
        is_for_visitors = case.operation.definition.raw.get("security") == [{"manage_token": []}]
        return not (is_expected(response) or (is_for_visitors and response.status_code == 401))
    if isinstance(failure, IgnoredAuth) and "manage_token" in str(case.operation.definition.raw.get("security")):
        return not (NOT_FOUND in failure.message and INVALID_CREDENTIALS in failure.message)
    # Schemathesis inferred a link that uses another value as the id.
    if isinstance(failure, EnsureResourceAvailability):
        return "invalid_id" not in {error["code"] for error in _errors(response)}
    return True
