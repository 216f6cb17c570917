//! Settling and withdrawing disputes.

use super::dto::{DisputeBody, NewSettlement};
use super::filter::DisputeQuery;
use super::store::{self, Dispute};
use crate::collaboration::approvals::request::{self, NewApproval};
use crate::collaboration::approvals::{Approval, HandoverTerms, Terms, lapse};
use crate::collaboration::arbitration::Arbiter;
use crate::collaboration::arbitration::service as arbitration;
use crate::collaboration::decisions;
use crate::collaboration::memberships::neutrality;
use crate::collaboration::ownership::coverage::Interval;
use crate::collaboration::ownership::transfers::service as transfers;
use crate::collaboration::ownership::{handover, move_area, owners, store as assignments};
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Area, Project, ProjectVerb, service as projects};
use crate::collaboration::states::DisputeState;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{Action, Relations, not_for_you};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Problem, Text};
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, DisputeId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// Requests the approval of all sides for a settlement.
///
/// # Errors
/// 403, 404; 422 for a person who is not a member; 409 when the dispute has ended, or an approval is already open.
pub fn propose(tx: &mut Tx<'_>, id: DisputeId, new: &NewSettlement) -> Result<Approval, Error> {
    let (project, dispute, relations) = lock_by_id(tx, id, Action::RequestApproval)?;
    require_open(&dispute, "propose_settlement")?;
    project.state.require(ProjectVerb::RaiseDispute)?;
    let terms = outcome(tx, &project, &dispute, new)?;
    let new = NewApproval {
        subject: id.as_str(),
        number: None,
        terms: Terms::Settlement(terms),
        reason: Some(&new.reason),
        due_at: None,
        approves: relations.person,
    };
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    request::request(tx, &project, &sides, relations.person, new)
}

/// Settles a dispute by decision of the arbiter, once they can decide.
///
/// # Errors
/// 403 unless the caller is the arbiter, 404; 422 for a person who is not a member; 409 before the arbiter can decide,
/// when the dispute has ended, or when the arbiter is no longer neutral.
pub fn arbitrate(tx: &mut Tx<'_>, id: DisputeId, new: &NewSettlement) -> Result<Dispute, Error> {
    let (project, dispute, relations) = lock_by_id(tx, id, Action::Arbitrate)?;
    require_open(&dispute, "arbitrate_dispute")?;
    let Some(planned) = dispute.ruling_from else { return Err(not_for_you(Action::Arbitrate)) };
    let from = arbitration::decides_from(tx.conn, project.id, planned, tx.now)?;
    if tx.now < from {
        return Err(Problem::illegal_transition(
            "dispute",
            dispute.state.as_str(),
            "arbitrate_dispute",
            &["propose_settlement", "withdraw_dispute"],
        )
        .because(Text::new("detail-before-ruling").with("from", from.to_string()))
        .into());
    }
    if let Some(arbiter) = dispute.arbiter_person_id {
        neutrality::refuse_unless_neutral(tx, &project, arbiter)?;
    }
    let terms = outcome(tx, &project, &dispute, new)?;
    lapse::lapse_about(tx, project.id, id.as_str())?;
    apply(tx, &project, dispute, &terms, relations.person, &new.reason)
}

/// Settles a dispute after all sides have approved the settlement.
///
/// # Errors
/// 409 when the dispute has ended in the meantime; 422 when the person is no longer a suitable member.
pub fn settled(
    tx: &mut Tx<'_>,
    project: &Project,
    subject: &str,
    terms: &HandoverTerms,
    reason: Option<&str>,
) -> Result<(), Error> {
    let id: DisputeId = subject.parse().map_err(Error::internal)?;
    let dispute = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    require_open(&dispute, "propose_settlement")?;
    lapse::lapse_about(tx, project.id, subject)?;
    apply(tx, project, dispute, terms, None, reason.unwrap_or("All sides approved.")).map(drop)
}

