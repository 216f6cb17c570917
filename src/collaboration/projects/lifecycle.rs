//! How a project moves from state to state.

use super::agreement::ask_to_sign;
use super::charter::Content;
use super::joint;
use super::readiness::{self, Blocker, Facts, OwnedArea, Seat, Signed};
use super::service::{Whole, refuse_unless_ready, take, visible};
use super::state::{State, Verb};
use super::store::{self, Project, Side};
use crate::collaboration::approvals;
use crate::collaboration::memberships;
use crate::collaboration::ownership;
use crate::kernel::auth::Actor;
use crate::kernel::authz::Action;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::ProjectId;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Everything that a project lacks before it can be activated.
///
/// # Errors
/// 403, 404.
pub fn readiness(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<Vec<Blocker>, Error> {
    let project = visible(conn, actor, id, now)?;
    let sides = store::sides(conn, id)?;
    Ok(readiness::blockers(&everything(conn, &project, &sides, now)?))
}

/// Puts the charter to the sponsors for signature.
///
/// # Errors
/// 403, 404; 409 unless it is a draft whose charter is complete and whose seats are filled.
pub fn propose(tx: &mut Tx<'_>, id: ProjectId) -> Result<Whole, Error> {
    let (project, facts) = take(tx, id, Action::ProposeProject)?;
    project.state.require(Verb::Propose)?;
    let sides = store::sides(tx.conn, id)?;
    let mut blockers = readiness::blockers(&plan(tx.conn, &project, &sides)?);
    blockers.retain(|blocker| blocker.code.hinders_proposal());
    refuse_unless_ready(tx, &blockers)?;
    let after = Project { state: State::Proposed, ..project.clone() };
    let proposed = advance(tx, Whole { project, sides }, after, types::PROJECT_PROPOSED, None)?;
    ask_to_sign(tx, &proposed.project, facts)?;
    Ok(proposed)
}

/// Starts the project, on the charter that all sides have signed.
///
/// # Errors
/// 403, 404; 409 `not_ready` with everything that is missing.
pub fn activate(tx: &mut Tx<'_>, id: ProjectId) -> Result<Whole, Error> {
    let (project, _) = take(tx, id, Action::ActivateProject)?;
    project.state.require(Verb::Activate)?;
    let sides = store::sides(tx.conn, id)?;
    let blockers = readiness::blockers(&everything(tx.conn, &project, &sides, tx.now)?);
    refuse_unless_ready(tx, &blockers)?;
    let after = Project {
        state: State::Active,
        in_force_version: Some(project.charter_version),
        in_force_sha256: Some(project.charter_sha256.clone()),
        activated_at: Some(tx.now),
        ..project.clone()
    };
    advance(tx, Whole { project, sides }, after, types::PROJECT_ACTIVATED, None)
}

/// Stops the work; any side can.
///
/// # Errors
/// 403, 404; 409 unless it is active.
pub fn hold(tx: &mut Tx<'_>, id: ProjectId, reason: &str) -> Result<Whole, Error> {
    let (project, _) = take(tx, id, Action::HoldProject)?;
    project.state.require(Verb::Hold)?;
    put_on_hold(tx, project, reason)
}

/// Stops the work, for the clock as well as for a side.
pub(super) fn put_on_hold(tx: &mut Tx<'_>, project: Project, reason: &str) -> Result<Whole, Error> {
    let sides = store::sides(tx.conn, project.id)?;
    let after = Project { state: State::OnHold, held_since: Some(tx.now), ..project.clone() };
    advance(tx, Whole { project, sides }, after, types::PROJECT_HELD, Some(reason))
}

/// Gives the project up. What was being agreed upon ends, and whoever worked in it goes home.
///
/// # Errors
/// 403, 404; 409 when it is running or over.
pub fn cancel(tx: &mut Tx<'_>, id: ProjectId, reason: Option<&str>) -> Result<Whole, Error> {
    let (project, _) = take(tx, id, Action::CancelProject)?;
    project.state.require(Verb::Cancel)?;
    let sides = store::sides(tx.conn, id)?;
    let after = Project { state: State::Cancelled, check_at: None, ..project.clone() };
    let cancelled = advance(tx, Whole { project, sides }, after, types::PROJECT_CANCELLED, reason)?;
    joint::nothing_more_to_agree(tx, &cancelled.project)?;
    Ok(cancelled)
}

/// Writes a project in its next state, with the event and the audit entry of the step.
pub(super) fn advance(
    tx: &mut Tx<'_>,
    before: Whole,
    after: Project,
    event: &'static str,
    reason: Option<&str>,
) -> Result<Whole, Error> {
    let project = Project { version: after.version + 1, updated_at: tx.now, ..after };
    store::update(tx.conn, &project)?;
    let after = Whole { project, sides: before.sides.clone() };
    let change = Change::updated(event, before.project.id.as_str(), &before.body(), &after.body())?;
    tx.record(&Change { reason, ..change })?;
    Ok(after)
}

/// What the charter and the seats say; nobody has signed, nobody is on the team.
fn plan(conn: &mut DbConn, project: &Project, sides: &[Side]) -> Result<Facts, Error> {
    let row = store::charter(conn, project.id, project.charter_version)?;
    let row = row.ok_or_else(|| Error::internal("a project without its charter"))?;
    let content = Content::unseal(&row.content)?;
    let (goals, milestones) = content.due_days();
    let seat = |side: &Side| Seat { department_id: side.department_id, sponsor: side.seated() };
    Ok(Facts {
        starts_on: project.starts_on,
        ends_on: project.ends_on,
        parity_tolerance: project.parity_tolerance,
        charter_version: project.charter_version,
        goals,
        milestones,
        seats: sides.iter().map(seat).collect(),
        signatures: Vec::new(),
        areas: Vec::new(),
        members: Vec::new(),
        owners: Vec::new(),
    })
}

fn everything(conn: &mut DbConn, project: &Project, sides: &[Side], now: UtcTime) -> Result<Facts, Error> {
    let signatures = approvals::service::signatures(conn, project.id)?;
    let areas = store::areas(conn, project.id)?;
    let signed = signatures.into_iter().map(|(department_id, charter_version, superseded)| Signed {
        department_id,
        charter_version,
        superseded,
    });
    let live = areas.into_iter().filter(|area| area.retired_at.is_none());
    Ok(Facts {
        signatures: signed.collect(),
        areas: live.map(|area| OwnedArea { id: area.id, department_id: area.department_id }).collect(),
        members: memberships::service::for_readiness(conn, project, now)?,
        owners: ownership::service::accountable_now_or_planned(conn, project.id)?,
        ..plan(conn, project, sides)?
    })
}
