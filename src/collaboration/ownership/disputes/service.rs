//! Settling who owns a disputed area.

use super::dto::{DisputeBody, NewSettlement};
use super::filter::DisputeQuery;
use super::store::{self, Dispute};
use crate::collaboration::approvals::ask::{self, Ask};
use crate::collaboration::approvals::{Asked, HandoverTerms, Terms, lapse};
use crate::collaboration::decisions;
use crate::collaboration::memberships::neutrality;
use crate::collaboration::ownership::coverage::Interval;
use crate::collaboration::ownership::transfers::service as transfers;
use crate::collaboration::ownership::{handover, move_area, owners, store as assignments};
use crate::collaboration::projects::{Area, Project, ProjectVerb, service as projects};
use crate::collaboration::states::DisputeState;
use crate::kernel::auth::{Actor, Scope};
use crate::kernel::authz::{Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, DisputeId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// Asks all sides to accept who is to own the area.
///
/// # Errors
/// 403, 404; 422 for somebody who is no member; 409 when it is settled, or while the sides are being
/// asked.
pub fn propose(tx: &mut Tx<'_>, id: DisputeId, new: &NewSettlement) -> Result<Asked, Error> {
    let (project, dispute, facts) = take(tx, id, Action::AskJointly)?;
    require_open(&dispute, "propose_settlement")?;
    project.state.require(ProjectVerb::RaiseDispute)?;
    let terms = outcome(tx, &project, &dispute, new)?;
    let ask = Ask {
        subject: id.as_str(),
        number: None,
        terms: Terms::Settlement(terms),
        reason: Some(&new.reason),
        due_at: None,
        asking_agrees: true,
    };
    ask::ask(tx, &project, facts.person, ask)
}

/// The arbiter decides, once the deadline has passed.
///
/// # Errors
/// 403 for everybody else, 404; 422 for somebody who is no member; 409 before the deadline, or when
/// it is settled.
pub fn arbitrate(tx: &mut Tx<'_>, id: DisputeId, new: &NewSettlement) -> Result<Dispute, Error> {
    let (project, dispute, facts) = take(tx, id, Action::Arbitrate)?;
    require_open(&dispute, "arbitrate")?;
    if tx.now < dispute.deadline {
        return Err(Problem::illegal_transition(dispute.state.as_str(), "arbitrate", &["propose_settlement"])
            .because(
                format!("The sides have until {} to agree among themselves.", dispute.deadline),
                format!("Strany mají čas se dohodnout do {}.", dispute.deadline),
            )
            .into());
    }
    neutrality::refuse_unless_neutral(tx, &project, dispute.arbiter_person_id)?;
    let terms = outcome(tx, &project, &dispute, new)?;
    lapse::lapse_about(tx, project.id, id.as_str())?;
    apply(tx, &project, dispute, &terms, facts.person, &new.reason)
}

/// All sides have agreed who owns the area.
///
/// # Errors
/// 409 when it is settled otherwise by now; 422 when the person does not belong there any more.
pub fn settled(
    tx: &mut Tx<'_>,
    project: &Project,
    subject: &str,
    terms: &HandoverTerms,
    reason: Option<&str>,
) -> Result<(), Error> {
    let id: DisputeId = subject.parse().map_err(Error::internal)?;
    let dispute = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    require_open(&dispute, "settle")?;
    apply(tx, project, dispute, terms, None, reason.unwrap_or("All sides agreed.")).map(drop)
}

/// The side contests the area no more.
///
/// # Errors
/// 403 for the other sides, 404; 409 when it is settled.
pub fn withdraw(tx: &mut Tx<'_>, id: DisputeId) -> Result<Dispute, Error> {
    let (project, dispute, facts) = take(tx, id, Action::RaiseDispute)?;
    let sides = projects::sides(tx.conn, project.id)?;
    let own = sides.iter().find(|side| side.department_id == dispute.department_id);
    let holds_seat = own.and_then(|side| side.seated()).is_some_and(|sponsor| facts.person == Some(sponsor));
    if !holds_seat && !tx.actor.has(Scope::Admin) {
        return Err(Error::forbidden(
            "The sponsor of the side that raised it, or an administrator, takes a dispute back.",
            "Spor bere zpět sponzor strany, která jej vyvolala, nebo správce.",
        ));
    }
    require_open(&dispute, "withdraw")?;
    lapse::lapse_about(tx, project.id, id.as_str())?;
    let after = Dispute { state: DisputeState::Withdrawn, settled_at: Some(tx.now), ..dispute.clone() };
    save(tx, dispute, after, types::DISPUTE_WITHDRAWN)
}

/// The side that the person works for, and since when they are to own the area.
fn outcome(tx: &mut Tx<'_>, project: &Project, dispute: &Dispute, new: &NewSettlement) -> Result<HandoverTerms, Error> {
    let effective_on = new.effective_on.unwrap_or(tx.now.day()).max(tx.now.day());
    owners::inside(project, effective_on)?;
    let days = Interval { from: effective_on, to: end_of_turn(tx.conn, project, dispute.area_id, effective_on)? };
    let department_id = owners::side_of(tx, project, new.person_id, days, "/person_id")?;
    let area = assignments::area(tx.conn, dispute.area_id)?.ok_or_else(Error::not_found)?;
    owners::at_once_across_sides(tx, &area, department_id, effective_on)?;
    Ok(HandoverTerms { area_id: dispute.area_id, person_id: new.person_id, department_id, effective_on })
}

fn end_of_turn(conn: &mut DbConn, project: &Project, area: AreaId, day: Day) -> Result<Day, Error> {
    let owner = owners::owner_on(conn, area, day)?;
    Ok(owner.and_then(|owner| owner.valid_to).unwrap_or(project.ends_on))
}

/// Carries the outcome out and keeps it as a decision.
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
        settled_at: Some(tx.now),
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

/// Makes the person accountable from the day on, whoever was before.
fn give(tx: &mut Tx<'_>, project: &Project, area: &Area, terms: &HandoverTerms) -> Result<(), Error> {
    let on = terms.effective_on.max(tx.now.day());
    match owners::owner_on(tx.conn, area.id, on)? {
        Some(owner) if owner.person_id == terms.person_id => Ok(()),
        Some(owner) => handover::hand_over(tx, project, area, &owner, terms.person_id, on, "/person_id").map(drop),
        None => handover::begin(tx, project, area, terms.person_id, on),
    }
}

/// One page of the disputes of a project.
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

/// One dispute.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: DisputeId, now: UtcTime) -> Result<Dispute, Error> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    projects::require(conn, actor, Action::ReadProject, row.project_id, now)?;
    Ok(row)
}

