"""The steps of docs/integrating.md as one program: a small CRM that creates a lead for each callback request.

Needs Python 3.11 and `pip install standardwebhooks`. Start the demo (`entente demo`), then, in the same folder:

    ADMIN_TOKEN=$(entente token cmo) CRM_TOKEN=$(entente token my-crm --service --scope projects:read \
        --scope callbacks:read --scope callbacks:work --scope webhooks:manage) python3 first_hour.py

    BASE        address of the service (default: http://127.0.0.1:8080)
    PORT        port of the webhook receiver (default: any free port)
    STATE_FILE  SQLite file with the state of the CRM (default: first_hour.db)
"""

import json
import os
import queue
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

from standardwebhooks import Webhook, WebhookVerificationError

BASE = os.environ.get("BASE", "http://127.0.0.1:8080")
SYSTEM = "my-crm"
EVENT_TYPE = "callback_request.received"
TRIES = 5
MAX_WAIT = 30  # seconds to wait at most before a retry
MAX_BYTES = 1_000_000

Json = dict[str, Any]


@dataclass
class Response:
    status: int
    headers: Json
    body: Any


@dataclass
class Problem(Exception):
    """An error response of the service (RFC 9457). Branch on `code`."""

    status: int
    code: str
    body: Json
    headers: Json = field(repr=False)

    def __str__(self) -> str:
        kinds = ("pointer", "parameter", "header")
        places = [error[kind] for error in self.body.get("errors", []) for kind in kinds if kind in error]
        return f"{self.status} {self.code} {places} request_id={self.body.get('request_id')}"

    def pause(self, attempt: int) -> float | None:
        """Returns the seconds to wait before a retry, or None if a retry cannot succeed."""
        if self.status not in (408, 429, 500, 502, 503, 504) and self.code != "idempotency_in_progress":
            return None
        retry_after = self.headers.get("retry-after", "")
        return float(retry_after) if retry_after.isdigit() else 2.0**attempt


class Client:
    """Sends requests with one token."""

    def __init__(self, token: str | None) -> None:
        self.token = token

    def call(self, method: str, path: str, body: Json | None = None, **headers: str) -> Response:
        """Sends a request and retries it with the same bytes if that can help. Headers are named like `if_match`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Accept-Language": "en", "Content-Type": "application/json"}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if method == "POST":
            # Without a key, a retried POST could be carried out twice.
            sent.setdefault("idempotency-key", str(uuid.uuid4()))
        content = None if body is None else json.dumps(body).encode()
        for attempt in range(TRIES):
            try:
                return self._once(Request(urljoin(BASE, path), content, sent, method=method))
            except (Problem, URLError, TimeoutError, ConnectionError) as error:
                pause = error.pause(attempt) if isinstance(error, Problem) else 2.0**attempt
                if pause is None or pause > MAX_WAIT or attempt == TRIES - 1:
                    raise
            time.sleep(pause)
        raise AssertionError("unreachable")

    @staticmethod
    def _once(request: Request) -> Response:
        try:
            with urlopen(request, timeout=20) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Response(response.status, headers, json.loads(response.read() or "null"))
        except HTTPError as error:
            headers = {name.lower(): value for name, value in error.headers.items()}
            raw = error.read()
            # A proxy may return an error page that is not a problem document.
            is_problem = headers.get("content-type", "").startswith("application/problem+json")
            body = json.loads(raw) if is_problem else {}
            raise Problem(error.code, body.get("code", ""), body, headers) from None

    def pages(self, path: str) -> Iterator[Response]:
        """Yields all pages of a list, following the Link header."""
        following: str | None = path
        while following:
            page = self.call("GET", following)
            yield page
            link = page.headers.get("link")
            following = link[link.index("<") + 1 : link.index(">")] if link else None

    def items(self, path: str) -> Iterator[Json]:
        """Yields all items of a list, following `next_cursor`."""
        cursor = None
        while True:
            page = self.call("GET", path + (f"&cursor={cursor}" if cursor else "")).body
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def change(self, path: str, patch: Json) -> Response:
        """Patches the current version and retries if it was stale. Recompute patches that depend on the old version."""
        while True:
            etag = self.call("GET", path).headers["etag"]
            try:
                return self.call("PATCH", path, patch, if_match=etag)
            except Problem as problem:
                if problem.code != "stale_version":
                    raise


class Store:
    """The database of the CRM: leads, ids of handled events, and the position in the event feed."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path)
        self.db.executescript(
            """CREATE TABLE IF NOT EXISTS leads (id INTEGER PRIMARY KEY, request TEXT UNIQUE, name TEXT NOT NULL);
               CREATE TABLE IF NOT EXISTS handled (event TEXT PRIMARY KEY);
               CREATE TABLE IF NOT EXISTS feed (only INTEGER PRIMARY KEY CHECK (only = 1), cursor INTEGER NOT NULL);"""
        )

    def cursor(self) -> int | None:
        row = self.db.execute("SELECT cursor FROM feed").fetchone()
        return int(row[0]) if row else None

    def set_cursor(self, cursor: int) -> None:
        with self.db:
            self.db.execute("INSERT OR REPLACE INTO feed VALUES (1, ?)", [cursor])

    def is_handled(self, event: str) -> bool:
        return self.db.execute("SELECT 1 FROM handled WHERE event = ?", [event]).fetchone() is not None

    def set_handled(self, event: str) -> None:
        with self.db:
            self.db.execute("INSERT OR IGNORE INTO handled VALUES (?)", [event])

    def lead(self, request: str, name: str) -> str:
        with self.db:
            self.db.execute("INSERT OR IGNORE INTO leads (request, name) VALUES (?, ?)", [request, name])
            row = self.db.execute("SELECT id FROM leads WHERE request = ?", [request]).fetchone()
        return f"lead-{row[0]}"


