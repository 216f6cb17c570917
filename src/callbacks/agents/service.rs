//! Operations on the roster, with their permissions.

use jiff::tz::TimeZone;

use super::dto::{AgentBody, AgentCalendarLink, AgentPatch, AgentQueue, NewAgent};
use super::duty::Candidate;
use super::plan::{self, SecondsAhead};
use super::rows::{Agent, Plan};
use super::store::{self, AlreadyAgent};
use crate::calendar::staffing::Staff;
use crate::callbacks::queues;
use crate::directory::people;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::ids::{AgentId, PersonId, QueueId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::secret;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Adds a person to the roster.
///
/// # Errors
/// 403; 409 if the person is already on the roster; 422 for an unknown or deactivated person, and for duties that
/// overlap or do not end after they start.
pub fn create(tx: &mut Tx<'_>, new: &NewAgent) -> Result<(AgentBody, i64), Error> {
    tx.authorize_and_deduplicate(Action::ManageAgents, &Relations::default())?;
    let absences = new.absences.clone().unwrap_or_default();
    refuse_if_any([queue_faults(tx, &new.queues)?, plan::absence_faults(&absences)].concat())?;
    require_person(tx, new.person_id)?;
    let agent = Agent {
        id: tx.new_id(),
        person_id: new.person_id,
        active: true,
        max_open: new.max_open,
        last_assigned_at: None,
        feed_sha256: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx.conn, &agent)?.map_err(already_agent)?;
    let plan = plan::rows(agent.id, &new.queues, &absences);
    store::insert_plan(tx.conn, &plan)?;
    let (id, version) = (agent.id, agent.version);
    let body = AgentBody::new(agent, &plan);
    tx.record_change(&Change::created(types::AGENT_CREATED, id.as_str(), &body)?)?;
    Ok((body, version))
}

/// Changes the duties of an agent, or whether requests can be assigned to the agent.
///
/// # Errors
/// 403, 404, 412, 428; 422 for invalid duties, as in [`create`].
pub fn update(tx: &mut Tx<'_>, id: AgentId, patch: &AgentPatch) -> Result<(AgentBody, i64), Error> {
    tx.authorize_and_deduplicate(Action::ManageAgents, &Relations::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    IfMatch::check(tx.meta.if_match.as_ref(), before.version)?;
    let old_plan = store::plan(tx.conn, &[id])?;
    let found = [
        patch.queues.as_deref().map_or(Ok(Vec::new()), |queues| queue_faults(tx, queues))?,
        patch.absences.as_deref().map(plan::absence_faults).unwrap_or_default(),
    ];
    refuse_if_any(found.concat())?;
    let mut plan = old_plan.clone();
    if let Some(queues) = &patch.queues {
        let Plan { queues, duties, .. } = plan::rows(id, queues, &[]);
        (plan.queues, plan.duties) = (queues, duties);
    }
    if let Some(absences) = &patch.absences {
        plan.absences = plan::rows(id, &[], absences).absences;
    }
    let mut after = before.clone();
    after.active = patch.active.unwrap_or(before.active);
    after.max_open = patch.max_open.unwrap_or(before.max_open);
    if after == before && plan == old_plan {
        return Ok((AgentBody::new(before.clone(), &old_plan), before.version));
    }
    after.version += 1;
    after.updated_at = tx.now;
    store::update(tx.conn, &after)?;
    if plan != old_plan {
        store::replace_plan(tx.conn, id, &plan)?;
    }
    let version = after.version;
    let (old, new) = (AgentBody::new(before, &old_plan), AgentBody::new(after, &plan));
    tx.record_change(&Change::updated(types::AGENT_UPDATED, id.as_str(), &old, &new)?)?;
    Ok((new, version))
}

/// Returns the violations in queues of a body, also for queues that do not exist.
fn queue_faults(tx: &mut Tx<'_>, queues: &[AgentQueue]) -> Result<Vec<Violation>, Error> {
    let ids: Vec<QueueId> = queues.iter().map(|one| one.queue_id).collect();
    Ok(plan::queue_faults(queues, &queues::exist(tx.conn, &ids)?))
}

/// Removes an agent from the roster.
///
/// # Errors
/// 403, 404; 409 while open requests are assigned to the agent.
pub fn remove(tx: &mut Tx<'_>, id: AgentId) -> Result<(), Error> {
    tx.authorize_and_deduplicate(Action::ManageAgents, &Relations::default())?;
    let agent = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if store::has_open_requests(tx.conn, id)? {
        return Err(Problem::new(Code::Conflict).because("detail-agent-has-requests").into());
    }
    let plan = store::plan(tx.conn, &[id])?;
    store::delete(tx.conn, id)?;
    let body = AgentBody::new(agent, &plan);
    tx.record_change(&Change::updated(types::AGENT_DELETED, id.as_str(), &body, &body)?)
}

/// Makes the agent for a person who leaves the company inactive, so that no requests are assigned to them any more, for
/// a caller who has been authorised. Changes nothing unless the person is an active agent.
pub fn make_inactive(tx: &mut Tx<'_>, person: PersonId, reason: &str) -> Result<(), Error> {
    let Some(agent) = store::of_person(tx.conn, person)? else { return Ok(()) };
    let Some(before) = store::lock(tx.conn, agent.id)?.filter(|agent| agent.active) else { return Ok(()) };
    let after = Agent { active: false, version: before.version + 1, updated_at: tx.now, ..before.clone() };
    store::update(tx.conn, &after)?;
    let plan = store::plan(tx.conn, &[agent.id])?;
    let (old, new) = (AgentBody::new(before, &plan), AgentBody::new(after, &plan));
    let change = Change::updated(types::AGENT_UPDATED, agent.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason: Some(reason), ..change })
}

/// Creates the secret link to an agent's calendar, which replaces the previous one.
///
/// # Errors
/// 403 for the calendar of another agent without the scope `admin`; 404.
pub fn link_calendar(tx: &mut Tx<'_>, id: AgentId) -> Result<AgentCalendarLink, Error> {
    authz::require_scope(tx.actor, Action::LinkAgentCalendar)?;
    let oneself = Relations { oneself: find_of_caller(tx)? == Some(id), ..Relations::default() };
    tx.authorize_and_deduplicate(Action::LinkAgentCalendar, &oneself)?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let secret = secret::fresh(tx.environment);
    let mut after = before.clone();
    after.feed_sha256 = Some(secret::fingerprint(&secret));
    after.version += 1;
    after.updated_at = tx.now;
    store::update(tx.conn, &after)?;
    let plan = store::plan(tx.conn, &[id])?;
    let (old, new) = (AgentBody::new(before, &plan), AgentBody::new(after, &plan));
    tx.record_change(&Change::updated(types::AGENT_CALENDAR_LINKED, id.as_str(), &old, &new)?)?;
    Ok(AgentCalendarLink { path: format!("/v1/agent-calendars/{secret}") })
}

/// Returns a page of agents, and their plan.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, page: &Page) -> Result<(Vec<Agent>, Plan), Error> {
    authz::require(actor, Action::ReadAgents, &Relations::default())?;
    let agents = store::page(conn, page)?;
    let ids: Vec<_> = agents.iter().map(|agent| agent.id).collect();
    let plan = store::plan(conn, &ids)?;
    Ok((agents, plan))
}

