//! Rows of the tables `agents` and `agent_duties`.

use diesel::prelude::*;

use crate::kernel::db::schema::{agent_duties, agents};
use crate::kernel::ids::{AgentId, PersonId};
use crate::kernel::time::UtcTime;

#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = agents, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Agent {
    pub id: AgentId,
    pub person_id: PersonId,
    pub active: bool,
    pub last_assigned_at: Option<UtcTime>,
    pub feed_sha256: Option<String>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = agent_duties)]
pub struct DutyRow {
    pub agent_id: AgentId,
    /// ISO 8601: Monday is 1.
    pub weekday: i32,
    pub starts: String,
    pub ends: String,
}
