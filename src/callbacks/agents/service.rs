//! Operations on the roster, with their permissions.

use jiff::civil::Time;

use super::dto::{AgentBody, AgentCalendarLink, AgentDuty, AgentPatch, NewAgent};
use super::duty::{Candidate, Duty};
use super::rows::{Agent, DutyRow};
use super::store::{self, AlreadyAgent};
use crate::directory::people;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::ids::{AgentId, PersonId};
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
    refuse_if_any(faults(&new.duties))?;
    require_person(tx, new.person_id)?;
    let agent = Agent {
        id: tx.new_id(),
        person_id: new.person_id,
        active: true,
        last_assigned_at: None,
        feed_sha256: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx.conn, &agent)?.map_err(already_agent)?;
    let duties = rows(agent.id, &new.duties);
    store::replace_duties(tx.conn, agent.id, &duties)?;
    let (id, version) = (agent.id, agent.version);
    let body = AgentBody::new(agent, &duties);
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
    let old_duties = store::duties(tx.conn, &[id])?;
    let duties = match &patch.duties {
        Some(duties) => {
            refuse_if_any(faults(duties))?;
            rows(id, duties)
        }
        None => old_duties.clone(),
    };
    let mut after = before.clone();
    after.active = patch.active.unwrap_or(before.active);
    if after == before && duties == old_duties {
        return Ok((AgentBody::new(before.clone(), &old_duties), before.version));
    }
    after.version += 1;
    after.updated_at = tx.now;
    store::update(tx.conn, &after)?;
    if duties != old_duties {
        store::replace_duties(tx.conn, id, &duties)?;
    }
    let version = after.version;
    let (old, new) = (AgentBody::new(before, &old_duties), AgentBody::new(after, &duties));
    tx.record_change(&Change::updated(types::AGENT_UPDATED, id.as_str(), &old, &new)?)?;
    Ok((new, version))
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
    let duties = store::duties(tx.conn, &[id])?;
    store::delete(tx.conn, id)?;
    let body = AgentBody::new(agent, &duties);
    tx.record_change(&Change::updated(types::AGENT_DELETED, id.as_str(), &body, &body)?)
}

/// Makes the agent for a person who leaves the company inactive, so that no requests are assigned to them any more, for
/// a caller who has been authorised. Changes nothing unless the person is an active agent.
pub fn make_inactive(tx: &mut Tx<'_>, person: PersonId, reason: &str) -> Result<(), Error> {
    let Some(agent) = store::of_person(tx.conn, person)? else { return Ok(()) };
    let Some(before) = store::lock(tx.conn, agent.id)?.filter(|agent| agent.active) else { return Ok(()) };
    let after = Agent { active: false, version: before.version + 1, updated_at: tx.now, ..before.clone() };
    store::update(tx.conn, &after)?;
    let duties = store::duties(tx.conn, &[agent.id])?;
    let (old, new) = (AgentBody::new(before, &duties), AgentBody::new(after, &duties));
    let change = Change::updated(types::AGENT_UPDATED, agent.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason: Some(reason), ..change })
}

/// Creates the secret link to an agent's calendar, which replaces the previous one.
///
/// # Errors
/// 403 for the calendar of another agent without the scope `admin`; 404.
pub fn link_calendar(tx: &mut Tx<'_>, id: AgentId) -> Result<AgentCalendarLink, Error> {
    authz::require_scope(tx.actor, Action::LinkAgentCalendar)?;
    let oneself = Relations { oneself: own(tx)? == Some(id), ..Relations::default() };
    tx.authorize_and_deduplicate(Action::LinkAgentCalendar, &oneself)?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let secret = secret::fresh(tx.environment);
    let mut after = before.clone();
    after.feed_sha256 = Some(secret::fingerprint(&secret));
    after.version += 1;
    after.updated_at = tx.now;
    store::update(tx.conn, &after)?;
    let duties = store::duties(tx.conn, &[id])?;
    let (old, new) = (AgentBody::new(before, &duties), AgentBody::new(after, &duties));
    tx.record_change(&Change::updated(types::AGENT_CALENDAR_LINKED, id.as_str(), &old, &new)?)?;
    Ok(AgentCalendarLink { path: format!("/v1/agent-calendars/{secret}") })
}

/// Returns a page of agents, and their duties.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, page: &Page) -> Result<(Vec<Agent>, Vec<DutyRow>), Error> {
    authz::require(actor, Action::ReadAgents, &Relations::default())?;
    let agents = store::page(conn, page)?;
    let ids: Vec<_> = agents.iter().map(|agent| agent.id).collect();
    let duties = store::duties(conn, &ids)?;
    Ok((agents, duties))
}

/// Returns an agent.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: AgentId) -> Result<(AgentBody, i64), Error> {
    authz::require(actor, Action::ReadAgents, &Relations::default())?;
    let agent = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let version = agent.version;
    Ok((AgentBody::new(agent, &store::duties(conn, &[id])?), version))
}

