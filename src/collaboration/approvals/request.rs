//! Requesting the approval of all sides of a project.

use super::asked;
use super::change;
use super::dto::ApprovalBody;
use super::state::{ApprovalChoice, ApprovalKind, ApprovalState};
use super::store::{self, AlreadyOpen, Approval, ApprovalResponse, ApprovalRow};
use super::terms::{Terms, TermsDocument};
use crate::calendar;
use crate::collaboration::projects::{Project, Side, SideStanding, agreed, response_time, service as projects};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::PersonId;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// An approval to request.
pub struct NewApproval<'a> {
    /// Identifier of the project, membership, transfer, dispute or decision it is about.
    pub subject: &'a str,
    /// Version of the charter; `None` for the next number of the subject.
    pub number: Option<i32>,
    pub terms: Terms,
    pub reason: Option<&'a str>,
    /// `None` for the end of the time that the sides have to respond.
    pub due_at: Option<UtcTime>,
    /// The person who asks. Their request counts as the approval of the side that they represent, and is visible to
    /// all; `None` if the request counts for no side.
    pub approves: Option<PersonId>,
}

/// Requests the approval of all sides of a project that the caller has locked. `sides` are those of the project.
///
/// # Errors
/// 409 `already_exists` when an approval of this kind is already open for the subject; for kinds that the panel cannot
/// decide, `not_ready` while a side of a running project, other than one that joins, has no sponsor.
pub fn request(
    tx: &mut Tx<'_>,
    project: &Project,
    sides: &[Side],
    caller: Option<PersonId>,
    new: NewApproval<'_>,
) -> Result<Approval, Error> {
    let kind = new.terms.kind();
    // A side that joins needs a sponsor for the responses, not for the request.
    let current: Vec<_> = sides.iter().filter(|side| side.standing == SideStanding::Current).cloned().collect();
    refuse_while_vacant(tx, project, kind, &current)?;
    let number = match new.number {
        Some(number) => number,
        None => store::previous_number(tx.conn, project.id, kind, new.subject)? + 1,
    };
    let represented = change::represented_side(tx, project.id, new.approves, sides)?;
    let sponsored = sides.iter().find(|side| side.active_sponsor().is_some() && side.active_sponsor() == caller);
    let requested_for = match represented {
        Some((_, side)) => Some(side.department_id),
        None => sponsored.map(|side| side.department_id),
    };
    let (due_at, silent_from) = times(tx, project, kind, new.due_at)?;
    let (terms, sha256) = TermsDocument::new(project.id, new.subject, number, new.terms).seal()?;
    let row = ApprovalRow {
        id: tx.new_id(),
        project_id: project.id,
        kind,
        subject: new.subject.to_owned(),
        number,
        sides: asked::stored(sides.iter().map(|side| side.department_id)),
        terms,
        sha256,
        state: ApprovalState::Open,
        requested_by: caller,
        requested_for,
        requested_at: tx.now,
        reason: new.reason.map(str::to_owned),
        due_at,
        ended_at: None,
        version: 1,
        // Before a charter is in force, the sides have not agreed on open responses.
        sealed: project.in_force_version.is_none() || project.sealed_responses,
        silent_from,
        arbiter_person_id: None,
        draw_id: None,
        ruling_from: None,
        ruling_until: None,
    };
    store::insert(tx.conn, &row)?.map_err(|AlreadyOpen| already_requested())?;
    let mut approval = Approval { row, sides: sides.iter().map(|side| (side.department_id, None)).collect() };
    tx.record_change(&Change::created(
        types::APPROVAL_REQUESTED,
        approval.row.id.as_str(),
        &ApprovalBody::try_from(&approval)?,
    )?)?;
    if let Some((person, side)) = represented {
        let response = change::response(tx, &approval.row, person, side, ApprovalChoice::Approve, None);
        change::put(tx, &mut approval, ApprovalResponse { sealed: false, ..response })?;
    }
    Ok(approval)
}

/// Refuses approvals in a running project while a side has no sponsor, unless the panel can decide for that side: it
/// counts as silent. Otherwise a side could stop the project for good by giving up its sponsor.
///
/// # Errors
/// 409 `not_ready` with the vacant sides.
pub fn refuse_while_vacant(tx: &Tx<'_>, project: &Project, kind: ApprovalKind, sides: &[Side]) -> Result<(), Error> {
    if kind.can_be_escalated() { Ok(()) } else { projects::refuse_while_vacant(tx, project, sides) }
}

/// Returns when an approval is due, and from when the sides without a response count as silent: after twice the time
/// that they have to respond.
fn times(
    tx: &mut Tx<'_>,
    project: &Project,
    kind: ApprovalKind,
    due_at: Option<UtcTime>,
) -> Result<(UtcTime, Option<UtcTime>), Error> {
    if let Some(due_at) = due_at.filter(|_| !kind.can_be_escalated()) {
        return Ok((due_at, None));
    }
    let days = agreed::agreed(tx.conn, project.id)?.response_days;
    let calendar = calendar::service::present(tx.conn, tx.now)?.calendar;
    let due_at = due_at.unwrap_or_else(|| response_time::end(&calendar, tx.now, days));
    let silent_from = response_time::end(&calendar, tx.now, days.saturating_mul(2)).max(due_at);
    Ok((due_at, kind.can_be_escalated().then_some(silent_from)))
}

fn already_requested() -> Problem {
    Problem::new(Code::AlreadyExists).because("detail-approval-open")
}
