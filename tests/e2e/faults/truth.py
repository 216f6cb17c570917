"""Compares the responses that the clients received with what exists."""

import time
from collections import Counter, defaultdict

from feed import read_all, read_feed
from ledger import DONE, LOST, NOT_DONE, UNKNOWN, WRONG

# The event that each kind of operation makes, once.
_EVENT = {"visit": "callback_request.received", "project": "project.created", "rename": "department.updated"}
# Where its resources are listed, and by which name. A rename makes no resource.
LISTS = {"visit": ("/v1/callback-requests", "full_name"), "project": ("/v1/projects", "name")}
# The worker gives events their sequence within a second; the rest is for a slow machine.
_FEED_SECONDS = 15
_DISPATCH_SECONDS = 1.2


def settled_feed(client, ledger):
    """Returns the events, as soon as everything that was acknowledged has one, or after a time."""
    until = time.monotonic() + _FEED_SECONDS
    while True:
        events = read_feed(client)
        seen = {event["request_id"] for event in events}
        done = [one for one in ledger.operations if DONE in one.meanings()]
        if all(seen.intersection(one.request_ids) for one in done) or time.monotonic() > until:
            # Once more, for events of operations whose outcome is unknown.
            time.sleep(_DISPATCH_SECONDS)
            return read_feed(client)
        time.sleep(0.3)


def violations(ledger, client, *, lost=False):
    """Returns everything that contradicts a response, as texts. `lost`: responses may be lost."""
    found = list(ledger.complaints)
    found += _responses(ledger, lost)
    events = settled_feed(client, ledger)
    found += _sequence(events)
    by_request, by_name = defaultdict(Counter), {}
    for event in events:
        by_request[event["request_id"]][event["type"]] += 1
    for kind, (path, name) in LISTS.items():
        by_name[kind] = defaultdict(list)
        for entry in read_all(client, path):
            by_name[kind][entry[name]].append(entry["id"])
    for one in ledger.operations:
        found += _existence(one, by_name)
        found += _events(one, by_request)
    return found


def _responses(ledger, lost):
    for one in ledger.operations:
        for response in one.responses:
            if response.meaning() == WRONG or (response.status == LOST and not lost):
                yield f"{one.name()} got {response.label()} {response.code}"
        if one.is_open() and len(one.responses) > 1:
            yield f"{one.name()} was not done when it was repeated: {[response.label() for response in one.responses]}"
        if len({response.made for response in one.responses if response.meaning() == DONE}) > 1:
            yield f"{one.name()} created several resources with one key"


def _sequence(events):
    numbers = [event["sequence"] for event in events]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "the feed has a gap, or a sequence twice"


def _existence(one, by_name):
    if one.kind not in LISTS:
        return
    least, most = one.times()
    ids = by_name[one.kind][one.name()]
    if not least <= len(ids) <= most:
        yield f"{one.name()} exists {len(ids)} times, expected {least} to {most}: {_story(one)}"
    returned = {response.made for response in one.responses if response.meaning() == DONE}
    if ids and returned and returned != set(ids):
        yield f"{one.name()} is {ids}, but the responses have {returned}"


def _events(one, by_request):
    least, most = one.times()
    made = sum(by_request[request_id][_EVENT[one.kind]] for request_id in one.request_ids)
    if not least <= made <= most:
        yield f"{one.name()} made {made} events {_EVENT[one.kind]}, expected {least} to {most}: {_story(one)}"


def _story(one):
    key = "with a key" if one.key else "without a key"
    return f"{key}, responses {[response.label() for response in one.responses]}"


def coverage(ledger):
    """Returns how many operations ended in each way, which shows whether a fault was met at all."""
    return Counter(meaning for one in ledger.operations for meaning in one.meanings() & {DONE, NOT_DONE, UNKNOWN})
