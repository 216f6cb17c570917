"""The walkthrough of docs/quick-start/curl.md with a client that openapi-python-client generated.

mypy checks every parameter, request body and response. Reads BASE and one TOKEN_<LOGIN> for each of the four people
(cmo, cio, campaigns, platform) from the environment. See docs/generated-clients.md.
"""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar, cast
from uuid import uuid4

from entente import AuthenticatedClient, Client
from entente.api.approvals import list_approvals, respond_to_approval
from entente.api.calendar import list_slots
from entente.api.callbacks import create_callback_request, get_callback_receipt
from entente.api.directory import get_department, list_departments, list_people, update_department
from entente.api.events import list_events
from entente.api.members import accept_membership, invite_member
from entente.api.ownership import create_assignment, list_areas
from entente.api.partnership import get_inbox, get_partnership, get_partnership_chart
from entente.api.projects import accept_sponsor, activate_project, create_project, get_readiness, propose_project
from entente.models import (
    ApprovalChoice,
    ApprovalKind,
    ApprovalState,
    CallbackIntent,
    Department,
    DepartmentPatch,
    Event,
    Goal,
    MembershipState,
    Milestone,
    NewApprovalResponse,
    NewAssignment,
    NewCallbackRequest,
    NewMembership,
    NewProject,
    NewSide,
    Person,
    Problem,
    ProjectState,
    ProjectTemplate,
    Responsibility,
    Slot,
    SlotKind,
    SlotPreference,
)
from entente.types import UNSET, Response, Unset

T = TypeVar("T")

BASE = os.environ["BASE"]
# The language of texts for people.
LANGUAGE = {"Accept-Language": "en"}
FIRST_DAY = dt.date(2026, 1, 5)
LAST_DAY = dt.date(2030, 1, 1)


def sign_in(login: str) -> AuthenticatedClient:
    return AuthenticatedClient(BASE, token=os.environ[f"TOKEN_{login.upper()}"], headers=LANGUAGE)


CMO, CIO, CAMPAIGNS, PLATFORM = (sign_in(login) for login in ("cmo", "cio", "campaigns", "platform"))
# The generated functions require a client with a token even for operations that need none.
VISITOR = cast(AuthenticatedClient, Client(BASE, headers=LANGUAGE))


def got(response: Response[T | Problem]) -> T:
    """Returns the body of a successful response."""
    assert response.parsed is not None, f"undocumented response: {response.status_code}"
    assert not isinstance(response.parsed, Problem), response.parsed
    return response.parsed


def rejected(response: Response[T | Problem], status: HTTPStatus) -> Problem:
    """Returns the problem of a rejected request."""
    assert response.status_code == status, response
    assert isinstance(response.parsed, Problem), "the response has no problem document"
    assert response.parsed.status == status
    assert response.parsed.request_id == response.headers["Request-Id"]
    return response.parsed


def only(items: list[T]) -> T:
    (item,) = items
    return item


def find_person(login: str) -> Person:
    return only(got(list_people.sync_detailed(client=CMO, login=login)).data)


def find_department(key: str) -> Department:
    return only(got(list_departments.sync_detailed(client=CMO, key=key)).data)


@dataclass(frozen=True)
class Participants:
    cmo: Person
    cio: Person
    campaigns: Person
    platform: Person
    marketing: Department
    it: Department


def find_participants() -> Participants:
    participants = Participants(
        cmo=find_person("cmo"),
        cio=find_person("cio"),
        campaigns=find_person("campaigns"),
        platform=find_person("platform"),
        marketing=find_department("marketing"),
        it=find_department("it"),
    )
    assert participants.cio.login == "cio"
    assert participants.marketing.key == "marketing"
    return participants


def draft_project(participants: Participants) -> str:
    body = NewProject(
        name="Opening hours by chat",
        purpose="Tell customers at any hour when the shops are open.",
        starts_on=FIRST_DAY,
        ends_on=LAST_DAY,
        template=ProjectTemplate.DATA_OWNERSHIP,
        sides=[
            NewSide(department_id=participants.marketing.id, sponsor_person_id=participants.cmo.id),
            NewSide(department_id=participants.it.id, sponsor_person_id=participants.cio.id),
        ],
        goals=[
            Goal(
                statement="Fewer calls",
                metric="Calls a week",
                unit="calls",
                baseline=900,
                target=300,
                due_on=dt.date(2029, 6, 30),
            )
        ],
        milestones=[Milestone(name="First answer by chat", due_on=dt.date(2028, 6, 30))],
    )
    response = create_project.sync_detailed(client=CMO, body=body)
    project = got(response)
    assert response.status_code == HTTPStatus.CREATED
    assert response.headers["Location"] == f"/v1/projects/{project.id}"
    assert project.state == ProjectState.DRAFT
    assert project.lead_person_id is None
    assert [side.sponsor_person_id for side in project.sides] == [participants.cmo.id, participants.cio.id]

    # The CMO has proposed the sponsor of the other side, who accepts.
    accepted = got(accept_sponsor.sync_detailed(project.id, participants.it.id, client=CIO))
    assert all(side.sponsor_state == "in_office" for side in accepted.sides)
    return project.id


