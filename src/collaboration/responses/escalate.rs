//! Sides that do not respond to an approval: the panel decides for them.
//!
//! Rules: the side that asked can escalate the approval after twice the time to respond. An arbiter is drawn as for a
//! dispute, and each side can strike one. The arbiter responds for the sides without a response, and for no other; the
//! responses of the others stay sealed until then. A silent or biased arbiter is replaced by escalating again. A side
//! that had no sponsor while its head waited has its time to respond first.

use super::dto::NewApprovalResponse;
use crate::collaboration::approvals::rules::RepresentedSide;
use crate::collaboration::approvals::service::Viewer;
use crate::collaboration::approvals::{Approval, ApprovalResponse, Terms as ApprovalTerms, change, silence};
use crate::collaboration::arbitration::service::{self as arbitration, Terms};
use crate::collaboration::arbitration::topic::{self, Topic};
use crate::collaboration::memberships::neutrality;
use crate::collaboration::projects::{Project, Side, new_head, service as projects};
use crate::kernel::authz::{Action, not_for_you};
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::ids::{ApprovalId, PersonId};
use crate::kernel::tx::Tx;

/// Escalates an approval to an arbiter drawn from the panel. Returns as whom the caller sees it, too.
///
/// # Errors
/// 403 unless the side or the lead of the caller requested it, 404; 409 `illegal_transition` when it is not open,
/// `conflict` for other kinds of approvals, before the sides without a response count as silent, and unless someone of
/// the panel can be drawn.
pub fn escalate(tx: &mut Tx<'_>, id: ApprovalId) -> Result<(Approval, Viewer), Error> {
    let (project, relations) = change::lock_by_id(tx, id, Action::EscalateApproval)?;
    let mut approval = change::find(tx.conn, id)?;
    change::require_open(&approval, tx.now, "escalate_approval")?;
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    silence::require_silent(tx, &approval, &sides)?;
    if arbiter_decides(tx, &project, &approval, &sides)? {
        return Err(Problem::new(Code::Conflict).because("detail-escalated-already").into());
    }
    if approval.row.draw_id.is_some() {
        arbitration::ended(tx, id.as_str(), false)?;
    }
    let terms = Terms::read(tx.conn, project.id, tx.now)?;
    let arbiter = arbitration::draw_for(tx, &project, &terms, id.as_str(), &topic_of(&approval)?)?;
    if arbiter.person_id.is_none() {
        return Err(Problem::new(Code::Conflict).because("detail-no-panel-member").into());
    }
    silence::set_arbiter(tx, &mut approval, arbiter.into())?;
    Ok((approval, relations.own_side))
}

/// Returns whether the approval has an arbiter who is neutral and has not been silent.
fn arbiter_decides(tx: &mut Tx<'_>, project: &Project, approval: &Approval, sides: &[Side]) -> Result<bool, Error> {
    let Some(person) = approval.row.arbiter_person_id else { return Ok(false) };
    let arbiter = approval.row.arbiter().into();
    let is_silent = arbitration::is_silent(tx.conn, project.id, sides, arbiter, tx.now)?;
    Ok(!is_silent && neutrality::is_neutral(tx.conn, project, person, tx.now)?)
}

/// Returns what the approval is about: asking again is the same topic.
fn topic_of(approval: &Approval) -> Result<Topic, Error> {
    let about = match approval.row.terms()? {
        ApprovalTerms::Close | ApprovalTerms::Cancel => return Ok(topic::of_end(approval.row.project_id)),
        ApprovalTerms::Release(terms) => terms.person_id.to_string(),
        ApprovalTerms::Transfer(terms) => terms.area_id.to_string(),
        _ => approval.row.subject.clone(),
    };
    Ok(topic::of_approval(approval.row.kind.as_str(), &about))
}

/// Records the responses of the arbiter for the sides without a response. The caller has locked the project, whose
/// sides are `sides`.
///
/// # Errors
/// 409 before the arbiter can decide, and when they are no longer neutral; 422 without a reason.
pub fn rule(
    tx: &mut Tx<'_>,
    (project, sides): (&Project, &[Side]),
    approval: &mut Approval,
    arbiter: PersonId,
    new: &NewApprovalResponse,
) -> Result<(), Error> {
    let Some(from) = approval.row.ruling_from else { return Err(not_for_you(Action::RespondToApproval)) };
    let from = new_head::panel_decides_from(tx.conn, project.id, sides, from)?;
    if tx.now < from {
        let problem = Problem::illegal_transition("approval", approval.row.state.as_str(), "respond_to_approval", &[]);
        return Err(problem.because(Text::new("detail-before-ruling").with("from", from.to_string())).into());
    }
    let Some(reason) = new.reason.as_deref() else {
        let text = Text::new("violation-reason-missing");
        return Err(Error::violation(Violation::at("/reason", "reason_missing", text)));
    };
    neutrality::refuse_unless_neutral(tx, project, arbiter)?;
    let draw_id = approval.row.draw_id;
    for department_id in approval.waiting_for() {
        let side = RepresentedSide { department_id, delegation_id: None };
        let given = change::response(tx, &approval.row, arbiter, side, new.response, Some(reason.to_owned()));
        change::put(tx, approval, ApprovalResponse { draw_id, ..given })?;
    }
    Ok(())
}
