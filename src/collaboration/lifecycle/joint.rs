//! What only all sides together can do with a project: resume it, and close it.

use crate::collaboration::approvals::ask::{self, Ask};
use crate::collaboration::approvals::{Asked, Terms, lapse};
use crate::collaboration::decisions;
use crate::collaboration::ownership::{disputes, transfers};
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb, State};
use crate::kernel::authz::Action;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::ProjectId;
use crate::kernel::tx::Tx;

/// Asks all sides to go on after a hold.
///
/// # Errors
/// 403, 404; 409 unless it is on hold with every seat filled, or while the sides are being asked.
pub fn ask_to_resume(tx: &mut Tx<'_>, id: ProjectId, reason: Option<&str>) -> Result<Asked, Error> {
    ask(tx, id, ProjectVerb::Resume, Terms::Resume, reason)
}

/// Asks all sides to close the project.
///
/// # Errors
/// 403, 404; 409 unless it is running with every seat filled, or while the sides are being asked.
pub fn ask_to_close(tx: &mut Tx<'_>, id: ProjectId, reason: Option<&str>) -> Result<Asked, Error> {
    ask(tx, id, ProjectVerb::Close, Terms::Close, reason)
}

fn ask(tx: &mut Tx<'_>, id: ProjectId, verb: ProjectVerb, terms: Terms, reason: Option<&str>) -> Result<Asked, Error> {
    let (project, facts) = projects::take(tx, id, Action::AskJointly)?;
    project.state.require(verb)?;
    let ask = Ask { subject: id.as_str(), number: None, terms, reason, due_at: None, asking_agrees: true };
    ask::ask(tx, &project, facts.person, ask)
}

/// All sides agreed to go on.
pub fn resumed(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    project.state.require(ProjectVerb::Resume)?;
    let sides = projects::sides(tx.conn, project.id)?;
    let after = Project { state: State::Active, held_since: None, ..project.clone() };
    projects::advance(tx, Whole { project: project.clone(), sides }, after, types::PROJECT_RESUMED, None).map(drop)
}

/// All sides agreed to close: the members return from today on, and nothing else that was being
/// agreed upon goes on.
pub fn closing(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    project.state.require(ProjectVerb::Close)?;
    let sides = projects::sides(tx.conn, project.id)?;
    let after = Project { state: State::Closing, closing_since: Some(tx.now), held_since: None, ..project.clone() };
    let after = projects::advance(tx, Whole { project: project.clone(), sides }, after, types::PROJECT_CLOSING, None)?;
    nothing_more_to_agree(tx, &after.project)
}

/// Ends what was being agreed upon when a project goes home or is given up.
pub fn nothing_more_to_agree(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    lapse::lapse_where(tx, project.id, |_| true)?;
    decisions::service::withdraw_all(tx, project.id)?;
    transfers::service::lapse_all(tx, project.id)?;
    disputes::service::lapse_all(tx, project.id)
}
