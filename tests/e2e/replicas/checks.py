"""The checks of a run. Each one returns its violations as texts."""

from collections import Counter

from setup import ORDERED

# What an agent who claims a request can get, and a visitor: nothing to claim, or a full slot.
_EXPECTED = {"visit": {201: None, 409: "slot_full"}, "claim": {200: None, 404: "nothing_to_claim"},
             "call": {201: None}, "end": {200: None}}
_EVENTS = {"visit": ["callback_request.received"], "claim": ["callback_request.assigned"],
           "call": ["call.started", "callback_request.calling"],
           "end": ["call.ended", "callback_request.completed"]}


def responses(operations):
    """Every request got the response that it should."""
    for one in operations:
        code = _EXPECTED[one.kind].get(one.status, "another status")
        if one.body.get("code") != code:
            yield f"{one.key}: {one.status} {one.body.get('code')}: {one.body.get('detail')}"


def connections(balancer, history):
    """A running replica loses no request; one that gets SIGTERM loses none that it accepted."""
    yield from balancer.refused
    for lost in balancer.lost:
        accepted = lost.partial or history.by_request_id[lost.request_id]
        if lost.replica.state == "running" or (lost.replica.state == "terminated" and accepted):
            yield f"{lost.request_id} got no response from a replica that is {lost.replica.state}: {lost.error}"


def feed(history):
    """The feed has no gap, in total and for each resource, and no event twice."""
    sequence = [event["sequence"] for event in history.events]
    if sequence != list(range(1, len(sequence) + 1)):
        yield "the feed has a gap, or a sequence twice"
    if len({event["id"] for event in history.events}) < len(history.events):
        yield "an event is in the feed twice"
    for subject, events in history.by_subject.items():
        if [event["subject_sequence"] for event in events] != list(range(1, len(events) + 1)):
            yield f"{subject}: the sequence of its events has a gap"


def events(operations, history):
    """Every request made exactly its events, once, whatever the number of tries; and there are no other requests."""
    for one in operations:
        expected = _EVENTS[one.kind] if one.succeeded() else []
        made = [event["type"] for event in history.made_by(one)]
        if sorted(made) != expected:
            yield f"{one.key} ({one.status}, {len(one.request_ids)} tries) made the events {made}"
    acknowledged = [one.body["id"] for one in operations if one.kind == "visit" and one.succeeded()]
    received = [event["subject"] for event in history.events if event["type"] == "callback_request.received"]
    if sorted(acknowledged) != sorted(received):
        yield "the callback requests in the feed are not those that were acknowledged"


def audit(history):
    """The audit trail has one entry for each event."""
    in_feed = Counter((event["type"], event["subject"], event["request_id"]) for event in history.events)
    in_audit = Counter((entry["action"], entry["subject"], entry["request_id"]) for entry in history.entries)
    yield from (f"only in the feed: {one}" for one in (in_feed - in_audit).elements())
    yield from (f"only in the audit trail: {one}" for one in (in_audit - in_feed).elements())


def slots(operations, history, capacity):
    """No slot has more calls than its capacity, and the API reports what is left."""
    booked = Counter(one.target for one in operations if one.kind == "visit" and one.target and one.succeeded())
    for slot, count in booked.items():
        if count > capacity:
            yield f"slot {slot} has {count} calls, its capacity is {capacity}"
        left = history.slots[slot]["capacity_remaining"]
        if left != capacity - count:
            yield f"slot {slot} with {count} of {capacity} calls has {left} left according to the API"
    for one in operations:
        if one.body.get("code") == "slot_full" and booked[one.target] < capacity:
            yield f"{one.key}: slot {one.target} was full with {booked[one.target]} of {capacity} calls"


def claims(operations, history):
    """No two agents got the same request, and each one got it for themselves."""
    claimed = [one for one in operations if one.kind == "claim" and one.succeeded()]
    for request, count in Counter(one.body["id"] for one in claimed).items():
        if count > 1:
            yield f"{request} was claimed {count} times"
    for one in claimed:
        agents = {event["data"]["agent_id"] for event in history.made_by(one)} | {one.body["agent_id"]}
        if agents != {one.target}:
            yield f"{one.body['id']} was claimed by {one.target}, but assigned to {agents}"


def scheduler(operations, history, aged):
    """The scheduler processed every request once."""
    claimed = {one.body["id"] for one in operations if one.kind == "claim" and one.succeeded()}
    for one in operations:
        if one.kind != "visit" or not one.succeeded():
            continue
        request = one.body["id"]
        types, missed = history.types_of(request), int(request in aged)
        if types["missed"] != missed:
            yield f"{request} was recorded as missed {types['missed']} times, expected {missed}"
        assigned = int(request in claimed or bool(one.target))
        if types["assigned"] != assigned:
            yield f"{request} was assigned {types['assigned']} times, expected {assigned}"
        # Without an agent on duty this is recorded once, and once more after the call was missed. A request that is
        # claimed at once does not have the first record.
        most = 0 if one.target else 1 + missed
        least = most - 1 if request in claimed and not missed else most
        if not least <= types["unassigned"] <= most:
            yield f"{request} had no agent on duty {types['unassigned']} times, expected {least} to {most}"


def deliveries(history, first, orphaned):
    """Every event since `first` was delivered, and twice only if its lease was orphaned by SIGKILL."""
    known = {event["id"] for event in history.events}
    for path, received in history.received.items():
        for event in history.events:
            if event["sequence"] > first and not received.get(event["id"]):
                yield f"lost: {event['type']} {event['id']} was not delivered to {path}"
        yield from (f"{event} was delivered to {path}, but is not in the feed" for event in received.keys() - known)
    for path, event in sorted(history.duplicates()):
        times = history.received[path][event]
        if len(times) > 2 or (path, event) not in orphaned:
            waited = ", ".join(f"{at - times[0]:.2f} s" for at in times[1:])
            yield f"{event} was delivered to {path} {len(times)} times, again after {waited}"


def order(history):
    """The ordered endpoint got the events about each resource in order."""
    received = history.received[ORDERED]
    for subject, about in history.by_subject.items():
        times = [received[event["id"]][0] for event in about if received.get(event["id"])]
        if times != sorted(times):
            yield f"{ORDERED} got the events about {subject} in another order"
