"""HubSpot: contacts and tickets by the CRM API v3, from its public API specification and guides."""

import itertools
import re

from fake import EMAIL, Fake, Refusal

_OBJECTS = "/crm/v3/objects"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z|\d{13}")
_COMMON = {"entente_request_id": "string", "entente_state": "string", "entente_promised_from": "datetime",
           "entente_promised_by": "datetime", "entente_promise": "string", "entente_agent_email": "string",
           "entente_campaign": "string", "entente_calls": "number", "entente_call_outcome": "string",
           "entente_called_at": "datetime", "entente_marketing_consent": "bool"}
_COMMON |= {f"entente_utm_{name}": "string" for name in ("source", "medium", "campaign", "term", "content")}
_PROPERTIES = {
    "contacts": _COMMON | {"firstname": "string", "lastname": "string", "phone": "string", "email": "email",
                           "company": "string", "message": "string"},
    "tickets": _COMMON | {"subject": "string", "content": "string", "hs_pipeline": "string",
                          "hs_pipeline_stage": "stage"},
}
# The properties that a response has if the request names none.
_DEFAULT = {"contacts": ("email", "firstname", "lastname"), "tickets": ("subject", "content", "hs_pipeline",
                                                                        "hs_pipeline_stage")}
# Properties with unique values, in addition to the id of an object.
_UNIQUE = {"contacts": ("email", "entente_request_id"), "tickets": ("entente_request_id",)}
_STAGES = {"0": ("1", "2", "3", "4")}


class HubSpot(Fake):
    """A portal with the custom properties of docs/integrations/hubspot.md, for one kind of object."""

    name = "hubspot"
    _token = "pat-eu1-test"

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self._ids = map(str, itertools.count(501))
        self.url = f"{self.base}{_OBJECTS}/{kind}"
        self.auth = {"kind": "header", "name": "Authorization", "value": f"Bearer {self._token}"}

    def respond(self, request):
        if request.headers.get("authorization") != f"Bearer {self._token}":
            _refuse(401, "INVALID_AUTHENTICATION", "Authentication credentials not found")
        if request.matches("POST", f"{_OBJECTS}/{self.kind}/batch/upsert"):
            return self._upsert(request.json())
        if request.matches("PATCH", f"{_OBJECTS}/{self.kind}/[^/]+"):
            record = self._record(request.segment(), request.query.get("idProperty"))
            body = request.json()
            if set(body) != {"properties"}:
                _refuse(400, "VALIDATION_ERROR", f"Invalid input JSON: {sorted(body)}")
            self._write(record, body["properties"])
            return 200, _body(record)
        if request.matches("GET", f"{_OBJECTS}/{self.kind}/[^/]+"):
            record = self._record(request.segment(), request.query.get("idProperty"))
            names = _DEFAULT[self.kind] + tuple(request.query.get("properties", "").split(","))
            return 200, _body(record) | {"properties": {name: value for name, value in record["properties"].items()
                                                        if name in names}}
        return _refuse(404, "NOT_FOUND", "No such resource")

    def find(self, request_id):
        """Returns the properties of the record of a callback request."""
        found = self._by("entente_request_id", request_id)
        return found["properties"] | {"id": found["id"]} if found else None

    def add_customer(self, **properties):
        """Adds a contact that the service did not create, and returns its id."""
        record = {"id": next(self._ids), "properties": properties}
        self.records[record["id"]] = record
        return record["id"]

    def _by(self, name, value):
        wanted = _unique(name, value)
        return next((one for one in self.records.values()
                     if _unique(name, one["properties"].get(name)) == wanted), None)

    def _record(self, value, id_property):
        if id_property and id_property not in _UNIQUE[self.kind]:
            _refuse(400, "VALIDATION_ERROR", f"Unable to look up by non-unique property {id_property}")
        record = self._by(id_property, value) if id_property else self.records.get(value)
        return record or _refuse(404, "OBJECT_NOT_FOUND", "Object not found")

    def _upsert(self, body):
        inputs = body.get("inputs")
        if set(body) != {"inputs"} or not isinstance(inputs, list) or not 1 <= len(inputs) <= 100:
            _refuse(400, "VALIDATION_ERROR", "inputs must have 1 to 100 elements")
        results = []
        for one in inputs:
            required = {"id", "idProperty", "properties"}
            if not required <= set(one) <= required | {"objectWriteTraceId"}:
                _refuse(400, "VALIDATION_ERROR", f"Invalid input JSON: {sorted(one)}")
            if one["idProperty"] not in _UNIQUE[self.kind]:
                _refuse(400, "VALIDATION_ERROR", f"Unable to perform upsert by non-unique property {one['idProperty']}")
            record = self._by(one["idProperty"], one["id"])
            is_new = record is None
            record = record or {"id": next(self._ids), "properties": {one["idProperty"]: one["id"]}}
            if is_new and self.kind == "tickets" and not {"subject", "hs_pipeline_stage"} <= set(one["properties"]):
                _refuse(400, "VALIDATION_ERROR", "Some required properties were not set")
            self._write(record, one["properties"])
            self.records[record["id"]] = record
            results.append(_body(record) | {"new": is_new})
        return 200, {"status": "COMPLETE", "results": results, "startedAt": "2027-01-01T00:00:00Z",
                     "completedAt": "2027-01-01T00:00:00Z"}

    def _write(self, record, properties):
        kinds = _PROPERTIES[self.kind]
        pipeline = properties.get("hs_pipeline", record["properties"].get("hs_pipeline", "0"))
        for name, value in properties.items():
            if name not in kinds:
                _refuse(400, "VALIDATION_ERROR", f'Property "{name}" does not exist', "PROPERTY_DOESNT_EXIST")
            if not isinstance(value, str):
                _refuse(400, "VALIDATION_ERROR", f"{name} must be a string")
            kind = kinds[name]
            wrong = value != "" and (
                (kind == "datetime" and not _TIME.fullmatch(value))
                or (kind == "bool" and value not in ("true", "false"))
                or (kind == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", value))
                or (kind == "email" and not EMAIL.fullmatch(value)))
            if wrong or len(value) > 65_536 or (kind == "stage" and value not in _STAGES.get(pipeline, ())):
                _refuse(400, "VALIDATION_ERROR", f"{value!r} is not valid for {name}", "INVALID_" + kind.upper())
            other = self._by(name, value) if name in _UNIQUE[self.kind] and value else None
            if other and other["id"] != record["id"]:
                _refuse(409, "CONFLICT", f"{name} already has that value. Existing ID: {other['id']}")
        record["properties"].update(properties)


def _unique(name, value):
    # An e-mail address has one contact, in any case of its letters.
    return value.lower() if name == "email" and value else value


def _body(record):
    return {"id": record["id"], "properties": record["properties"], "createdAt": "2027-01-01T00:00:00Z",
            "updatedAt": "2027-01-01T00:00:00Z", "archived": False}


def _refuse(status, category, message, code=""):
    raise Refusal(status, {"status": "error", "category": category, "message": message, "code": code})
