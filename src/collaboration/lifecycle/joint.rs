//! Joint actions on a project: resuming and closing it, and cancelling it once it was active, need the approval of all
//! sides. What ends a hold is in [`super::hold`].

use crate::collaboration::approvals::request::{self, NewApproval};
use crate::collaboration::approvals::{Approval, Terms, lapse};
use crate::collaboration::decisions;
use crate::collaboration::ownership::{conflict_events, disputes, transfers};
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb, State};
use crate::kernel::authz::Action;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::tx::Tx;

/// Requests the approval of all sides to resume a project that is on hold.
///
/// # Errors
/// 403, 404; 409 unless the project is on hold, or when the same approval is already open.
pub fn request_resume(tx: &mut Tx<'_>, id: ProjectId, reason: Option<&str>) -> Result<Approval, Error> {
    request_approval(tx, id, ProjectVerb::ResumeProject, Terms::Resume, reason)
}

/// Requests the approval of all sides to close the project.
///
/// # Errors
/// 403, 404; 409 unless the project is active or on hold, or when the same approval is already open.
pub fn request_close(tx: &mut Tx<'_>, id: ProjectId, reason: Option<&str>) -> Result<Approval, Error> {
    request_approval(tx, id, ProjectVerb::CloseProject, Terms::Close, reason)
}

/// Requests the approval of all sides to cancel a project that was activated; the caller has locked it.
///
/// # Errors
/// 409 when the same approval is already open.
pub fn request_cancel(
    tx: &mut Tx<'_>,
    project: &Project,
    caller: Option<PersonId>,
    reason: Option<&str>,
) -> Result<Approval, Error> {
    request_for(tx, project, caller, Terms::Cancel, reason)
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
    request_for(tx, &project, relations.person, terms, reason)
}

/// Requests the approval of all sides of a locked project.
pub(super) fn request_for(
    tx: &mut Tx<'_>,
    project: &Project,
    caller: Option<PersonId>,
    terms: Terms,
    reason: Option<&str>,
) -> Result<Approval, Error> {
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    let subject = project.id.as_str();
    let new = NewApproval { subject, number: None, terms, reason, due_at: None, approves: caller };
    request::request(tx, project, &sides, caller, new)
}

/// Starts closing a project after all sides have approved: its members return from today on, and everything else that
/// is still open ends.
pub fn closing(tx: &mut Tx<'_>, before: Whole) -> Result<(), Error> {
    before.project.state.require(ProjectVerb::CloseProject)?;
    let project = before.project.clone();
    let after = Project {
        state: State::Closing,
        closing_since: Some(tx.now),
        held_since: None,
        held_by_department_id: None,
        hold_ends_at: None,
        ..project
    };
    let after = projects::advance(tx, before, after, types::PROJECT_CLOSING, None)?;
    end_everything_open(tx, &after.project)
}

/// Cancels a project: one that was never active, or one that was, after all sides have approved. Everything that is
/// still open ends, and so do the memberships.
pub fn cancelled(tx: &mut Tx<'_>, before: Whole, reason: Option<&str>) -> Result<Whole, Error> {
    before.project.state.require(ProjectVerb::CancelProject)?;
    let after = Project { state: State::Cancelled, check_at: None, ..before.project.clone() };
    let cancelled = projects::advance(tx, before, after, types::PROJECT_CANCELLED, reason)?;
    end_everything_open(tx, &cancelled.project)?;
    Ok(cancelled)
}

/// Ends the open approvals, decisions, transfers, disputes and announced conflicts of a project that is closing or
/// cancelled.
fn end_everything_open(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    end_questions(tx, project)?;
    conflict_events::resolve_all(tx, project)
}

/// Ends the open approvals, decisions, transfers and disputes of a project whose sides have changed.
pub fn end_questions(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    lapse::lapse_where(tx, project.id, |_| true)?;
    decisions::service::withdraw_all(tx, project.id)?;
    transfers::service::lapse_all(tx, project.id)?;
    disputes::service::lapse_all(tx, project.id)
}
