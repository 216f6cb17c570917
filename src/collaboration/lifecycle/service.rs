//! How a project moves from state to state.

use super::joint;
use super::readiness::{plan, state_of_preparation};
use super::revise_charter::ask_to_sign;
use crate::collaboration::projects::readiness;
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb, State};
use crate::kernel::authz::Action;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::ProjectId;
use crate::kernel::tx::Tx;

/// Puts the charter to the sponsors for signature.
///
/// # Errors
/// 403, 404; 409 unless it is a draft whose charter is complete and whose seats are filled.
pub fn propose(tx: &mut Tx<'_>, id: ProjectId) -> Result<Whole, Error> {
    let (project, facts) = projects::take(tx, id, Action::ProposeProject)?;
    project.state.require(ProjectVerb::Propose)?;
    let sides = projects::sides(tx.conn, id)?;
    let mut blockers = readiness::blockers(&plan(tx.conn, &project, &sides)?);
    blockers.retain(|blocker| blocker.code.hinders_proposal());
    projects::refuse_unless_ready(tx, &blockers)?;
    let after = Project { state: State::Proposed, ..project.clone() };
    let proposed = projects::advance(tx, Whole { project, sides }, after, types::PROJECT_PROPOSED, None)?;
    ask_to_sign(tx, &proposed.project, facts)?;
    Ok(proposed)
}

/// Starts the project, on the charter that all sides have signed.
///
/// # Errors
/// 403, 404; 409 `not_ready` with everything that is missing.
pub fn activate(tx: &mut Tx<'_>, id: ProjectId) -> Result<Whole, Error> {
    let (project, _) = projects::take(tx, id, Action::ActivateProject)?;
    project.state.require(ProjectVerb::Activate)?;
    let sides = projects::sides(tx.conn, id)?;
    let blockers = readiness::blockers(&state_of_preparation(tx.conn, &project, &sides, tx.now)?);
    projects::refuse_unless_ready(tx, &blockers)?;
    let after = Project {
        state: State::Active,
        in_force_version: Some(project.charter_version),
        in_force_sha256: Some(project.charter_sha256.clone()),
        activated_at: Some(tx.now),
        ..project.clone()
    };
    projects::advance(tx, Whole { project, sides }, after, types::PROJECT_ACTIVATED, None)
}

/// Stops the work; any side can.
///
/// # Errors
/// 403, 404; 409 unless it is active.
pub fn hold(tx: &mut Tx<'_>, id: ProjectId, reason: &str) -> Result<Whole, Error> {
    let (project, _) = projects::take(tx, id, Action::HoldProject)?;
    project.state.require(ProjectVerb::Hold)?;
    put_on_hold(tx, project, reason)
}

/// Stops the work, for the clock as well as for a side.
pub fn put_on_hold(tx: &mut Tx<'_>, project: Project, reason: &str) -> Result<Whole, Error> {
    let sides = projects::sides(tx.conn, project.id)?;
    let after = Project { state: State::OnHold, held_since: Some(tx.now), ..project.clone() };
    projects::advance(tx, Whole { project, sides }, after, types::PROJECT_HELD, Some(reason))
}

/// Gives the project up. What was being agreed upon ends, and whoever worked in it goes home.
///
/// # Errors
/// 403, 404; 409 when it is running or over.
pub fn cancel(tx: &mut Tx<'_>, id: ProjectId, reason: Option<&str>) -> Result<Whole, Error> {
    let (project, _) = projects::take(tx, id, Action::CancelProject)?;
    project.state.require(ProjectVerb::Cancel)?;
    let sides = projects::sides(tx.conn, id)?;
    let after = Project { state: State::Cancelled, check_at: None, ..project.clone() };
    let cancelled = projects::advance(tx, Whole { project, sides }, after, types::PROJECT_CANCELLED, reason)?;
    joint::nothing_more_to_agree(tx, &cancelled.project)?;
    Ok(cancelled)
}
