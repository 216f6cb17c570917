"""The story of README.md, told through the client that openapi-python-client made of the document: every parameter,
body and answer is checked by mypy. Takes BASE and one TOKEN_<SUBJECT> for each of the four people."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar, cast
from uuid import uuid4

from entente import AuthenticatedClient, Client
from entente.api.calendar import list_slots
from entente.api.callbacks import create_callback_request, get_callback_receipt
from entente.api.consents import answer_consent, list_consents
from entente.api.directory import get_department, list_departments, list_people, update_department
from entente.api.events import list_events
from entente.api.members import accept_membership, invite_member
from entente.api.ownership import create_assignment, list_areas
from entente.api.partnership import draw_partnership, get_inbox, get_partnership
from entente.api.projects import activate_project, create_project, get_readiness, propose_project
from entente.models import (
    BlockerCode,
    CallbackIntent,
    ConsentAnswer,
    ConsentKind,
    ConsentState,
    Department,
    DepartmentPatch,
    Event,
    Goal,
    MembershipState,
    Milestone,
    NewAssignment,
    NewCallbackRequest,
    NewConsentAnswer,
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
    VisitorState,
)
from entente.types import UNSET, Response, Unset

T = TypeVar("T")

BASE = os.environ["BASE"]
# Without a language the words for people are Czech.
LANGUAGE = {"Accept-Language": "en"}
FIRST_DAY = dt.date(2026, 1, 5)
LAST_DAY = dt.date(2030, 1, 1)


def login(subject: str) -> AuthenticatedClient:
    return AuthenticatedClient(BASE, token=os.environ[f"TOKEN_{subject.upper()}"], headers=LANGUAGE)


CMO, CIO, CAMPAIGNS, PLATFORM = (login(subject) for subject in ("cmo", "cio", "campaigns", "platform"))
# The generated functions ask for a client with a token even where none is needed.
VISITOR = cast(AuthenticatedClient, Client(BASE, headers=LANGUAGE))


def got(answer: Response[T | Problem]) -> T:
    """What was asked for; a refusal ends the story."""
    assert answer.parsed is not None, f"an undocumented answer: {answer.status_code}"
    assert not isinstance(answer.parsed, Problem), answer.parsed
    return answer.parsed


def refused(answer: Response[T | Problem], status: HTTPStatus) -> Problem:
    """The problem that a refusal comes with."""
    assert answer.status_code == status, answer
    assert isinstance(answer.parsed, Problem), "a refusal without a problem"
    assert answer.parsed.status == status
    assert answer.parsed.request_id == answer.headers["Request-Id"]
    return answer.parsed


def only(items: list[T]) -> T:
    (item,) = items
    return item


def who(subject: str) -> Person:
    return only(got(list_people.sync_detailed(client=CMO, subject=subject)).data)


def side(key: str) -> Department:
    return only(got(list_departments.sync_detailed(client=CMO, key=key)).data)


@dataclass(frozen=True)
class Cast:
    cmo: Person
    cio: Person
    campaigns: Person
    platform: Person
    marketing: Department
    it: Department


def find_everybody() -> Cast:
    everybody = Cast(who("cmo"), who("cio"), who("campaigns"), who("platform"), side("marketing"), side("it"))
    assert everybody.cio.subject == "cio"
    assert everybody.marketing.key == "marketing"
    return everybody


def begin(everybody: Cast) -> str:
    body = NewProject(
        name="Opening hours by chat",
        purpose="Tell customers at any hour when the shops are open.",
        starts_on=FIRST_DAY,
        ends_on=LAST_DAY,
        template=ProjectTemplate.DATA_OWNERSHIP,
        sides=[
            NewSide(department_id=everybody.marketing.id, sponsor_person_id=everybody.cmo.id),
            NewSide(department_id=everybody.it.id, sponsor_person_id=everybody.cio.id),
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
    answer = create_project.sync_detailed(client=CMO, body=body)
    project = got(answer)
    assert answer.status_code == HTTPStatus.CREATED
    assert answer.headers["Location"] == f"/v1/projects/{project.id}"
    assert project.state is ProjectState.DRAFT
    assert project.lead_person_id == everybody.cmo.id
    assert [seat.sponsor_person_id for seat in project.sides] == [everybody.cmo.id, everybody.cio.id]
    return project.id


def invite(project: str, everybody: Cast) -> None:
    """One person of each side is asked, and accepts."""
    for client, person, department in (
        (CAMPAIGNS, everybody.campaigns, everybody.marketing),
        (PLATFORM, everybody.platform, everybody.it),
    ):
        body = NewMembership(person.id, department.id, project_role="Editor", valid_from=FIRST_DAY)
        invitation = got(invite_member.sync_detailed(project, client=CMO, body=body))
        assert invitation.state is MembershipState.INVITED
        membership = got(accept_membership.sync_detailed(invitation.id, client=client))
        assert membership.state is MembershipState.ACCEPTED
        assert membership.home.department_id == department.id
        assert set(membership.answers_to) == {everybody.cmo.id, everybody.cio.id}


def read_blockers(project: str) -> None:
    readiness = got(get_readiness.sync_detailed(project, client=CIO))
    assert not readiness.ready
    for blocker in readiness.blockers:
        print(f"  {blocker.code}: {blocker.detail}")
    codes = [blocker.code for blocker in readiness.blockers]
    assert BlockerCode.SIGNATURE_MISSING in codes
    assert BlockerCode.OWNERSHIP_GAP in codes

    problem = refused(activate_project.sync_detailed(project, client=CIO), HTTPStatus.CONFLICT)
    print(f"  not yet: {problem.code}")


def assign_owners(project: str, everybody: Cast) -> None:
    """Every area gets exactly one accountable owner, from the side that owns it."""
    areas = got(list_areas.sync_detailed(project, client=CIO, limit=100)).data
    assert len(areas) > 2
    for area in areas:
        owner = everybody.campaigns if area.key.startswith("customer-") else everybody.platform
        body = NewAssignment(person_id=owner.id, responsibility=Responsibility.ACCOUNTABLE, valid_from=FIRST_DAY)
        assignment = got(create_assignment.sync_detailed(area.id, client=CIO, body=body))
        assert assignment.person_id == owner.id
        assert assignment.valid_to is None


def sign_and_activate(project: str) -> None:
    """Both sides sign the same text, known by its hash, and the project begins."""
    assert got(propose_project.sync_detailed(project, client=CMO)).state is ProjectState.PROPOSED
    consent = only(
        got(
            list_consents.sync_detailed(project, client=CIO, kind=[ConsentKind.CHARTER], state=[ConsentState.OPEN])
        ).data
    )
    assert not isinstance(consent.terms.charter, Unset)
    assert len(consent.waiting_for) == 2

    other_text = NewConsentAnswer(ConsentAnswer.AGREE, sha256="0" * 64)
    problem = refused(answer_consent.sync_detailed(consent.id, client=CMO, body=other_text), HTTPStatus.CONFLICT)
    assert problem.sha256 == consent.sha256

    agreed = NewConsentAnswer(ConsentAnswer.AGREE, sha256=consent.sha256)
    for sponsor, waiting in ((CMO, 1), (CIO, 0)):
        signed = got(answer_consent.sync_detailed(consent.id, client=sponsor, body=agreed))
        assert len(signed.waiting_for) == waiting
    active = got(activate_project.sync_detailed(project, client=CIO))
    assert active.state is ProjectState.ACTIVE
    assert active.charter_in_force is not None
    assert active.charter_in_force.sha256 == active.charter.sha256


def look_back(project: str) -> None:
    report = got(get_partnership.sync_detailed(project, client=CIO))
    assert len(report.sides) == 2
    assert report.coverage.complete
    assert sum(one.areas.share or 0 for one in report.sides) == 1
    assert got(draw_partnership.sync_detailed(project, client=CIO)).startswith("<svg ")

    for item in got(get_inbox.sync_detailed(client=CMO)).data:
        print(f"  {item.kind}: {item.project_name}, {item.due_at or 'at any time'}")


def slots() -> list[Slot]:
    return got(list_slots.sync_detailed(client=VISITOR)).data


def call_back() -> None:
    """A visitor asks to be called; a retry with the same key changes nothing, and takes no second seat."""
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
    assert receipt.state is VisitorState.SCHEDULED
    assert receipt.promised_from == slot.starts_at
    assert only([one for one in slots() if one.slot_id == slot.slot_id]).seats_left == slot.seats_left - 1
    print(f"  {receipt.confirmation}")

    holder = AuthenticatedClient(BASE, token=receipt.manage_token, prefix="", auth_header_name="Manage-Token")
    seen = got(get_callback_receipt.sync_detailed(receipt.id, client=holder))
    assert seen.promised_by == receipt.promised_by


def turn_pages() -> None:
    """Every page of two until there is no next one, against one page with all."""
    walked: list[str] = []
    cursor: str | Unset | None = UNSET
    while cursor is not None:
        page = got(list_people.sync_detailed(client=CMO, limit=2, cursor=cursor))
        assert len(page.data) <= 2
        walked += [person.id for person in page.data]
        cursor = page.next_cursor
    everybody = got(list_people.sync_detailed(client=CMO, limit=100))
    assert everybody.next_cursor is None
    assert walked == [person.id for person in everybody.data]
    assert len(walked) > 2


def change(department: Department) -> None:
    """A change on top of the version that was read; one on top of an older version is refused."""

    def patch(etag: str, title: str | None) -> Response[Department | Problem]:
        body = DepartmentPatch(head_title=title)
        return update_department.sync_detailed(department.id, client=CMO, body=body, if_match=etag)

    read = get_department.sync_detailed(department.id, client=CMO)
    # Because of the 304, whose empty body counts as Any, `got` would not know what it returns.
    assert isinstance(read.parsed, Department)
    stale, former = read.headers["ETag"], read.parsed.head_title
    title = f"{former or 'CMO'} (acting)"
    changed = patch(stale, title)
    assert got(changed).head_title == title
    problem = refused(patch(stale, "Too late"), HTTPStatus.PRECONDITION_FAILED)
    assert problem.code == "stale_version"
    back = patch(changed.headers["ETag"], former)
    assert got(back).head_title == former


def break_rules(everybody: Cast) -> None:
    """Every violation at once, each with its place."""
    body = NewProject(
        name="x" * 200,
        purpose="To be refused.",
        starts_on=FIRST_DAY,
        ends_on=LAST_DAY,
        sides=[NewSide(department_id=everybody.marketing.id, sponsor_person_id=everybody.cmo.id)],
        milestones=[Milestone(name="y" * 200, due_on=dt.date(2028, 6, 30))],
    )
    problem = refused(create_project.sync_detailed(client=CMO, body=body), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert problem.code == "validation_failed"
    assert not isinstance(problem.errors, Unset)
    assert {violation.pointer for violation in problem.errors} == {"/milestones/0/name", "/name", "/sides"}


def feed(after: int) -> Iterator[Event]:
    while (page := got(list_events.sync_detailed(client=CMO, after=after, limit=100))).data:
        yield from page.data
        after = page.last_sequence


def catch_up() -> int:
    """The place in the feed before the story begins."""
    return max(event.sequence for event in feed(0))


def read_feed(start: int, project: str) -> None:
    """Everything that happened since, in order and without gaps."""
    events = list(feed(start))
    assert [event.sequence for event in events] == list(range(start + 1, start + 1 + len(events)))
    own = [event for event in events if event.subject == project]
    assert [event.type_ for event in own] == ["project.created", "project.proposed", "project.activated"]
    assert [event.data["state"] for event in own] == ["draft", "proposed", "active"]


def step(name: str, work: Callable[[], T]) -> T:
    result = work()
    print(name)
    return result


def main() -> None:
    start = step("the feed so far", catch_up)
    everybody = step("people and departments", find_everybody)
    project = step("a project", lambda: begin(everybody))
    step("memberships", lambda: invite(project, everybody))
    step("blockers", lambda: read_blockers(project))
    step("owners", lambda: assign_owners(project, everybody))
    step("signed and active", lambda: sign_and_activate(project))
    step("partnership and inbox", lambda: look_back(project))
    step("a callback request", call_back)
    step("pages", turn_pages)
    step("a change", lambda: change(everybody.marketing))
    step("violations", lambda: break_rules(everybody))
    step("the feed", lambda: read_feed(start, project))


if __name__ == "__main__":
    main()
