"""Generated callback requests with contacts, calls, events, audit entries and deliveries.

Requests arrive at the same rate at every size, so a period contains the same number of them: more requests reach
further back. The last 300 are open, all others are closed. The age of events and deliveries is limited, as in
operation; all of them are younger than their retention period.
"""

from hashlib import sha256

RATE_PER_DAY = 300
OPEN = 300
AGENTS = 20
SLOTS_AHEAD = 100
DAY = 86_400
ENDPOINT = "whe_01kdvdna00e008000000000001"
# The queues that the migrations create, in SQL.
SALES = "'que_01kdvdna00e008000000000001'"
SUPPORT = "'que_01kdvdna00e008000000000002'"
_NOTICE = "ntc_01kdvdna00e008000000000001"
_WORDING = "Yes, send me news."
_REQUEST = "9dee449c6922cdbd8f8c1cf9d1ac4ae3"


def statements(d, count, sequence):
    """Returns the statements, as (what, SQL). `sequence` is that of the last event before."""
    past = d.ago(10 * DAY)
    yield "agents", d.insert("agents", AGENTS, {
        "id": d.id("agt", "i"), "person_id": d.id("per", "i"), "active": d.true, "version": "1", "created_at": past,
        "updated_at": past})
    for queue in (SALES, SUPPORT):
        yield "agent_queues", d.insert("agent_queues", AGENTS, {"agent_id": d.id("agt", "i"), "queue_id": queue})
    yield "agent_duties", d.insert("agent_duties", AGENTS * 7, {
        "agent_id": d.id("agt", "1 + (i - 1) / 7"), "queue_id": SALES, "weekday": "1 + i % 7", "starts": "'08:00'", "ends": "'18:00'"})
    for queue in (SALES, SUPPORT):
        yield "slots", d.insert("slots", _slots(count), {
            "queue_id": queue, "slot_id": d.slot_id(_slot(d, count, "i")), "starts_at": _slot(d, count, "i"),
            "ends_at": _slot(d, count, "i + 1"), "capacity": "1000", "booked": "40"})
    yield "callback_requests", d.insert("callback_requests", count, _request(d, count))
    erased = _erased(count)
    yield "callback_contacts", d.insert("callback_contacts", count, {
        "request_id": d.id("cbr", "i"), "full_name": f"'Visitor ' || {d.text('i')}", "phone_typed": "'604 123 456'",
        "name_key": f"'visitor ' || {d.text('i')}", "last_name_key": f"{d.text('i')} || ' visitor'",
        "email": f"'v' || {d.text('i')} || '@example.net'", "email_key": f"'v' || {d.text('i')} || '@example.net'",
        "network_hash": f"CASE WHEN i > {count - OPEN} THEN {d.random_hash()} ELSE NULL END",
        "wide_network_hash": f"CASE WHEN i > {count - OPEN} THEN {d.random_hash()} ELSE NULL END",
        "counted": f"CASE WHEN i > {count - OPEN} THEN {d.true} ELSE {d.false} END",
    }, where=f"NOT {erased}")
    yield "callback_consents", d.insert("callback_consents", count, {
        "request_id": d.id("cbr", "i"), "purpose": "'marketing'", "wording": f"'{_WORDING}'",
        "wording_sha256": f"'{sha256(_WORDING.encode()).hexdigest()}'", "given_at": past,
    }, where=f"i % 4 = 0 AND NOT {erased}")
    for number in (1, 2, 3):
        yield "calls", _calls(d, count, number)
    yield "external_references", d.insert("external_references", count, {
        "subject": d.id("cbr", "i"), "system": "'salesforce'", "external_id": f"'00Q' || {d.padded('i', 9)}",
        "version": "1", "created_at": past, "updated_at": past}, where="i % 10 = 0")
    yield from _record(d, count, sequence)


def _age(count):
    return f"({count} - i + 0.5) * {DAY / RATE_PER_DAY}"


def _closed(count):
    return f"i <= {count - OPEN}"


def _erased(count):
    """Four of five old requests are erased: the share does not depend on the size, so pages have the same content."""
    return f"(i <= {count - 10 * RATE_PER_DAY} AND i % 10 < 8)"


def _slots(count):
    """Returns the number of slots: as many before now as hours have passed since the first request."""
    return count * 24 // RATE_PER_DAY + SLOTS_AHEAD


def _slot(d, count, number):
    """Returns the start of a slot: one per hour, at half past, so that it differs from those of the demo data."""
    return d.ago(f"({_slots(count) - SLOTS_AHEAD} - ({number})) * 3600 - 1800")


