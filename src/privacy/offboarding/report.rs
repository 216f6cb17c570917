//! The offboarding report: everything that names a person.

use std::collections::{HashMap, HashSet};

use super::dto::{HeadedDepartment, OffboardingReport, OrphanedArea, VacantSponsor};
use crate::callbacks::{agents, requests};
use crate::collaboration::approvals::delegations::{DelegationBody, service as delegations};
use crate::collaboration::approvals::service as approvals;
use crate::collaboration::decisions;
use crate::collaboration::inbox::rulings;
use crate::collaboration::memberships::member::Member;
use crate::collaboration::memberships::service as memberships;
use crate::collaboration::ownership::transfers::{self, TransferBody};
use crate::collaboration::ownership::{AssignmentBody, service as ownership};
use crate::collaboration::projects;
use crate::directory::{departments, people};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;

/// Most possible successors that are listed per role or area.
const MAX_SUCCESSORS: usize = 20;
/// Most items of each kind that are listed.
const MAX_ITEMS: i64 = 1000;

/// Returns everything that names a person. Runs a fixed number of statements, and one for each department whose people
/// can succeed this one.
///
/// # Errors
/// 403, 404.
pub fn report(conn: &mut DbConn, actor: &Actor, id: PersonId, now: UtcTime) -> Result<OffboardingReport, Error> {
    authz::require(actor, Action::ManagePrivacy, &Relations::default())?;
    people::service::find(conn, id)?.ok_or_else(Error::not_found)?;
    of_person(conn, id, now)
}

/// Returns the same for a caller who has been authorised.
pub fn of_person(conn: &mut DbConn, id: PersonId, now: UtcTime) -> Result<OffboardingReport, Error> {
    let memberships: Vec<_> = memberships::live_of(conn, id, now)?.iter().map(Member::body).collect();
    let (given, received): (Vec<_>, Vec<_>) = delegations::current_of_person(conn, id, now.day(), MAX_ITEMS)?
        .into_iter()
        .map(DelegationBody::from)
        .partition(|delegation| delegation.sponsor_person_id == id);
    let transfers = transfers::service::open_of_person(conn, id, now, MAX_ITEMS)?;
    let as_sponsor: Vec<_> =
        approvals::pending_for_sponsor(conn, id, now, MAX_ITEMS)?.iter().map(|(row, _)| row.id).collect();
    let mut as_delegate: Vec<_> =
        approvals::pending_for(conn, id, now, MAX_ITEMS)?.iter().map(|(row, _)| row.id).collect();
    as_delegate.retain(|approval| !as_sponsor.contains(approval));
    let rulings = rulings::assigned_to(conn, id, MAX_ITEMS)?;
    Ok(OffboardingReport {
        person_id: id,
        sponsor_roles: vacant_sponsors(conn, id, now)?,
        projects_led: projects::sponsors::led_by(conn, id, MAX_ITEMS)?,
        delegations_given: given,
        delegations_received: received,
        areas: orphaned_areas(conn, id, now)?,
        transfers: transfers.into_iter().map(|row| TransferBody::new(row, now)).collect(),
        approvals: as_sponsor,
        approvals_as_delegate: as_delegate,
        approvals_requested: approvals::requested_by(conn, id, MAX_ITEMS)?,
        decisions_raised: decisions::service::raised_by(conn, id, MAX_ITEMS)?,
        departments_headed: headed_departments(conn, id, now)?,
        people_managed: people::service::managed_by(conn, id, now.day(), MAX_ITEMS)?,
        agent_id: agents::of_person(conn, id)?,
        decisions: rulings.iter().filter_map(|row| row.decision_id).collect(),
        panels: projects::sponsors::panels_of(conn, id, MAX_ITEMS)?,
        approvals_arbitrated: rulings.iter().filter_map(|row| row.approval_id).collect(),
        disputes: rulings.iter().filter_map(|row| row.dispute_id).collect(),
        callback_requests: requests::service::assigned_to(conn, id, MAX_ITEMS)?,
        memberships,
    })
}

