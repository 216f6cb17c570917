"""The operations that are measured, and requests for them that work on the demo data."""

from dataclasses import dataclass

PROJECT = "/v1/projects/prj_01kdvdna00e008000000000001"


@dataclass(frozen=True)
class Endpoint:
    """An operation. `status` is what it has to return."""

    name: str
    path: str
    method: str = "GET"
    status: int = 200
    authenticated: bool = True

    def body(self, number):
        """Returns the body of the request with this number, or None."""
        return callback_request(number) if self.method == "POST" else None


def callback_request(number):
    """Returns a callback request of a new visitor: every number has another phone number."""
    if not 0 <= number < 8_000_000:
        raise ValueError(number)
    phone = f"{601 + number // 1_000_000}{number % 1_000_000:06}"
    return {"full_name": f"Visitor {number}", "phone": phone, "intent": "sales", "preference": {"kind": "asap"}}


ENDPOINTS = (
    Endpoint("livez", "/livez", authenticated=False),
    Endpoint("not_found", "/v1/nowhere", status=404),
    Endpoint("project", PROJECT),
    Endpoint("projects50", "/v1/projects?limit=50"),
    Endpoint("slots", "/v1/slots", authenticated=False),
    Endpoint("callbacks50", "/v1/callback-requests?limit=50"),
    Endpoint("approvals", f"{PROJECT}/approvals"),
    Endpoint("inbox", "/v1/me/inbox"),
    Endpoint("coverage", f"{PROJECT}/ownership/coverage"),
    Endpoint("partnership", f"{PROJECT}/partnership"),
    Endpoint("create", "/v1/callback-requests", method="POST", status=201, authenticated=False),
)
BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