def _request(d, count):
    closed, erased, age = _closed(count), _erased(count), _age(count)
    state = (f"CASE WHEN {closed} THEN CASE WHEN i % 100 < 70 THEN 'completed' WHEN i % 100 < 80 THEN 'unreachable' "
             "WHEN i % 100 < 97 THEN 'cancelled' WHEN i % 100 < 99 THEN 'rerouted' ELSE 'quarantined' END "
             "WHEN i % 10 < 4 THEN 'queued_asap' WHEN i % 10 < 7 THEN 'scheduled' WHEN i % 10 = 7 THEN 'assigned' "
             "WHEN i % 10 = 8 THEN 'retry_scheduled' ELSE 'missed' END")
    # One request in a hundred breaks its promise in each of three states, so that a page of them is full.
    promise = (f"CASE WHEN NOT {closed} THEN CASE WHEN i % 10 = 9 THEN 'broken' ELSE 'pending' END "
               "WHEN i % 100 IN (0, 75, 90) THEN 'broken' WHEN i % 100 < 80 THEN 'kept' ELSE 'void' END")
    scheduled = f"(NOT {closed} AND i % 10 BETWEEN 4 AND 6)"
    slotted = f"({scheduled} OR ({closed} AND i % 3 = 0))"
    slot = f"CASE WHEN {scheduled} THEN {_slots(count)} - i % 90 ELSE i * 24 / {RATE_PER_DAY} + 1 END"
    begins, due = _slot(d, count, f"({slot})"), d.ago(age)
    called = f"{closed} AND i % 100 < 80"
    when = lambda condition, value, other="NULL": f"CASE WHEN {condition} THEN {value} ELSE {other} END"
    promised_by = when(slotted, _slot(d, count, f"({slot}) + 1"), d.ago(f"{age} - 1800"))
    return {
        "id": d.id("cbr", "i"), "version": "3", "state": state,
        "intent": when("i % 5 = 0", "'technical_support'", "'sales'"),
        "queue_id": when("i % 5 = 0", SUPPORT, SALES), "queue_key": when("i % 5 = 0", "'support'", "'sales'"),
        "phone_e164": when(erased, "NULL", f"'+4206' || {d.padded('i % 100000000', 8)}"), "locale": "'cs'",
        "notice_id": f"'{_NOTICE}'", "slot_id": when(slotted, d.slot_id(begins)),
        "promised_from": when(slotted, begins), "promised_by": promised_by, "rolled": d.false,
        "first_promised_from": when(slotted, begins), "first_promised_by": promised_by, "promise": promise,
        "due_from": when(slotted, begins, due), "due_by": promised_by,
        "priority": when(f"NOT {closed} AND i % 10 = 9", "0", "1"), "offered": d.true,
        "agent_id": when(f"{called} OR (NOT {closed} AND i % 10 = 7)", d.id("agt", f"1 + i / 7 % {AGENTS}")),
        "attempts": when(closed, when("i % 100 < 70", "1", when("i % 100 < 80", "3", "0")),
                         when("i % 10 = 8", "1", "0")),
        # Without it, a scheduled retry would be a request that was called at night only.
        "first_attempt_after": when(f"({called}) OR (NOT {closed} AND i % 10 = 8)", "60 + i % 3000"),
        "promise_agent_id": when(called, d.id("agt", f"1 + i / 7 % {AGENTS}")),
        "open_place": when(closed, "NULL", "1"),
        "at_risk": d.false, "same_number": when("i % 160 = 0", d.true, d.false), "closed_day": when("i % 150 = 0", d.true, d.false),
        "quarantine_reason": when(f"{closed} AND i % 100 = 99", "'honeypot'"), "manage_token_sha256": d.random_hash(),
        "requested_at": d.ago(age), "created_at": d.ago(age), "updated_at": d.ago(f"{age} - 3600"),
        "erased_at": when(erased, d.ago(f"{age} - 5 * {DAY}")),
    }


def _calls(d, count, number):
    """A completed request has one call, an unreachable one has three."""
    outcome = "CASE WHEN i % 100 < 70 THEN 'reached' ELSE 'no_answer' END"
    reached = "i % 100 < 80" if number == 1 else "i % 100 BETWEEN 70 AND 79"
    at = d.ago(f"{_age(count)} - {600 * number}")
    return d.insert("calls", count, {
        "id": d.id("call", f"i * 4 + {number}"), "request_id": d.id("cbr", "i"), "number": str(number),
        "agent_id": d.id("agt", f"1 + i / 7 % {AGENTS}"), "outcome": outcome, "started_at": at,
        "ended_at": at, "recorded_at": at,
    }, where=f"{_closed(count)} AND {reached}")


