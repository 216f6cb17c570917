"""Jira Cloud: customer requests of Jira Service Management, and issues by the REST API v3, from their references."""

import base64
import re

from fake import Fake, Refusal

_API = "/rest/api/3"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}[+-]\d{4}")
# The transitions of the workflow, by status: id, name, next status.
_WORKFLOW = {"Waiting for support": [("11", "Start work", "In progress"), ("31", "Resolve", "Resolved")],
             "In progress": [("31", "Resolve", "Resolved")], "Resolved": [("41", "Reopen", "In progress")]}
_CATEGORIES = {"Waiting for support": "new", "In progress": "indeterminate", "Resolved": "done"}
# The fields of the request type and of the screens.
_FIELDS = ("summary", "description", "customfield_10050", "customfield_10051")


class Jira(Fake):
    """A site with one service desk, `10`, and one request type, `25`."""

    name = "jira"
    mapping = {
        "copy": [{"value": "promised_by", "to": "/requestFieldValues/customfield_10050"},
                 {"value": "call_outcome", "to": "/requestFieldValues/customfield_10051"}],
        "set": [{"at": "/serviceDeskId", "value": "10"}, {"at": "/requestTypeId", "value": "25"}],
    }

    def __init__(self):
        super().__init__()
        self.url = f"{self.base}/rest/servicedeskapi/request"
        self.auth = {"kind": "basic", "username": "entente@example.com", "password": "s3cret"}
        self.transitions = []

    def respond(self, request):
        if request.headers.get("authorization") != "Basic " + base64.b64encode(b"entente@example.com:s3cret").decode():
            raise Refusal(401, {"errorMessages": ["Client must be authenticated to access this resource."]})
        if request.matches("POST", "/rest/servicedeskapi/request"):
            return self._create_request(request.json())
        if request.matches("POST", f"{_API}/issue"):
            return self._create_issue(request.json())
        if request.matches("GET", f"{_API}/search/jql"):
            return 200, self._search(request.query)
        if found := request.matches("PUT", f"{_API}/issue/([^/]+)"):
            issue = self._issue(found[1])
            body = request.json()
            if not set(body) <= {"fields", "update", "properties", "transition", "historyMetadata"}:
                _refuse(errors={name: "Unknown" for name in body})
            _check(body.get("fields", {}))
            issue["fields"].update(body.get("fields", {}))
            return 204, None
        if found := request.matches("GET", f"{_API}/issue/([^/]+)"):
            return 200, self._body(self._issue(found[1]), request.query)
        if found := request.matches("GET", f"{_API}/issue/([^/]+)/transitions"):
            return 200, {"expand": "transitions", "transitions": _transitions(self._issue(found[1]))}
        if found := request.matches("POST", f"{_API}/issue/([^/]+)/transitions"):
            return self._transition(self._issue(found[1]), request.json())
        raise Refusal(404, {"message": "null for uri: " + request.path, "status-code": 404})

    def find(self, request_id):
        """Returns the issue of a callback request, as the text of its description and its status."""
        for issue in self.records.values():
            # Visitors can quote the ID of another request.
            if text_of(issue["fields"]["description"]).splitlines()[-1] == f"Entente: {request_id}":
                return issue | issue["fields"] | {"description": text_of(issue["fields"]["description"])}
        return None

    def links(self):
        """Returns the targets of links and images in descriptions."""
        return [node for issue in self.records.values() for node in _links(issue["fields"]["description"])]

    def _create_request(self, body):
        allowed = {"serviceDeskId", "requestTypeId", "requestFieldValues", "raiseOnBehalfOf", "requestParticipants",
                   "channel", "form", "isAdfRequest"}
        fields = body.get("requestFieldValues")
        if not set(body) <= allowed or not isinstance(fields, dict):
            _refuse_request(f"Unrecognized field among {sorted(body)}")
        if body.get("serviceDeskId") != "10" or body.get("requestTypeId") != "25":
            _refuse_request("The service desk or the request type does not exist.", 404)
        if not isinstance(fields.get("description", ""), str):
            _refuse_request("description must be a string unless isAdfRequest is true")
        _check_summary(fields.get("summary"), _refuse_request)
        unknown = [name for name in fields if name not in _FIELDS]
        if unknown:
            _refuse_request(f"Field {unknown[0]} is not on the request type")
        _check({name: value for name, value in fields.items() if name != "description"})
        issue = self._add(fields | {"description": _rendered(fields.get("description", ""))})
        return 201, {"issueId": issue["id"], "issueKey": issue["key"], "requestTypeId": "25", "serviceDeskId": "10",
                     "currentStatus": {"status": issue["status"]},
                     "_links": {"self": f"{self.base}/rest/servicedeskapi/request/{issue['id']}",
                                "jiraRest": f"{self.base}{_API}/issue/{issue['id']}"}}

    def _create_issue(self, body):
        fields = dict(body.get("fields", {}))
        project, kind = fields.pop("project", None), fields.pop("issuetype", None)
        if not project or not kind:
            _refuse(errors={"project": "Specify a valid project ID or key"} if not project else
                    {"issuetype": "Specify an issue type"})
        _check_summary(fields.get("summary"), lambda text: _refuse(errors={"summary": text}))
        _check(fields)
        issue = self._add(fields)
        return 201, {"id": issue["id"], "key": issue["key"], "self": f"{self.base}{_API}/issue/{issue['id']}"}

    def _add(self, fields):
        number = len(self.records) + 1
        issue = {"id": str(10_000 + number), "key": f"HELP-{number}", "status": "Waiting for support", "fields": fields}
        self.records[issue["id"]] = issue
        return issue

    def _issue(self, id_or_key):
        for issue in self.records.values():
            if id_or_key in (issue["id"], issue["key"]):
                return issue
        raise Refusal(404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."],
                            "errors": {}})

    def _search(self, query):
        wanted = re.fullmatch(r'description ~ "([^"]+)"( order by created (asc|desc))?', query.get("jql", ""))
        if not wanted:
            _refuse(f"Error in the JQL Query: {query.get('jql')}")
        found = [one for one in self.records.values() if wanted[1] in text_of(one["fields"].get("description", ""))]
        if wanted[3] != "asc":
            found.reverse()
        most = int(query.get("maxResults", 50))
        names = query.get("fields", "id").split(",")
        issues = [{"id": one["id"], "key": one["key"], "self": f"{self.base}{_API}/issue/{one['id']}",
                   "fields": {name: value for name, value in one["fields"].items() if name in names}}
                  for one in found[:most]]
        return {"issues": issues, "isLast": len(found) <= most} | (
            {"nextPageToken": "next"} if len(found) > most else {})

    def _body(self, issue, query):
        status = {"name": issue["status"], "statusCategory": {"key": _CATEGORIES[issue["status"]]}}
        body = {"id": issue["id"], "key": issue["key"], "fields": {"status": status}}
        return body | ({"transitions": _transitions(issue)} if query.get("expand") == "transitions" else {})

    def _transition(self, issue, body):
        wanted = body.get("transition", {}).get("id")
        following = {number: status for number, _, status in _WORKFLOW[issue["status"]]}
        if wanted not in following:
            _refuse("It seems that you have tried to perform a workflow operation that is not valid for the current "
                    f"state of this issue {issue['key']}.")
        issue["status"] = following[wanted]
        self.transitions.append((issue["id"], wanted))
        return 204, None


