"""ServiceNow: incidents by the Table API, from its reference. Unknown columns and wrong values are ignored by the real
one without an error, and are warnings here."""

import base64
import re
import uuid

from fake import Fake, Refusal

_TABLE = "/api/now/table/incident"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_CHOICES = {"impact": ("1", "2", "3"), "urgency": ("1", "2", "3"), "state": ("1", "2", "3", "6", "7", "8"),
            "contact_type": ("chat", "email", "phone", "monitoring", "self-service", "virtual_agent", "walk-in"),
            "u_entente_marketing_consent": ("true", "false")}
_TIMES = ("u_entente_promised_from", "u_entente_promised_by", "u_entente_called_at")
_TEXTS = {"short_description": 160, "description": 16_777_215, "correlation_id": 100, "correlation_display": 100,
          "close_code": 40, "close_notes": 4000, "assignment_group": 100, "u_entente_state": 40,
          "u_entente_promise": 40, "u_entente_agent_email": 254, "u_entente_campaign": 255, "u_entente_calls": 10,
          "u_entente_call_outcome": 40}
_TEXTS |= {f"u_entente_utm_{name}": 120 for name in ("source", "medium", "campaign", "term", "content")}
_NEW, _CLOSING = "1", ("6", "7")


class ServiceNow(Fake):
    """An instance with the columns of docs/integrations/servicenow.md, and the data policy of the base system."""

    name = "servicenow"

    def __init__(self):
        super().__init__()
        self.url = self.base + _TABLE
        self.auth = {"kind": "basic", "username": "entente", "password": "s3cret"}

    def respond(self, request):
        if request.headers.get("authorization") != "Basic " + base64.b64encode(b"entente:s3cret").decode():
            _refuse(401, "User Not Authenticated", "Required to provide Auth information")
        if request.matches("GET", _TABLE):
            return 200, {"result": self._search(request.query)}
        if request.matches("POST", _TABLE):
            record = {"sys_id": uuid.uuid4().hex, "number": f"INC{len(self.records):07}", "state": _NEW}
            self._write(record, request)
            self.records[record["sys_id"]] = record
            return 201, {"result": _fields(record, request.query)}
        if found := request.matches("PATCH", _TABLE + "/([^/]+)"):
            record = self.records.get(found[1])
            if not record:
                _refuse(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")
            self._write(record, request)
            return 200, {"result": _fields(record, request.query)}
        return _refuse(400, "Invalid table", request.path)

    def find(self, request_id):
        """Returns the incident of a callback request."""
        return next((one for one in self.records.values() if one.get("correlation_id") == request_id), None)

    def _search(self, query):
        wanted = re.fullmatch(r"(\w+)=(.+)", query.get("sysparm_query", ""))
        if not wanted or wanted[1] not in _TEXTS:
            # The real one ignores an invalid query and returns all records.
            self.warnings.append(f"invalid query {query}")
            found = list(self.records.values())
        else:
            found = [one for one in self.records.values() if one.get(wanted[1]) == wanted[2]]
        return [_fields(one, query) for one in found[:int(query.get("sysparm_limit", 10_000))]]

    def _write(self, record, request):
        if not request.headers.get("content-type", "").startswith("application/json"):
            _refuse(415, "Unsupported media type", "Content-Type must be application/json")
        changed = {}
        for name, value in request.json().items():
            if not isinstance(value, str):
                self.warnings.append(f"{name} is not a string: {value!r}")
            elif name in _CHOICES:
                self._accept(changed, name, value, value in _CHOICES[name])
            elif name in _TIMES:
                self._accept(changed, name, value, not value or _TIME.fullmatch(value))
            else:
                self._accept(changed, name, value, len(value) <= _TEXTS.get(name, -1))
        after = record | changed
        if after["state"] in _CLOSING and not (after.get("close_code") and after.get("close_notes")):
            _refuse(403, "Operation Failed", "Error: Data Policy Exception: The following fields are mandatory: "
                    "Resolution code, Resolution notes")
        record.update(changed)

    def _accept(self, changed, name, value, is_valid):
        if is_valid:
            changed[name] = value
        else:
            self.warnings.append(f"{name} was ignored: {value!r}")


def _fields(record, query):
    names = query.get("sysparm_fields")
    return {name: record.get(name, "") for name in names.split(",")} if names else record


def _refuse(status, message, detail):
    raise Refusal(status, {"error": {"message": message, "detail": detail}, "status": "failure"})
