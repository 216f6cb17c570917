//! Rows of the tables of agents.

use diesel::prelude::*;

use crate::kernel::db::schema::{agent_absences, agent_duties, agent_queues, agents};
use crate::kernel::ids::{AgentId, PersonId, QueueId};
use crate::kernel::time::UtcTime;

#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = agents, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Agent {
    pub id: AgentId,
    pub person_id: PersonId,
    pub active: bool,
    pub max_open: Option<i32>,
    pub last_assigned_at: Option<UtcTime>,
    pub feed_sha256: Option<String>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = agent_queues, treat_none_as_default_value = false)]
pub struct QueueRow {
    pub agent_id: AgentId,
    pub queue_id: QueueId,
}

#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = agent_duties, treat_none_as_default_value = false)]
pub struct DutyRow {
    pub agent_id: AgentId,
    pub queue_id: QueueId,
    /// ISO 8601: Monday is 1.
    pub weekday: i32,
    pub starts: String,
    pub ends: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = agent_absences, treat_none_as_default_value = false)]
pub struct AbsenceRow {
    pub agent_id: AgentId,
    pub starts_at: UtcTime,
    pub ends_at: UtcTime,
}

/// The queues, duties and absences of agents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub queues: Vec<QueueRow>,
    pub duties: Vec<DutyRow>,
    pub absences: Vec<AbsenceRow>,
}
