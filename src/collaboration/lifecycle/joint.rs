//! Joint actions on a project: resuming and closing it need the approval of all sides.

use crate::collaboration::approvals::request::{self, NewApproval};
use crate::collaboration::approvals::{Approval, Terms, lapse};
use crate::collaboration::decisions;
use crate::collaboration::ownership::{disputes, transfers};
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb, State};
use crate::kernel::authz::Action;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::ProjectId;
use crate::kernel::tx::Tx;

/// Requests the approval of all sides to resume a project that is on hold.
///
/// # Errors
/// 403, 404; 409 unless the project is on hold and every side has a sponsor, or when the same approval is already open.
pub fn request_resume(tx: &mut Tx<'_>, id: ProjectId, reason: Option<&str>) -> Result<Approval, Error> {
    request_approval(tx, id, ProjectVerb::ResumeProject, Terms::Resume, reason)
}

/// Requests the approval of all sides to close the project.
///
/// # Errors
/// 403, 404; 409 unless the project is active or on hold and every side has a sponsor, or when the same approval is
/// already open.
pub fn request_close(tx: &mut Tx<'_>, id: ProjectId, reason: Option<&str>) -> Result<Approval, Error> {
    request_approval(tx, id, ProjectVerb::CloseProject, Terms::Close, reason)
}

fn request_approval(
    tx: &mut Tx<'_>,
    id: ProjectId,
    verb: ProjectVerb,
    terms: Terms,
    reason: Option<&str>,
) -> Result<Approval, Error> {
    let (project, relations) = projects::lock_project(tx, id, Action::RequestApproval)?;
    project.state.require(verb)?;
    let new = NewApproval { subject: id.as_str(), number: None, terms, reason, due_at: None, request_approves: true };
    let sides = projects::sides(tx.conn, id, tx.now.day())?;
    request::request(tx, &project, &sides, relations.person, new)
}

/// Resumes a project after all sides have approved.
pub fn resumed(tx: &mut Tx<'_>, before: Whole) -> Result<(), Error> {
    before.project.state.require(ProjectVerb::ResumeProject)?;
    let after = Project { state: State::Active, held_since: None, ..before.project.clone() };
    projects::advance(tx, before, after, types::PROJECT_RESUMED, None).map(drop)
}

/// Starts closing a project after all sides have approved: its members return from today on, and everything else that
/// is still open ends.
pub fn closing(tx: &mut Tx<'_>, before: Whole) -> Result<(), Error> {
    before.project.state.require(ProjectVerb::CloseProject)?;
    let project = before.project.clone();
    let after = Project { state: State::Closing, closing_since: Some(tx.now), held_since: None, ..project };
    let after = projects::advance(tx, before, after, types::PROJECT_CLOSING, None)?;
    end_everything_open(tx, &after.project)
}

/// Ends the open approvals, decisions, transfers and disputes of a project that is closing or cancelled.
pub fn end_everything_open(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    lapse::lapse_where(tx, project.id, |_| true)?;
    decisions::service::withdraw_all(tx, project.id)?;
    transfers::service::lapse_all(tx, project.id)?;
    disputes::service::lapse_all(tx, project.id)
}
