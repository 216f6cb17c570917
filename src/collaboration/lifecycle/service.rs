//! State transitions of a project.

use super::joint;
use super::readiness::{plan, readiness_input};
use super::revise_charter::request_signatures;
use crate::collaboration::approvals::Approval;
use crate::collaboration::projects::readiness;
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb, State};
use crate::kernel::authz::Action;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::ProjectId;
use crate::kernel::tx::Tx;

/// Proposes a draft and requests the signatures of all sides for its charter.
///
/// # Errors
/// 403, 404; 409 unless the project is a draft, its charter is complete and every side has a sponsor.
pub fn propose(tx: &mut Tx<'_>, id: ProjectId) -> Result<Whole, Error> {
    let (project, relations) = projects::lock_project(tx, id, Action::ProposeProject)?;
    project.state.require(ProjectVerb::ProposeProject)?;
    let sides = projects::sides(tx.conn, id, tx.now.day())?;
    let mut blockers = readiness::blockers(&plan(tx.conn, &project, &sides, tx.now)?);
    blockers.retain(|blocker| blocker.code.blocks_proposal());
    projects::refuse_unless_ready(tx, &blockers)?;
    let after = Project { state: State::Proposed, ..project.clone() };
    let proposed = projects::advance(tx, Whole { project, sides }, after, types::PROJECT_PROPOSED, None)?;
    request_signatures(tx, &proposed.project, &proposed.sides, relations)?;
    Ok(proposed)
}

/// Activates a project on the charter that all sides have signed.
///
/// # Errors
/// 403, 404; 409 `illegal_transition` unless it is proposed, `not_ready` with all blockers.
pub fn activate(tx: &mut Tx<'_>, id: ProjectId) -> Result<Whole, Error> {
    let (project, _) = projects::lock_project(tx, id, Action::ActivateProject)?;
    project.state.require(ProjectVerb::ActivateProject)?;
    let sides = projects::sides(tx.conn, id, tx.now.day())?;
    let blockers = readiness::blockers(&readiness_input(tx.conn, &project, &sides, tx.now)?);
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

/// What a request to cancel a project leads to.
pub enum Cancellation {
    /// The project was never active, and is cancelled.
    Done(Whole),
    /// The project was active; all sides have to approve.
    Requested(Approval),
}

/// Cancels a project that was never active; any sponsor can do that alone. Once a project was active, requests the
/// approval of all sides.
///
/// # Errors
/// 403, 404; 409 when the project is closed or cancelled; once it was active, also while a side has no sponsor or the
/// same approval is open.
pub fn cancel(tx: &mut Tx<'_>, id: ProjectId, reason: Option<&str>) -> Result<Cancellation, Error> {
    let (project, relations) = projects::lock_project(tx, id, Action::CancelProject)?;
    project.state.require(ProjectVerb::CancelProject)?;
    if project.state.is_running() {
        return joint::request_cancel(tx, &project, relations.person, reason).map(Cancellation::Requested);
    }
    let sides = projects::sides(tx.conn, id, tx.now.day())?;
    joint::cancelled(tx, Whole { project, sides }, reason).map(Cancellation::Done)
}