/// Returns the agents to whom requests are assigned automatically. `open` is 0 and must be filled in.
pub fn roster(conn: &mut DbConn) -> Result<Vec<Candidate>, Error> {
    let agents = store::on_duty_plan(conn)?;
    if agents.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = agents.iter().map(|agent| agent.id).collect();
    let rows = store::duties(conn, &ids)?;
    let duties = |id| rows.iter().filter(|row| row.agent_id == id).filter_map(read).collect();
    let candidate = |agent: Agent| {
        let Agent { id, last_assigned_at, .. } = agent;
        Candidate { duties: duties(id), id, open: 0, last_assigned_at }
    };
    Ok(agents.into_iter().map(candidate).collect())
}

/// Locks an agent for the rest of the transaction, so that a request can be assigned to the agent; returns false if
/// the agent is not on the roster, is not active, or is a deactivated person.
pub fn lock_assignable(conn: &mut DbConn, id: AgentId) -> Result<bool, Error> {
    store::lock_assignable(conn, id)
}

/// Returns the agent for a person with their duties; `None` if the person is not on the roster.
pub fn body_of_person(conn: &mut DbConn, id: PersonId) -> Result<Option<AgentBody>, Error> {
    let Some(agent) = store::of_person(conn, id)? else { return Ok(None) };
    let duties = store::duties(conn, &[agent.id])?;
    Ok(Some(AgentBody::new(agent, &duties)))
}

/// Returns the agent for a person, active or not; `None` if the person is not on the roster.
pub fn of_person(conn: &mut DbConn, id: PersonId) -> Result<Option<AgentId>, Error> {
    Ok(store::of_person(conn, id)?.map(|agent| agent.id))
}

/// Returns the caller's agent without locking it.
///
/// # Errors
/// 403 if the caller is not on the roster.
pub fn of_caller(tx: &mut Tx<'_>) -> Result<AgentId, Error> {
    match own(tx)? {
        Some(agent) => Ok(agent),
        None => not_an_agent(tx),
    }
}

/// Locks the caller's agent for the rest of the transaction, so that the agent cannot be removed while a request is
/// assigned to it.
///
/// # Errors
/// 403 if the caller is not on the roster.
pub fn lock_of_caller(tx: &mut Tx<'_>) -> Result<AgentId, Error> {
    let agent = match tx.actor.login() {
        Some(login) => store::lock_by_login(tx.conn, login)?,
        None => None,
    };
    match agent {
        Some(agent) => Ok(agent),
        None => not_an_agent(tx),
    }
}

/// Returns the caller's agent. An application is never an agent, even if its subject is the login of one.
fn own(tx: &mut Tx<'_>) -> Result<Option<AgentId>, Error> {
    tx.actor.login().map_or(Ok(None), |login| store::by_login(tx.conn, login))
}

/// Refuses a caller who is not on the roster.
fn not_an_agent<T>(tx: &mut Tx<'_>) -> Result<T, Error> {
    people::service::require_known(tx.conn, tx.actor)?;
    Err(Error::forbidden("forbidden-not-an-agent"))
}

/// Whether requests are assigned automatically, that is, whether any active agent has duty times.
pub fn has_duty_plan(conn: &mut DbConn) -> Result<bool, Error> {
    store::has_duty_plan(conn)
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

fn rows(id: AgentId, duties: &[AgentDuty]) -> Vec<DutyRow> {
    let mut rows: Vec<_> = duties.iter().map(|duty| row(id, duty)).collect();
    rows.sort_by(|a, b| (a.weekday, &a.starts).cmp(&(b.weekday, &b.starts)));
    rows
}

fn row(agent_id: AgentId, duty: &AgentDuty) -> DutyRow {
    DutyRow { agent_id, weekday: duty.weekday.number(), starts: duty.starts.clone(), ends: duty.ends.clone() }
}

fn read(row: &DutyRow) -> Option<Duty> {
    let time = |text: &str| Time::strptime("%H:%M", text).ok();
    Some(Duty { weekday: i8::try_from(row.weekday).ok()?, starts: time(&row.starts)?, ends: time(&row.ends)? })
}

/// Returns the violations in duties that passed the schema.
fn faults(duties: &[AgentDuty]) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut before: Vec<Duty> = Vec::new();
    for (index, duty) in duties.iter().enumerate() {
        if duty.starts >= duty.ends {
            let text = Text::new("violation-must-be-after").with("field", "ends").with("other", "starts");
            found.push(Violation::at(format!("/duties/{index}/ends"), "not_after_start", text));
            continue;
        }
        let Some(duty) = read(&row(AgentId::demo(1), duty)) else { continue };
        if before.iter().any(|other| other.overlaps(&duty)) {
            let text = Text::new("violation-duties-overlap");
            found.push(Violation::at(format!("/duties/{index}"), "overlapping_duties", text));
        }
        before.push(duty);
    }
    found
}

fn already_agent(AlreadyAgent: AlreadyAgent) -> Error {
    Problem::new(Code::AlreadyExists).because("detail-agent-exists").with("conflicting_field", "/person_id").into()
}
