"""Zammad: tickets by its REST API, from its documentation and source. Unknown attributes are dropped by the real one
without an error, and are warnings here."""

import re

from fake import EMAIL, Fake, Refusal

_TICKETS = "/api/v1/tickets"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_GROUPS, _STATES = ("Users",), ("new", "open", "pending reminder", "closed", "merged")
_KINDS = {"entente_request_id": str, "entente_state": str, "entente_promised_from": "time",
          "entente_promised_by": "time", "entente_promise": str, "entente_agent_email": str, "entente_campaign": str,
          "entente_calls": int, "entente_call_outcome": str, "entente_called_at": "time",
          "entente_marketing_consent": bool}
_KINDS |= {f"entente_utm_{name}": str for name in ("source", "medium", "campaign", "term", "content")}
_ARTICLE = {"subject": str, "body": str, "type": str, "sender": str, "internal": bool}
_ARTICLE_TYPES, _SENDERS = ("phone", "note", "email", "web"), ("Agent", "Customer", "System")


class Zammad(Fake):
    """An instance with the attributes of docs/integrations/zammad.md, and Elasticsearch."""

    name = "zammad"

    def __init__(self):
        super().__init__()
        self.url = self.base + _TICKETS
        self.auth = {"kind": "header", "name": "Authorization", "value": "Token token=s3cret"}

    def respond(self, request):
        if request.headers.get("authorization") != "Token token=s3cret":
            raise Refusal(401, {"error": "Invalid token!", "error_human": "Invalid token!"})
        if request.matches("GET", _TICKETS + "/search"):
            wanted = re.fullmatch(r"(\w+):(\w+)", request.query.get("query", "")) or _refuse("unsupported query")
            found = [one for one in self.records.values() if one.get(wanted[1]) == wanted[2]]
            found = found[:int(request.query.get("limit", 10))]
            if request.query.get("expand") == "true":
                return 200, [_body(one) for one in found]
            # What versions return that are still in use.
            return 200, {"tickets": [one["id"] for one in found], "tickets_count": len(found),
                         "assets": {"Ticket": {str(one["id"]): _body(one) for one in found}}}
        if request.matches("POST", _TICKETS):
            return 201, _body(self._create(request.json()))
        if found := request.matches("PUT", _TICKETS + r"/([^/]+)"):
            ticket = self.records.get(found[1])
            if not ticket:
                raise Refusal(404, {"error": f"Couldn't find Ticket with 'id'={found[1]}"})
            self._write(ticket, request.json())
            return 200, _body(ticket)
        raise Refusal(404, {"error": "No route matches " + request.path})

    def find(self, request_id):
        """Returns the ticket of a callback request."""
        return next((one for one in self.records.values() if one.get("entente_request_id") == request_id), None)

    def _create(self, body):
        customer = body.get("customer")
        if not body.get("title"):
            _refuse("Title can't be blank")
        if not body.get("group") and not body.get("group_id"):
            _refuse("Group can't be blank")
        if not customer and not body.get("customer_id"):
            _refuse("Attribute 'customer_id' required!")
        if customer and not (isinstance(customer, dict) and any(map(customer.get, ("firstname", "lastname", "phone")))):
            _refuse("At least one identifier (firstname, lastname, phone, mobile or email) for user is required.")
        guessed = str(body.get("customer_id") or "")
        if guessed.startswith("guess:") and not EMAIL.fullmatch(guessed[6:]):
            _refuse("Invalid email")
        if not body.get("article"):
            _refuse("Need at least 'article: {body: ...}'")
        number = len(self.records) + 2
        ticket = {"id": number, "number": str(22_000 + number), "state": "new", "articles": []}
        self._write(ticket, body)
        self.records[str(ticket["id"])] = ticket
        return ticket

    def _write(self, ticket, body):
        changed = {}
        for name, value in body.items():
            if name in ("customer", "customer_id"):
                changed[name] = value
            elif name == "title" and (not isinstance(value, str) or len(value) > 200):
                _refuse("Title is too long (maximum is 200 characters)")
            elif name in ("group", "state") and value not in (_GROUPS if name == "group" else _STATES):
                _refuse(f"No lookup value found for '{name}': {value!r}")
            elif name in ("title", "group", "state"):
                changed[name] = value
            elif name == "article":
                ticket["articles"] = ticket["articles"] + [self._article(value)]
            elif name in _KINDS:
                _check(name, value)
                changed[name] = value
            else:
                self.warnings.append(f"{name} was dropped: {value!r}")
        ticket.update(changed)

    def _article(self, article):
        if not isinstance(article.get("body"), str) or not article["body"]:
            _refuse("Need at least an 'article body' field.")
        for name, value in article.items():
            if name not in _ARTICLE or not isinstance(value, _ARTICLE[name]):
                self.warnings.append(f"article {name} was dropped: {value!r}")
        if article.get("type", "note") not in _ARTICLE_TYPES or article.get("sender", "Agent") not in _SENDERS:
            _refuse(f"No lookup value found for {article.get('type')!r} or {article.get('sender')!r}")
        return article


def _check(name, value):
    kind = _KINDS[name]
    is_valid = value is None or (
        isinstance(value, str) and _TIME.fullmatch(value) if kind == "time"
        else isinstance(value, kind) and (kind is bool or not isinstance(value, bool)))
    if not is_valid:
        _refuse(f"invalid value for {name}: {value!r}")


def _body(ticket):
    return {name: value for name, value in ticket.items() if name != "articles"}


def _refuse(message):
    raise Refusal(422, {"error": message, "error_human": message})
