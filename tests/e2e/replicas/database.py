"""What the test reads and changes in the database, where the API has no operation for it."""

import time

from entente_bench.databases import psql
from entente_bench.service import BenchError

_SILENCE_SECONDS = 30

# Everything that the worker still has to do: events without a sequence, deliveries, calls to assign.
_WAITING = """
SELECT (SELECT count(*) FROM events WHERE sequence IS NULL),
    (SELECT count(*) FROM webhook_deliveries WHERE state IN ('pending', 'blocked')),
    (SELECT count(*) FROM callback_requests
        WHERE open_place IS NOT NULL AND agent_id IS NULL AND linked_to IS NULL AND NOT offered)
"""

# The service has no setting for the time, so promises are moved into the past instead.
_AGE = """
UPDATE callback_requests SET promised_by = past, first_promised_by = past
FROM (SELECT id AS aged, (now() AT TIME ZONE 'utc') - interval '1 second' AS past FROM callback_requests
    WHERE state = 'queued_asap' AND offered AND promised_by > now() AT TIME ZONE 'utc'
    ORDER BY id LIMIT {count} FOR UPDATE) AS chosen
WHERE id = aged RETURNING id
"""

_MISSED = "SELECT count(*) FROM callback_requests WHERE state = 'missed' AND offered AND id IN ({ids})"
_LEASES = "SELECT lease_token, endpoint_id, event_id FROM webhook_deliveries WHERE lease_token IS NOT NULL"
_UNDELIVERED = """
SELECT count(*) FROM webhook_deliveries
WHERE state <> 'delivered' AND (endpoint_id, event_id) IN ({deliveries})
"""


def leases(url):
    """Returns the leased deliveries, as lease, endpoint and event."""
    return {tuple(line.split("|")) for line in psql(url, _LEASES).splitlines()}


def wait_until_delivered(url, deliveries, seconds):
    """Waits until these deliveries are delivered; returns the remaining number after that time."""
    listed = ", ".join(f"('{endpoint}', '{event}')" for endpoint, event in deliveries)
    until, remaining = time.monotonic() + seconds, len(deliveries)
    while deliveries and time.monotonic() < until:
        remaining = int(psql(url, _UNDELIVERED.format(deliveries=listed)))
        if not remaining:
            break
        time.sleep(0.05)
    return remaining


def age(url, count, seconds):
    """Lets the promised time of waiting calls pass, and waits until all were missed; returns their ids."""
    aged, until = [], time.monotonic() + seconds
    while len(aged) < count and time.monotonic() < until:
        aged += psql(url, _AGE.format(count=count - len(aged))).splitlines()
        time.sleep(0.1)
    ids = ", ".join(f"'{one}'" for one in aged)
    while len(aged) < count or int(psql(url, _MISSED.format(ids=ids))) < count:
        if time.monotonic() > until:
            raise BenchError(f"the scheduler did not process {count} missed calls within {seconds} s")
        time.sleep(0.1)
    return aged


def settle(url):
    """Waits until the worker has nothing to do; gives up after a time without progress."""
    last, since = "", time.monotonic()
    while time.monotonic() - since < _SILENCE_SECONDS:
        now = psql(url, _WAITING)
        if now == "0|0|0":
            return
        if now != last:
            last, since = now, time.monotonic()
        time.sleep(0.2)
    raise BenchError(f"no progress in {_SILENCE_SECONDS} s (unsequenced events|deliveries|calls to assign): {last}")
