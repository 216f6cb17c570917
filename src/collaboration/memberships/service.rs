//! What memberships are to readers and to other slices. Inviting, answering and returning have files of
//! their own; leaving early is in `releases`.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::dto::{MembershipQuery, Parity};
use super::member::{Member, phase, phase_of, sponsors};
use super::parity::{self, Counted, Strength};
use super::state::{MembershipState, Phase};
use super::store::{self, Frame, Loaded, Membership};
use crate::calendar;
use crate::collaboration::projects::{ParityMeasure, Project, readiness, service as projects};
use crate::collaboration::states::MembershipDecision;
use crate::directory::people;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, MembershipId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};

/// The phase of a project and the sponsors that its members answer to, from its frames.
fn frame(frames: &[Frame]) -> Option<(Phase, Vec<PersonId>)> {
    let first = frames.first()?;
    let phase = phase_of(first.state, first.activated_at, first.closing_since, first.updated_at);
    Some((phase, sponsors(frames.iter().map(|frame| frame.sponsor_person_id))))
}

/// One page of the memberships of a project, past ones included.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &MembershipQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Member>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    let (phase, answers_to) = frame(&store::frames(conn, &[project])?).ok_or_else(Error::not_found)?;
    let filter =
        store::Filter { project, state: query.state, department: query.department_id, as_of: query.as_of, phase, now };
    let rows = store::list(conn, &filter, page)?;
    Ok(rows.into_iter().map(|row| Member::new(row, phase, answers_to.clone(), now)).collect())
}

/// One page of the memberships of a person, in the projects that the caller may see; people see all
/// of their own.
///
/// # Errors
/// 403; 404 for an unknown person.
pub fn of_person(
    conn: &mut DbConn,
    actor: &Actor,
    person: PersonId,
    as_of: Option<Day>,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Member>, Error> {
    let found = people::service::get(conn, actor, person)?;
    let oneself = found.subject.as_deref() == Some(&actor.subject);
    let theirs = store::projects_of_person(conn, person)?;
    let visible = if oneself { theirs } else { projects::seen_by(conn, actor, theirs, now)? };
    let rows = store::of_person(conn, person, as_of, &visible, now.day(), page)?;
    let ids: Vec<_> = rows.iter().map(|loaded| loaded.row.project_id).collect();
    judged(conn, rows, &ids, now)
}

/// One membership. Its own person may read it even when they have no part in the project any more.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: MembershipId, now: UtcTime) -> Result<Member, Error> {
    let found = store::find(conn, id, now.day())?.ok_or_else(Error::not_found)?;
    let facts = projects::facts(conn, found.row.project_id, actor, now)?.ok_or_else(Error::not_found)?;
    let member = facts.member || facts.person == Some(found.row.person_id);
    authz::require(actor, Action::ReadProject, &Facts { member, ..facts })?;
    let frames = store::frames(conn, &[found.row.project_id])?;
    let (phase, answers_to) = frame(&frames).ok_or_else(Error::not_found)?;
    Ok(Member::new(found, phase, answers_to, now))
}

/// Whether the sides of a project are equally strong on a day, today if none is given.
///
/// # Errors
/// 403, 404.
pub fn parity(
    conn: &mut DbConn,
    actor: &Actor,
    id: ProjectId,
    as_of: Option<Day>,
    now: UtcTime,
) -> Result<Parity, Error> {
    let project = projects::visible(conn, actor, id, now)?;
    parity_of(conn, &project, as_of, now)
}

