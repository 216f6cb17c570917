//! Reads of memberships for the API and for other slices. Inviting, responding and returning have files of their own;
//! releasing members early is in `releases`.

use std::collections::{HashMap, HashSet};

use super::dto::{MembershipQuery, Parity};
use super::member::{Member, phase, phase_of, sponsors};
use super::parity;
use super::state::{MembershipState, Phase};
use super::store::{self, Loaded, Membership, ProjectContext};
use super::team::Team;
use crate::calendar;
use crate::calendar::rules::Calendar;
use crate::collaboration::projects::{ParityMeasure, Project, readiness, service as projects};
use crate::collaboration::states::MembershipDecision;
use crate::directory::people;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, MembershipId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};

/// Returns the phase of a project and the sponsors that its members report to.
fn phase_and_sponsors(sides: &[ProjectContext]) -> Option<(Phase, Vec<PersonId>)> {
    let first = sides.first()?;
    let phase = phase_of(first.state, first.activated_at, first.closing_since, first.updated_at);
    Some((phase, sponsors(sides.iter().map(|side| side.sponsor_person_id))))
}

/// Returns one page of the memberships of a project, including ended ones.
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
    let contexts = store::project_contexts(conn, &[project])?;
    let (phase, answers_to) = phase_and_sponsors(&contexts).ok_or_else(Error::not_found)?;
    projects::require_to_read(conn, actor, project, now)?;
    let filter =
        store::Filter { project, state: query.state, department: query.department_id, as_of: query.as_of, phase, now };
    let rows = store::list(conn, &filter, page)?;
    Ok(rows.into_iter().map(|row| Member::new(row, phase, answers_to.clone(), now)).collect())
}

/// Returns one page of the memberships of a person in the projects that the caller has access to; people see all of
/// their own.
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
    let only = if found.is_caller(actor) { None } else { projects::accessible(conn, actor, now)? };
    let rows = store::of_person(conn, person, as_of, only.as_deref(), now.day(), page)?;
    let ids: Vec<_> = rows.iter().map(|loaded| loaded.row.project_id).collect();
    with_states(conn, rows, &ids, now)
}

/// Returns one membership. People can read their own memberships even after they have left the project.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: MembershipId, now: UtcTime) -> Result<Member, Error> {
    let (found, phase, answers_to) = store::find_with_project(conn, id, now.day())?.ok_or_else(Error::not_found)?;
    // Relations change nothing for applications.
    let relations = if authz::reads_without_relations(actor) {
        Relations::default()
    } else {
        projects::relations(conn, found.row.project_id, actor, now)?.ok_or_else(Error::not_found)?
    };
    let member = relations.member || relations.person == Some(found.row.person_id);
    authz::require(actor, Action::ReadProject, &Relations { member, ..relations })?;
    Ok(Member::new(found, phase, answers_to, now))
}

/// Compares the strength of the sides of a project on a day, by default today.
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
    let team = team(conn, id)?;
    let calendar = match project.parity_breached_at {
        Some(since) => Some(calendar::service::present(conn, since)?.calendar),
        None => None,
    };
    Ok(parity_of(&project, &team, calendar.as_ref(), as_of, now))
}

/// Does the same for a loaded project and its team, for other slices. The calendar, from the start of a breach on,
/// determines the end of the grace period.
#[must_use]
pub fn parity_of(
    project: &Project,
    team: &Team,
    calendar: Option<&Calendar>,
    as_of: Option<Day>,
    now: UtcTime,
) -> Parity {
    let strengths = team.strengths(project, as_of, now);
    let tolerance = project.parity_tolerance.unsigned_abs();
    let breached_at = project.parity_breached_at;
    Parity {
        project_id: project.id,
        as_of: as_of.unwrap_or(now.day()),
        holds: parity::holds(&strengths, project.parity_measure, tolerance),
        measure: project.parity_measure,
        tolerance,
        sides: strengths.into_iter().map(Into::into).collect(),
        breached_at,
        grace_ends_on: breached_at.zip(calendar).and_then(|(since, calendar)| parity::grace_ends_on(calendar, since)),
    }
}

/// Returns the invitations and accepted memberships of a project with their states, for other slices; one statement.
pub fn live_in(
    conn: &mut DbConn,
    project: &Project,
    now: UtcTime,
) -> Result<Vec<(Membership, MembershipState)>, Error> {
    let with_state = |loaded: Loaded| {
        let state = loaded.state(phase(project), now);
        (loaded.row, state)
    };
    Ok(store::live(conn, project.id, now.day())?.into_iter().map(with_state).collect())
}

/// Returns the team of a project, for other slices; one statement.
pub fn team(conn: &mut DbConn, project: ProjectId) -> Result<Team, Error> {
    Ok(store::sides_with_members(conn, project)?.into_iter().collect())
}

/// Returns the accepted memberships of one person in a project as `(side, valid_from, valid_to)`, for other slices.
pub fn stays(conn: &mut DbConn, project: ProjectId, person: PersonId) -> Result<Vec<(DepartmentId, Day, Day)>, Error> {
    Ok(stays_of(conn, project, &[person])?.into_iter().map(|stay| (stay.1, stay.2, stay.3)).collect())
}

/// Returns whether a person is or was a member of a project, or is invited to it, for other slices.
pub fn has_part(conn: &mut DbConn, project: ProjectId, person: PersonId, now: UtcTime) -> Result<bool, Error> {
    let taken = store::taken(conn, project, &[person], now.day())?;
    Ok(taken.iter().any(|loaded| loaded.row.decision != MembershipDecision::Invited))
}

