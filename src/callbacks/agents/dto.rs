//! Agents in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rows::{Agent, DutyRow};
use crate::calendar::Weekday;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::AgentId;
use crate::kernel::time::UtcTime;

/// When an agent is on duty, every week, in wall time of the calendar's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentDuty {
    pub weekday: Weekday,
    /// First minute.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "10:00")]
    pub starts: String,
    /// At this minute it is over.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "14:00")]
    pub ends: String,
}

/// Somebody who works the queue.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentBody {
    pub id: AgentId,
    /// `sub` of the agent's tokens.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$", example = "anna")]
    pub subject: String,
    /// Whether requests are handed out to this agent at all.
    pub active: bool,
    #[schema(max_items = 50)]
    pub duties: Vec<AgentDuty>,
    /// When a request was last handed out to this agent.
    #[schema(required)]
    pub last_assigned_at: Option<UtcTime>,
    /// Whether there is an address of the agent's calendar.
    pub has_calendar: bool,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl AgentBody {
    /// A row with its duties.
    pub fn new(agent: Agent, duties: &[DutyRow]) -> Self {
        let of_agent = duties.iter().filter(|duty| duty.agent_id == agent.id);
        Self {
            id: agent.id,
            subject: agent.subject,
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

/// An agent to add.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"subject": "jan", "duties": [{"weekday": "monday", "starts": "10:00", "ends": "14:00"}]}))]
pub struct NewAgent {
    /// `sub` of the agent's tokens.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub subject: String,
    #[schema(max_items = 50)]
    pub duties: Vec<AgentDuty>,
}

impl RequestBody for NewAgent {}

/// What to change about an agent; absent members stay.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"duties": [{"weekday": "tuesday", "starts": "12:00", "ends": "17:00"}]}))]
pub struct AgentPatch {
    #[serde(default)]
    #[schema(nullable = false)]
    pub active: Option<bool>,
    /// All of them; the ones before go.
    #[serde(default)]
    #[schema(nullable = false, max_items = 50)]
    pub duties: Option<Vec<AgentDuty>>,
}

impl RequestBody for AgentPatch {}

/// The secret address of an agent's calendar.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgentCalendarLink {
    /// Path of the iCalendar feed. Shown once; whoever has it reads the feed, so keep it secret. A
    /// new one makes the one before useless.
    #[schema(max_length = 100, pattern = "^/v1/agent-calendars/[A-Za-z0-9_-]{43}$")]
    pub path: String,
}