/// The same for a project that the caller may see, for other slices; three statements at most.
pub fn parity_of(conn: &mut DbConn, project: &Project, as_of: Option<Day>, now: UtcTime) -> Result<Parity, Error> {
    let strengths = strengths(conn, project, as_of, now)?;
    let tolerance = project.parity_tolerance.unsigned_abs();
    let grace_ends_on = match project.parity_breached_at {
        Some(since) => parity::grace_ends_on(&calendar::service::present(conn, since)?.calendar, since),
        None => None,
    };
    Ok(Parity {
        project_id: project.id,
        as_of: as_of.unwrap_or(now.day()),
        holds: parity::holds(&strengths, project.parity_measure, tolerance),
        measure: project.parity_measure,
        tolerance,
        sides: strengths.into_iter().map(Into::into).collect(),
        breached_at: project.parity_breached_at,
        grace_ends_on,
    })
}

/// How strong the sides of a project are on a day, for other slices; two statements.
pub fn strengths(
    conn: &mut DbConn,
    project: &Project,
    as_of: Option<Day>,
    now: UtcTime,
) -> Result<Vec<Strength>, Error> {
    let sides: Vec<_> = projects::sides(conn, project.id)?.into_iter().map(|side| side.department_id).collect();
    let members = match as_of.filter(|day| *day != now.day()) {
        Some(day) => {
            let on = |row: &Membership| row.valid_from <= day && day < row.valid_to;
            store::took_part(conn, project.id)?.into_iter().filter(on).collect()
        }
        None => present(conn, project, now)?,
    };
    let counted = members.iter().filter(|row| row.counts_for_parity);
    let counted: Vec<_> =
        counted.map(|row| Counted { department_id: row.department_id, fte_percent: row.fte_percent }).collect();
    Ok(parity::strengths(&sides, &counted))
}

/// Who is on the team now: active members or, before activation and before the first day, those who have accepted.
fn present(conn: &mut DbConn, project: &Project, now: UtcTime) -> Result<Vec<Membership>, Error> {
    let phase = phase(project);
    let gathering = phase == Phase::Preparing || now.day() < project.starts_on;
    let counts = |loaded: &Loaded| match loaded.state(phase, now) {
        MembershipState::Active => true,
        MembershipState::Accepted => gathering,
        _ => false,
    };
    Ok(store::live(conn, project.id, now.day())?.into_iter().filter(counts).map(|loaded| loaded.row).collect())
}

/// The memberships of one person in a project that were accepted and not cut short to nothing, as
/// `(side, first day, first day after)`, for other slices.
pub fn stays(conn: &mut DbConn, project: ProjectId, person: PersonId) -> Result<Vec<(DepartmentId, Day, Day)>, Error> {
    Ok(stays_of(conn, project, &[person])?.into_iter().map(|stay| (stay.1, stay.2, stay.3)).collect())
}

/// Whether a person is, was or is invited to be a member of a project, for other slices.
pub fn has_part(conn: &mut DbConn, project: ProjectId, person: PersonId, now: UtcTime) -> Result<bool, Error> {
    let lapsed = |loaded: &Loaded| loaded.row.decision == MembershipDecision::Invited && loaded.row.expires_at <= now;
    Ok(store::taken(conn, project, &[person], now.day())?.iter().any(|loaded| !lapsed(loaded)))
}

/// A person, the side they work for, their first day and the first day after.
pub type Stay = (PersonId, DepartmentId, Day, Day);

/// The projects that a person has ever had to do with as a member, for other slices.
pub fn projects_of(conn: &mut DbConn, person: PersonId) -> Result<Vec<ProjectId>, Error> {
    store::projects_of_person(conn, person)
}

/// The same of several people; one statement.
pub fn stays_of(conn: &mut DbConn, project: ProjectId, people: &[PersonId]) -> Result<Vec<Stay>, Error> {
    // The day is of no account: nothing here asks for home positions.
    let rows = store::taken(conn, project, people, Day::default())?;
    let joined = rows.into_iter().map(|loaded| loaded.row).filter(|row| row.decision != MembershipDecision::Invited);
    Ok(joined.map(|row| (row.person_id, row.department_id, row.valid_from, row.valid_to)).collect())
}

