//! Agents in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rows::{Agent, DutyRow};
use crate::calendar::Weekday;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{AgentId, PersonId};
use crate::kernel::time::UtcTime;

/// A weekly duty period of an agent, in local time of the calendar's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentDuty {
    /// Day of the week.
    pub weekday: Weekday,
    /// Start of the duty as local time, `HH:MM`.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "10:00")]
    pub starts: String,
    /// End of the duty as local time, `HH:MM`, exclusive. Must be after `starts`.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "14:00")]
    pub ends: String,
}

/// A person on the roster who calls visitors back.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentBody {
    /// Unique identifier of the agent.
    pub id: AgentId,
    /// The person in the directory who is this agent.
    pub person_id: PersonId,
    /// Whether requests can be assigned to this agent, automatically or by another agent.
    pub active: bool,
    /// Weekly duty periods, ordered by weekday and start. Requests are assigned automatically only for these periods.
    #[schema(max_items = 50)]
    pub duties: Vec<AgentDuty>,
    /// When a request was last assigned to this agent automatically; null if never.
    #[schema(required)]
    pub last_assigned_at: Option<UtcTime>,
    /// Whether a calendar link exists for this agent.
    pub has_calendar: bool,
    /// When the agent was added to the roster.
    pub created_at: UtcTime,
    /// When the agent was last changed.
    pub updated_at: UtcTime,
}

impl AgentBody {
    /// Creates the body from an agent and the duties of any agents.
    pub fn new(agent: Agent, duties: &[DutyRow]) -> Self {
        let of_agent = duties.iter().filter(|duty| duty.agent_id == agent.id);
        Self {
            id: agent.id,
            person_id: agent.person_id,
            active: agent.active,
            duties: of_agent.map(AgentDuty::from).collect(),
            last_assigned_at: agent.last_assigned_at,
            has_calendar: agent.feed_sha256.is_some(),
            created_at: agent.created_at,
            updated_at: agent.updated_at,
        }
    }
}

impl From<&DutyRow> for AgentDuty {
    fn from(row: &DutyRow) -> Self {
        let index = usize::try_from(row.weekday - 1).unwrap_or_default();
        let weekday = Weekday::ALL.get(index).copied().unwrap_or(Weekday::Monday);
        Self { weekday, starts: row.starts.clone(), ends: row.ends.clone() }
    }
}

/// An agent to create.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"person_id": PersonId::demo(3), "duties": [{"weekday": "monday", "starts": "10:00", "ends": "14:00"}]}))]
pub struct NewAgent {
    /// The person who becomes an agent. Must not be deactivated and must not be on the roster already.
    pub person_id: PersonId,
    /// Weekly duty periods, which must not overlap. With an empty list, no requests are assigned automatically.
    #[schema(max_items = 50)]
    pub duties: Vec<AgentDuty>,
}

impl RequestBody for NewAgent {}

/// Changes to an agent (JSON Merge Patch). Absent fields do not change.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"duties": [{"weekday": "tuesday", "starts": "12:00", "ends": "17:00"}]}))]
pub struct AgentPatch {
    /// Whether requests can be assigned to this agent, automatically or by another agent.
    #[serde(default)]
    #[schema(nullable = false)]
    pub active: Option<bool>,
    /// The complete list of weekly duty periods, which replaces the previous list. Duties must not overlap.
    #[serde(default)]
    #[schema(nullable = false, max_items = 50)]
    pub duties: Option<Vec<AgentDuty>>,
}

impl RequestBody for AgentPatch {}

/// The link to an agent's calendar feed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgentCalendarLink {
    /// Path of the iCalendar feed, which contains a secret: anyone who has the path can read the feed. It is
    /// returned only once.
    #[schema(max_length = 100, pattern = "^/v1/agent-calendars/[A-Za-z0-9_-]{43}$")]
    pub path: String,
}
