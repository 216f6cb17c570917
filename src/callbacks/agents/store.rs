//! Reading and writing agents and their duties.

use diesel::prelude::*;

use super::rows::{Agent, DutyRow};
use crate::kernel::db::DbConn;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::{agent_duties, agents};
use crate::kernel::error::Error;
use crate::kernel::ids::AgentId;
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;
use crate::with_backend;

const SUBJECT_TAKEN: Constraint = Constraint::new("agents_subject_key", "agents.subject");

/// The subject is on the roster already.
#[derive(Debug)]
pub struct SubjectTaken;

pub fn insert(conn: &mut DbConn, agent: &Agent) -> Result<Result<(), SubjectTaken>, Error> {
    match diesel::insert_into(agents::table).values(agent).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if SUBJECT_TAKEN.violated_by(&error) => Ok(Err(SubjectTaken)),
        Err(error) => Err(error.into()),
    }
}

pub fn update(conn: &mut DbConn, agent: &Agent) -> Result<(), Error> {
    diesel::update(agents::table.filter(agents::id.eq(agent.id))).set(agent).execute(conn)?;
    Ok(())
}

/// Locks an agent for the rest of the transaction.
pub fn lock(conn: &mut DbConn, id: AgentId) -> Result<Option<Agent>, Error> {
    Ok(diesel::update(agents::table.filter(agents::id.eq(id)))
        .set(agents::version.eq(agents::version))
        .returning(agents::all_columns)
        .get_result(conn)
        .optional()?)
}

/// Replaces all duties of an agent.
pub fn replace_duties(conn: &mut DbConn, id: AgentId, rows: &[DutyRow]) -> Result<(), Error> {
    diesel::delete(agent_duties::table.filter(agent_duties::agent_id.eq(id))).execute(conn)?;
    if !rows.is_empty() {
        with_backend!(conn, |conn| diesel::insert_into(agent_duties::table).values(rows).execute(conn))?;
    }
    Ok(())
}

pub fn delete(conn: &mut DbConn, id: AgentId) -> Result<(), Error> {
    replace_duties(conn, id, &[])?;
    diesel::delete(agents::table.filter(agents::id.eq(id))).execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut DbConn, id: AgentId) -> Result<Option<Agent>, Error> {
    Ok(agents::table.filter(agents::id.eq(id)).select(Agent::as_select()).get_result(conn).optional()?)
}

pub fn by_subject(conn: &mut DbConn, subject: &str) -> Result<Option<Agent>, Error> {
    Ok(agents::table.filter(agents::subject.eq(subject)).select(Agent::as_select()).get_result(conn).optional()?)
}

pub fn by_feed(conn: &mut DbConn, sha256: &str) -> Result<Option<Agent>, Error> {
    Ok(agents::table.filter(agents::feed_sha256.eq(sha256)).select(Agent::as_select()).get_result(conn).optional()?)
}

pub fn page(conn: &mut DbConn, page: &Page) -> Result<Vec<Agent>, Error> {
    let mut query = agents::table.select(Agent::as_select()).order(agents::id).limit(page.fetch()).into_boxed();
    if let Some(after) = page.after.as_deref() {
        query = query.filter(agents::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// All agents who are active.
pub fn active(conn: &mut DbConn) -> Result<Vec<Agent>, Error> {
    Ok(agents::table.filter(agents::active.eq(true)).order(agents::id).select(Agent::as_select()).load(conn)?)
}

pub fn is_anybody_active(conn: &mut DbConn) -> Result<bool, Error> {
    let one: Vec<AgentId> = agents::table.filter(agents::active.eq(true)).select(agents::id).limit(1).load(conn)?;
    Ok(!one.is_empty())
}

/// The duties of these agents, in order.
pub fn duties(conn: &mut DbConn, ids: &[AgentId]) -> Result<Vec<DutyRow>, Error> {
    Ok(agent_duties::table
        .filter(agent_duties::agent_id.eq_any(ids))
        .order((agent_duties::agent_id, agent_duties::weekday, agent_duties::starts))
        .select(DutyRow::as_select())
        .load(conn)?)
}

/// Records that a request was assigned to an agent automatically. The version stays, because no caller edits this.
pub fn set_last_assigned(conn: &mut DbConn, id: AgentId, now: UtcTime) -> Result<(), Error> {
    diesel::update(agents::table.filter(agents::id.eq(id))).set(agents::last_assigned_at.eq(now)).execute(conn)?;
    Ok(())
}