/// A membership as `(person, side, valid_from, valid_to)`.
pub type Stay = (PersonId, DepartmentId, Day, Day);

/// Returns the accepted memberships of several people in a project; one statement.
pub fn stays_of(conn: &mut DbConn, project: ProjectId, people: &[PersonId]) -> Result<Vec<Stay>, Error> {
    // The day does not matter: it only determines whether people have a regular position.
    let rows = store::taken(conn, project, people, Day::default())?;
    let joined = rows.into_iter().map(|loaded| loaded.row).filter(|row| row.decision != MembershipDecision::Invited);
    Ok(joined.map(|row| (row.person_id, row.department_id, row.valid_from, row.valid_to)).collect())
}

/// Returns the team for the readiness check: open invitations and memberships that have not ended. A member has a
/// position to return to when a regular position is valid on the day of the return; one statement.
pub fn for_readiness(conn: &mut DbConn, project: &Project, now: UtcTime) -> Result<Vec<readiness::Member>, Error> {
    // Memberships that have not ended count, whether or not the project has been activated.
    let live = |loaded: &Loaded| {
        matches!(loaded.state(Phase::Preparing, now), MembershipState::Invited | MembershipState::Accepted)
    };
    let member = |Loaded { row, has_home }: Loaded| readiness::Member {
        person_id: row.person_id,
        department_id: row.department_id,
        accepted: row.decision == MembershipDecision::Accepted,
        counts_for_parity: row.counts_for_parity,
        weight: if project.parity_measure == ParityMeasure::Fte { row.fte_percent } else { 1 },
        has_home_position: has_home,
    };
    Ok(store::live_with_return(conn, project.id)?.into_iter().filter(live).map(member).collect())
}

/// Returns the open invitations of these sides of a project, and the memberships of people who are not back in their
/// regular positions, for other slices; one statement.
pub fn present_in(
    conn: &mut DbConn,
    project: &Project,
    sides: &[DepartmentId],
    now: UtcTime,
) -> Result<Vec<Membership>, Error> {
    let phase = phase(project);
    let is_present = |state: MembershipState| {
        matches!(state, MembershipState::Invited | MembershipState::Accepted) || state.is_away()
    };
    let live = store::live(conn, project.id, now.day())?.into_iter();
    let present =
        live.filter(|loaded| sides.contains(&loaded.row.department_id) && is_present(loaded.state(phase, now)));
    Ok(present.map(|loaded| loaded.row).collect())
}

/// Returns the open invitations of a person and their memberships that have not ended; two statements.
pub fn live_of(conn: &mut DbConn, person: PersonId, now: UtcTime) -> Result<Vec<Member>, Error> {
    let rows = store::live_of_person(conn, person, now.day())?;
    let ids: Vec<_> = rows.iter().map(|loaded| loaded.row.project_id).collect();
    let mut members = with_states(conn, rows, &ids, now)?;
    members.retain(|member| {
        matches!(member.state, MembershipState::Invited | MembershipState::Accepted) || member.state.is_away()
    });
    Ok(members)
}

/// Returns the open invitations of a person and the returns they have not confirmed, each with the name of its project,
/// for other slices; one statement.
pub fn pending_for(
    conn: &mut DbConn,
    person: PersonId,
    now: UtcTime,
) -> Result<Vec<(Membership, MembershipState, String)>, Error> {
    let rows = store::live_with_projects(conn, person, now.day())?.into_iter();
    let with_state = |(loaded, phase, name): (Loaded, Phase, String)| (loaded.state(phase, now), loaded.row, name);
    let is_pending = |state: MembershipState| {
        matches!(state, MembershipState::Invited | MembershipState::Returning | MembershipState::ReturnBlocked)
    };
    Ok(rows
        .map(with_state)
        .filter(|(state, ..)| is_pending(*state))
        .map(|(state, row, name)| (row, state, name))
        .collect())
}

/// Computes the states of memberships of several projects; one statement.
fn with_states(conn: &mut DbConn, rows: Vec<Loaded>, ids: &[ProjectId], now: UtcTime) -> Result<Vec<Member>, Error> {
    let mut contexts: HashMap<ProjectId, Vec<ProjectContext>> = HashMap::new();
    for row in store::project_contexts(conn, ids)? {
        contexts.entry(row.project_id).or_default().push(row);
    }
    let member = |loaded: Loaded| {
        let sides = contexts.get(&loaded.row.project_id).map_or(&[][..], Vec::as_slice);
        let (phase, answers_to) = phase_and_sponsors(sides).unwrap_or((Phase::Preparing, Vec::new()));
        Member::new(loaded, phase, answers_to, now)
    };
    Ok(rows.into_iter().map(member).collect())
}

/// Returns project and person of the accepted memberships of these projects that have not ended, for other slices.
pub fn people_of(
    conn: &mut DbConn,
    projects: &[ProjectId],
    now: UtcTime,
) -> Result<HashSet<(ProjectId, PersonId)>, Error> {
    Ok(sides_of_people(conn, projects, now)?.into_iter().map(|(project, person, _)| (project, person)).collect())
}

/// Returns the same with the side of each member, in the order of the invitations.
pub fn sides_of_people(
    conn: &mut DbConn,
    projects: &[ProjectId],
    now: UtcTime,
) -> Result<Vec<(ProjectId, PersonId, DepartmentId)>, Error> {
    if projects.is_empty() { Ok(Vec::new()) } else { store::accepted_beyond(conn, projects, now.day()) }
}
