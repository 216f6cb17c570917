//! The course of a decision: the sides respond, it is escalated and decided, or it is withdrawn.

use super::dto::{DecisionBody, Ruling};
use super::filter::DecisionQuery;
use super::state::DecisionOutcome;
use super::store::{self, Decision};
use crate::collaboration::approvals::rules::Tally;
use crate::collaboration::approvals::{lapse, service as approvals};
use crate::collaboration::arbitration::service::{self as arbitration, Terms};
use crate::collaboration::arbitration::{Arbiter, topic};
use crate::collaboration::memberships::neutrality;
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Project, service as projects};
use crate::collaboration::states::DecisionState;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text};
use crate::kernel::events::types;
use crate::kernel::ids::{DecisionId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Records the result after all sides have responded: decided, or deadlocked if they differ.
pub fn responded(tx: &mut Tx<'_>, subject: &str, tally: Tally) -> Result<(), Error> {
    let id: DecisionId = subject.parse().map_err(Error::internal)?;
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let outcome = match tally {
        Tally::Approved => Some(DecisionOutcome::Approved),
        Tally::Rejected => Some(DecisionOutcome::Rejected),
        Tally::Waiting | Tally::Divided => None,
    };
    let (after, event) = match outcome {
        Some(outcome) => (
            Decision {
                state: DecisionState::Decided,
                outcome: Some(outcome),
                decided_at: Some(tx.now),
                ..before.clone()
            },
            types::DECISION_DECIDED,
        ),
        None => (
            Decision { state: DecisionState::Deadlocked, deadlocked_at: Some(tx.now), ..before.clone() },
            types::DECISION_DEADLOCKED,
        ),
    };
    save(tx, before, after, event).map(drop)
}

/// Escalates a deadlocked decision to an arbiter drawn from the panel.
///
/// # Errors
/// 403, 404; 409 unless the decision is deadlocked and a person of the panel can decide, and once the sides have not
/// approved an arbiter: then it stays deadlocked until they approve one.
pub fn escalate(tx: &mut Tx<'_>, id: DecisionId) -> Result<Decision, Error> {
    let (project, before, _) = lock_by_id(tx, id, Action::EscalateDecision)?;
    require(&before, DecisionState::Deadlocked, "escalate_decision", tx.now)?;
    let terms = Terms::read(tx.conn, project.id, tx.now)?;
    if approvals::arbiter_not_approved(tx.conn, project.id, id.as_str(), tx.now)? {
        return Err(Problem::new(Code::Conflict).because("detail-arbiter-not-approved").into());
    }
    let topic = topic::of_question(&before.question, before.department_id);
    let arbiter = arbitration::draw_for(tx, &project, &terms, id.as_str(), &topic)?;
    if arbiter.person_id.is_none() {
        return Err(Problem::new(Code::Conflict).because("detail-no-arbiter").into());
    }
    lapse::lapse_about(tx, project.id, id.as_str())?;
    set_arbiter(tx, before, arbiter)
}

/// Returns the arbiter of a decision that the sides could not make; `None` for a decision in another state.
pub fn arbiter(conn: &mut DbConn, id: DecisionId, now: UtcTime) -> Result<Option<(ProjectId, Arbiter)>, Error> {
    let Some(row) = store::find(conn, id)? else { return Ok(None) };
    let is_stuck = matches!(row.state.at(row.due_at, now), DecisionState::Deadlocked | DecisionState::Escalated);
    let (person_id, draw_id) = (row.escalated_to, row.draw_id);
    let arbiter = Arbiter { person_id, draw_id, ruling_from: row.ruling_from, ruling_until: row.ruling_until };
    Ok(is_stuck.then_some((row.project_id, arbiter)))
}

/// Returns whether a deadlocked decision can be escalated to someone of the panel.
pub fn can_escalate(tx: &mut Tx<'_>, project: &Project, terms: &Terms, id: DecisionId) -> Result<bool, Error> {
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if approvals::arbiter_not_approved(tx.conn, project.id, id.as_str(), tx.now)? {
        return Ok(false);
    }
    let topic = topic::of_question(&row.question, row.department_id);
    arbitration::can_draw(tx, project, terms, id.as_str(), &topic)
}

/// Gives a decision another arbiter, or another time to decide; without a person, it is deadlocked again.
pub fn change_arbiter(tx: &mut Tx<'_>, id: DecisionId, arbiter: Arbiter) -> Result<(), Error> {
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    set_arbiter(tx, before, arbiter).map(drop)
}

fn set_arbiter(tx: &mut Tx<'_>, before: Decision, arbiter: Arbiter) -> Result<Decision, Error> {
    let Arbiter { person_id, draw_id, ruling_from, ruling_until } = arbiter;
    let (state, event) = match person_id {
        Some(_) => (DecisionState::Escalated, types::DECISION_ESCALATED),
        None => (DecisionState::Deadlocked, types::DECISION_DEADLOCKED),
    };
    let after = Decision {
        state,
        deadlocked_at: before.deadlocked_at.or(Some(before.due_at)),
        escalated_to: person_id,
        escalated_at: person_id.map(|_| tx.now),
        draw_id,
        ruling_from,
        ruling_until,
        ..before.clone()
    };
    save(tx, before, after, event)
}

/// Decides an escalated decision on behalf of the person it was escalated to.
///
/// # Errors
/// 403 unless the caller is that person, 404; 409 unless the decision is escalated, the arbiter can decide already, and
/// is still neutral.
pub fn decide(tx: &mut Tx<'_>, id: DecisionId, ruling: &Ruling) -> Result<Decision, Error> {
    let (project, before, relations) = lock_by_id(tx, id, Action::Arbitrate)?;
    require(&before, DecisionState::Escalated, "decide_decision", tx.now)?;
    if let Some(planned) = before.ruling_from {
        refuse_too_early(tx, &project, &before, planned)?;
    }
    if let Some(arbiter) = relations.person {
        neutrality::refuse_unless_neutral(tx, &project, arbiter)?;
    }
    lapse::lapse_about(tx, project.id, id.as_str())?;
    let after = Decision {
        state: DecisionState::Decided,
        outcome: Some(ruling.outcome),
        decided_by: relations.person,
        rationale: Some(ruling.rationale.clone()),
        decided_at: Some(tx.now),
        ..before.clone()
    };
    save(tx, before, after, types::DECISION_DECIDED)
}

/// Refuses a ruling before the sides have had their time.
///
/// # Errors
/// 409.
fn refuse_too_early(tx: &mut Tx<'_>, project: &Project, before: &Decision, planned: UtcTime) -> Result<(), Error> {
    let from = arbitration::decides_from(tx.conn, project.id, planned, tx.now)?;
    if from <= tx.now {
        return Ok(());
    }
    let allowed = ["withdraw_decision"];
    let problem = Problem::illegal_transition("decision", before.state.as_str(), "decide_decision", &allowed);
    Err(problem.because(Text::new("detail-before-ruling").with("from", from.to_string())).into())
}

/// Withdraws a decision on behalf of the side that raised it.
///
/// # Errors
/// 403 for the other sides, 404; 409 when the decision is decided or withdrawn.
pub fn withdraw(tx: &mut Tx<'_>, id: DecisionId) -> Result<Decision, Error> {
    let (project, before, _) = lock_by_id(tx, id, Action::WithdrawDecision)?;
    let state = before.state.at(before.due_at, tx.now);
    if !state.verbs().contains(&"withdraw_decision") {
        return Err(Problem::illegal_transition("decision", state.as_str(), "withdraw_decision", state.verbs()).into());
    }
    lapse::lapse_about(tx, project.id, id.as_str())?;
    let after = Decision { state: DecisionState::Withdrawn, ..before.clone() };
    save(tx, before, after, types::DECISION_WITHDRAWN)
}

/// A settled dispute to record as a decision.
pub struct Settlement<'a> {
    pub project: ProjectId,
    pub side: DepartmentId,
    pub raised_by: Option<PersonId>,
    pub raised_at: UtcTime,
    pub due_at: UtcTime,
    pub question: &'a str,
    /// The arbiter; `None` when all sides approved the settlement.
    pub decided_by: Option<PersonId>,
    pub rationale: &'a str,
}