def invite(project: str, participants: Participants) -> None:
    """Each side invites one person of its own, who accepts."""
    for sponsor, client, person, department in (
        (CMO, CAMPAIGNS, participants.campaigns, participants.marketing),
        (CIO, PLATFORM, participants.platform, participants.it),
    ):
        body = NewMembership(person.id, department.id, project_role="Editor", valid_from=FIRST_DAY)
        invitation = got(invite_member.sync_detailed(project, client=sponsor, body=body))
        assert invitation.state == MembershipState.INVITED
        membership = got(accept_membership.sync_detailed(invitation.id, client=client))
        assert membership.state == MembershipState.ACCEPTED
        assert membership.home.department_id == department.id
        assert set(membership.answers_to) == {participants.cmo.id, participants.cio.id}


def read_blockers(project: str) -> None:
    readiness = got(get_readiness.sync_detailed(project, client=CIO))
    assert not readiness.ready
    for blocker in readiness.blockers:
        print(f"  {blocker.code}: {blocker.detail}")
    codes = [blocker.code for blocker in readiness.blockers]
    assert "signature_missing" in codes
    assert "ownership_gap" in codes

    problem = rejected(activate_project.sync_detailed(project, client=CIO), HTTPStatus.CONFLICT)
    print(f"  cannot be activated yet: {problem.code}")


def assign_owners(project: str, participants: Participants) -> None:
    """Assigns exactly one accountable owner to every area."""
    areas = got(list_areas.sync_detailed(project, client=CIO, limit=100)).data
    assert len(areas) > 2
    for area in areas:
        is_marketing = area.key.startswith("customer-")
        sponsor, owner = (CMO, participants.campaigns) if is_marketing else (CIO, participants.platform)
        body = NewAssignment(person_id=owner.id, responsibility=Responsibility.ACCOUNTABLE, valid_from=FIRST_DAY)
        assignment = got(create_assignment.sync_detailed(area.id, client=sponsor, body=body))
        assert assignment.person_id == owner.id
        assert assignment.valid_to is None


def sign_and_activate(project: str) -> None:
    """Both sides approve the same charter, identified by its hash; then the project is activated."""
    assert got(propose_project.sync_detailed(project, client=CMO)).state == ProjectState.PROPOSED
    approval = only(
        got(
            list_approvals.sync_detailed(project, client=CIO, kind=[ApprovalKind.CHARTER], state=[ApprovalState.OPEN])
        ).data
    )
    assert not isinstance(approval.terms.charter, Unset)
    assert len(approval.waiting_for) == 2

    other_text = NewApprovalResponse(ApprovalChoice.APPROVE, sha256="0" * 64)
    problem = rejected(respond_to_approval.sync_detailed(approval.id, client=CMO, body=other_text), HTTPStatus.CONFLICT)
    assert problem.sha256 == approval.sha256

    approved = NewApprovalResponse(ApprovalChoice.APPROVE, sha256=approval.sha256)
    for sponsor, waiting in ((CMO, 1), (CIO, 0)):
        signed = got(respond_to_approval.sync_detailed(approval.id, client=sponsor, body=approved))
        assert len(signed.waiting_for) == waiting
    active = got(activate_project.sync_detailed(project, client=CIO))
    assert active.state == ProjectState.ACTIVE
    assert active.charter_in_force is not None
    assert active.charter_in_force.sha256 == active.charter.sha256


def read_partnership(project: str) -> None:
    report = got(get_partnership.sync_detailed(project, client=CIO))
    assert len(report.sides) == 2
    assert report.coverage.complete
    assert sum(one.areas.share or 0 for one in report.sides) == 1
    assert got(get_partnership_chart.sync_detailed(project, client=CIO)).startswith("<svg ")

    for item in got(get_inbox.sync_detailed(client=CMO)).data:
        print(f"  {item.kind}: {item.project_name}, {item.due_at or 'at any time'}")


def slots() -> list[Slot]:
    return got(list_slots.sync_detailed(client=VISITOR)).data