def text_of(document):
    """Returns the text of a description: a string, or a document in the Atlassian Document Format."""
    if isinstance(document, str):
        return document
    if document["type"] == "hardBreak":
        return "\n"
    parts = document.get("content", [])
    return document.get("text") or ("\n" if document["type"] == "doc" else "").join(map(text_of, parts))


def _rendered(markup):
    """Returns the document that Jira stores for wiki markup, as far as it is used here: blocks without formatting,
    links, images and paragraphs."""
    content = []
    for number, part in enumerate(re.split(r"\{noformat(?::[^{}\n]*)?\}(.*?)\{noformat\}", markup, flags=re.S)):
        if number % 2:
            content.append({"type": "codeBlock", "content": [{"type": "text", "text": part.strip()}]})
            continue
        for paragraph in re.split(r"\n\s*\n", part.strip()):
            lines = [node for line in paragraph.splitlines() for node in ({"type": "hardBreak"}, *_inline(line))]
            if lines:
                content.append({"type": "paragraph", "content": lines[1:]})
    return {"type": "doc", "version": 1, "content": content}


def _inline(line):
    for text, image, link in re.findall(r"([^!\[h]+|!(\S+)!|\[[^\]|]*\|([^\]]+)\]|https?://\S+|.)", line):
        if image:
            yield {"type": "media", "attrs": {"type": "external", "url": image}}
        elif link or text.startswith(("http://", "https://")):
            yield {"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": link or text}}]}
        else:
            yield {"type": "text", "text": text}


def _links(node):
    if node["type"] == "media":
        yield node["attrs"]["url"]
    yield from (mark["attrs"]["href"] for mark in node.get("marks", []) if mark["type"] == "link")
    for part in node.get("content", []):
        yield from _links(part)


def _transitions(issue):
    return [{"id": number, "name": name, "to": {"name": status, "statusCategory": {"key": _CATEGORIES[status]}}}
            for number, name, status in _WORKFLOW[issue["status"]]]


def _check_summary(summary, refuse):
    if not isinstance(summary, str) or not summary.strip() or len(summary) > 255 or "\n" in summary:
        refuse("You must specify a summary of at most 255 characters in one line.")


def _check(fields):
    for name, value in fields.items():
        if name not in _FIELDS:
            _refuse(errors={name: f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."})
        if name == "description" and not _is_document(value):
            _refuse(errors={name: "Operation value must be an Atlassian Document (see the Atlassian Document Format)"})
        if name == "customfield_10050" and value is not None and not _TIME.fullmatch(str(value)):
            _refuse(errors={name: "Operation value must be a date and time in the format yyyy-MM-ddTHH:mm:ss.SSSZ"})
        if name == "summary":
            _check_summary(value, lambda text: _refuse(errors={"summary": text}))


def _is_document(value):
    def is_paragraph(node):
        return node.get("type") == "paragraph" and all(
            inline.get("type") == "text" and inline.get("text") for inline in node.get("content", []))

    return (isinstance(value, dict) and value.get("type") == "doc" and value.get("version") == 1
            and all(map(is_paragraph, value.get("content", []))))


def _refuse(message="", errors=None):
    raise Refusal(400, {"errorMessages": [message] if message else [], "errors": errors or {}})


def _refuse_request(message, status=400):
    raise Refusal(status, {"errorMessage": message, "i18nErrorMessage": {"i18nKey": "", "parameters": []}})
