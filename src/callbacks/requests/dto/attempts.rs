//! Attempts to call in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::callbacks::requests::enums::{CallOutcome, CallbackState};
use crate::callbacks::requests::rows::CallAttempt;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{CallAttemptId, CallbackRequestId};
use crate::kernel::time::UtcTime;

/// How an attempt went.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"outcome": "no_answer"}))]
pub struct NewCallAttempt {
    pub outcome: CallOutcome,
    /// When it started; now when absent. Not in the future, not before the request; an hour after the attempt
    /// before, unless the visitor was `reached`.
    #[serde(default)]
    #[schema(nullable = false)]
    pub started_at: Option<UtcTime>,
    /// For other agents; not in events.
    #[serde(default)]
    #[schema(nullable = false, max_length = 2000, pattern = r"^[^\x00]*$")]
    pub note: Option<String>,
}

impl RequestBody for NewCallAttempt {}

/// An attempt to call.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CallAttempt)]
pub struct CallAttemptBody {
    pub id: CallAttemptId,
    pub request_id: CallbackRequestId,
    /// 1, 2, 3.
    #[schema(format = Int32, minimum = 1, maximum = 3)]
    pub number: i32,
    /// `sub` of the agent.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00]+$")]
    pub agent: String,
    pub outcome: CallOutcome,
    pub started_at: UtcTime,
    #[schema(required, max_length = 2000, pattern = r"^[^\x00]*$")]
    pub note: Option<String>,
    pub recorded_at: UtcTime,
}

impl From<CallAttempt> for CallAttemptBody {
    fn from(row: CallAttempt) -> Self {
        let CallAttempt { id, request_id, number, agent, outcome, started_at, note, recorded_at } = row;
        Self { id, request_id, number, agent, outcome, started_at, note, recorded_at }
    }
}

/// An attempt that was just recorded, and what became of the request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecordedCallAttempt {
    pub id: CallAttemptId,
    pub attempt: CallAttemptBody,
    pub request_state: CallbackState,
    /// When the visitor is to be called again; null when that is not to be.
    #[schema(required)]
    pub next_attempt_from: Option<UtcTime>,
}

/// The attempts of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallAttemptList {
    /// In order.
    #[schema(max_items = 3)]
    pub data: Vec<CallAttemptBody>,
}

/// What events and the audit trail tell of an attempt: no note.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallAttemptEvent {
    pub id: CallAttemptId,
    pub request_id: CallbackRequestId,
    #[schema(format = Int32, minimum = 1, maximum = 3)]
    pub number: i32,
    /// `sub` of the agent.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00]+$")]
    pub agent: String,
    pub outcome: CallOutcome,
    pub started_at: UtcTime,
}

impl From<&CallAttempt> for CallAttemptEvent {
    fn from(row: &CallAttempt) -> Self {
        Self {
            id: row.id,
            request_id: row.request_id,
            number: row.number,
            agent: row.agent.clone(),
            outcome: row.outcome,
            started_at: row.started_at,
        }
    }
}
