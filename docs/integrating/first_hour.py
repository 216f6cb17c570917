"""The hour of docs/integrating.md as one program: a small CRM that makes a lead of each callback request.

Python 3.11 and `pip install standardwebhooks`. Start the demo (`entente demo`), then, in the same folder:

    ADMIN_TOKEN=$(entente token cmo) CRM_TOKEN=$(entente token my-crm --service --scope projects:read \
        --scope callbacks:read --scope callbacks:work --scope webhooks:manage) python3 first_hour.py

    BASE        the service (default: http://127.0.0.1:8080)
    PORT        where webhooks come in (default: any free one)
    STATE_FILE  what must outlive a restart (default: first_hour.db)
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
PATIENCE = 30  # seconds that a call may wait before it is tried again
MAX_BYTES = 1_000_000

Json = dict[str, Any]


@dataclass
class Answer:
    status: int
    headers: Json
    body: Any


@dataclass
class Problem(Exception):
    """What the service refused (RFC 9457). Branch on `code`."""

    status: int
    code: str
    body: Json
    headers: Json = field(repr=False)

    def __str__(self) -> str:
        kinds = ("pointer", "parameter", "header")
        places = [error[kind] for error in self.body.get("errors", []) for kind in kinds if kind in error]
        return f"{self.status} {self.code} {places} request_id={self.body.get('request_id')}"

    def pause(self, attempt: int) -> float | None:
        """Seconds until the same request may be sent again; None when that is no use."""
        if self.status not in (408, 429, 500, 502, 503, 504) and self.code != "idempotency_in_progress":
            return None
        told = self.headers.get("retry-after", "")
        return float(told) if told.isdigit() else 2.0**attempt


class Client:
    """Requests with one token."""

    def __init__(self, token: str | None) -> None:
        self.token = token

    def call(self, method: str, path: str, body: Json | None = None, **headers: str) -> Answer:
        """Sends, and sends the same bytes again when that can help. Name headers as `if_match`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Accept-Language": "en", "Content-Type": "application/json"}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if method == "POST":
            # A POST without a key could happen twice when it is sent again.
            sent.setdefault("idempotency-key", str(uuid.uuid4()))
        content = None if body is None else json.dumps(body).encode()
        for attempt in range(TRIES):
            try:
                return self._once(Request(urljoin(BASE, path), content, sent, method=method))
            except (Problem, URLError, TimeoutError, ConnectionError) as error:
                pause = error.pause(attempt) if isinstance(error, Problem) else 2.0**attempt
                if pause is None or pause > PATIENCE or attempt == TRIES - 1:
                    raise
            time.sleep(pause)
        raise AssertionError("unreachable")

    @staticmethod
    def _once(request: Request) -> Answer:
        try:
            with urlopen(request, timeout=20) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status, headers, json.loads(response.read() or "null"))
        except HTTPError as error:
            headers = {name.lower(): value for name, value in error.headers.items()}
            raw = error.read()
            # A proxy on the way may answer with a page of its own.
            is_problem = headers.get("content-type", "").startswith("application/problem+json")
            body = json.loads(raw) if is_problem else {}
            raise Problem(error.code, body.get("code", ""), body, headers) from None

    def pages(self, path: str) -> Iterator[Answer]:
        """All pages of a list, by the header Link."""
        following: str | None = path
        while following:
            page = self.call("GET", following)
            yield page
            link = page.headers.get("link")
            following = link[link.index("<") + 1 : link.index(">")] if link else None

    def items(self, path: str) -> Iterator[Json]:
        """All items of a list, by `next_cursor`."""
        cursor = None
        while True:
            page = self.call("GET", path + (f"&cursor={cursor}" if cursor else "")).body
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def change(self, path: str, patch: Json) -> Answer:
        """Changes what is there now. A patch that depends on what it finds has to be made anew each time."""
        while True:
            etag = self.call("GET", path).headers["etag"]
            try:
                return self.call("PATCH", path, patch, if_match=etag)
            except Problem as problem:
                if problem.code != "stale_version":
                    raise


