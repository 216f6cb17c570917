"""Salesforce: leads by the REST API (version 62.0), from the REST API Developer Guide and the Object Reference."""

import base64
import re

from fake import EMAIL, Fake, Refusal

_ROOT = "/services/data/v62.0"
_LEAD = _ROOT + "/sobjects/Lead"
_EXTERNAL_ID = "Entente_Request_Id__c"
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:?\d{2})")
# The kind and the length of the fields of a lead that can be written.
_FIELDS = {
    "FirstName": ("string", 40), "LastName": ("string", 80), "Company": ("string", 255), "Phone": ("phone", 40),
    "Email": ("email", 80), "LeadSource": ("picklist", 255), "Status": ("picklist", 255), "OwnerId": ("string", 18),
    "Description": ("string", 32000),
    "Entente_State__c": ("string", 30), "Entente_Promised_From__c": ("datetime", 0),
    "Entente_Promised_By__c": ("datetime", 0), "Entente_Promise__c": ("string", 10),
    "Entente_Agent_Email__c": ("email", 80), "Entente_Campaign__c": ("string", 255), "Entente_Calls__c": ("number", 0),
    "Entente_Call_Outcome__c": ("string", 30), "Entente_Called_At__c": ("datetime", 0),
    "Entente_Marketing_Consent__c": ("boolean", 0),
} | {f"Entente_Utm_{name}__c": ("string", 120) for name in ("Source", "Medium", "Campaign", "Term", "Content")}
_REQUIRED = ("LastName", "Company")
_STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted")


class Salesforce(Fake):
    """An org with the custom fields of docs/integrations/salesforce.md."""

    name = "salesforce"
    client = ("client", "s3cret")

    def __init__(self):
        super().__init__()
        self._token, self._tokens = "", 0
        self.converted = set()
        self.url = f"{self.base}{_LEAD}/{_EXTERNAL_ID}"
        self.auth = {"kind": "oauth2_client_credentials", "token_url": f"{self.base}/services/oauth2/token",
                     "client_id": self.client[0], "client_secret": self.client[1]}

    def respond(self, request):
        if request.matches("POST", "/services/oauth2/token"):
            return self._issue(request)
        if not self._token or request.headers.get("authorization") != f"Bearer {self._token}":
            raise Refusal(401, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
        if found := request.matches("GET", f"{_LEAD}/{_EXTERNAL_ID}/([^/]+)"):
            record = self.find(found[1]) or _refuse("NOT_FOUND", "The requested resource does not exist", status=404)
            return 200, {"attributes": {"type": "Lead", "url": f"{_LEAD}/{record['Id']}"}, "Id": record["Id"]}
        if found := request.matches("PATCH", f"{_LEAD}/{_EXTERNAL_ID}/([^/]+)"):
            return self._upsert(found[1], request.json())
        if request.matches("PATCH", f"{_ROOT}/composite/sobjects/Lead/{_EXTERNAL_ID}"):
            return 200, [self._upsert_one(record) for record in request.json()["records"]]
        if found := request.matches("PATCH", f"{_LEAD}/([A-Za-z0-9]+)"):
            record = self.records.get(found[1]) or _refuse("NOT_FOUND", "The lead does not exist", status=404)
            self._write(record, request.json())
            return 204, None
        return _refuse("NOT_FOUND", "The requested resource does not exist", status=404)

    def find(self, request_id):
        """Returns the lead of a callback request."""
        return next((one for one in self.records.values() if one[_EXTERNAL_ID] == request_id), None)

    def _issue(self, request):
        expected = "Basic " + base64.b64encode(":".join(self.client).encode()).decode()
        if request.headers.get("authorization") != expected or b"grant_type=client_credentials" not in request.raw:
            raise Refusal(400, {"error": "invalid_client_id", "error_description": "client identifier invalid"})
        self._tokens += 1
        self._token = f"token{self._tokens}"
        return 200, {"access_token": self._token, "token_type": "Bearer", "instance_url": self.base}

    def _upsert(self, request_id, body):
        record = self.find(request_id)
        if record:
            self._write(record, body)
            return 200, {"id": record["Id"], "success": True, "errors": [], "created": False}
        for name in _REQUIRED:
            if not str(body.get(name) or "").strip():
                _refuse("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", [name])
        record = {"Id": f"00Q5g{len(self.records):010}AAA", _EXTERNAL_ID: request_id, "Status": _STATUSES[0]}
        self._write(record, body)
        self.records[record["Id"]] = record
        return 201, {"id": record["Id"], "success": True, "errors": [], "created": True}

    def _upsert_one(self, body):
        """Upserts a record of a collection, whose errors are part of a response with the status 200."""
        fields = {name: value for name, value in body.items() if name not in ("attributes", _EXTERNAL_ID)}
        if body.get("attributes", {}).get("type") != "Lead":
            _refuse("INVALID_FIELD", "attributes.type must be Lead")
        try:
            return self._upsert(body[_EXTERNAL_ID], fields)[1]
        except Refusal as refusal:
            return {"success": False, "errors": refusal.body}

    def _write(self, record, body):
        if record["Id"] in self.converted:
            _refuse("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        for name, value in body.items():
            if name not in _FIELDS:
                _refuse("INVALID_FIELD", f"No such column '{name}' on sobject of type Lead")
            _check(name, value, *_FIELDS[name])
        record.update(body)


def _check(name, value, kind, length):
    if value is None:
        if name in _REQUIRED or kind == "boolean":
            _refuse("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", [name])
        return
    types = {"boolean": (bool,), "number": (int, float)}.get(kind, (str,))
    if type(value) not in types or (kind == "datetime" and not _DATETIME.fullmatch(value)):
        _refuse("JSON_PARSER_ERROR", f"Cannot deserialize instance of {kind} from {value!r} for {name}")
    if length and len(value) > length:
        _refuse("STRING_TOO_LONG", f"{name}: data value too large (max length={length})", [name])
    if kind == "email" and not EMAIL.fullmatch(value):
        _refuse("INVALID_EMAIL_ADDRESS", f"{name}: invalid email address: {value}", [name])
    if name == "Status" and value not in _STATUSES:
        _refuse("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", f"{name}: bad value for restricted picklist field", [name])


def _refuse(code, message, fields=(), status=400):
    raise Refusal(status, [{"message": message, "errorCode": code, "fields": list(fields)}])