/// Returns an agent.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: AgentId) -> Result<(AgentBody, i64), Error> {
    authz::require(actor, Action::ReadAgents, &Relations::default())?;
    let agent = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let version = agent.version;
    Ok((AgentBody::new(agent, &store::plan(conn, &[id])?), version))
}

/// Returns the agents to whom requests are assigned automatically. `open` is 0 and must be filled in.
pub fn roster(conn: &mut DbConn) -> Result<Vec<Candidate>, Error> {
    let (agents, plan) = planned(conn)?;
    // How agents divide their time between queues does not matter for assignments.
    let ahead = SecondsAhead::new();
    Ok(agents.iter().map(|agent| plan::candidate(agent, &plan, &ahead)).collect())
}

/// Returns the agents to whom requests are assigned automatically, and their plan.
fn planned(conn: &mut DbConn) -> Result<(Vec<Agent>, Plan), Error> {
    let agents = store::on_duty_plan(conn)?;
    let ids: Vec<_> = agents.iter().map(|agent| agent.id).collect();
    let plan = if ids.is_empty() { Plan::default() } else { store::plan(conn, &ids)? };
    Ok((agents, plan))
}

/// Whether requests of a queue can be assigned to an agent, who is on duty in it at an instant. `zone` is that of the
/// calendar of the queue.
pub fn is_on_duty(
    conn: &mut DbConn,
    agent: AgentId,
    queue: QueueId,
    zone: &TimeZone,
    at: UtcTime,
) -> Result<bool, Error> {
    let candidate = roster(conn)?.into_iter().find(|one| one.id == agent);
    Ok(candidate.is_some_and(|one| one.is_on_duty(queue, zone, at.to_jiff())))
}

/// Returns the agents of a queue with their times on duty, and how they divide these between their queues.
pub fn staff_of(conn: &mut DbConn, queue: QueueId, now: UtcTime) -> Result<Vec<Staff>, Error> {
    let (agents, plan) = planned(conn)?;
    let has_others = plan.duties.iter().any(|duty| duty.queue_id != queue);
    let zones = if has_others { queues::zones(conn, now)? } else { Vec::new() };
    let ahead = plan::seconds_ahead(&zones, now.to_jiff());
    let staff = |agent: &Agent| plan::candidate(agent, &plan, &ahead).queues.remove(&queue);
    Ok(agents.iter().filter_map(staff).collect())
}

/// Returns the e-mail addresses of agents; those who were removed are missing.
pub fn emails(conn: &mut DbConn, ids: &[AgentId]) -> Result<Vec<(AgentId, String)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    store::emails(conn, ids)
}

/// Locks an agent for the rest of the transaction, so that a request can be assigned to the agent; returns false if
/// the agent is not on the roster, is not active, or is a deactivated person.
pub fn lock_assignable(conn: &mut DbConn, id: AgentId) -> Result<bool, Error> {
    store::lock_assignable(conn, id)
}

