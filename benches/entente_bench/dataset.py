"""The data of the guard and of the throughput measurements: the demo, and enough rows for full pages."""

from datetime import datetime
from zoneinfo import ZoneInfo

from .endpoints import callback_request
from .service import Service

PROJECTS = 60
CALLBACKS = 60
# The visitors of the measurements have other numbers.
FIRST_VISITOR = 7_900_000

_DEPARTMENTS = ("dpt_01kdvdna00e008000000000001", "dpt_01kdvdna00e008000000000002")
_SPONSORS = ("per_01kdvdna00e008000000000001", "per_01kdvdna00e008000000000005")


def project(number):
    """Returns the body of a project like those of the demo."""
    sides = [{"department_id": department, "sponsor_person_id": sponsor}
             for department, sponsor in zip(_DEPARTMENTS, _SPONSORS)]
    return {
        "name": f"Benchmark {number}", "purpose": "Marketing and IT measure together.",
        "starts_on": "2026-01-05", "ends_on": "2030-01-01", "parity_tolerance": 0,
        "sides": sides,
        "goals": [{"statement": "Answer sooner", "metric": "Median time to first answer", "unit": "hours",
                   "baseline": 26, "target": 4, "due_on": "2029-06-30"}],
        "template": "data-ownership",
    }


def fill(client):
    """Adds projects and callback requests to the demo data, and makes the slots independent of the time of day.

    Today is closed and every weekday is open, so there are always ten whole days of slots, from tomorrow on, and a
    call "as soon as possible" is promised for tomorrow.
    """
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    calendar = "/v1/calendars/default"
    hours = [{"weekday": day, "opens": "10:00", "closes": "17:00"} for day in days]
    zone = client.call("PATCH", calendar, {"opening_hours": hours}, headers={"If-Match": "*"})["zone"]
    today = datetime.now(ZoneInfo(zone)).date().isoformat()
    client.call("POST", f"{calendar}/closed-days", {"date": today, "reason": "Benchmark"})
    for number in range(PROJECTS):
        client.call("POST", "/v1/projects", project(number))
    for number in range(CALLBACKS):
        client.call("POST", "/v1/callback-requests", callback_request(FIRST_VISITOR + number), token="")


def prepare(binary, database_url, scratch):
    """Loads the demo into an empty database and fills it."""
    with Service(binary, database_url, scratch, command="demo") as service:
        fill(service.client(service.token()))
