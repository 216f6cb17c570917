"""Generated people, departments and projects with their sides, teams, areas, approvals and history.

The number of people grows with the number of projects, so that a person has the same number of projects at every size.
Every project has two sides, four members, four areas with an owner each, an approval, a decision and a transfer.
"""

DEPARTMENTS = 20
DEMO_PROJECT = "prj_01kdvdna00e008000000000001"
DAY = 86_400
STARTS_ON, ENDS_ON = "2026-01-05", "2030-01-01"
# The blocks of these days: see src/collaboration/projects/day_blocks.rs.
BLOCKS = (163664, 163672, 40921, 10234, 165, 676, 2723, 2731, 10946, 43809, 43817, 175296, 175304, 175312)
# One tenth is a draft and one tenth proposed; most are active or closed.
_STATE = ("CASE WHEN i % 10 = 0 THEN 'draft' WHEN i % 10 = 1 THEN 'proposed' WHEN i % 10 < 6 THEN 'active' "
          "WHEN i % 20 = 6 THEN 'on_hold' WHEN i % 20 = 16 THEN 'closing' WHEN i % 10 < 9 THEN 'closed' "
          "ELSE 'cancelled' END")


def people(projects):
    """Returns the number of people for a number of projects."""
    return max(100, projects // 10)


def statements(d, projects):
    """Returns the statements, as (what, SQL), in the dialect `d`."""
    count = people(projects)
    person = lambda number: d.id("per", f"1 + ({number}) % {count}")
    department = lambda number: d.id("dpt", f"1 + ({number}) % {DEPARTMENTS}")
    project, past = d.id("prj", "i"), d.ago(10 * DAY)
    common = {"version": "1", "created_at": d.ago(400 * DAY), "updated_at": past}
    yield "departments", d.insert("departments", DEPARTMENTS, {
        "id": d.id("dpt", "i"), "key": f"'dep-' || {d.text('i')}", "name": f"'Department ' || {d.text('i')}", **common})
    yield "people", d.insert("people", count, {
        "id": d.id("per", "i"), "display_name": f"'Person ' || {d.text('i')}",
        "email": f"'p' || {d.text('i')} || '@example.org'", "login": f"'p' || {d.text('i')}",
        "login_issuer": "'entente'", "login_set_at": past, **common})
    yield "home_positions", d.insert("home_positions", count, {
        "id": d.id("hom", "i"), "person_id": d.id("per", "i"), "department_id": department("i"), "title": "'Expert'",
        "valid_from": "'2020-01-01'", "created_at": past})
    yield "projects", d.insert("projects", projects, _project(d, projects, person))
    yield "charter_versions", d.insert("charter_versions", projects, {
        "project_id": project, "version": "1", "sha256": d.random_hash(), "created_at": past,
        "content": f"(SELECT min(content) FROM charter_versions WHERE project_id = '{DEMO_PROJECT}')",
        "signed_at": f"CASE WHEN i % 10 < 2 THEN NULL ELSE {past} END"})
    for side in (0, 1):
        yield "project_sides", d.insert("project_sides", projects, {
            "project_id": project, "department_id": department(f"i + {side}"), "position": str(side),
            "sponsor_person_id": person(_sponsor(side, count)), "sponsor_accepted_at": past,
            "sponsor_confirmed_at": past, "project_state": _STATE})
    for block in BLOCKS:
        yield "project_days", d.insert("project_days", projects, {"block": str(block), "project_id": project})
    for member in range(4):
        yield from _member(d, projects, member, person, department)
    yield from _approvals(d, projects, count, person, department)
    yield from _history(d, projects, count, person, department)


def _sponsor(side, count):
    return f"i * 7 + {side * (count // 2)}"


def _worker(member):
    return f"i * 11 + {member * 23} + 3"


def _project(d, projects, person):
    past, kind = d.ago(10 * DAY), "i % 10"
    reached = lambda condition, value: f"CASE WHEN {condition} THEN {value} ELSE NULL END"
    ran, created = f"{kind} BETWEEN 2 AND 8", d.ago(f"{20 * DAY} + ({projects} - i) * 60")
    return {
        "id": d.id("prj", "i"), "name": f"'Project ' || {d.text('i')}", "state": _STATE,
        "starts_on": f"'{STARTS_ON}'", "ends_on": f"'{ENDS_ON}'", "lead_person_id": person(_sponsor(0, people(projects))),
        "charter_version": "1", "charter_sha256": d.random_hash(),
        "in_force_version": reached(ran, "1"), "in_force_sha256": reached(ran, d.random_hash()),
        "parity_tolerance": "0", "activated_at": reached(ran, past), "held_since": reached("i % 20 = 6", past),
        "closing_since": reached("i % 20 = 16 OR i % 10 IN (7, 8)", past),
        "closed_at": reached("i % 10 IN (7, 8)", past),
        "check_at": reached(f"{kind} < 7", d.ago(-DAY)), "version": "3", "created_at": created, "updated_at": past,
    }


def _member(d, projects, member, person, department):
    past, number = d.ago(10 * DAY), f"i * 4 + {member}"
    side, worker, project = department(f"i + {member % 2}"), person(_worker(member)), d.id("prj", "i")
    yield "memberships", d.insert("memberships", projects, {
        "id": d.id("mbr", number), "project_id": project, "person_id": worker, "department_id": side,
        "state": "CASE WHEN i % 50 = 0 THEN 'invited' ELSE 'accepted' END", "project_role": "'Expert'",
        "counts_for_parity": d.true, "fte_percent": "100", "valid_from": "'2026-01-05'", "valid_to": "'2030-01-01'",
        "home_department_id": side, "home_title": "'Expert'", "invited_at": past, "expires_at": d.ago(-10 * DAY),
        "responded_at": f"CASE WHEN i % 50 = 0 THEN NULL ELSE {d.ago(9 * DAY)} END", "version": "2",
        "updated_at": past})
    yield "areas", d.insert("areas", projects, {
        "id": d.id("are", number), "project_id": project, "key": f"'area-{member}'", "name": f"'Area {member}'",
        "department_id": side})
    yield "assignments", d.insert("assignments", projects, {
        "id": d.id("own", number), "area_id": d.id("are", number), "project_id": project, "person_id": worker,
        "responsibility": "'accountable'", "valid_from": "'2026-01-05'", "version": "1", "created_at": past,
        "recorded_at": past})


def _approvals(d, projects, count, person, department):
    """The charter of every project but the drafts; that of a proposed project is still open."""
    past, project = d.ago(10 * DAY), d.id("prj", "i")
    sides = f"{department('i')} || ',' || {department('i + 1')}"
    yield "approvals", d.insert("approvals", projects, {
        "id": d.id("apr", "i"), "project_id": project, "kind": "'charter'", "subject": project, "number": "1",
        "sides": sides, "terms": _terms("charter"), "sha256": d.random_hash(),
        "state": "CASE WHEN i % 10 = 1 THEN 'open' ELSE 'approved' END",
        "requested_at": past, "due_at": d.ago(5 * DAY),
        "ended_at": f"CASE WHEN i % 10 = 1 THEN NULL ELSE {past} END", "version": "2", "sealed": "TRUE",
    }, where="i % 10 > 0")
    for side in (0, 1):
        yield "approval_responses", d.insert("approval_responses", projects, {
            "id": d.id("rsp", f"i * 2 + {side}"), "approval_id": d.id("apr", "i"), "project_id": project,
            "department_id": department(f"i + {side}"), "person_id": person(_sponsor(side, count)),
            "response": "'approve'", "responded_at": past, "sealed": "i % 10 = 1", "salt": d.random_hash()},
            where=f"i % 10 > {1 - side}")
    # Decisions: one in fifty is still open.
    yield "approvals", d.insert("approvals", projects, {
        "id": d.id("apr", f"{projects} + i"), "project_id": project, "kind": "'decision'", "subject": d.id("dec", "i"),
        "number": "1", "sides": sides, "terms": _terms("decision"), "sha256": d.random_hash(),
        "state": "CASE WHEN i % 50 = 2 THEN 'open' ELSE 'approved' END", "requested_at": past,
        "due_at": d.ago(-100 * DAY), "ended_at": f"CASE WHEN i % 50 = 2 THEN NULL ELSE {past} END", "version": "2",
        "sealed": "TRUE"})


def _terms(kind):
    """Returns the terms of an approval of the demo project."""
    return f"(SELECT min(terms) FROM approvals WHERE project_id = '{DEMO_PROJECT}' AND kind = '{kind}')"


def _history(d, projects, count, person, department):
    past, project, ahead = d.ago(10 * DAY), d.id("prj", "i"), d.ago(-100 * DAY)
    unless = lambda condition, value: f"CASE WHEN {condition} THEN NULL ELSE {value} END"
    yield "decisions", d.insert("decisions", projects, {
        "id": d.id("dec", "i"), "project_id": project, "question": "'Do we go on?'", "department_id": department("i"),
        "raised_by": person(_sponsor(0, count)), "raised_at": past, "due_at": ahead,
        "state": "CASE WHEN i % 50 = 2 THEN 'open' ELSE 'decided' END",
        "outcome": unless("i % 50 = 2", "'approved'"), "decided_at": unless("i % 50 = 2", past), "version": "2"})
    yield "transfers", d.insert("transfers", projects, {
        "id": d.id("trf", "i"), "project_id": project, "area_id": d.id("are", "i * 4"),
        "from_person_id": person(_worker(0)), "to_person_id": person(_worker(2)), "to_department_id": department("i"),
        "effective_on": "'2026-06-01'", "state": "CASE WHEN i % 50 = 3 THEN 'offered' ELSE 'completed' END",
        "offered_at": past, "expires_at": ahead, "ended_at": unless("i % 50 = 3", past), "version": "2"})
    yield "disputes", d.insert("disputes", projects, {
        "id": d.id("dsp", "i"), "project_id": project, "area_id": d.id("are", "i * 4 + 1"),
        "department_id": department("i"), "claim": "'It is ours.'", "arbiter_person_id": person("i * 13"),
        "ruling_from": ahead, "ruling_until": ahead,
        "deadline": ahead, "state": "CASE WHEN i % 100 = 4 THEN 'open' ELSE 'withdrawn' END", "raised_at": past,
        "ended_at": unless("i % 100 = 4", past), "version": "2"}, where="i % 20 = 4")
    yield "delegations", d.insert("delegations", projects, {
        "id": d.id("dlg", "i"), "project_id": project, "department_id": department("i"),
        "sponsor_person_id": person(_sponsor(0, count)), "delegate_person_id": person(_worker(1)),
        "valid_from": "'2026-07-01'", "valid_to": "'2026-08-01'", "version": "1", "created_at": past},
        where=f"i % 10 = 5 AND ({_sponsor(0, count)}) % {count} <> ({_worker(1)}) % {count}")
    yield "external_references", d.insert("external_references", projects, {
        "subject": project, "system": "'jira'", "external_id": f"'MKT-' || {d.text('i')}", "version": "1",
        "created_at": past, "updated_at": past})