class Receiver:
    """Receives webhooks, verifies them and puts them into a queue for processing."""

    def __init__(self, port: int) -> None:
        self.events: queue.Queue[Json] = queue.Queue()
        self.webhook: Webhook | None = None
        self.port = port
        self.start()

    def start(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 20  # seconds without data before the connection is closed

            def do_POST(self) -> None:
                self.send_response(receiver.receive(self))
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()

    def receive(self, request: BaseHTTPRequestHandler) -> int:
        try:
            length = int(request.headers["Content-Length"] or 0)
            if self.webhook is None or not 0 <= length <= MAX_BYTES:
                return 400
            # Verify the raw bytes: parsing and serialising them again would change the signature input.
            self.events.put(self.webhook.verify(request.rfile.read(length), dict(request.headers)))
        except (WebhookVerificationError, ValueError):
            return 400
        # In production, store the event before you return 2xx: an in-memory queue is lost when the process ends.
        return 204

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Crm:
    """Handles events, whether they arrive as webhooks or from the feed."""

    def __init__(self, client: Client, store: Store) -> None:
        self.client = client
        self.store = store

    def handle(self, event: Json) -> bool:
        """Handles an event once and returns whether it was new. Safe to repeat and to interrupt at any point."""
        if self.store.is_handled(event["id"]):
            return False
        # Skips support requests, which belong to the ITSM tool, and changes that this CRM caused itself.
        if event["type"] == EVENT_TYPE and event["data"]["intent"] == "sales" and event["caused_by"] != SYSTEM:
            self.create_lead(event["subject"])
        # Recorded last: if the work is interrupted, it is repeated, and every step is idempotent.
        self.store.set_handled(event["id"])
        return True

    def create_lead(self, request: str) -> None:
        """Creates a lead and writes its id back. Reads the request first, because events contain no personal data."""
        path = f"/v1/callback-requests/{request}"
        try:
            request_body = self.client.call("GET", path).body
            if request_body["erased_at"] is None:
                lead = {"external_id": self.store.lead(request, request_body["full_name"]), "status": "New"}
                self.client.call("PUT", f"{path}/external-references/{SYSTEM}", lead, if_none_match="*")
        except Problem as problem:
            # The request has been erased (404, 409), or the reference was written before (412).
            if problem.status not in (404, 409, 412):
                raise

    def create_all_leads(self) -> None:
        """Creates leads for all requests: on the first run, and when events have expired."""
        for request in self.client.items("/v1/callback-requests?limit=100&intent=sales"):
            self.create_lead(request["id"])

    def catch_up(self) -> int:
        """Reads the feed from the stored position and returns the number of new events."""
        new = 0
        while True:
            after = self.store.cursor() or 0
            try:
                page = self.client.call("GET", f"/v1/events?after={after}&limit=100&type={EVENT_TYPE}").body
            except Problem as problem:
                if problem.code != "events_expired":
                    raise
                print("   events have expired: reading all requests again")
                self.create_all_leads()
                self.store.set_cursor(problem.body["oldest_sequence"] - 1)
                continue
            new += sum(self.handle(event) for event in page["data"])
            self.store.set_cursor(page["last_sequence"])
            if not page["data"]:
                return new


def rejected(client: Client, method: str, path: str, body: Json | None = None, **headers: str) -> Problem:
    try:
        client.call(method, path, body, **headers)
    except Problem as problem:
        return problem
    raise AssertionError(f"{method} {path} was not rejected")


def directory(admin: Client) -> None:
    """Steps 1 to 5."""
    me = admin.call("GET", "/v1/me").body
    print(f"1. {me['display_name']}; without a token: {rejected(Client(None), 'GET', '/v1/projects')}")

    key, department = str(uuid.uuid4()), {"key": f"py-{uuid.uuid4().hex[:8]}", "name": "Legal"}
    made = admin.call("POST", "/v1/departments", department, idempotency_key=key)
    path = made.headers["location"]
    print(f"2. {made.status} {path} {made.headers['etag']}")

    by_cursor = [person["id"] for person in admin.items("/v1/people?limit=5")]
    by_link = [person["id"] for page in admin.pages("/v1/people?limit=5") for person in page.body["data"]]
    assert by_cursor == by_link
    print(f"3. {len(by_link)} people, by next_cursor and by Link")

    changed = admin.change(path, {"name": "Legal affairs"})
    same = admin.change(path, {"name": "Legal affairs"})
    assert same.headers["etag"] == changed.headers["etag"] != made.headers["etag"]
    missing = rejected(admin, "PATCH", path, {"name": "Law"})
    stale = rejected(admin, "PATCH", path, {"name": "Law"}, if_match=made.headers["etag"])
    assert (missing.status, stale.status) == (428, 412)
    print(f"4. {changed.headers['etag']}; {missing.code}; {stale.code}")

    again = admin.call("POST", "/v1/departments", department, idempotency_key=key)
    assert (again.body, again.headers["idempotent-replayed"]) == (made.body, "true")
    other = rejected(admin, "POST", "/v1/departments", department | {"name": "Law"}, idempotency_key=key)
    assert (other.status, other.code) == (422, "idempotency_mismatch")
    print(f"5. the same response again; {other.code}")


def request_callback(name: str, phone: str) -> Json:
    """Creates a callback request for as soon as possible, as a visitor without a token."""
    body = {"full_name": name, "phone": phone, "intent": "sales", "preference": {"kind": "asap"}}
    receipt: Json = Client(None).call("POST", "/v1/callback-requests", body).body
    return receipt


def handle_until(receiver: Receiver, crm: Crm, subject: str) -> bool:
    """Handles webhooks until one is about `subject`; returns whether that event was new."""
    while True:
        event = receiver.events.get(timeout=30)
        new = crm.handle(event)
        if event["subject"] == subject:
            return new


def main() -> None:
    admin, client = Client(os.environ["ADMIN_TOKEN"]), Client(os.environ["CRM_TOKEN"])
    state_file = os.environ.get("STATE_FILE", "first_hour.db")
    directory(admin)

    crm, receiver = Crm(client, Store(state_file)), Receiver(int(os.environ.get("PORT", "0")))
    url = f"http://127.0.0.1:{receiver.port}/hooks/entente"
    body = {"url": url, "event_types": [EVENT_TYPE], "system": SYSTEM}
    endpoint = client.call("POST", "/v1/webhook-endpoints", body).body
    receiver.webhook = Webhook(endpoint["secret"])
    address = f"/v1/webhook-endpoints/{endpoint['id']}"
    try:
        ping = client.call("POST", f"{address}/test").body
        assert ping["delivered"], ping
        assert send_forged(receiver) == 400
        first = request_callback("Alena Procházková", "604 987 111")
        assert handle_until(receiver, crm, first["id"])
        print(f"6. {ping['outcome']}; then {first['id']} arrived, verified")

        if crm.store.cursor() is None:
            # First run: read the existing requests, then follow the feed from the creation of the endpoint.
            start = client.call("GET", f"/v1/events?subject={endpoint['id']}").body["data"][0]["sequence"]
            crm.create_all_leads()
            crm.store.set_cursor(start)
        crm.catch_up()
        receiver.stop()
        second = request_callback("Karel Němec", "602 234 111")
        # Simulates a restart of the CRM: the position in the feed is in its database.
        crm = Crm(client, Store(state_file))
        while not crm.catch_up():  # events appear in the feed shortly after the change
            time.sleep(0.2)
        receiver.start()  # the next delivery attempt follows after five seconds
        assert not handle_until(receiver, crm, second["id"])
        print(f"7. {second['id']} was missed, read from the feed, and recognised when the webhook arrived")

        reference = client.call("GET", f"/v1/callback-requests/{second['id']}/external-references/{SYSTEM}")
        events = client.call("GET", f"/v1/events?subject={second['id']}&type=external_reference.recorded").body["data"]
        assert [event["caused_by"] for event in events] == [SYSTEM]
        print(f"8. {reference.body['external_id']} {reference.headers['etag']}, caused by {SYSTEM}")

        wrong = rejected(Client(None), "POST", "/v1/callback-requests", {"full_name": "Alena", "mail": "a@example.com"})
        assert {"pointer": "/mail", "code": "unknown_field"}.items() <= wrong.body["errors"][-1].items()
        print(f"9. {wrong}")
    finally:
        client.call("DELETE", address)
        receiver.stop()
    print("done")


def send_forged(receiver: Receiver) -> int:
    """Sends an unsigned webhook to the receiver and returns the status."""
    forged = Request(f"http://127.0.0.1:{receiver.port}/", b'{"type": "callback_request.received"}')
    try:
        with urlopen(forged, timeout=20) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


if __name__ == "__main__":
    main()