def _record(d, count, sequence):
    """Two events and two audit entries per request, and a delivered webhook for the first event."""
    event_age = f"({count} - i + 0.5) * {29 * DAY / count}"
    subject = d.id("cbr", "i")
    for number, (kind, state) in enumerate((("received", "queued_asap"), ("completed", "completed"))):
        data = (f"""'{{"id":"' || {subject} || '","state":"{state}","intent":"sales","locale":"cs","slot_id":null,"""
                """"promised_from":null,"promised_by":"2026-11-23T13:45:54.524202Z","rolled":false,"""
                """"due_from":"2026-11-23T13:45:54.524202Z","agent_id":null,"attempts":0}'""")
        actor = "'anonymous'" if number == 0 else f"'p' || {d.text(f'1 + i / 7 % {AGENTS}')}"
        yield "events", d.insert("events", count, {
            "id": d.id("evt", f"i * 2 + {number}"), "type": f"'callback_request.{kind}'",
            "occurred_at": d.ago(event_age), "subject": subject, "data": data, "request_id": f"'{_REQUEST}'",
            "sequence": f"{sequence} + i * 2 + {number - 1}", "subject_sequence": str(number + 1)})
        yield "audit_entries", d.insert("audit_entries", count, {
            "id": d.id("aud", f"i * 2 + {number}"), "recorded_at": d.ago(_age(count)), "actor": actor,
            "action": f"'callback_request.{kind}'", "subject": subject, "before": "'null'", "after": data,
            "request_id": f"'{_REQUEST}'"})
    yield "event_subjects", d.insert("event_subjects", count, {"subject": subject, "last_sequence": "2"})
    yield "event_sequence", f"UPDATE event_sequence SET last_sequence = {sequence + 2 * count}"
    delivered = "i % 100 <> 50"
    yield "webhook_deliveries", d.insert("webhook_deliveries", count, {
        "id": d.id("dlv", "i"), "endpoint_id": f"'{ENDPOINT}'", "event_id": d.id("evt", "i * 2"), "subject": subject,
        "sequence": f"{sequence} + i * 2 - 1", "body": """'{"type":"callback_request.received"}'""",
        "state": f"CASE WHEN {delivered} THEN 'delivered' ELSE 'exhausted' END", "attempts": "1", "tries": "1",
        "next_attempt_at": d.ago(event_age), "created_at": d.ago(event_age),
        "delivered_at": f"CASE WHEN {delivered} THEN {d.ago(event_age)} ELSE NULL END"})
    yield "webhook_attempts", d.insert("webhook_attempts", count, {
        "id": d.id("dla", "i"), "delivery_id": d.id("dlv", "i"), "number": "1", "started_at": d.ago(event_age),
        "duration_ms": "12", "outcome": "'delivered'", "status": "204"})


def waiting(d, count, sequence, endpoint):
    """Returns the statements for events whose deliveries wait for an endpoint that does not respond."""
    subject = d.id("cbr", f"{10**10} + i")
    yield "webhook_endpoints", (
        f"UPDATE webhook_endpoints SET circuit = 'open', failures = 9, failing_since = {d.ago(DAY)}, "
        f"probe_at = {d.ago(-DAY)}, probes = 3 WHERE id = '{endpoint}'")
    yield "events", d.insert("events", count, {
        "id": d.id("evt", f"{10**10} + i"), "type": "'callback_request.received'", "occurred_at": d.ago(DAY),
        "subject": subject, "data": "'{}'", "request_id": f"'{_REQUEST}'", "sequence": f"{sequence} + i",
        "subject_sequence": "1"})
    yield "event_sequence", f"UPDATE event_sequence SET last_sequence = {sequence + count}"
    yield "webhook_deliveries", d.insert("webhook_deliveries", count, {
        "id": d.id("dlv", f"{10**10} + i"), "endpoint_id": f"'{endpoint}'", "event_id": d.id("evt", f"{10**10} + i"),
        "subject": subject, "sequence": f"{sequence} + i", "body": """'{"type":"callback_request.received"}'""",
        "state": "'pending'", "attempts": "0", "tries": "0", "next_attempt_at": d.ago("3600"),
        "created_at": d.ago(DAY)})
