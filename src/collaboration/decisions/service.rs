//! What comes of a question: the sides answer, somebody decides in their place, or it is withdrawn.

use super::dto::{DecisionBody, Escalation, Ruling};
use super::filter::DecisionQuery;
use super::state::DecisionOutcome;
use super::store::{self, Decision};
use crate::collaboration::approvals::lapse;
use crate::collaboration::approvals::rules::Tally;
use crate::collaboration::memberships::neutrality;
use crate::collaboration::projects::{Project, service as projects};
use crate::collaboration::states::DecisionState;
use crate::kernel::auth::{Actor, Scope};
use crate::kernel::authz::{Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Problem, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::{DecisionId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// All sides have answered.
pub fn answered(tx: &mut Tx<'_>, subject: &str, tally: Tally) -> Result<(), Error> {
    let id: DecisionId = subject.parse().map_err(Error::internal)?;
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let outcome = match tally {
        Tally::Agreed => Some(DecisionOutcome::Agreed),
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

/// Lets somebody decide in place of the sides.
///
/// # Errors
/// 403, 404; 422 for somebody who has a part in the project; 409 unless it is deadlocked.
pub fn escalate(tx: &mut Tx<'_>, id: DecisionId, new: &Escalation) -> Result<Decision, Error> {
    let (project, before, _) = take(tx, id, Action::EscalateDecision)?;
    require(&before, DecisionState::Deadlocked, "escalate", tx.now)?;
    refuse_if_any(neutrality::unfit_arbiter(tx, &project, new.person_id, "/person_id")?.into_iter().collect())?;
    lapse::lapse_about(tx, project.id, id.as_str())?;
    let after = Decision {
        state: DecisionState::Escalated,
        deadlocked_at: before.deadlocked_at.or(Some(before.due_at)),
        escalated_to: Some(new.person_id),
        escalated_at: Some(tx.now),
        ..before.clone()
    };
    save(tx, before, after, types::DECISION_ESCALATED)
}

/// Whoever it was escalated to decides.
///
/// # Errors
/// 403 for everybody else, 404; 409 unless it is escalated.
pub fn decide(tx: &mut Tx<'_>, id: DecisionId, ruling: &Ruling) -> Result<Decision, Error> {
    let (project, before, facts) = take(tx, id, Action::Arbitrate)?;
    require(&before, DecisionState::Escalated, "decide", tx.now)?;
    if let Some(judge) = facts.person {
        neutrality::refuse_unless_neutral(tx, &project, judge)?;
    }
    let after = Decision {
        state: DecisionState::Decided,
        outcome: Some(ruling.outcome),
        decided_by: facts.person,
        rationale: Some(ruling.rationale.clone()),
        decided_at: Some(tx.now),
        ..before.clone()
    };
    save(tx, before, after, types::DECISION_DECIDED)
}

/// The question is asked no more.
///
/// # Errors
/// 403 for the other sides, 404; 409 when it is decided or withdrawn.
pub fn withdraw(tx: &mut Tx<'_>, id: DecisionId) -> Result<Decision, Error> {
    let (project, before, _) = take(tx, id, Action::EscalateDecision)?;
    let own = projects::facts_of_side(tx.conn, project.id, tx.actor, before.department_id, tx.now)?;
    let own = own.ok_or_else(Error::not_found)?;
    if !own.sponsor && !own.lead && !tx.actor.has(Scope::Admin) {
        return Err(Error::forbidden(
            "The side that asked takes the question back, or the lead, or an administrator.",
            "Otázku bere zpět strana, která ji položila, vedoucí projektu nebo správce.",
        ));
    }
    let state = before.state.at(before.due_at, tx.now);
    if !state.verbs().contains(&"withdraw") {
        return Err(Problem::illegal_transition(state.as_str(), "withdraw", state.verbs()).into());
    }
    lapse::lapse_about(tx, project.id, id.as_str())?;
    let after = Decision { state: DecisionState::Withdrawn, ..before.clone() };
    save(tx, before, after, types::DECISION_WITHDRAWN)
}

/// A dispute that was settled, as a decision.
pub struct Settlement<'a> {
    pub project: ProjectId,
    pub side: DepartmentId,
    pub raised_by: Option<PersonId>,
    pub raised_at: UtcTime,
    pub due_at: UtcTime,
    pub question: &'a str,
    /// The arbiter; `None` when all sides agreed.
    pub decided_by: Option<PersonId>,
    pub rationale: &'a str,
}

/// Keeps the outcome of a dispute.
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
        outcome: Some(DecisionOutcome::Agreed),
        decided_by: settled.decided_by,
        rationale: Some(settled.rationale.to_owned()),
        decided_at: Some(tx.now),
        deadlocked_at: None,
        escalated_to: None,
        escalated_at: None,
        version: 1,
    };
    store::insert(tx.conn, &row)?;
    let body = DecisionBody::new(row.clone(), tx.now);
    tx.record_change(&Change::created(types::DECISION_DECIDED, row.id.as_str(), &body)?)?;
    Ok(row.id)
}

/// Records the questions of a project that were not answered in time; gives the next instant at
/// which one falls due.
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

/// Ends every question of a project that goes home or is given up undecided.
pub fn withdraw_all(tx: &mut Tx<'_>, project: ProjectId) -> Result<(), Error> {
    for before in store::undecided(tx.conn, project)? {
        let after = Decision { state: DecisionState::Withdrawn, ..before.clone() };
        save(tx, before, after, types::DECISION_WITHDRAWN)?;
    }
    Ok(())
}

/// One page of the decisions of a project.
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

/// One decision.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: DecisionId, now: UtcTime) -> Result<Decision, Error> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    projects::require(conn, actor, Action::ReadProject, row.project_id, now)?;
    Ok(row)
}

/// How many decisions each side has raised, for the partnership report.
pub fn raised_by_side(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(DepartmentId, i64)>, Error> {
    store::raised_by_side(conn, project)
}

fn take(tx: &mut Tx<'_>, id: DecisionId, action: Action) -> Result<(Project, Decision, Facts), Error> {
    let project = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?.project_id;
    let project = projects::lock(tx, project)?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let mut facts = projects::facts(tx.conn, project.id, tx.actor, tx.now)?.ok_or_else(Error::not_found)?;
    facts.oneself = row.escalated_to.is_some() && facts.person == row.escalated_to;
    tx.authorize_and_deduplicate(action, &facts)?;
    Ok((project, row, facts))
}

fn require(row: &Decision, wanted: DecisionState, verb: &str, now: UtcTime) -> Result<(), Error> {
    let state = row.state.at(row.due_at, now);
    if state == wanted { Ok(()) } else { Err(Problem::illegal_transition(state.as_str(), verb, state.verbs()).into()) }
}

fn save(tx: &mut Tx<'_>, before: Decision, after: Decision, event: &'static str) -> Result<Decision, Error> {
    let after = Decision { version: before.version + 1, ..after };
    store::update(tx.conn, &after)?;
    let (old, new) = (DecisionBody::new(before, tx.now), DecisionBody::new(after.clone(), tx.now));
    tx.record_change(&Change::updated(event, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// The questions that were escalated to a person, for other slices.
pub fn escalated_to(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<Decision>, Error> {
    store::escalated_to(conn, person, most)
}
