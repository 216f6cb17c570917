//! Reads and writes agents and their duties.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::rows::{AbsenceRow, Agent, DutyRow, Plan, QueueRow};
use crate::kernel::auth::Login;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::{agent_absences, agent_duties, agent_queues, agents, callback_requests, people};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{AgentId, CallbackRequestId, PersonId, QueueId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;
use crate::with_backend;

const ALREADY_AGENT: Constraint = Constraint::new("agents_person_key", "agents.person_id");

/// The person is already on the roster.
#[derive(Debug)]
pub struct AlreadyAgent;

/// Agents to whom requests can be assigned automatically.
macro_rules! planned {
    () => {
        agents::table
            .filter(agents::active.eq(true))
            // Not a join, for which SQLite passes over all people.
            .filter(exists(
                people::table.filter(people::id.eq(agents::person_id)).filter(people::deactivated_at.is_null()),
            ))
            .filter(exists(agent_duties::table.filter(agent_duties::agent_id.eq(agents::id))))
    };
}

pub fn insert(conn: &mut DbConn, agent: &Agent) -> Result<Result<(), AlreadyAgent>, Error> {
    match diesel::insert_into(agents::table).values(agent).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if ALREADY_AGENT.violated_by(&error) => Ok(Err(AlreadyAgent)),
        Err(error) => Err(error.into()),
    }
}

pub fn update(conn: &mut DbConn, agent: &Agent) -> Result<(), Error> {
    diesel::update(agents::table.filter(agents::id.eq(agent.id))).set(agent).cached().execute(conn)?;
    Ok(())
}

/// Locks an agent for the rest of the transaction.
pub fn lock(conn: &mut DbConn, id: AgentId) -> Result<Option<Agent>, Error> {
    Ok(diesel::update(agents::table.filter(agents::id.eq(id)))
        .set(agents::version.eq(agents::version))
        .returning(agents::all_columns)
        .cached()
        .get_result(conn)
        .optional()?)
}

/// Replaces the plan of an agent.
pub fn replace_plan(conn: &mut DbConn, id: AgentId, plan: &Plan) -> Result<(), Error> {
    diesel::delete(agent_duties::table.filter(agent_duties::agent_id.eq(id))).execute(conn)?;
    diesel::delete(agent_absences::table.filter(agent_absences::agent_id.eq(id))).execute(conn)?;
    diesel::delete(agent_queues::table.filter(agent_queues::agent_id.eq(id))).execute(conn)?;
    insert_plan(conn, plan)
}

/// Inserts the plan of a new agent.
pub fn insert_plan(conn: &mut DbConn, plan: &Plan) -> Result<(), Error> {
    let Plan { queues, duties, absences } = plan;
    if !queues.is_empty() {
        with_backend!(conn, |conn| diesel::insert_into(agent_queues::table).values(queues).execute(conn))?;
    }
    if !duties.is_empty() {
        with_backend!(conn, |conn| diesel::insert_into(agent_duties::table).values(duties).execute(conn))?;
    }
    if !absences.is_empty() {
        with_backend!(conn, |conn| diesel::insert_into(agent_absences::table).values(absences).execute(conn))?;
    }
    Ok(())
}

pub fn delete(conn: &mut DbConn, id: AgentId) -> Result<(), Error> {
    replace_plan(conn, id, &Plan::default())?;
    diesel::delete(agents::table.filter(agents::id.eq(id))).execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut DbConn, id: AgentId) -> Result<Option<Agent>, Error> {
    Ok(agents::table.filter(agents::id.eq(id)).select(Agent::as_select()).get_result(conn).optional()?)
}

pub fn of_person(conn: &mut DbConn, id: PersonId) -> Result<Option<Agent>, Error> {
    Ok(agents::table.filter(agents::person_id.eq(id)).select(Agent::as_select()).get_result(conn).optional()?)
}

/// The id of the person with this login, unless the person is deactivated.
macro_rules! caller_id {
    ($login:expr) => {
        people::table
            .filter(people::login.eq($login.subject))
            .filter(people::login_issuer.eq($login.issuer))
            .filter(people::deactivated_at.is_null())
            .select(people::id)
    };
}

/// Returns the agent whose person signs in with this login and is not deactivated, and whether the agent is active.
pub fn by_login(conn: &mut DbConn, login: Login<'_>) -> Result<Option<(AgentId, bool)>, Error> {
    let agent = agents::table.filter(agents::person_id.eq_any(caller_id!(login)));
    Ok(agent.select((agents::id, agents::active)).get_result(conn).optional()?)
}

/// Locks the agent whose person signs in with this login and is not deactivated, for the rest of the transaction.
/// Returns the agent, and whether the agent is active.
pub fn lock_by_login(conn: &mut DbConn, login: Login<'_>) -> Result<Option<(AgentId, bool)>, Error> {
    Ok(diesel::update(agents::table.filter(agents::person_id.eq_any(caller_id!(login))))
        .set(agents::version.eq(agents::version))
        .returning((agents::id, agents::active))
        .cached()
        .get_result(conn)
        .optional()?)
}

/// Whether an agent works in a queue.
pub fn is_in_queue(conn: &mut DbConn, agent: AgentId, queue: QueueId) -> Result<bool, Error> {
    let row = agent_queues::table.filter(agent_queues::agent_id.eq(agent)).filter(agent_queues::queue_id.eq(queue));
    let one: Vec<QueueId> = row.select(agent_queues::queue_id).load(conn)?;
    Ok(!one.is_empty())
}

/// Returns the queues in which an agent works.
pub fn queues_of(conn: &mut DbConn, agent: AgentId) -> Result<Vec<QueueId>, Error> {
    let of_agent = agent_queues::table.filter(agent_queues::agent_id.eq(agent));
    Ok(of_agent.order(agent_queues::queue_id).select(agent_queues::queue_id).load(conn)?)
}

