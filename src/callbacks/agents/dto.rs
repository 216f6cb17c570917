//! Agents in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rows::{AbsenceRow, Agent, DutyRow, Plan};
use crate::calendar::Weekday;
use crate::kernel::http::body::RequestBody;
use crate::kernel::http::merge_patch;
use crate::kernel::ids::{AgentId, PersonId, QueueId};
use crate::kernel::time::UtcTime;

/// A weekly duty period of an agent, in local time of the time zone of the queue's calendar. It can be longer than the
/// opening hours: outside them, requests are assigned, but no slots exist and no calls are promised.
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

/// A queue in which an agent works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentQueue {
    /// The queue. The agent can claim its requests.
    pub queue_id: QueueId,
    /// Weekly duty periods in the queue, which must not overlap. Requests are assigned automatically only during these
    /// periods; with an empty list, none are.
    #[schema(max_items = 50)]
    pub duties: Vec<AgentDuty>,
}

/// A period in which an agent is not on duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentAbsence {
    /// Start of the absence.
    pub starts_at: UtcTime,
    /// End of the absence, exclusive. Must be after `starts_at`.
    pub ends_at: UtcTime,
}

impl From<&AbsenceRow> for AgentAbsence {
    fn from(row: &AbsenceRow) -> Self {
        Self { starts_at: row.starts_at, ends_at: row.ends_at }
    }
}

/// A person on the roster who calls visitors back.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentBody {
    /// Unique identifier of the agent.
    pub id: AgentId,
    /// The person in the directory who is this agent.
    pub person_id: PersonId,
    /// Whether requests can be assigned to this agent, and the agent can claim requests and start calls.
    pub active: bool,
    /// The queues in which the agent works, each with duty periods, ordered by weekday and start.
    #[schema(max_items = 50)]
    pub queues: Vec<AgentQueue>,
    /// Absences, ordered by start.
    #[schema(max_items = 100)]
    pub absences: Vec<AgentAbsence>,
    /// Maximum number of open requests: an agent who has this many gets no more automatically. Null for no maximum.
    #[schema(required, format = Int32, minimum = 1, maximum = 1000)]
    pub max_open: Option<i32>,
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
    /// Creates the body from an agent and the plan of any agents.
    pub fn new(agent: Agent, plan: &Plan) -> Self {
        let duties = |queue_id| {
            let of_queue = plan.duties.iter().filter(|row| row.agent_id == agent.id && row.queue_id == queue_id);
            of_queue.map(AgentDuty::from).collect()
        };
        let queues = plan.queues.iter().filter(|row| row.agent_id == agent.id);
        let absences = plan.absences.iter().filter(|row| row.agent_id == agent.id);
        Self {
            id: agent.id,
            person_id: agent.person_id,
            active: agent.active,
            queues: queues.map(|row| AgentQueue { queue_id: row.queue_id, duties: duties(row.queue_id) }).collect(),
            absences: absences.map(AgentAbsence::from).collect(),
            max_open: agent.max_open,
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
#[schema(example = json!({"person_id": PersonId::demo(3), "queues": [
    {"queue_id": QueueId::demo(1), "duties": [{"weekday": "monday", "starts": "10:00", "ends": "14:00"}]}
]}))]
pub struct NewAgent {
    /// The person who becomes an agent. Must not be deactivated and must not be on the roster already.
    pub person_id: PersonId,
    /// The queues in which the agent works. Where duty periods in several queues overlap, the time is divided between
    /// the queues.
    #[schema(min_items = 1, max_items = 50)]
    pub queues: Vec<AgentQueue>,
    /// Periods in which the agent is not on duty, which must not overlap.
    #[serde(default)]
    #[schema(nullable = false, max_items = 100)]
    pub absences: Option<Vec<AgentAbsence>>,
    /// Maximum number of open requests: an agent who has this many gets no more automatically. If absent, no maximum.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1000)]
    pub max_open: Option<i32>,
}

impl RequestBody for NewAgent {}

/// Changes to an agent (JSON Merge Patch). Absent fields do not change.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"queues": [
    {"queue_id": QueueId::demo(1), "duties": [{"weekday": "tuesday", "starts": "12:00", "ends": "17:00"}]}
]}))]
pub struct AgentPatch {
    /// Whether requests can be assigned to this agent, and the agent can claim requests and start calls. An inactive
    /// agent can still end a running call.
    #[serde(default)]
    #[schema(nullable = false)]
    pub active: Option<bool>,
    /// The complete list of queues with duty periods, which replaces the previous list. Requests of a queue that the
    /// agent leaves stay assigned.
    #[serde(default)]
    #[schema(nullable = false, min_items = 1, max_items = 50)]
    pub queues: Option<Vec<AgentQueue>>,
    /// The complete list of absences, which replaces the previous list.
    #[serde(default)]
    #[schema(nullable = false, max_items = 100)]
    pub absences: Option<Vec<AgentAbsence>>,
    /// Maximum number of open requests: an agent who has this many gets no more automatically. Null for no maximum.
    #[serde(default, deserialize_with = "merge_patch::clearable")]
    #[schema(value_type = Option<i32>, format = Int32, minimum = 1, maximum = 1000)]
    pub max_open: Option<Option<i32>>,
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
