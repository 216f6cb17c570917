"""The requests that are measured on the filled databases: every list, filter and report, and some changes."""

import base64
import itertools
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from ..dataset import project
from ..endpoints import PROJECT, callback_request
from ..latency import request_bytes
from . import callbacks, projects
from .dialect import _ID

_numbers = itertools.count(1)


@dataclass
class Query:
    """A request. `after` returns a request that undoes it, from the response, and is not measured."""

    name: str
    path: str
    token: str = ""
    method: str = "GET"
    body: object = None
    after: object = None
    status: tuple = (200,)
    headers: tuple = field(default=())

    def bytes(self):
        """Returns the next request; requests that change something differ from each other."""
        body, headers = self.body, list(self.headers)
        if callable(body):
            body = body(next(_numbers))
        if self.method == "POST" and self.token:
            headers.append(("Idempotency-Key", f"growth-{next(_numbers)}"))
        return request_bytes(self.method, self.path, token=self.token, body=body, headers=headers)


def record(prefix, number):
    """Returns the id of a generated record."""
    return f"{prefix}_{_ID}{number:011}"


def deep(client, path, prefix, number):
    """Returns the path with a cursor far from the start, or None if the list has no cursor that can be moved."""
    cursor = client.call("GET", path).get("next_cursor")
    if not cursor:
        return None
    parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if len(parts) == 2 and str(parts[-1]).isdecimal():
        # The list is ordered by the position of the rows.
        parts[-1] = str(number)
        return f"{path}&cursor={_cursor(parts)}"
    position = re.fullmatch(rf"(\S+ )?{prefix}_\w{{26}}", str(parts[-1]))
    if not position or len(parts) != 2:
        return None
    parts[-1] = record(prefix, number)
    if position[1]:
        # The list is ordered by the time of creation, then by id.
        created_at = client.call("GET", f"{path.partition('?')[0]}/{parts[-1]}")["created_at"]
        parts[-1] = f"{created_at} {parts[-1]}"
    return f"{path}&cursor={_cursor(parts)}"


def _cursor(parts):
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def queries(service, requests, project_count):
    """Returns the requests for a service on a database of that size."""
    admin = service.token("cmo")
    client = service.client(admin)
    made = [*_projects(service, client, admin, project_count), *_one_project(admin, project_count),
            *_callbacks(client, admin, requests), *_history(client, admin, requests), *_other(admin)]
    login = "p3"
    reader = service.token(login, "projects:read")
    for name, path in (("inbox", "/v1/me/inbox"), ("me", "/v1/me")):
        made += [Query(f"{name}, a sponsor", path, reader), Query(f"{name}, the administrator", path, admin)]
    made += _changes(service, admin)
    client.close()
    return [query for query in made if query.path]


