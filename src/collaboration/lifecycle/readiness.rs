//! Loads the input of the readiness check from all modules.

use crate::collaboration::approvals;
use crate::collaboration::memberships::{self, neutrality};
use crate::collaboration::ownership;
use crate::collaboration::projects::readiness::{self, Blocker, ReadinessInput, SideSponsor, Signed};
use crate::collaboration::projects::{Project, Side, revision, service as projects};
use crate::directory::people::{self, Person};
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::UtcTime;

/// Returns everything that prevents the activation of a project.
///
/// # Errors
/// 403, 404.
pub fn blockers(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<Vec<Blocker>, Error> {
    let project = projects::visible(conn, actor, id, now)?;
    let sides = projects::sides(conn, id, now.day())?;
    Ok(readiness::blockers(&readiness_input(conn, &project, &sides, now)?))
}

/// Returns the input that follows from charter, sponsors and lead alone, without signatures, team and owners.
pub fn plan(conn: &mut DbConn, project: &Project, sides: &[Side], now: UtcTime) -> Result<ReadinessInput, Error> {
    let content = revision::content(conn, project)?;
    let (goals, milestones) = content.due_days();
    let neutral = neutrality::neutral(conn, project, &content.panel, now)?;
    let biased_arbiters = content.panel.iter().copied().filter(|person| !neutral.contains(person)).collect();
    let lead: Vec<_> = project.lead_person_id.into_iter().collect();
    let deactivated = |person: Person| person.deactivated_at.map(|_| person.id);
    let deactivated_lead = match lead.as_slice() {
        [] => None,
        lead => people::service::existing(conn, lead)?.into_iter().find_map(deactivated),
    };
    Ok(ReadinessInput {
        starts_on: project.starts_on,
        ends_on: project.ends_on,
        parity_tolerance: project.parity_tolerance,
        charter_version: project.charter_version,
        goals,
        milestones,
        sponsors: sides.iter().map(SideSponsor::from).collect(),
        deactivated_lead,
        biased_arbiters,
        signatures: Vec::new(),
        areas: Vec::new(),
        members: Vec::new(),
        owners: Vec::new(),
    })
}

/// Returns the complete input of the readiness check.
pub fn readiness_input(
    conn: &mut DbConn,
    project: &Project,
    sides: &[Side],
    now: UtcTime,
) -> Result<ReadinessInput, Error> {
    let signatures = approvals::service::signatures(conn, project.id)?;
    let (areas, owners) = ownership::service::for_readiness(conn, project.id)?;
    let signed = signatures.into_iter().map(|(department_id, charter_version, superseded)| Signed {
        department_id,
        charter_version,
        superseded,
    });
    Ok(ReadinessInput {
        signatures: signed.collect(),
        areas,
        members: memberships::service::for_readiness(conn, project, now)?,
        owners,
        ..plan(conn, project, sides, now)?
    })
}