/// Withdraws a dispute on behalf of the side that raised it.
///
/// # Errors
/// 403 for the other sides, 404; 409 when the dispute has ended.
pub fn withdraw(tx: &mut Tx<'_>, id: DisputeId) -> Result<Dispute, Error> {
    let (project, dispute, _) = lock_by_id(tx, id, Action::WithdrawDispute)?;
    require_open(&dispute, "withdraw_dispute")?;
    lapse::lapse_about(tx, project.id, id.as_str())?;
    let after = Dispute { state: DisputeState::Withdrawn, ended_at: Some(tx.now), ..dispute.clone() };
    save(tx, dispute, after, types::DISPUTE_WITHDRAWN)
}

/// Returns the arbiter of an open dispute; `None` for one that has ended.
pub fn arbiter(conn: &mut DbConn, id: DisputeId) -> Result<Option<(ProjectId, Arbiter)>, Error> {
    let Some(row) = store::find(conn, id)? else { return Ok(None) };
    let (person_id, draw_id) = (row.arbiter_person_id, row.draw_id);
    let arbiter = Arbiter { person_id, draw_id, ruling_from: row.ruling_from, ruling_until: row.ruling_until };
    Ok((row.state == DisputeState::Open).then_some((row.project_id, arbiter)))
}

/// Gives an open dispute another arbiter, or another time to decide.
pub fn change_arbiter(tx: &mut Tx<'_>, id: DisputeId, arbiter: Arbiter) -> Result<(), Error> {
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let Arbiter { person_id, draw_id, ruling_from, ruling_until } = arbiter;
    let after = Dispute { arbiter_person_id: person_id, draw_id, ruling_from, ruling_until, ..before.clone() };
    save(tx, before, after, types::DISPUTE_ESCALATED).map(drop)
}

/// Ends an open dispute without a settlement, because the sides have not approved an arbiter. The area is released, and
/// its owner stays the same.
pub fn unresolved(tx: &mut Tx<'_>, id: DisputeId) -> Result<(), Error> {
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.state != DisputeState::Open {
        return Ok(());
    }
    lapse::lapse_about(tx, before.project_id, id.as_str())?;
    let after = Dispute { state: DisputeState::Unresolved, ended_at: Some(tx.now), ..before.clone() };
    save(tx, before, after, types::DISPUTE_UNRESOLVED).map(drop)
}

/// Builds the terms of a settlement: the person, the side they work for, and the day from which they own the area.
fn outcome(tx: &mut Tx<'_>, project: &Project, dispute: &Dispute, new: &NewSettlement) -> Result<HandoverTerms, Error> {
    let effective_on = new.effective_on.unwrap_or(tx.now.day()).max(tx.now.day());
    owners::inside(project, effective_on)?;
    let days = Interval { from: effective_on, to: end_of_ownership(tx.conn, project, dispute.area_id, effective_on)? };
    let department_id = owners::side_of(tx, project, new.person_id, days, "/person_id")?;
    let area = assignments::area(tx.conn, dispute.area_id)?.ok_or_else(Error::not_found)?;
    owners::at_once_across_sides(tx, &area, department_id, effective_on)?;
    Ok(HandoverTerms { area_id: dispute.area_id, person_id: new.person_id, department_id, effective_on })
}

/// Returns the day on which the assignment of the owner on `day` ends.
fn end_of_ownership(conn: &mut DbConn, project: &Project, area: AreaId, day: Day) -> Result<Day, Error> {
    let owner = owners::owner_on(conn, area, day)?;
    Ok(owner.and_then(|owner| owner.valid_to).unwrap_or(project.ends_on))
}