/// Ends every open dispute of a project.
pub fn lapse_all(tx: &mut Tx<'_>, project: ProjectId) -> Result<(), Error> {
    for before in store::open(tx.conn, project)? {
        let after = Dispute { state: DisputeState::Lapsed, settled_at: Some(tx.now), ..before.clone() };
        save(tx, before, after, types::DISPUTE_LAPSED)?;
    }
    Ok(())
}

/// Locks the project of a dispute and lets the caller through.
fn take(tx: &mut Tx<'_>, id: DisputeId, action: Action) -> Result<(Project, Dispute, Facts), Error> {
    let project = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?.project_id;
    let project = projects::lock(tx, project)?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let mut facts = projects::facts(tx.conn, project.id, tx.actor, tx.now)?.ok_or_else(Error::not_found)?;
    facts.oneself = facts.person == Some(row.arbiter_person_id);
    tx.authorize_and_deduplicate(action, &facts)?;
    Ok((project, row, facts))
}

fn require_open(dispute: &Dispute, verb: &str) -> Result<(), Error> {
    match dispute.state {
        DisputeState::Open => Ok(()),
        state => Err(Problem::illegal_transition(state.as_str(), verb, &[]).into()),
    }
}

fn save(tx: &mut Tx<'_>, before: Dispute, after: Dispute, event: &'static str) -> Result<Dispute, Error> {
    let after = Dispute { version: before.version + 1, ..after };
    store::update(tx.conn, &after)?;
    let (old, new) = (DisputeBody::from(before), DisputeBody::from(after.clone()));
    tx.record_change(&Change::updated(event, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// The open disputes that a person is to decide, now or later, for other slices.
pub fn arbitrated_by(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<Dispute>, Error> {
    store::arbitrated_by(conn, person, most)
}
