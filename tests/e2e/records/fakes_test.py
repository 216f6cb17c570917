"""Tests of the fakes: they accept the bodies that the service sends, and refuse what the real tools refuse.

The bodies are those of the unit tests of the service: src/integrations/projections/golden.json.
"""

import base64
import json
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from hubspot import HubSpot
from jira import Jira
from salesforce import Salesforce
from servicenow import ServiceNow
from zammad import Zammad

_ROOT = Path(__file__).resolve().parents[3]
GOLDEN = json.loads((_ROOT / "src/integrations/projections/golden.json").read_text())
ID = "cbr_01kdvdna00e008000000000001"
# Without the proxy of the environment.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _header(fake):
    auth = fake.auth
    if auth["kind"] == "header":
        return auth["value"]
    if auth["kind"] == "basic":
        return "Basic " + base64.b64encode(f"{auth['username']}:{auth['password']}".encode()).decode()
    client = base64.b64encode(f"{auth['client_id']}:{auth['client_secret']}".encode()).decode()
    made = urllib.request.Request(auth["token_url"], b"grant_type=client_credentials",
                                  {"Authorization": f"Basic {client}"}, method="POST")
    with _OPENER.open(made) as response:
        return "Bearer " + json.loads(response.read())["access_token"]


class FakesTest(unittest.TestCase):
    """One test per tool: the whole life of a record, and refusals."""

    def start(self, fake):
        """Starts a fake with authorised calls."""
        self.addCleanup(fake.close)
        self.fake, self.token = fake, _header(fake)
        return fake

    def call(self, method, url, body=None, token=None):
        """Sends a request, and returns the status and the JSON of the response."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": token or self.token, "Content-Type": "application/json"}
        try:
            with _OPENER.open(urllib.request.Request(url, data, headers, method=method)) as response:
                text = response.read()
                return response.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def refused(self, method, url, body, status=400):
        """Checks that a request is refused."""
        self.assertEqual(self.call(method, url, body)[0], status, body)

    def test_salesforce(self):
        fake = self.start(Salesforce())
        bodies = {step: GOLDEN[f"salesforce-lead, {step}"] for step in ("create", "update", "close", "erase")}
        status, made = self.call("PATCH", f"{fake.url}/{ID}", bodies["create"])
        self.assertEqual((status, made["created"]), (201, True))
        # Repeated, it is the same record.
        status, again = self.call("PATCH", f"{fake.url}/{ID}", bodies["create"])
        self.assertEqual((status, again["created"], again["id"]), (200, False, made["id"]))
        lead = fake.url.rpartition("/")[0] + "/" + made["id"]
        for step in ("update", "close", "erase"):
            self.assertEqual(self.call("PATCH", lead, bodies[step])[0], 204)
        self.assertEqual(self.call("GET", f"{fake.url}/{ID}?fields=Id")[1]["Id"], made["id"])
        self.assertEqual(self.call("GET", f"{fake.url}/cbr_other?fields=Id")[0], 404)
        composite = fake.base + "/services/data/v62.0/composite/sobjects/Lead/Entente_Request_Id__c"
        records = [{"attributes": {"type": "Lead"}, "Entente_Request_Id__c": ID, "Entente_State__c": "completed"},
                   {"attributes": {"type": "Lead"}, "Entente_Request_Id__c": "cbr_2", "LastName": "x"}]
        results = self.call("PATCH", composite, {"allOrNone": False, "records": records})[1]
        self.assertEqual([one["success"] for one in results], [True, False])
        for wrong in ({"LastName": "x"}, {"Nickname": "x"}, {"Id": made["id"]}, {"Entente_Request_Id__c": ID},
                      {"Entente_Promised_By__c": "30. 3. 2027"}, {"Entente_Marketing_Consent__c": "yes"},
                      {"Entente_Calls__c": "1"}, {"Email": "x"}, {"LastName": "x" * 81}, {"Status": "Done"}):
            self.refused("PATCH", f"{fake.url}/cbr_3", wrong if "LastName" in wrong else bodies["create"] | wrong)
        fake.converted.add(made["id"])
        self.assertEqual(self.call("PATCH", lead, bodies["close"])[1][0]["errorCode"], "CANNOT_UPDATE_CONVERTED_LEAD")
        self.assertEqual(self.call("PATCH", lead, {}, token="Bearer other")[0], 401)
        self.assertEqual(len(fake.records), 1)

    def test_hubspot(self):
        for kind in ("contact", "ticket"):
            fake = self.start(HubSpot(kind + "s"))
            bodies = {step: GOLDEN[f"hubspot-{kind}, {step}"] for step in ("create", "update", "close", "erase")}
            made = self.call("POST", fake.url + "/batch/upsert", bodies["create"])[1]["results"][0]
            self.assertTrue(made["new"])
            again = self.call("POST", fake.url + "/batch/upsert", bodies["create"])[1]["results"][0]
            self.assertEqual((again["new"], again["id"]), (False, made["id"]))
            for step in ("update", "close", "erase"):
                self.assertEqual(self.call("PATCH", f"{fake.url}/{made['id']}", bodies[step])[0], 200)
            found = self.call("GET", f"{fake.url}/{ID}?idProperty=entente_request_id")
            self.assertEqual(found[1]["id"], made["id"])
            for wrong in ({"nickname": "x"}, {"entente_calls": 1}, {"entente_promised_by": "tomorrow"},
                          {"entente_marketing_consent": "yes"}):
                self.refused("PATCH", f"{fake.url}/{made['id']}", {"properties": wrong})
            self.refused("PATCH", f"{fake.url}/1", {"properties": {}}, 404)
            self.refused("PATCH", f"{fake.url}/{made['id']}", {"entente_state": "x"})
            body = json.loads(json.dumps(bodies["create"]).replace('"idProperty": "entente_request_id"',
                                                                   '"idProperty": "phone"'))
            self.refused("POST", fake.url + "/batch/upsert", body)
        self.refused("PATCH", f"{fake.url}/{made['id']}", {"properties": {"hs_pipeline_stage": "9"}})

    def test_hubspot_has_one_contact_per_email_address(self):
        fake = self.start(HubSpot("contacts"))
        customer = fake.add_customer(email="Anna+1@example.com", firstname="Anna")
        by_email = "?idProperty=email&properties=entente_request_id"
        found = self.call("GET", f"{fake.url}/anna%2B1@example.com{by_email}")
        self.assertEqual((found[0], found[1]["id"], found[1]["properties"].get("entente_request_id")),
                         (200, customer, None))
        self.assertEqual(self.call("GET", f"{fake.url}/other@example.com{by_email}")[0], 404)
        body = json.loads(json.dumps(GOLDEN["hubspot-contact, create"]))
        body["inputs"][0]["properties"]["email"] = "anna+1@example.com"
        self.refused("POST", fake.url + "/batch/upsert", body, 409)
        self.assertEqual(list(fake.records), [customer])
        body["inputs"][0]["properties"]["email"] = "other@example.com"
        made = self.call("POST", fake.url + "/batch/upsert", body)[1]["results"][0]
        found = self.call("GET", f"{fake.url}/other@example.com{by_email}")[1]
        self.assertEqual((found["id"], found["properties"]["entente_request_id"]), (made["id"], ID))
        self.refused("PATCH", f"{fake.url}/{made['id']}", {"properties": {"email": "anna+1@example.com"}}, 409)

    def test_servicenow(self):
        fake = self.start(ServiceNow())
        bodies = {step: GOLDEN[f"servicenow-incident, {step}"] for step in ("create", "update", "close", "erase")}
        status, made = self.call("POST", fake.url + "?sysparm_fields=sys_id", bodies["create"])
        self.assertEqual((status, list(made["result"])), (201, ["sys_id"]))
        incident = f"{fake.url}/{made['result']['sys_id']}"
        for step in ("update", "close", "erase"):
            self.assertEqual(self.call("PATCH", incident, bodies[step])[0], 200)
        query = f"?sysparm_query=correlation_id%3D{ID}&sysparm_fields=sys_id%2Ccorrelation_id&sysparm_limit=1"
        self.assertEqual(self.call("GET", fake.url + query)[1]["result"], [made["result"] | {"correlation_id": ID}])
        self.assertEqual(fake.warnings, [])
        self.refused("PATCH", incident, {"state": "6", "close_notes": ""}, 403)
        self.refused("PATCH", f"{fake.url}/other", {}, 404)
        for wrong in ({"u_unknown": "x"}, {"impact": "9"}, {"u_entente_promised_by": "2027-03-30T08:00:00Z"},
                      {"short_description": "x" * 161}, {"u_entente_calls": 1}):
            self.call("PATCH", incident, wrong)
        self.assertEqual(len(fake.warnings), 5)

    def test_jira(self):
        fake = self.start(Jira())
        bodies = {step: GOLDEN[f"jira-request, {step}"] for step in ("create", "update", "close", "erase")}
        created = bodies["create"] | {"serviceDeskId": "10", "requestTypeId": "25"}
        status, made = self.call("POST", fake.url, created)
        self.assertEqual(status, 201)
        issue = f"{fake.base}/rest/api/3/issue/{made['issueId']}"
        query = f"jql=description+~+%22{ID}%22+order+by+created+asc&fields=description"
        search = f"{fake.base}/rest/api/3/search/jql?{query}"
        found = self.call("GET", f"{search}&maxResults=5")[1]
        self.assertEqual(([one["id"] for one in found["issues"]], found["isLast"]), ([made["issueId"]], True))
        blocks = found["issues"][0]["fields"]["description"]["content"]
        self.assertEqual([block["type"] for block in blocks], ["codeBlock", "paragraph"])
        self.assertEqual(blocks[-1]["content"], [{"type": "text", "text": f"Entente: {ID}"}])
        self.assertEqual(fake.links(), [])
        # Markup outside of a block has an effect, and an issue that quotes the ID is found as well.
        marked = f"[a|https://x.example]\n!https://x.example/a.png!\nhttps://y.example {ID}"
        values = created["requestFieldValues"] | {"description": marked}
        self.assertEqual(self.call("POST", fake.url, created | {"requestFieldValues": values})[0], 201)
        self.assertEqual(fake.links(), ["https://x.example", "https://x.example/a.png", "https://y.example"])
        self.assertEqual(len(self.call("GET", f"{search}&maxResults=5")[1]["issues"]), 2)
        self.assertEqual(self.call("GET", f"{search}&maxResults=1")[1]["isLast"], False)
        self.assertEqual(fake.find(ID)["id"], made["issueId"])
        for step in ("update", "close", "erase"):
            self.assertEqual(self.call("PUT", issue, bodies[step])[0], 204)
        transitions = self.call("GET", issue + "?fields=status&expand=transitions")[1]["transitions"]
        done = next(one["id"] for one in transitions if one["to"]["statusCategory"]["key"] == "done")
        self.assertEqual(self.call("POST", issue + "/transitions", {"transition": {"id": done}})[0], 204)
        self.refused("POST", issue + "/transitions", {"transition": {"id": done}})
        self.refused("POST", fake.url, bodies["create"], 404)
        self.refused("PUT", issue, {"fields": {"description": "text"}})
        self.refused("PUT", issue, {"fields": {"nickname": "x"}})
        self.refused("PUT", issue, {"fields": {"customfield_10050": "2027-03-30T08:00:00Z"}})
        self.refused("PUT", issue, {"fields": {"summary": "two\nlines"}})
        self.refused("PUT", f"{fake.base}/rest/api/3/issue/1", {"fields": {}}, 404)
        issue = {"project": {"key": "HELP"}, "issuetype": {"name": "Task"}, "summary": "x"}
        self.assertEqual(self.call("POST", fake.base + "/rest/api/3/issue", {"fields": issue})[0], 201)
        self.refused("POST", fake.base + "/rest/api/3/issue", {"fields": {"summary": "x"}})

    def test_zammad(self):
        fake = self.start(Zammad())
        bodies = {step: GOLDEN[f"zammad-ticket, {step}"] for step in ("create", "update", "close", "erase")}
        status, made = self.call("POST", fake.url, bodies["create"])
        self.assertEqual(status, 201)
        for step in ("update", "close", "erase"):
            self.assertEqual(self.call("PUT", f"{fake.url}/{made['id']}", bodies[step])[0], 200)
        search = f"{fake.url}/search?query=entente_request_id:{ID}&limit=5"
        found = self.call("GET", search + "&expand=true")[1]
        self.assertEqual([(one["id"], one["entente_request_id"]) for one in found], [(made["id"], ID)])
        self.assertEqual(self.call("GET", search)[1]["tickets"], [made["id"]])
        self.assertEqual(fake.warnings, [])
        for wrong in ({"title": ""}, {"group": "Other"}, {"customer": None}, {"article": None}, {"state": "done"},
                      {"entente_promised_by": "tomorrow"}, {"entente_calls": "1"},
                      {"entente_marketing_consent": "true"}):
            self.refused("POST", fake.url, bodies["create"] | wrong, 422)
        self.refused("PUT", f"{fake.url}/99", {}, 404)
        self.call("PUT", f"{fake.url}/{made['id']}", {"nickname": "x"})
        self.assertEqual(len(fake.warnings), 1)


if __name__ == "__main__":
    unittest.main()