/// Returns the agent for a person with their duties; `None` if the person is not on the roster.
pub fn body_of_person(conn: &mut DbConn, id: PersonId) -> Result<Option<AgentBody>, Error> {
    let Some(agent) = store::of_person(conn, id)? else { return Ok(None) };
    let plan = store::plan(conn, &[agent.id])?;
    Ok(Some(AgentBody::new(agent, &plan)))
}

/// Returns the agent for a person, active or not; `None` if the person is not on the roster.
pub fn of_person(conn: &mut DbConn, id: PersonId) -> Result<Option<AgentId>, Error> {
    Ok(store::of_person(conn, id)?.map(|agent| agent.id))
}

/// Returns the caller's agent, active or not, without locking it.
///
/// # Errors
/// 403 if the caller is not on the roster.
pub fn of_caller(tx: &mut Tx<'_>) -> Result<AgentId, Error> {
    match find_of_caller(tx)? {
        Some(agent) => Ok(agent),
        None => not_an_agent(tx),
    }
}

/// Returns the caller's active agent without locking it.
///
/// # Errors
/// 403 if the caller is not on the roster, or not active.
pub fn active_of_caller(tx: &mut Tx<'_>) -> Result<AgentId, Error> {
    let found = by_login_of_caller(tx)?;
    require_active(tx, found)
}

/// Locks the caller's agent for the rest of the transaction, so that the agent cannot be removed while a request is
/// assigned to it.
///
/// # Errors
/// 403 if the caller is not on the roster, or not active.
pub fn lock_of_caller(tx: &mut Tx<'_>) -> Result<AgentId, Error> {
    let found = match tx.actor.login() {
        Some(login) => store::lock_by_login(tx.conn, login)?,
        None => None,
    };
    require_active(tx, found)
}

fn require_active(tx: &mut Tx<'_>, found: Option<(AgentId, bool)>) -> Result<AgentId, Error> {
    match found {
        Some((agent, true)) => Ok(agent),
        Some((_, false)) => Err(Error::forbidden("forbidden-inactive-agent")),
        None => not_an_agent(tx),
    }
}

/// Returns the caller's agent; `None` if the caller is not on the roster. An application is never an agent, even if its
/// subject is the login of one.
pub fn find_of_caller(tx: &mut Tx<'_>) -> Result<Option<AgentId>, Error> {
    Ok(by_login_of_caller(tx)?.map(|(agent, _)| agent))
}

fn by_login_of_caller(tx: &mut Tx<'_>) -> Result<Option<(AgentId, bool)>, Error> {
    tx.actor.login().map_or(Ok(None), |login| store::by_login(tx.conn, login))
}

/// Refuses a caller who is not on the roster.
fn not_an_agent<T>(tx: &mut Tx<'_>) -> Result<T, Error> {
    people::service::require_known(tx.conn, tx.actor)?;
    Err(Error::forbidden("forbidden-not-an-agent"))
}

/// Returns the queues whose requests are assigned automatically, because an active agent has duty times in them.
pub fn planned_queues(conn: &mut DbConn) -> Result<Vec<QueueId>, Error> {
    store::planned_queues(conn)
}

/// Whether an agent, active or not, is on the roster.
pub fn is_on_roster(conn: &mut DbConn, id: AgentId) -> Result<bool, Error> {
    Ok(store::find(conn, id)?.is_some())
}

/// Whether an agent works in a queue.
pub fn is_in_queue(conn: &mut DbConn, agent: AgentId, queue: QueueId) -> Result<bool, Error> {
    store::is_in_queue(conn, agent, queue)
}

/// Returns the queues in which an agent works.
pub fn queues_of(conn: &mut DbConn, agent: AgentId) -> Result<Vec<QueueId>, Error> {
    store::queues_of(conn, agent)
}

/// Records that a request is assigned to the agent automatically, and locks the agent for the rest of the
/// transaction; returns false if the agent was removed or made inactive.
pub fn take_turn(conn: &mut DbConn, id: AgentId, now: UtcTime) -> Result<bool, Error> {
    store::set_last_assigned(conn, id, now)
}

/// Returns the agent whose calendar link contains this secret.
///
/// # Errors
/// 404.
pub fn by_feed_secret(conn: &mut DbConn, secret: &str) -> Result<AgentId, Error> {
    let agent = store::by_feed(conn, &secret::fingerprint(secret))?.ok_or_else(Error::not_found)?;
    Ok(agent.id)
}

fn require_person(tx: &mut Tx<'_>, id: PersonId) -> Result<(), Error> {
    let person = people::service::find(tx.conn, id)?;
    let person = person
        .ok_or_else(|| Error::violation(Violation::unknown_reference("/person_id", "violation-unknown-person")))?;
    if person.deactivated_at.is_some() {
        return Err(Error::violation(people::service::deactivated_person("/person_id")));
    }
    Ok(())
}

fn already_agent(AlreadyAgent: AlreadyAgent) -> Error {
    Problem::new(Code::AlreadyExists).because("detail-agent-exists").with("conflicting_field", "/person_id").into()
}