/// Records the outcome of a dispute as a decision.
pub fn record_settlement(tx: &mut Tx<'_>, settled: &Settlement<'_>) -> Result<DecisionId, Error> {
    let row = Decision {
        id: tx.new_id(),
        project_id: settled.project,
        question: settled.question.to_owned(),
        department_id: settled.side,
        raised_by: settled.raised_by,
        raised_at: settled.raised_at,
        due_at: settled.due_at,
        state: DecisionState::Decided,
        outcome: Some(DecisionOutcome::Approved),
        decided_by: settled.decided_by,
        rationale: Some(settled.rationale.to_owned()),
        decided_at: Some(tx.now),
        deadlocked_at: None,
        escalated_to: None,
        escalated_at: None,
        version: 1,
        draw_id: None,
        ruling_from: None,
        ruling_until: None,
    };
    store::insert(tx.conn, &row)?;
    let body = DecisionBody::new(row.clone(), tx.now);
    tx.record_change(&Change::created(types::DECISION_DECIDED, row.id.as_str(), &body)?)?;
    Ok(row.id)
}

/// Marks overdue decisions of a project as deadlocked. Returns the next instant at which a decision is due.
pub fn by_time(tx: &mut Tx<'_>, project: &Project) -> Result<Option<UtcTime>, Error> {
    let mut next: Option<UtcTime> = None;
    for before in store::open(tx.conn, project.id)? {
        if before.due_at > tx.now {
            next = Some(next.map_or(before.due_at, |next| next.min(before.due_at)));
            continue;
        }
        lapse::lapse_about(tx, project.id, before.id.as_str())?;
        let after = Decision { state: DecisionState::Deadlocked, deadlocked_at: Some(before.due_at), ..before.clone() };
        save(tx, before, after, types::DECISION_DEADLOCKED)?;
    }
    Ok(next)
}

