//! Call attempts in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::callbacks::requests::enums::{CallOutcome, CallbackState};
use crate::callbacks::requests::rows::CallAttempt;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{AgentId, CallAttemptId, CallbackRequestId};
use crate::kernel::time::UtcTime;

/// A call attempt to record.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"outcome": "no_answer"}))]
pub struct NewCallAttempt {
    /// Outcome of the attempt.
    pub outcome: CallOutcome,
    /// When the attempt started. If absent, now. Must not be in the future or before the request was created, and,
    /// unless the outcome is `reached`, not before a retry is due.
    #[serde(default)]
    #[schema(nullable = false)]
    pub started_at: Option<UtcTime>,
    /// Note for other agents. Notes do not appear in events.
    #[serde(default)]
    #[schema(nullable = false, max_length = 2000, pattern = r"^[^\x00]*$")]
    pub note: Option<String>,
}

impl RequestBody for NewCallAttempt {}

/// An attempt to call the visitor of a callback request.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CallAttempt)]
pub struct CallAttemptBody {
    /// Unique identifier of the attempt.
    pub id: CallAttemptId,
    /// The callback request to which the attempt belongs.
    pub request_id: CallbackRequestId,
    /// Sequence number of the attempt within its request, starting at 1.
    #[schema(format = Int32, minimum = 1, maximum = 3)]
    pub number: i32,
    /// The agent who called.
    pub agent_id: AgentId,
    /// Outcome of the attempt.
    pub outcome: CallOutcome,
    /// When the attempt started.
    pub started_at: UtcTime,
    /// Note for other agents; null if there is none or the personal data was erased.
    #[schema(required, max_length = 2000, pattern = r"^[^\x00]*$")]
    pub note: Option<String>,
    /// When the attempt was recorded.
    pub recorded_at: UtcTime,
}

impl From<CallAttempt> for CallAttemptBody {
    fn from(row: CallAttempt) -> Self {
        let CallAttempt { id, request_id, number, agent_id, outcome, started_at, note, recorded_at } = row;
        Self { id, request_id, number, agent_id, outcome, started_at, note, recorded_at }
    }
}

/// A recorded call attempt, with the resulting state of the request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecordedCallAttempt {
    /// Unique identifier of the attempt, the same as `attempt.id`.
    pub id: CallAttemptId,
    /// The recorded attempt.
    pub attempt: CallAttemptBody,
    /// State of the callback request after the attempt.
    pub request_state: CallbackState,
    /// Earliest time of the next attempt; null if the visitor will not be called again.
    #[schema(required)]
    pub next_attempt_from: Option<UtcTime>,
}

/// The call attempts of a callback request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallAttemptList {
    /// The attempts in the order of their number.
    #[schema(max_items = 3)]
    pub data: Vec<CallAttemptBody>,
}

/// A call attempt in events and in the audit trail, without the note.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallAttemptEvent {
    /// Unique identifier of the attempt.
    pub id: CallAttemptId,
    /// The callback request to which the attempt belongs.
    pub request_id: CallbackRequestId,
    /// Sequence number of the attempt within its request, starting at 1.
    #[schema(format = Int32, minimum = 1, maximum = 3)]
    pub number: i32,
    /// The agent who called.
    pub agent_id: AgentId,
    /// Outcome of the attempt.
    pub outcome: CallOutcome,
    /// When the attempt started.
    pub started_at: UtcTime,
}

impl From<&CallAttempt> for CallAttemptEvent {
    fn from(row: &CallAttempt) -> Self {
        Self {
            id: row.id,
            request_id: row.request_id,
            number: row.number,
            agent_id: row.agent_id,
            outcome: row.outcome,
            started_at: row.started_at,
        }
    }
}
