"""Sets up an empty database: agents, slots and webhook endpoints."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_AGENTS = 3
_CALENDAR = "/v1/calendars/default"
# The queue for sales, which the migrations create.
_QUEUE_ID = "que_01kdvdna00e008000000000001"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# One endpoint of three gets the events about each resource in order.
ORDERED = "/hook/3"
ENDPOINTS = ("/hook/1", "/hook/2", ORDERED)


def create_agents(service, admin):
    """Creates agents and returns their tokens by agent id.

    The first one is on duty on every weekday but today's and tomorrow's. So the scheduler assigns calls in slots of
    the other weekdays, and finds no agent on duty for a call as soon as possible.
    """
    zone = ZoneInfo(admin.call("GET", _CALENDAR)["zone"])
    off = off_duty(zone)
    duties = [{"weekday": day, "starts": "00:00", "ends": "23:59"} for day in _DAYS if day not in off]
    tokens = {}
    for number in range(_AGENTS):
        login = f"agent{number}"
        person = admin.call("POST", "/v1/people", {"display_name": f"Agent {number}", "login": login,
                                                   "email": f"{login}@example.com"})
        queue = {"queue_id": _QUEUE_ID, "duties": [] if number else duties}
        agent = admin.call("POST", "/v1/agents", {"person_id": person["id"], "queues": [queue]})
        tokens[agent["id"]] = service.token(login)
    return tokens


def off_duty(zone):
    """Returns the names of today and tomorrow."""
    now = datetime.now(zone)
    return {_DAYS[(now + timedelta(days=days)).weekday()] for days in (0, 1)}


def open_slots(admin):
    """Sets the longest horizon; returns the slots in which an agent is on duty, and the capacity of a slot."""
    queue = admin.call("PATCH", f"/v1/queues/{_QUEUE_ID}", {"horizon_business_days": 30}, headers={"If-Match": "*"})
    listed = admin.call("GET", "/v1/slots")
    off = off_duty(ZoneInfo(listed["zone"]))
    slots = [slot["slot_id"] for slot in listed["data"]
             if _DAYS[datetime.fromisoformat(slot["date"]).weekday()] not in off]
    return slots, queue["window_capacity"]


def create_endpoints(admin, receiver_url):
    """Creates webhook endpoints that get all events; returns the paths by endpoint id."""
    paths = {}
    for path in ENDPOINTS:
        made = admin.call("POST", "/v1/webhook-endpoints",
                          {"url": receiver_url.rstrip("/") + path, "event_types": [],
                           "ordering": "subject" if path == ORDERED else "none"})
        paths[made["id"]] = path
    return paths