/// Applies the outcome and records it as a decision.
fn apply(
    tx: &mut Tx<'_>,
    project: &Project,
    dispute: Dispute,
    terms: &HandoverTerms,
    arbiter: Option<PersonId>,
    reason: &str,
) -> Result<Dispute, Error> {
    let mut area = assignments::area(tx.conn, dispute.area_id)?.ok_or_else(Error::not_found)?;
    let decision = decisions::service::record_settlement(
        tx,
        &decisions::service::Settlement {
            project: project.id,
            side: dispute.department_id,
            raised_by: dispute.raised_by,
            raised_at: dispute.raised_at,
            due_at: dispute.deadline,
            question: &dispute.claim,
            decided_by: arbiter,
            rationale: reason,
        },
    )?;
    let after = Dispute {
        state: DisputeState::Settled,
        outcome_person_id: Some(terms.person_id),
        outcome_department_id: Some(terms.department_id),
        decision_id: Some(decision),
        ended_at: Some(tx.now),
        ..dispute.clone()
    };
    let settled = save(tx, dispute, after, types::DISPUTE_SETTLED)?;
    transfers::lapse_of_area(tx, project.id, area.id)?;
    if area.department_id != terms.department_id {
        move_area::move_area(tx, project, area.id, terms.department_id)?;
        area = Area { department_id: terms.department_id, ..area };
    }
    give(tx, project, &area, terms)?;
    Ok(settled)
}

/// Makes the person accountable from the day of the terms on.
fn give(tx: &mut Tx<'_>, project: &Project, area: &Area, terms: &HandoverTerms) -> Result<(), Error> {
    let on = terms.effective_on.max(tx.now.day());
    match owners::owner_on(tx.conn, area.id, on)? {
        Some(owner) if owner.person_id == terms.person_id => Ok(()),
        Some(owner) => handover::hand_over(tx, project, area, &owner, terms.person_id, on, "/person_id").map(drop),
        None => handover::begin(tx, project, area, terms.person_id, on),
    }
}

/// Returns one page of the disputes of a project.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &DisputeQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Dispute>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    store::list(conn, project, query, page)
}

/// Returns a page of the disputes of a project, for other modules.
pub fn of_project(conn: &mut DbConn, project: ProjectId, page: &Page) -> Result<Vec<DisputeBody>, Error> {
    let rows = store::list(conn, project, &DisputeQuery { state: None }, page)?;
    Ok(rows.into_iter().map(DisputeBody::from).collect())
}

/// Returns one dispute.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: DisputeId, now: UtcTime) -> Result<Dispute, Error> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    projects::require_to_read(conn, actor, row.project_id, now)?;
    Ok(row)
}

/// Marks every open dispute of a project as lapsed.
pub fn lapse_all(tx: &mut Tx<'_>, project: ProjectId) -> Result<(), Error> {
    for before in store::open(tx.conn, project)? {
        let after = Dispute { state: DisputeState::Lapsed, ended_at: Some(tx.now), ..before.clone() };
        save(tx, before, after, types::DISPUTE_LAPSED)?;
    }
    Ok(())
}

/// Authorises the caller and locks the project of a dispute.
///
/// # Errors
/// 403, 404.
fn lock_by_id(tx: &mut Tx<'_>, id: DisputeId, action: Action) -> Result<(Project, Dispute, Relations), Error> {
    let permitted = permit(tx, action, |tx| {
        let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
        let standing = Standing::read(tx, row.project_id)?;
        let oneself = row.arbiter_person_id.is_some() && standing.relations.person == row.arbiter_person_id;
        let standing = standing.concerning(oneself);
        if action != Action::WithdrawDispute {
            return Ok(standing);
        }
        // Only the side that raised the dispute can withdraw it.
        standing.of_side(tx, row.department_id)
    })?;
    let Standing { project, relations, .. } = permitted.lock_and_raise(tx)?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    Ok((project, row, relations))
}

fn require_open(dispute: &Dispute, verb: &str) -> Result<(), Error> {
    match dispute.state {
        DisputeState::Open => Ok(()),
        state => Err(Problem::illegal_transition("dispute", state.as_str(), verb, &[]).into()),
    }
}

fn save(tx: &mut Tx<'_>, before: Dispute, after: Dispute, event: &'static str) -> Result<Dispute, Error> {
    let after = Dispute { version: before.version + 1, ..after };
    store::update(tx.conn, &after)?;
    if after.state != DisputeState::Open && after.draw_id.is_some() {
        arbitration::ended(tx, after.id.as_str(), false)?;
    }
    let (old, new) = (DisputeBody::from(before), DisputeBody::from(after.clone()));
    tx.record_change(&Change::updated(event, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}