def _day(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%d")


def _projects(service, client, admin, count):
    path = "/v1/projects?limit=50"
    far = int(count * 0.9)
    yield Query("projects", path, admin)
    yield Query("projects, deep", deep(client, path, "prj", far), admin)
    yield Query("projects, newest first", f"{path}&sort=-created_at", admin)
    yield Query("projects, newest, deep", deep(client, f"{path}&sort=-created_at", "prj", count // 10), admin)
    for state in ("draft", "on_hold", "closed"):
        yield Query(f"projects, {state}", f"{path}&state={state}", admin)
    yield Query("projects, draft, deep", deep(client, f"{path}&state=draft", "prj", far), admin)
    yield Query("projects, two states", f"{path}&state=draft&state=proposed", admin)
    department = record("dpt", 3)
    yield Query("projects, department", f"{path}&department_id={department}", admin)
    yield Query("projects, demo department", f"{path}&department_id=dpt_01kdvdna00e008000000000001", admin)
    yield Query("projects, department, state", f"{path}&department_id={department}&state=active", admin)
    yield Query("projects, department, state, none", f"{path}&department_id={department}&state=on_hold", admin)
    yield Query("projects, two rare states", f"{path}&state=on_hold&state=closing", admin)
    yield Query("projects, department, as of today", f"{path}&department_id={department}&as_of={_day(0)}", admin)
    yield Query("projects, as of today", f"{path}&as_of={_day(0)}", admin)
    yield Query("projects, as of today, newest first", f"{path}&as_of={_day(0)}&sort=-created_at", admin)
    yield Query("projects, as of the day before", f"{path}&as_of=2026-01-04", admin)
    yield Query("projects, as of 2031", f"{path}&as_of=2031-01-01", admin)
    yield Query("projects, mine", f"{path}&mine=true", service.token("p3"))
    yield Query("projects, mine, administrator", f"{path}&mine=true", admin)
    yield Query("projects, only readable", path, service.token("p3", "projects:read"))
    yield Query("projects, only readable, CMO", path, service.token("cmo", "projects:read"))


def _one_project(admin, count):
    yield Query("project", f"/v1/projects/{record('prj', count // 2 + 3)}", admin)
    for title, project in (("demo", PROJECT), ("middle", f"/v1/projects/{record('prj', count // 20 * 10 + 3)}")):
        for part in ("approvals", "memberships", "areas", "decisions", "disputes", "transfers", "delegations",
                     "ownership", "ownership/coverage", "ownership/conflicts", "partnership", "parity", "readiness"):
            yield Query(f"{part}, {title}", f"{project}/{part}", admin)
    person = f"/v1/people/{record('per', 5)}"
    for part in ("memberships", "assignments", "home-positions", "offboarding-report"):
        yield Query(f"{part} of a person", f"{person}/{part}", admin)


def _callbacks(client, admin, count):
    path, last_day = "/v1/callback-requests?limit=50", f"{_day(-1)}T00:00:00Z"
    agent = f"agent_id={record('agt', 3)}"
    yield Query("callbacks", path, admin)
    yield Query("callbacks, deep", deep(client, path, "cbr", int(count * 0.9)), admin)
    filters = {
        "cancelled": "state=cancelled", "unreachable": "state=unreachable", "completed": "state=completed",
        "open": "state=queued_asap&state=assigned&state=scheduled", "sales": "intent=sales",
        "support": "intent=technical_support", "agent": agent,
        "agent without requests": f"agent_id={record('agt', 99)}",
        "broken": "promise=broken", "pending": "promise=pending", "cancelled, broken": "state=cancelled&promise=broken",
        "open, broken": "state=missed&state=assigned&promise=broken", "closed day": "flag=closed_day",
        "same number": "flag=same_number", "last day": f"created_from={last_day}",
        "a past day": f"created_from={_day(-20)}T00:00:00Z&created_to={_day(-19)}T00:00:00Z",
        "until a past day": f"created_to={_day(-20)}T00:00:00Z",
        "agent, last day": f"{agent}&created_from={last_day}", "agent, completed": f"{agent}&state=completed",
        "sales, last day": f"intent=sales&created_from={last_day}",
        "completed, last 3 days": f"state=completed&created_from={_day(-3)}T00:00:00Z",
        "broken, last 10 days": f"promise=broken&created_from={_day(-10)}T00:00:00Z",
    }
    for name, text in filters.items():
        yield Query(f"callbacks, {name}", f"{path}&{text}", admin)
    for name in ("cancelled", "agent", "sales", "broken"):
        yield Query(f"callbacks, {name}, deep", deep(client, f"{path}&{filters[name]}", "cbr", int(count * 0.9)), admin)
    yield Query("callbacks, export of the last day", f"/v1/callback-requests/export?created_from={last_day}", admin)
    request = f"/v1/callback-requests/{record('cbr', count // 2 // 100 * 100 + 9)}"
    yield Query("callback request", request, admin)
    yield Query("calls of a request", f"{request}/calls", admin)
    yield Query("queues", "/v1/queues", admin)
    yield Query("references of a request", f"{request}/external-references", admin)
    report = "/v1/reports/callbacks"
    yield Query("report, 30 days", report, admin)
    yield Query("report, 7 days", f"{report}?from={_day(-7)}&to={_day(0)}", admin)
    yield Query("report, 7 days, sales", f"{report}?from={_day(-7)}&to={_day(0)}&intent=sales", admin)
    yield Query("agents", "/v1/agents", admin)
    yield Query("slots", "/v1/slots")


def _history(client, admin, count):
    events, middle = "/v1/events?limit=50", record("cbr", count // 2)
    yield Query("events, first", f"{events}&after=0", admin)
    yield Query("events, middle", f"{events}&after={count}", admin)
    yield Query("events, last", f"{events}&after={2 * count}", admin)
    yield Query("events, type", f"{events}&after=0&type=callback_request.completed", admin)
    yield Query("events, rare type", f"{events}&after=0&type=closed_day.created", admin)
    yield Query("events, type without events", f"{events}&after=0&type=transfer.accepted", admin)
    yield Query("events, subject", f"{events}&after=0&subject={middle}", admin)
    path = "/v1/audit-entries?limit=50"
    yield Query("audit", path, admin)
    yield Query("audit, deep", deep(client, path, "aud", int(count * 1.8)), admin)
    yield Query("audit, subject", f"{path}&subject={middle}", admin)
    for actor in ("p3", "cio", "unknown"):
        yield Query(f"audit, actor {actor}", f"{path}&actor={quote(actor)}", admin)
    yield Query("audit, actor and subject", f"{path}&actor=p3&subject={PROJECT.rsplit('/', 1)[1]}", admin)
    endpoint = f"/v1/webhook-endpoints/{callbacks.ENDPOINT}"
    deliveries = f"{endpoint}/deliveries?limit=50"
    yield Query("deliveries", deliveries, admin)
    yield Query("deliveries, deep", deep(client, deliveries, "dlv", int(count * 0.9)), admin)
    for state in ("delivered", "exhausted", "pending"):
        yield Query(f"deliveries, {state}", f"{deliveries}&state={state}", admin)
    yield Query("attempts of a delivery", f"/v1/webhook-deliveries/{record('dlv', count // 2)}/attempts", admin)
    for name, kind in (("rare type", "closed_day.created"), ("type without events", "transfer.accepted")):
        body = {"since": "2020-01-01T00:00:00Z", "selection": "all", "event_types": [kind], "dry_run": True}
        yield Query(f"replay, {name}", f"{endpoint}/replay", admin, "POST", body)
    yield Query("webhook health", f"{endpoint}/health", admin)
    yield Query("webhook endpoints", "/v1/webhook-endpoints", admin)


def _other(admin):
    yield Query("people", "/v1/people?limit=50", admin)
    department = f"/v1/people?limit=50&department_id={record('dpt', 3)}"
    yield Query("people, department", department, admin)
    yield Query("people, department, present", f"{department}&deactivated=false", admin)
    yield Query("people, login", "/v1/people?login=p7", admin)
    yield Query("people, deactivated", "/v1/people?limit=50&deactivated=true", admin)
    yield Query("people, present", "/v1/people?limit=50&deactivated=false", admin)
    yield Query("departments", "/v1/departments?limit=50", admin)
    yield Query("closed days", "/v1/calendars/default/closed-days", admin)
    yield Query("privacy notices", "/v1/privacy-notices", admin)


def _changes(service, admin):
    """Claiming a request is undone after each measurement, so that the queue does not change."""
    def unassign(response):
        return Query("unassign", f"/v1/callback-requests/{response['id']}/unassign", admin, "POST", {})

    yield Query("claim a request", "/v1/callback-requests/next", service.token("p1"), "POST", {}, unassign)
    yield Query("create a callback request", "/v1/callback-requests", "", "POST",
                lambda number: callback_request(number + projects.DAY), status=(201,))
    yield Query("create a project", "/v1/projects", admin, "POST", project, status=(201,))