/// Locks an agent for the rest of the transaction; returns false if no request can be assigned to the agent, who was
/// removed, is not active, or is a deactivated person.
pub fn lock_assignable(conn: &mut DbConn, id: AgentId) -> Result<bool, Error> {
    // Not a list of ids, for which SQLite passes over all people.
    let present = people::table.filter(people::id.eq(agents::person_id)).filter(people::deactivated_at.is_null());
    let locked = diesel::update(agents::table.filter(agents::id.eq(id)))
        .filter(agents::active.eq(true))
        .filter(exists(present))
        .set(agents::version.eq(agents::version))
        .cached()
        .execute(conn)?;
    Ok(locked == 1)
}

/// Whether any open request is assigned to the agent.
pub fn has_open_requests(conn: &mut DbConn, id: AgentId) -> Result<bool, Error> {
    let one: Vec<CallbackRequestId> = callback_requests::table
        .filter(callback_requests::agent_id.eq(id))
        .filter(callback_requests::open_place.is_not_null())
        .select(callback_requests::id)
        .limit(1)
        .load(conn)?;
    Ok(!one.is_empty())
}

/// Returns the agent with this calendar address, unless the person is deactivated.
pub fn by_feed(conn: &mut DbConn, sha256: &str) -> Result<Option<Agent>, Error> {
    let present = people::table.filter(people::id.eq(agents::person_id)).filter(people::deactivated_at.is_null());
    let found = agents::table.filter(agents::feed_sha256.eq(sha256)).filter(exists(present));
    Ok(found.select(Agent::as_select()).get_result(conn).optional()?)
}

pub fn page(conn: &mut DbConn, page: &Page) -> Result<Vec<Agent>, Error> {
    let mut query = agents::table.select(Agent::as_select()).order(agents::id).limit(page.fetch()).into_boxed();
    if let Some(after) = page.after.as_deref() {
        query = query.filter(agents::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Returns the agents to whom requests are assigned automatically: active, with duty times, not deactivated.
pub fn on_duty_plan(conn: &mut DbConn) -> Result<Vec<Agent>, Error> {
    Ok(planned!().order(agents::id).select(Agent::as_select()).load(conn)?)
}

/// Returns the e-mail addresses of agents, in no particular order.
pub fn emails(conn: &mut DbConn, ids: &[AgentId]) -> Result<Vec<(AgentId, String)>, Error> {
    // Two statements, because SQLite could pass over all people for a join.
    let of_agents: Vec<(AgentId, PersonId)> = with_backend!(conn, |conn| agents::table
        .filter(any_of(agents::id, ids)?)
        .select((agents::id, agents::person_id))
        .load(conn))?;
    let person_ids: Vec<PersonId> = of_agents.iter().map(|(_, person)| *person).collect();
    let of_people: Vec<(PersonId, String)> = with_backend!(conn, |conn| people::table
        .filter(any_of(people::id, &person_ids)?)
        .select((people::id, people::email))
        .load(conn))?;
    let email = |person: PersonId| of_people.iter().find(|(id, _)| *id == person).map(|(_, email)| email.clone());
    Ok(of_agents.into_iter().filter_map(|(agent, person)| Some((agent, email(person)?))).collect())
}

/// Returns the queues in which an agent to whom requests are assigned automatically has duty times.
pub fn planned_queues(conn: &mut DbConn) -> Result<Vec<QueueId>, Error> {
    let planned: Vec<AgentId> = planned!().select(agents::id).load(conn)?;
    if planned.is_empty() {
        return Ok(Vec::new());
    }
    Ok(agent_duties::table
        .filter(agent_duties::agent_id.eq_any(planned))
        .select(agent_duties::queue_id)
        .distinct()
        .order(agent_duties::queue_id)
        .load(conn)?)
}

/// Returns the plan of these agents: queues and duties ordered by agent and queue, absences by agent and start.
pub fn plan(conn: &mut DbConn, ids: &[AgentId]) -> Result<Plan, Error> {
    let joined =
        agent_queues::agent_id.eq(agent_duties::agent_id).and(agent_queues::queue_id.eq(agent_duties::queue_id));
    let rows: Vec<(QueueRow, Option<DutyRow>)> = with_backend!(conn, |conn| agent_queues::table
        .left_join(agent_duties::table.on(joined))
        .filter(any_of(agent_queues::agent_id, ids)?)
        .order((agent_queues::agent_id, agent_queues::queue_id, agent_duties::weekday, agent_duties::starts))
        .select((QueueRow::as_select(), Option::<DutyRow>::as_select()))
        .load(conn))?;
    let absences = with_backend!(conn, |conn| agent_absences::table
        .filter(any_of(agent_absences::agent_id, ids)?)
        .order((agent_absences::agent_id, agent_absences::starts_at))
        .select(AbsenceRow::as_select())
        .load(conn))?;
    let mut queues: Vec<_> = rows.iter().map(|(queue, _)| *queue).collect();
    queues.dedup();
    let duties = rows.into_iter().filter_map(|(_, duty)| duty).collect();
    Ok(Plan { queues, duties, absences })
}

/// Records that a request is assigned to an agent automatically, and locks the agent for the rest of the transaction;
/// returns false if the agent was removed or made inactive. The version does not change, because callers cannot edit
/// this field.
pub fn set_last_assigned(conn: &mut DbConn, id: AgentId, now: UtcTime) -> Result<bool, Error> {
    let changed = diesel::update(agents::table.filter(agents::id.eq(id)))
        .filter(agents::active.eq(true))
        .set(agents::last_assigned_at.eq(now))
        .cached()
        .execute(conn)?;
    Ok(changed == 1)
}