fn vacant_sponsors(conn: &mut DbConn, id: PersonId, now: UtcTime) -> Result<Vec<VacantSponsor>, Error> {
    let mut sides = projects::sponsors::held_by(conn, id, now.day())?;
    sides.extend(projects::sponsors::succeeded_by(conn, id, now.day())?);
    let departments: Vec<_> = sides.iter().map(|side| side.department_id).collect();
    let projects: Vec<_> = sides.iter().map(|side| side.project_id).collect();
    let taken = taken(conn, id, &projects, now)?;
    // Of this number of people, enough are free in each project.
    let most = MAX_SUCCESSORS + taken.values().map(HashSet::len).max().unwrap_or_default();
    let mut candidates: HashMap<DepartmentId, Vec<PersonId>> = HashMap::new();
    for (department, person) in people::service::with_position_in(conn, &departments, now.day(), most)? {
        candidates.entry(department).or_default().push(person);
    }
    let is_free = |project: ProjectId, person: PersonId| !taken.get(&project).is_some_and(|of| of.contains(&person));
    Ok(sides
        .into_iter()
        .map(|side| {
            let people = candidates.get(&side.department_id).into_iter().flatten().copied();
            let free = people.filter(|person| is_free(side.project_id, *person));
            VacantSponsor {
                project_id: side.project_id,
                department_id: side.department_id,
                possible_successors: free.take(MAX_SUCCESSORS).collect(),
            }
        })
        .collect())
}

/// Returns the people who cannot become a sponsor, by project: the one who leaves, the members, and the sponsors.
fn taken(
    conn: &mut DbConn,
    id: PersonId,
    projects: &[ProjectId],
    now: UtcTime,
) -> Result<HashMap<ProjectId, HashSet<PersonId>>, Error> {
    let mut taken: HashMap<_, _> = projects.iter().map(|project| (*project, HashSet::from([id]))).collect();
    for (project, person) in memberships::people_of(conn, projects, now)? {
        taken.entry(project).or_default().insert(person);
    }
    for side in projects::sponsors::of_projects(conn, projects, now.day())? {
        let named = [side.sponsor_person_id, side.successor_person_id];
        taken.entry(side.project_id).or_default().extend(named.into_iter().flatten());
    }
    Ok(taken)
}

fn headed_departments(conn: &mut DbConn, id: PersonId, now: UtcTime) -> Result<Vec<HeadedDepartment>, Error> {
    let headed = departments::service::headed_by(conn, id, MAX_ITEMS)?;
    let ids: Vec<_> = headed.iter().map(|department| department.id).collect();
    // One of them can be the person.
    let people = people::service::with_position_in(conn, &ids, now.day(), MAX_SUCCESSORS + 1)?;
    let successors = |department: DepartmentId| {
        let others = people.iter().filter(|(of, person)| *of == department && *person != id);
        others.map(|(_, person)| *person).take(MAX_SUCCESSORS).collect()
    };
    let body = |department_id| HeadedDepartment { department_id, possible_successors: successors(department_id) };
    Ok(ids.into_iter().map(body).collect())
}

fn orphaned_areas(conn: &mut DbConn, id: PersonId, now: UtcTime) -> Result<Vec<OrphanedArea>, Error> {
    let owned = ownership::held_by(conn, id, now.day(), MAX_ITEMS)?;
    let projects: Vec<_> = owned.iter().map(|(assignment, _)| assignment.project_id).collect();
    let members = memberships::sides_of_people(conn, &projects, now)?;
    let successors = |project, side| {
        let of_side = members.iter().filter(|one| (one.0, one.2) == (project, side) && one.1 != id);
        of_side.map(|one| one.1).take(MAX_SUCCESSORS).collect()
    };
    Ok(owned
        .into_iter()
        .map(|(assignment, side)| OrphanedArea {
            possible_successors: successors(assignment.project_id, side),
            assignment: AssignmentBody::from(assignment),
        })
        .collect())
}