class Store:
    """The database of the CRM: leads, the events that were handled, and how far the feed was read."""

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
    """Takes webhooks, verifies them and puts them into a queue; the work is done behind it."""

    def __init__(self, port: int) -> None:
        self.events: queue.Queue[Json] = queue.Queue()
        self.webhook: Webhook | None = None
        self.port = port
        self.start()

    def start(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 20  # seconds that a sender may be silent

            def do_POST(self) -> None:
                self.send_response(receiver.take(self))
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()

    def take(self, request: BaseHTTPRequestHandler) -> int:
        try:
            length = int(request.headers["Content-Length"] or 0)
            if self.webhook is None or not 0 <= length <= MAX_BYTES:
                return 400
            # The bytes as they came: not parsed and written again.
            self.events.put(self.webhook.verify(request.rfile.read(length), dict(request.headers)))
        except (WebhookVerificationError, ValueError):
            return 400
        # A real one stores the event before it answers 2xx: what is in a queue is lost with the process.
        return 204

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Crm:
    """What the integration does with events, however they come."""

    def __init__(self, client: Client, store: Store) -> None:
        self.client = client
        self.store = store

    def handle(self, event: Json) -> bool:
        """Whether it was new. Safe to be told twice, and to be interrupted anywhere."""
        if self.store.is_handled(event["id"]):
            return False
        # Support questions are for the ITSM tool; what this CRM made itself it knows.
        if event["type"] == EVENT_TYPE and event["data"]["intent"] == "sales" and event["caused_by"] != SYSTEM:
            self.adopt(event["subject"])
        # Last: an interrupted one is done again, and each step of it changes nothing the second time.
        self.store.set_handled(event["id"])
        return True

    def adopt(self, request: str) -> None:
        """A lead for a request, and its id written back. Events tell nothing of a person, so they are asked for."""
        path = f"/v1/callback-requests/{request}"
        try:
            person = self.client.call("GET", path).body
            if person["erased_at"] is None:
                lead = {"external_id": self.store.lead(request, person["full_name"]), "status": "New"}
                self.client.call("PUT", f"{path}/external-references/{SYSTEM}", lead, if_match="*")
        except Problem as problem:
            # Erased meanwhile: there is nothing to adopt.
            if problem.status not in (404, 409):
                raise

    def adopt_all(self) -> None:
        """What the feed cannot tell any more, or was there before."""
        for request in self.client.items("/v1/callback-requests?limit=100&intent=sales"):
            self.adopt(request["id"])

    def catch_up(self) -> int:
        """Reads the feed from where it was left; returns how many events were new."""
        new = 0
        while True:
            after = self.store.cursor() or 0
            try:
                page = self.client.call("GET", f"/v1/events?after={after}&limit=100&type={EVENT_TYPE}").body
            except Problem as problem:
                if problem.code != "events_expired":
                    raise
                print("   away for too long: all requests are read again")
                self.adopt_all()
                self.store.set_cursor(problem.body["oldest_sequence"] - 1)
                continue
            new += sum(self.handle(event) for event in page["data"])
            self.store.set_cursor(page["last_sequence"])
            if not page["data"]:
                return new


def refused(client: Client, method: str, path: str, body: Json | None = None, **headers: str) -> Problem:
    try:
        client.call(method, path, body, **headers)
    except Problem as problem:
        return problem
    raise AssertionError(f"{method} {path} was not refused")


def directory(admin: Client) -> None:
    """Steps 1 to 5."""
    me = admin.call("GET", "/v1/me").body
    print(f"1. {me['display_name']}; without a token: {refused(Client(None), 'GET', '/v1/projects')}")

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
    missing = refused(admin, "PATCH", path, {"name": "Law"})
    stale = refused(admin, "PATCH", path, {"name": "Law"}, if_match=made.headers["etag"])
    assert (missing.status, stale.status) == (428, 412)
    print(f"4. {changed.headers['etag']}; {missing.code}; {stale.code}")

    again = admin.call("POST", "/v1/departments", department, idempotency_key=key)
    assert (again.body, again.headers["idempotent-replayed"]) == (made.body, "true")
    other = refused(admin, "POST", "/v1/departments", department | {"name": "Law"}, idempotency_key=key)
    assert (other.status, other.code) == (422, "idempotency_mismatch")
    print(f"5. the same answer again; {other.code}")


def visit(name: str, phone: str) -> Json:
    """A visitor, without a token, asks to be called as soon as possible."""
    wish = {"full_name": name, "phone": phone, "intent": "sales", "preference": {"kind": "asap"}}
    receipt: Json = Client(None).call("POST", "/v1/callback-requests", wish).body
    return receipt


def take_until(receiver: Receiver, crm: Crm, subject: str) -> bool:
    """Handles what comes until it is about `subject`; whether that was new."""
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
    wanted = {"url": f"http://127.0.0.1:{receiver.port}/hooks/entente", "event_types": [EVENT_TYPE], "system": SYSTEM}
    endpoint = client.call("POST", "/v1/webhook-endpoints", wanted).body
    receiver.webhook = Webhook(endpoint["secret"])
    address = f"/v1/webhook-endpoints/{endpoint['id']}"
    try:
        ping = client.call("POST", f"{address}/test").body
        assert ping["delivered"], ping
        assert refused_by(receiver) == 400
        first = visit("Alena Procházková", "604 987 111")
        assert take_until(receiver, crm, first["id"])
        print(f"6. {ping['outcome']}; then {first['id']} came, verified")

        if crm.store.cursor() is None:
            # The first time: what was there before, and from where on the feed tells the rest.
            began = client.call("GET", f"/v1/events?subject={endpoint['id']}").body["data"][0]["sequence"]
            crm.adopt_all()
            crm.store.set_cursor(began)
        crm.catch_up()
        receiver.stop()
        second = visit("Karel Němec", "602 234 111")
        # The CRM starts anew: it knows from its database where it was.
        crm = Crm(client, Store(state_file))
        while not crm.catch_up():  # an event is in the feed a moment after its change
            time.sleep(0.2)
        receiver.start()  # the next try comes after five seconds
        assert not take_until(receiver, crm, second["id"])
        print(f"7. {second['id']} was missed, came by the feed, and was known when it came again")

        reference = client.call("GET", f"/v1/callback-requests/{second['id']}/external-references/{SYSTEM}")
        events = client.call("GET", f"/v1/events?subject={second['id']}&type=external_reference.recorded").body["data"]
        assert [event["caused_by"] for event in events] == [SYSTEM]
        print(f"8. {reference.body['external_id']} {reference.headers['etag']}, caused by {SYSTEM}")

        wrong = refused(Client(None), "POST", "/v1/callback-requests", {"full_name": "Alena", "mail": "a@example.com"})
        assert {"pointer": "/mail", "code": "unknown_member"}.items() <= wrong.body["errors"][-1].items()
        print(f"9. {wrong}")
    finally:
        client.call("DELETE", address)
        receiver.stop()
    print("done")


def refused_by(receiver: Receiver) -> int:
    """What the receiver answers to somebody who has no secret."""
    forged = Request(f"http://127.0.0.1:{receiver.port}/", b'{"type": "callback_request.received"}')
    try:
        with urlopen(forged, timeout=20) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


if __name__ == "__main__":
    main()
