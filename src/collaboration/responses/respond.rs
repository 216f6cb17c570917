//! Responding to an approval, and carrying out the approved action.
//!
//! Rules: a response names the hash of the terms it is about. A rejection ends nothing: the other sides would otherwise
//! not respond independently. The last response settles the approval, and the action is
//! carried out in the same transaction; if it is no longer possible, the response is rolled back. All actions are
//! called from here, and none of them calls back.

use super::dto::NewApprovalResponse;
use super::escalate;
use crate::collaboration::approvals::rules::{self, Tally};
use crate::collaboration::approvals::service::Viewer;
use crate::collaboration::approvals::{Approval, ApprovalChoice, ApprovalResponse, ApprovalRow, ApprovalState, Terms};
use crate::collaboration::approvals::{change, request};
use crate::collaboration::decisions;
use crate::collaboration::lifecycle::{amendment, arbiters, hold, joint};
use crate::collaboration::ownership::{disputes, transfers};
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::releases::release;
use crate::kernel::authz::{Action, not_for_you};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::ApprovalId;
use crate::kernel::tx::Tx;

/// Records the response of the side that the caller represents, or of the arbiter for the sides that do not respond.
/// The last response settles the approval and carries out the approved action. Returns the approval, and as whom the
/// caller sees it.
///
/// # Errors
/// 403, 404; 409 `illegal_transition` when the approval is not open or is overdue, `conflict` when the hash is not that
/// of the approval or the caller has responded for another side, `not_ready` while a side has no sponsor and the panel
/// cannot decide for it, and the errors of the approved action.
pub fn respond(tx: &mut Tx<'_>, id: ApprovalId, new: &NewApprovalResponse) -> Result<(Approval, Viewer), Error> {
    let (project, relations) = change::lock_by_id(tx, id, Action::RespondToApproval)?;
    let mut approval = change::find(tx.conn, id)?;
    change::require_open(&approval, tx.now, "respond_to_approval")?;
    if new.sha256 != approval.row.sha256 {
        return Err(hash_mismatch(&approval));
    }
    let asked: Vec<_> = approval.sides.iter().map(|(side, _)| *side).collect();
    let sides = projects::asked_sides(tx.conn, project.id, &asked, tx.now.day())?;
    let represented = change::represented_side(tx, project.id, relations.person, &sides)?;
    let arbiter = approval.row.arbiter_person_id.filter(|_| represented.is_none());
    if let Some(arbiter) = arbiter.filter(|arbiter| relations.person == Some(*arbiter)) {
        // A side without a sponsor is one of those that do not respond.
        escalate::rule(tx, (&project, &sides), &mut approval, arbiter, new)?;
        settle(tx, Whole { project, sides }, &mut approval, new.response)?;
        return Ok((approval, relations.own_side));
    }
    request::refuse_while_vacant(tx, &project, approval.row.kind, &sides)?;
    let (person, side) = represented.ok_or_else(|| not_for_you(Action::RespondToApproval))?;
    let response = change::response(tx, &approval.row, person, side, new.response, new.reason.clone());
    let same = |before: &ApprovalResponse| {
        (before.department_id, before.person_id, before.response, &before.reason)
            == (response.department_id, response.person_id, response.response, &response.reason)
    };
    if approval.responses().any(same) {
        return Ok((approval, Some(side.department_id)));
    }
    change::put(tx, &mut approval, response)?;
    settle(tx, Whole { project, sides }, &mut approval, new.response)?;
    Ok((approval, Some(side.department_id)))
}

fn hash_mismatch(approval: &Approval) -> Error {
    Problem::new(Code::Conflict).because("detail-wrong-hash").with("sha256", approval.row.sha256.as_str()).into()
}

/// Settles the approval once every side has a response, and carries out its action. `last` is the response of the
/// caller.
fn settle(tx: &mut Tx<'_>, whole: Whole, approval: &mut Approval, last: ApprovalChoice) -> Result<(), Error> {
    let responses: Vec<_> =
        approval.sides.iter().map(|(_, given)| given.as_ref().map(|given| given.response)).collect();
    let tally = rules::tally(&responses);
    match tally {
        Tally::Waiting => return change::raise(tx, approval),
        Tally::Approved => change::end(tx, approval, ApprovalState::Approved, types::APPROVAL_APPROVED)?,
        Tally::Rejected | Tally::Divided => {
            if last == ApprovalChoice::Approve && approval.row.sealed {
                refuse_unless_possible(tx, whole.clone(), approval)?;
            }
            change::end(tx, approval, ApprovalState::Rejected, types::APPROVAL_REJECTED)?
        }
    }
    carry_out(tx, whole, &approval.row, tally)
}

/// Carries out the action as if all sides had approved, and takes it back. An action that is no longer possible refuses
/// the last approval whatever the other sides responded: otherwise the refusal would reveal that all of them have
/// approved, to a side that can still reject.
fn refuse_unless_possible(tx: &mut Tx<'_>, whole: Whole, approval: &Approval) -> Result<(), Error> {
    let mut approved = approval.clone();
    tx.rehearse(|tx| {
        change::end(tx, &mut approved, ApprovalState::Approved, types::APPROVAL_APPROVED)?;
        carry_out(tx, whole, &approved.row, Tally::Approved)
    })
}

/// Carries out the approved action, or reports the rejection to the module that requested the approval.
fn carry_out(tx: &mut Tx<'_>, whole: Whole, approval: &ApprovalRow, tally: Tally) -> Result<(), Error> {
    let (approved, subject) = (tally == Tally::Approved, approval.subject.as_str());
    let project = &whole.project;
    match approval.terms()? {
        Terms::Transfer(_) => transfers::service::approval_ended(tx, project, subject, approved),
        Terms::Decision(_) => decisions::service::responded(tx, subject, tally),
        Terms::Arbiter(terms) if approved => arbiters::approved(tx, project, subject, terms.person_id),
        Terms::Arbiter(_) => arbiters::not_approved(tx, project.id, subject),
        _ if !approved => Ok(()),
        Terms::Charter(_) => amendment::approved(tx, project, approval.number),
        Terms::Resume => hold::resumed(tx, whole),
        Terms::ExtendHold(terms) => hold::extended(tx, whole, &terms),
        Terms::Close => joint::closing(tx, whole),
        Terms::Cancel => joint::cancelled(tx, whole, approval.reason.as_deref()).map(drop),
        Terms::Release(terms) => release::released(tx, project, subject, &terms),
        Terms::Settlement(terms) => {
            disputes::service::settled(tx, project, subject, &terms, approval.reason.as_deref())
        }
    }
}
