//! Reading approvals and responses, for the API and for other modules.

use super::change;
use super::ended;
use super::filter::ApprovalQuery;
use super::pending;
use super::state::{ApprovalKind, ApprovalState};
use super::store::{self, Approval, ApprovalResponse, ApprovalRow, HistoryRow, OpenApprovals, Which};
use super::terms::{HandoverTerms, Terms, TermsDocument};
use crate::collaboration::projects::service as projects;
use crate::kernel::auth::Actor;
use crate::kernel::authz::Action;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{ApprovalId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;

/// The side that the caller represents, and whose sealed responses they see.
pub type Viewer = Option<DepartmentId>;

/// Returns one approval, and as whom the caller sees it.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: ApprovalId, now: UtcTime) -> Result<(Approval, Viewer), Error> {
    let approval = change::find(conn, id)?;
    let viewer = projects::require_to_read_for(conn, actor, approval.row.project_id, now)?;
    Ok((approval, viewer))
}

/// Returns one page of the approvals of a project, and as whom the caller sees them.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &ApprovalQuery,
    now: UtcTime,
    page: &Page,
) -> Result<(Vec<Approval>, Viewer), Error> {
    let viewer = projects::require(conn, actor, Action::ReadProject, project, now)?.own_side;
    Ok((store::load(conn, &Which::Page(project, query, page))?, viewer))
}

/// Returns one page of the responses to an approval that the caller sees, superseded ones included.
///
/// # Errors
/// 403, 404.
pub fn responses(
    conn: &mut DbConn,
    actor: &Actor,
    id: ApprovalId,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<ApprovalResponse>, Error> {
    let project = store::project_of(conn, id)?.ok_or_else(Error::not_found)?;
    let viewer = projects::require_to_read_for(conn, actor, project, now)?;
    store::responses(conn, id, viewer, page)
}

/// Returns all approvals of a project with the responses that count, in the order of the requests, for other modules.
pub fn all_of(conn: &mut DbConn, project: ProjectId) -> Result<Vec<Approval>, Error> {
    store::load(conn, &Which::All(project))
}

/// Counts the open approvals of all projects, for the metrics.
pub fn count_open(conn: &mut DbConn, now: UtcTime) -> Result<OpenApprovals, Error> {
    store::count_open(conn, now)
}

/// Returns the responses of a person, superseded ones included, oldest first, for other modules; sealed ones only if
/// `with_sealed`.
pub fn responses_of_person(
    conn: &mut DbConn,
    person: PersonId,
    with_sealed: bool,
    most: i64,
) -> Result<Vec<ApprovalResponse>, Error> {
    store::responses_of_person(conn, person, with_sealed, most)
}

/// Returns the signatures of all charter versions as (side, version, superseded), for the readiness check.
pub fn signatures(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(DepartmentId, i32, bool)>, Error> {
    store::signatures(conn, project)
}

/// Parses the terms of a settlement, for other modules; `None` for terms of another kind.
///
/// # Errors
/// 500 when the text cannot be parsed.
pub fn settlement(terms: &str) -> Result<Option<HandoverTerms>, Error> {
    match TermsDocument::unseal(terms)?.into_terms()? {
        Terms::Settlement(terms) => Ok(Some(terms)),
        _ => Ok(None),
    }
}

/// Returns every approval of a project with every response, in order, for the partnership report; one SQL statement.
pub fn history(conn: &mut DbConn, project: ProjectId) -> Result<Vec<HistoryRow>, Error> {
    store::history(conn, project)
}

/// Returns every approval of projects that was requested in `[from, to)`, with every response, for reports; one
/// statement.
pub fn history_between(
    conn: &mut DbConn,
    projects: &[ProjectId],
    from: UtcTime,
    to: UtcTime,
) -> Result<Vec<HistoryRow>, Error> {
    store::history_between(conn, projects, from, to)
}

/// Returns whether the approval of a charter version was rejected or withdrawn.
pub fn charter_not_approved(conn: &mut DbConn, project: ProjectId, version: i32) -> Result<bool, Error> {
    let approval = store::load(conn, &Which::Charter(project, version))?;
    let not_approved = |state| matches!(state, ApprovalState::Rejected | ApprovalState::Withdrawn);
    Ok(approval.iter().any(|approval| not_approved(approval.row.state)))
}

/// Returns whether the sides are being asked to sign a charter that another side has proposed, and can still respond.
pub fn awaits_charter_of_another_side(
    conn: &mut DbConn,
    project: ProjectId,
    side: Option<DepartmentId>,
    now: UtcTime,
) -> Result<bool, Error> {
    let open = store::load(conn, &Which::Open(project))?;
    Ok(open.iter().map(|approval| &approval.row).any(|row| {
        row.kind == ApprovalKind::Charter
            && now < row.due_at
            && row.requested_for.is_some()
            && row.requested_for != side
    }))
}

/// Returns the open approvals that wait for a person's response as the sponsor of a side, each with the name of its
/// project, for other modules.
pub fn pending_for_sponsor(
    conn: &mut DbConn,
    person: PersonId,
    now: UtcTime,
    most: i64,
) -> Result<Vec<(ApprovalRow, String)>, Error> {
    pending::pending_for_sponsor(conn, person, now, most)
}

/// Returns the open approvals that a person requested, for other modules.
pub fn requested_by(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<ApprovalId>, Error> {
    store::requested_by(conn, person, most)
}

/// Returns the open approvals that wait for a person's response as the sponsor or today's delegate of a side, each with
/// the name of its project, for other modules; one statement.
pub fn pending_for(
    conn: &mut DbConn,
    person: PersonId,
    now: UtcTime,
    most: i64,
) -> Result<Vec<(ApprovalRow, String)>, Error> {
    pending::pending_for(conn, person, now, most)
}

/// Returns the subjects and due times of the open approvals of one kind in a project, for other modules.
pub fn due_of_kind(conn: &mut DbConn, project: ProjectId, kind: ApprovalKind) -> Result<Vec<(String, UtcTime)>, Error> {
    store::due_of_kind(conn, project, kind)
}

/// Returns whether the sides were asked to approve an arbiter for a decision or dispute, and have not done so in time.
pub fn arbiter_not_approved(conn: &mut DbConn, project: ProjectId, subject: &str, now: UtcTime) -> Result<bool, Error> {
    let asked = ended::about(conn, project, ApprovalKind::Arbiter, subject)?;
    Ok(asked.into_iter().any(|(state, due_at, ended_at)| match state {
        ApprovalState::Rejected => true,
        ApprovalState::Lapsed | ApprovalState::Open => due_at <= ended_at.unwrap_or(now),
        ApprovalState::Approved | ApprovalState::Withdrawn => false,
    }))
}

/// Returns the open approvals of a project as `(id, requested_at, due_at)`, for other modules.
pub fn open_with_due_time(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(ApprovalId, UtcTime, UtcTime)>, Error> {
    store::open_with_due_time(conn, project)
}
