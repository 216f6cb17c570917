"""Everything that a run left behind: the feed, the audit trail, and the messages that the receiver got."""

from collections import Counter, defaultdict

import paths  # noqa: F401
from feed import read_all, read_feed


class History:
    """The history of a run, with the indexes that the checks need."""

    def __init__(self, client, receipts, endpoints):
        """`endpoints` are the paths of the webhook endpoints."""
        self.events, self.entries = read_feed(client), read_all(client, "/v1/audit-entries")
        self.slots = {slot["slot_id"]: slot for slot in client.call("GET", "/v1/slots")["data"]}
        self.by_request_id, self.by_subject = defaultdict(list), defaultdict(list)
        for event in self.events:
            self.by_request_id[event["request_id"]].append(event)
            self.by_subject[event["subject"]].append(event)
        # The times at which each endpoint got each event.
        self.received = {path: defaultdict(list) for path in endpoints}
        for at, path, event in receipts:
            self.received[path][event].append(at)
        self.deliveries = len(receipts)

    def made_by(self, operation):
        """Returns the events of all tries of an operation."""
        return [event for request_id in operation.request_ids for event in self.by_request_id[request_id]]

    def types_of(self, subject):
        """Returns the number of events of each type about a callback request."""
        return Counter(event["type"].removeprefix("callback_request.") for event in self.by_subject[subject])

    def duplicates(self):
        """Returns the deliveries that an endpoint responded to more than once, as path and event."""
        return {(path, event) for path, events in self.received.items()
                for event, times in events.items() if len(times) > 1}