def request_callback() -> None:
    """Creates a callback request as a visitor. A retry with the same key changes nothing and uses no more capacity."""
    slot = [slot for slot in slots() if slot.available][-1]
    body = NewCallbackRequest(
        full_name="Alena Procházková",
        phone="604 987 656",
        intent=CallbackIntent.SALES,
        preference=SlotPreference(SlotKind.SLOT, slot_id=slot.slot_id),
    )
    key = str(uuid4())
    first = create_callback_request.sync_detailed(client=VISITOR, body=body, idempotency_key=key)
    again = create_callback_request.sync_detailed(client=VISITOR, body=body, idempotency_key=key)
    receipt = got(first)
    assert got(again) == receipt
    assert again.status_code == HTTPStatus.CREATED
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert receipt.state == "scheduled"
    assert receipt.promised_from == slot.starts_at
    later = only([one for one in slots() if one.slot_id == slot.slot_id])
    assert later.capacity_remaining == slot.capacity_remaining - 1
    print(f"  {receipt.confirmation}")

    holder = AuthenticatedClient(BASE, token=receipt.manage_token, prefix="", auth_header_name="Manage-Token")
    seen = got(get_callback_receipt.sync_detailed(receipt.id, client=holder))
    assert seen.promised_by == receipt.promised_by


def read_pages() -> None:
    """Reads a list in pages of two, and compares it with one page that has everything."""
    ids: list[str] = []
    cursor: str | Unset | None = UNSET
    while cursor is not None:
        page = got(list_people.sync_detailed(client=CMO, limit=2, cursor=cursor))
        assert len(page.data) <= 2
        ids += [person.id for person in page.data]
        cursor = page.next_cursor
    participants = got(list_people.sync_detailed(client=CMO, limit=100))
    assert participants.next_cursor is None
    assert ids == [person.id for person in participants.data]
    assert len(ids) > 2


def change(department: Department) -> None:
    """Updates the version that was read. An update of an older version is rejected."""

    def patch(etag: str, title: str | None) -> Response[Department | Problem]:
        body = DepartmentPatch(head_title=title)
        return update_department.sync_detailed(department.id, client=CMO, body=body, if_match=etag)

    read = get_department.sync_detailed(department.id, client=CMO)
    # The 304 without a body is typed as Any, so `got` would lose the type.
    assert isinstance(read.parsed, Department)
    stale, former = read.headers["ETag"], read.parsed.head_title
    title = f"{former or 'CMO'} (acting)"
    changed = patch(stale, title)
    assert got(changed).head_title == title
    problem = rejected(patch(stale, "Too late"), HTTPStatus.PRECONDITION_FAILED)
    assert problem.code == "stale_version"
    back = patch(changed.headers["ETag"], former)
    assert got(back).head_title == former


def send_invalid(participants: Participants) -> None:
    """Sends an invalid request. The problem lists every violation with its location."""
    body = NewProject(
        name="x" * 200,
        purpose="To be rejected.",
        starts_on=FIRST_DAY,
        ends_on=LAST_DAY,
        sides=[NewSide(department_id=participants.marketing.id, sponsor_person_id=participants.cmo.id)],
        milestones=[Milestone(name="y" * 200, due_on=dt.date(2028, 6, 30))],
    )
    problem = rejected(create_project.sync_detailed(client=CMO, body=body), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert problem.code == "validation_failed"
    assert not isinstance(problem.errors, Unset)
    assert {violation.pointer for violation in problem.errors} == {"/milestones/0/name", "/name", "/sides"}


def feed(after: int) -> Iterator[Event]:
    while (page := got(list_events.sync_detailed(client=CMO, after=after, limit=100))).data:
        yield from page.data
        after = page.last_sequence


def catch_up() -> int:
    """Returns the sequence number of the last event."""
    return max(event.sequence for event in feed(0))


def read_feed(start: int, project: str) -> None:
    """Reads all events since `start`, which are in order and without gaps."""
    events = list(feed(start))
    assert [event.sequence for event in events] == list(range(start + 1, start + 1 + len(events)))
    # A project is the subject of events about its sponsors, too.
    own = [event for event in events if event.subject == project and event.type_.startswith("project.")]
    assert [event.type_ for event in own] == ["project.created", "project.proposed", "project.activated"]
    assert [event.data["state"] for event in own] == ["draft", "proposed", "active"]


def step(name: str, work: Callable[[], T]) -> T:
    result = work()
    print(name)
    return result


def main() -> None:
    start = step("the feed so far", catch_up)
    participants = step("people and departments", find_participants)
    project = step("a project", lambda: draft_project(participants))
    step("memberships", lambda: invite(project, participants))
    step("blockers", lambda: read_blockers(project))
    step("owners", lambda: assign_owners(project, participants))
    step("approved and active", lambda: sign_and_activate(project))
    step("partnership and inbox", lambda: read_partnership(project))
    step("a callback request", request_callback)
    step("pages", read_pages)
    step("a change", lambda: change(participants.marketing))
    step("violations", lambda: send_invalid(participants))
    step("the feed", lambda: read_feed(start, project))
    print("done")


if __name__ == "__main__":
    main()