/// Everybody's stay in a project; one statement.
pub fn all_stays(conn: &mut DbConn, project: ProjectId) -> Result<Vec<Stay>, Error> {
    let rows = store::took_part(conn, project)?.into_iter();
    Ok(rows.map(|row| (row.person_id, row.department_id, row.valid_from, row.valid_to)).collect())
}

/// The team as the readiness list sees it: open invitations and members who have not left.
/// Somebody has a position to return to when a home position covers the day of the return.
pub fn for_readiness(conn: &mut DbConn, project: &Project, now: UtcTime) -> Result<Vec<readiness::Member>, Error> {
    // What is not over yet counts, whether or not the project has begun.
    let live = |loaded: &Loaded| {
        matches!(loaded.state(Phase::Preparing, now), MembershipState::Invited | MembershipState::Accepted)
    };
    let rows = store::live(conn, project.id, now.day())?;
    let rows: Vec<_> = rows.into_iter().filter(live).map(|loaded| loaded.row).collect();
    let mut by_day: BTreeMap<Day, Vec<PersonId>> = BTreeMap::new();
    for row in &rows {
        by_day.entry(row.valid_to).or_default().push(row.person_id);
    }
    let mut returning = HashSet::new();
    for (day, ids) in by_day {
        let homes = people::service::home_position_on(conn, &ids, day)?;
        returning.extend(homes.into_iter().map(|home| (home.person_id, day)));
    }
    let member = |row: Membership| readiness::Member {
        person_id: row.person_id,
        department_id: row.department_id,
        accepted: row.decision == MembershipDecision::Accepted,
        counts_for_parity: row.counts_for_parity,
        weight: if project.parity_measure == ParityMeasure::Fte { row.fte_percent } else { 1 },
        has_home_position: returning.contains(&(row.person_id, row.valid_to)),
    };
    Ok(rows.into_iter().map(member).collect())
}

/// The memberships and invitations of a person that are not over; two statements.
pub fn live_of(conn: &mut DbConn, person: PersonId, now: UtcTime) -> Result<Vec<Member>, Error> {
    let rows = store::live_of_person(conn, person, now.day())?;
    let ids: Vec<_> = rows.iter().map(|loaded| loaded.row.project_id).collect();
    let mut members = judged(conn, rows, &ids, now)?;
    members.retain(|member| {
        matches!(member.state, MembershipState::Invited | MembershipState::Accepted) || !member.state.is_home()
    });
    Ok(members)
}

/// Judges memberships of several projects; one statement.
fn judged(conn: &mut DbConn, rows: Vec<Loaded>, ids: &[ProjectId], now: UtcTime) -> Result<Vec<Member>, Error> {
    let mut frames: HashMap<ProjectId, Vec<Frame>> = HashMap::new();
    for row in store::frames(conn, ids)? {
        frames.entry(row.project_id).or_default().push(row);
    }
    let member = |loaded: Loaded| {
        let frames = frames.get(&loaded.row.project_id).map_or(&[][..], Vec::as_slice);
        let (phase, answers_to) = frame(frames).unwrap_or((Phase::Preparing, Vec::new()));
        Member::new(loaded, phase, answers_to, now)
    };
    Ok(rows.into_iter().map(member).collect())
}

/// Who is or will be on the team of these projects: project and person, for other slices.
pub fn people_of(
    conn: &mut DbConn,
    projects: &[ProjectId],
    now: UtcTime,
) -> Result<HashSet<(ProjectId, PersonId)>, Error> {
    Ok(sides_of_people(conn, projects, now)?.into_iter().map(|(project, person, _)| (project, person)).collect())
}

/// The same with the side that each works for, in the order of the invitations.
pub fn sides_of_people(
    conn: &mut DbConn,
    projects: &[ProjectId],
    now: UtcTime,
) -> Result<Vec<(ProjectId, PersonId, DepartmentId)>, Error> {
    if projects.is_empty() { Ok(Vec::new()) } else { store::accepted_beyond(conn, projects, now.day()) }
}
