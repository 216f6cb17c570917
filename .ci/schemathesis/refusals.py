"""Which refusals of a request that fits its schema are due, and why: a schema cannot tell everything."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import EnsureResourceAvailability, IgnoredAuth, RejectedPositiveData

# 422, RFC 9110, 15.5.21: well-formed, and yet it cannot be done. Which codes of `errors` that may be, by the reason why
# no schema can tell; each error of an answer must have one of them.
BEYOND_A_SCHEMA = {
    "two values of the request are compared": (
        "closes_before_opening",
        "delegation_too_long",
        "not_after_start",
        "overlapping_duties",
        "repeated_item",
        "two_people",
        "window_too_long",
    ),
    "it depends on the day": (
        "dates_out_of_range",
        "impossible_start",
        "in_the_future",
        "in_the_past",
        "slot_not_a_business_day",
        "slot_past",
        "slot_too_far",
        "too_far",
        "too_soon",
    ),
    "it depends on what is there": (
        "already_member",
        "at_once_only",
        "goals_do_not_match",
        "has_begun",
        "home_position_missing",
        "is_sponsor",
        "later_position",
        "not_a_side",
        "not_neutral",
        "nothing_to_hand_over",
        "owner_not_member",
        "person_left",
        "side_mismatch",
        "slot_unknown_window",
        "template_does_not_fit",
        "unknown_reference",
        "use_a_transfer",
        "wrong_side",
    ),
    "it depends on the numbering plan of a country": (
        "phone_emergency",
        "phone_empty",
        "phone_extension",
        "phone_letters",
        "phone_not_in_plan",
        "phone_premium",
        "phone_shared_cost",
        "phone_short_number",
        "phone_too_long",
        "phone_too_short",
        "phone_trunk_zero",
        "phone_unexpected_character",
        "phone_unknown_country",
    ),
    "time zones come and go": ("unknown_zone",),
    "a calendar has a grammar of its own: RFC 5545": ("not_a_calendar",),
    "a cursor is opaque: only one that the service gave out fits": ("invalid_cursor",),
}
# One member decides what may stand in another. Schemas can tell it by variants, of which generated clients make types
# that nobody would want to write; the descriptions tell it. Codes, and where their pointers begin.
BETWEEN_MEMBERS: dict[str, str | tuple[str, ...]] = {
    "ambiguous_slot": "/preference",
    "not_allowed": ("/auth/", "/mapping"),
    "not_in_format": "/event_types/",
    "reason_missing": "/reason",
    "required": ("/auth/", "/mapping/"),
}
DUE = frozenset(code for codes in BEYOND_A_SCHEMA.values() for code in codes)

# What is forbidden may be hidden (RFC 9110, 15.5.4): whoever guesses at a Manage-Token does not learn what there is.
HIDDEN = "404 Not Found"
GUESSED = "invalid credentials"


def _errors(response: Response) -> list[dict[str, str]]:
    errors: list[dict[str, str]] = response.json().get("errors", [])
    return errors


def _is_beyond(error: dict[str, str]) -> bool:
    code, pointer = error["code"], error.get("pointer", "")
    return code in DUE or (code in BETWEEN_MEMBERS and pointer.startswith(BETWEEN_MEMBERS[code]))


def is_due(response: Response) -> bool:
    """Whether nothing but what a schema cannot tell is wrong with the request."""
    # 429, RFC 6585, 4: a number that has two open requests gets no third.
    if response.status_code == 429:
        return str(response.json()["code"]) == "too_many_for_number"
    if response.status_code not in (400, 422):
        return False
    errors = _errors(response)
    return bool(errors) and all(_is_beyond(error) for error in errors)


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Whether the failure counts."""
    if isinstance(failure, RejectedPositiveData):
        return not is_due(response)
    if isinstance(failure, IgnoredAuth) and "manage_token" in str(case.operation.definition.raw.get("security")):
        return not (HIDDEN in failure.message and GUESSED in failure.message)
    # A link that Schemathesis made up took something else for the id.
    if isinstance(failure, EnsureResourceAvailability):
        return "invalid_id" not in {error["code"] for error in _errors(response)}
    return True