/// Withdraws every undecided decision of a project that is closing or cancelled.
pub fn withdraw_all(tx: &mut Tx<'_>, project: ProjectId) -> Result<(), Error> {
    for before in store::undecided(tx.conn, project)? {
        let after = Decision { state: DecisionState::Withdrawn, ..before.clone() };
        save(tx, before, after, types::DECISION_WITHDRAWN)?;
    }
    Ok(())
}

/// Returns one page of the decisions of a project.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &DecisionQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Decision>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    store::list(conn, project, query, now, page)
}

/// Returns a page of the decisions of a project with their states at `now`, for other modules.
pub fn of_project(
    conn: &mut DbConn,
    project: ProjectId,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<DecisionBody>, Error> {
    let query = DecisionQuery { state: None, department_id: None };
    let rows = store::list(conn, project, &query, now, page)?;
    Ok(rows.into_iter().map(|row| DecisionBody::new(row, now)).collect())
}

/// Returns one decision.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: DecisionId, now: UtcTime) -> Result<Decision, Error> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    projects::require_to_read(conn, actor, row.project_id, now)?;
    Ok(row)
}

/// Authorises the caller and locks the project of a decision.
///
/// # Errors
/// 403, 404.
fn lock_by_id(tx: &mut Tx<'_>, id: DecisionId, action: Action) -> Result<(Project, Decision, Relations), Error> {
    let permitted = permit(tx, action, |tx| {
        let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
        let standing = Standing::read(tx, row.project_id)?;
        let Relations { lead, person, .. } = standing.relations;
        let concerned = match action {
            Action::WithdrawDecision => row.raised_by.filter(|_| lead),
            _ => row.escalated_to,
        };
        let oneself = concerned.is_some() && person == concerned;
        let standing = standing.concerning(oneself);
        // Only the side, or the lead, that raised the decision can withdraw it.
        if action == Action::WithdrawDecision { standing.of_side(tx, row.department_id) } else { Ok(standing) }
    })?;
    let Standing { project, relations, .. } = permitted.lock_and_raise(tx)?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    Ok((project, row, relations))
}

fn require(row: &Decision, wanted: DecisionState, verb: &str, now: UtcTime) -> Result<(), Error> {
    let state = row.state.at(row.due_at, now);
    if state == wanted {
        Ok(())
    } else {
        Err(Problem::illegal_transition("decision", state.as_str(), verb, state.verbs()).into())
    }
}

fn save(tx: &mut Tx<'_>, before: Decision, after: Decision, event: &'static str) -> Result<Decision, Error> {
    let after = Decision { version: before.version + 1, ..after };
    store::update(tx.conn, &after)?;
    let has_ended = matches!(after.state, DecisionState::Decided | DecisionState::Withdrawn);
    if has_ended && (after.draw_id.is_some() || after.escalated_to.is_some()) {
        arbitration::ended(tx, after.id.as_str(), after.state == DecisionState::Decided)?;
    }
    let (old, new) = (DecisionBody::new(before, tx.now), DecisionBody::new(after.clone(), tx.now));
    tx.record_change(&Change::updated(event, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Returns the decisions that a person raised and that are neither decided nor withdrawn, for other slices.
pub fn raised_by(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<DecisionId>, Error> {
    store::raised_by(conn, person, most)
}

/// Returns the decisions of a project that are stored as open as `(id, raised_at, due_at)`, for other slices.
pub fn open(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(DecisionId, UtcTime, UtcTime)>, Error> {
    Ok(store::open(conn, project)?.into_iter().map(|row| (row.id, row.raised_at, row.due_at)).collect())
}
