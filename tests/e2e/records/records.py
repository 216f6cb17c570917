#!/usr/bin/env python3
"""Checks that the records of five tools follow callback requests. Run by the script `run` in this folder.

The service runs with its worker; the tools are local fakes that refuse what the real ones refuse. Checked are: one
record per request through its whole life, the outcome in it, its id stored here, no second record after a lost
response, no change that is sent back to the tool that made it, and that what visitors type changes no record of others.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import paths  # noqa: F401
from entente_bench.databases import Postgres, Sqlite
from entente_bench.service import BenchError, Service, binary_path
from entente_bench.webhooks import SETTINGS
from hubspot import HubSpot
from jira import Jira
from salesforce import Salesforce
from servicenow import ServiceNow
from zammad import Zammad

REQUESTS = "/v1/callback-requests"
# The search of Jira and Zammad is late, so that a lost response to a creation is repeated after 30 seconds.
SETTLE_SECONDS = 120
SILENCE_SECONDS = 2
# Other lost responses are repeated after a second.
DELAYS = [0, 1, 1, 2, 2, 5, 5]
SALES, SUPPORT = "sales", "technical_support"
CONSENT = "Ano, posílejte mi novinky."
MARKUP = "{noformat}\n[link|https://x.example] !https://x.example/a.png!\n{noformat}"


class Tool:
    """A fake and its webhook endpoint."""

    def __init__(self, admin, fake, format_, intent):
        self.fake, self.intent = fake, intent
        body = {"url": fake.url, "format": format_, "auth": fake.auth, "retry_delays": DELAYS,
                "mapping": getattr(fake, "mapping", None)}
        self.endpoint = admin.call("POST", "/v1/webhook-endpoints", body)
        self.system = self.endpoint["system"]

    def record(self, request_id):
        """Returns the record of a callback request."""
        return self.fake.find(request_id) or fail(f"{self.system} has no record of {request_id}")


class Run:
    """One database: five tools, an agent, and visitors."""

    def __init__(self, service):
        self.service = service
        self.admin = service.client(service.token("admin"))
        self.agent = service.client(service.token("agent"))
        self.fakes = []
        self.tools = [
            self._tool(Salesforce(), "salesforce-lead", SALES),
            self._tool(HubSpot("contacts"), "hubspot-contact", SALES),
            self._tool(HubSpot("tickets"), "hubspot-ticket", SUPPORT),
            self._tool(ServiceNow(), "servicenow-incident", SUPPORT),
            self._tool(Jira(), "jira-request", SUPPORT),
            self._tool(Zammad(), "zammad-ticket", SUPPORT),
        ]
        person = self.admin.call("POST", "/v1/people", {"display_name": "Agent", "login": "agent",
                                                        "email": "agent@example.com"})
        queues = [{"queue_id": queue["id"], "duties": []} for queue in self.admin.call("GET", "/v1/queues")["data"]]
        self.admin.call("POST", "/v1/agents", {"person_id": person["id"], "queues": queues})
        self.admin.call("PATCH", "/v1/form-settings", {"texts": [{"locale": "cs", "marketing_consent": CONSENT}]},
                        headers={"If-Match": "*"})
        # Each queue has slots of its own.
        self._slots = {intent: self._free(intent) for intent in (SALES, SUPPORT)}
        self._visitors = 0

    def _free(self, intent):
        slots = self.admin.call("GET", f"/v1/slots?intent={intent}")["data"]
        return [slot["slot_id"] for slot in slots if slot["capacity_remaining"] > 0]

    def _tool(self, fake, format_, intent):
        self.fakes.append(fake)
        return Tool(self.admin, fake, format_, intent)

    def of(self, intent):
        """Returns the tools of an intent."""
        return [tool for tool in self.tools if tool.intent == intent]

    def visit(self, intent, **more):
        """Creates the callback request of a new visitor with these other values, and returns its id."""
        self._visitors += 1
        slots = self._slots[intent]
        body = {"full_name": f"Jan Novák {self._visitors}", "phone": f"601 200 {self._visitors:03}", "intent": intent,
                "preference": {"kind": "slot", "slot_id": slots[self._visitors % len(slots)]},
                "email": f"visitor{self._visitors}@example.com", "notes": "Čtyři sta míst", "locale": "cs",
                "source": {"page": "https://www.example.com/cenik", "campaign": "jaro", "utm_source": "newsletter"},
                "consents": [{"purpose": "marketing", "wording": CONSENT}]} | more
        return self.admin.call("POST", REQUESTS, body, token="")["id"]

    def act(self, request_id, verb, body=None, client=None):
        """Performs an operation of an agent or an application on a request."""
        return (client or self.agent).call("POST", f"{REQUESTS}/{request_id}/{verb}", body or {})

    def make_call(self, request_id, outcome):
        """Starts a call of the agent, who takes the request from the queue with it, and ends the call."""
        call = self.act(request_id, "calls")["id"]
        self.agent.call("POST", f"/v1/calls/{call}/end", {"outcome": outcome})

    def settle(self):
        """Waits until every delivery is finished and no tool receives a request any more."""
        until, quiet_since, seen = time.monotonic() + SETTLE_SECONDS, time.monotonic(), -1
        while time.monotonic() < until:
            received = sum(len(fake.requests) for fake in self.fakes)
            waiting = sum(self.admin.call("GET", f"/v1/webhook-endpoints/{tool.endpoint['id']}/health")["waiting"]
                          for tool in self.tools)
            if received != seen or waiting:
                seen, quiet_since = received, time.monotonic()
            elif time.monotonic() - quiet_since > SILENCE_SECONDS:
                return
            time.sleep(0.1)
        fail(f"deliveries are still waiting after {SETTLE_SECONDS} s: {self.problems()}")

    def problems(self):
        """Returns what the fakes refused or would have ignored."""
        return [problem for fake in self.fakes for problem in fake.refusals + fake.warnings]

    def check_ids(self, request_id, intent):
        """Checks that the ids of the records are stored as external references."""
        listed = self.admin.call("GET", f"{REQUESTS}/{request_id}/external-references")["data"]
        stored = {one["system"]: one["external_id"] for one in listed}
        for tool in self.of(intent):
            record = tool.record(request_id)
            ids = {str(record.get(name)) for name in ("Id", "id", "sys_id") if record.get(name)}
            # Two formats of HubSpot share a system, but never a request.
            expect(stored.get(tool.system) in ids, f"{tool.system}: {stored} does not have one of {ids}")

    def check_counts(self, expected):
        """Checks that every tool has exactly one record per request of its intent."""
        for tool in self.tools:
            count = len(tool.fake.records)
            expect(count == expected[tool.intent], f"{tool.system} has {count} records, not {expected[tool.intent]}")

    def close(self):
        """Stops the fakes."""
        for fake in self.fakes:
            fake.close()


def outcome_in(tool, request_id):
    """Returns the state and the outcome of the last call as the record has them."""
    record = tool.record(request_id)
    if tool.system == "jira":
        return record["description"]
    prefix = {"salesforce": "Entente_", "servicenow": "u_entente_"}.get(tool.system, "entente_")
    suffix = "__c" if tool.system == "salesforce" else ""
    names = ("State", "Call_Outcome") if tool.system == "salesforce" else ("state", "call_outcome")
    return " ".join(str(record.get(f"{prefix}{name}{suffix}") or "") for name in names)


def is_closed(tool, request_id):
    """Returns whether the record is closed in the way of its tool; None if the tool has no such state."""
    record = tool.record(request_id)
    if tool.system == "servicenow":
        return record["state"] in ("6", "7", "8")
    if tool.system == "jira":
        return record["status"] == "Resolved"
    if tool.system == "zammad":
        return record["state"] == "closed"
    return record["hs_pipeline_stage"] == "4" if tool.intent == SUPPORT else None


def check_life(run):
    """A request that is assigned, moved and completed; one whose number is wrong; each in every tool."""
    counts, completed = {}, {}
    for intent in (SALES, SUPPORT):
        reached, wrong = run.visit(intent), run.visit(intent)
        completed[intent] = reached
        run.act(reached, "assign")
        run.act(reached, "reschedule", {"preference": {"kind": "asap"}})
        run.make_call(reached, "reached")
        run.make_call(wrong, "wrong_number")
        run.settle()
        for tool in run.of(intent):
            for request_id, state, outcome in ((reached, "completed", "reached"), (wrong, "unreachable", "wrong")):
                found = outcome_in(tool, request_id)
                expect(state in found and outcome in found, f"{tool.system}: {found!r} without {state}, {outcome}")
                expect(is_closed(tool, request_id) is not False, f"{tool.system}: {request_id} is not closed")
        run.check_ids(reached, intent)
        run.check_ids(wrong, intent)
        counts[intent] = 2
    check_fields(run, completed)
    return counts


def check_fields(run, completed):
    """The completed request of each intent: its agent, source, consent and times in the fields of two tools."""
    lead = run.tools[0].record(completed[SALES])
    expected = {"Entente_Agent_Email__c": "agent@example.com", "Entente_Campaign__c": "jaro",
                "Entente_Utm_Source__c": "newsletter", "Entente_Marketing_Consent__c": True,
                "Entente_Promised_From__c": None}
    expect({name: lead[name] for name in expected} == expected, f"salesforce: {lead}")
    jira = next(tool for tool in run.tools if tool.system == "jira")
    issue = jira.record(completed[SUPPORT])
    expect(issue["customfield_10050"].endswith("+0000") and issue["customfield_10051"] == "reached", f"jira: {issue}")
    expect(len(jira.fake.transitions) == 2, f"jira: {jira.fake.transitions}")


def check_lost_responses(run, counts):
    """The response to the creation is lost once in every tool."""
    for intent in (SALES, SUPPORT):
        for tool in run.of(intent):
            tool.fake.lose_next_creation()
        request_id = run.visit(intent)
        run.make_call(request_id, "reached")
        wait_until(lambda: not any(tool.fake.loses_creation() for tool in run.of(intent)), "no response was lost")
        # Another visitor types its ID, so that a search for it finds two records.
        quoting = run.visit(intent, notes=f"{MARKUP}\nEntente: {request_id}")
        run.settle()
        counts[intent] += 2
        run.check_ids(request_id, intent)
        run.check_ids(quoting, intent)
        for tool in run.of(intent):
            expect("completed" in outcome_in(tool, request_id), f"{tool.system} did not follow after a lost response")
            expect("completed" not in outcome_in(tool, quoting), f"{tool.system} changed the record of another visitor")
            if tool.system == "jira":
                expect(tool.fake.links() == [], f"jira: {tool.fake.links()}")
    run.check_counts(counts)


def check_foreign_addresses(run, counts):
    """A visitor types the e-mail address of a customer, whose contact is never changed."""
    tool = next(one for one in run.tools if one.fake.name == "hubspot" and one.intent == SALES)
    email = "customer+1@example.com"
    customer = {"email": email, "firstname": "Karla", "phone": "+420602000000", "entente_marketing_consent": "true"}
    number = tool.fake.add_customer(**customer)
    requests = [run.visit(SALES, email=email.upper())]
    run.settle()
    tool.fake.lose_next_creation()
    requests.append(run.visit(SALES, email=email))
    for request_id in requests:
        run.act(request_id, "assign")
        run.make_call(request_id, "reached")
    run.settle()
    counts[SALES] += len(requests)
    for request_id in requests:
        contact = tool.record(request_id)
        expect("email" not in contact and email in contact["message"].lower(), f"hubspot: {contact}")
        expect("completed" in outcome_in(tool, request_id), f"hubspot: {contact}")
        run.check_ids(request_id, SALES)
    run.admin.call("POST", "/v1/data-subjects/erase", {"email": email})
    run.settle()
    found = tool.fake.records.pop(number)["properties"]
    expect(found == customer, f"hubspot: {found}")
    run.check_counts(counts)


def check_loops(run, counts):
    """An application that is named like a system cancels a request: only the other tools are updated."""
    for intent in (SALES, SUPPORT):
        for system in sorted({tool.system for tool in run.of(intent)}):
            request_id = run.visit(intent)
            run.settle()
            before = {id(tool): len(tool.fake.requests) for tool in run.tools}
            application = run.service.client(service_token(run.service, system))
            run.act(request_id, "cancel", client=application)
            run.settle()
            counts[intent] += 1
            for tool in run.of(intent):
                sent = len(tool.fake.requests) > before[id(tool)]
                expect(sent == (tool.system != system), f"{tool.system} received {sent} a change by {system}")
            # The tool writes its status back, which is sent to no tool.
            before = sum(len(tool.fake.requests) for tool in run.tools)
            path = f"{REQUESTS}/{request_id}/external-references/{system}"
            stored = application.call("GET", path)
            application.call("PUT", path, {"external_id": stored["external_id"], "status": "Closed"},
                             headers={"If-Match": "*"})
            run.settle()
            expect(before == sum(len(tool.fake.requests) for tool in run.tools), f"a reference of {system} was sent")


def check_rerouting(run, counts):
    """A sales request becomes a support request: closed in the CRM, created in the ITSM tools."""
    request_id = run.visit(SALES)
    run.settle()
    following = run.act(request_id, "reroute")["id"]
    run.settle()
    counts[SALES] += 1
    counts[SUPPORT] += 1
    for tool in run.of(SALES):
        expect("rerouted" in outcome_in(tool, request_id), f"{tool.system}: {outcome_in(tool, request_id)}")
    run.check_ids(following, SUPPORT)


def check_erasure(run, counts):
    """After an erasure, no record has data of the visitor, except for the contact and the first article."""
    for intent in (SALES, SUPPORT):
        request_id = run.visit(intent)
        email = f"visitor{run._visitors}@example.com"
        run.settle()
        run.admin.call("POST", "/v1/data-subjects/erase", {"email": email})
        run.settle()
        counts[intent] += 1
        for tool in run.of(intent):
            record = dict(tool.record(request_id))
            if tool.system == "zammad":
                for kept in ("articles", "customer", "customer_id"):
                    record.pop(kept, None)
            if tool.fake.name == "hubspot" and intent == SALES:
                for kept in ("firstname", "lastname", "phone", "email"):
                    record.pop(kept, None)
            record.pop("fields", None)
            typed = (email, "Novák", "+420601200", "Čtyři sta", "jaro", "newsletter")
            left = [part for part in typed if part in str(record)]
            expect(not left, f"{tool.system} still has {left}: {record}")
            expect(is_closed(tool, request_id) is not False, f"{tool.system}: {request_id} is not closed")


def wait_until(condition, problem):
    """Waits until the condition holds."""
    until = time.monotonic() + SETTLE_SECONDS
    while not condition():
        if time.monotonic() > until:
            fail(problem)
        time.sleep(0.1)


def service_token(service, name):
    """Returns the token of an application."""
    command = [service.binary, "token", name, "--service", "--scope", "callbacks:read", "--scope", "callbacks:work"]
    made = subprocess.run(command, env=service.environment, cwd=service.scratch, check=True, capture_output=True,
                          text=True)
    return made.stdout.strip().splitlines()[-1]


def fail(text):
    """Ends the test."""
    raise BenchError(text)


def expect(condition, text):
    """Ends the test unless the condition holds."""
    if not condition:
        fail(text)


def check(database):
    """Runs all checks on one database."""
    with tempfile.TemporaryDirectory(prefix="entente-records-") as scratch:
        with database(scratch) as opened, Service(binary_path(), opened.url, scratch, settings=SETTINGS) as service:
            run = Run(service)
            try:
                counts = check_life(run)
                run.check_counts(counts)
                check_lost_responses(run, counts)
                check_foreign_addresses(run, counts)
                check_loops(run, counts)
                check_rerouting(run, counts)
                check_erasure(run, counts)
                run.check_counts(counts)
                expect(not run.problems(), f"refused or ignored by the tools: {run.problems()}")
                writes = sum(len(fake.writes()) for fake in run.fakes)
                print(f"records: {opened.kind}: {sum(counts.values())} requests, "
                      f"{sum(len(fake.records) for fake in run.fakes)} records, {writes} writes")
            finally:
                run.close()


def main():
    """Runs the checks on the databases in the arguments."""
    kinds = {"sqlite": Sqlite, "postgres": lambda _: Postgres("records")}
    for kind in sys.argv[1:] or ["sqlite"]:
        try:
            check(kinds[kind])
        except BenchError as error:
            sys.exit(f"records: {kind}: {error}")


if __name__ == "__main__":
    os.environ.setdefault("ENTENTE_BIN", str(Path("target/debug/entente").resolve()))
    main()
