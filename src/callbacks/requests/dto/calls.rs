//! Calls in requests and responses, and in events.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::callbacks::requests::enums::{CallOutcome, CallbackIntent, CallbackState, ReportedOutcome};
use crate::callbacks::requests::rows::{Call, CallbackRequest};
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{AgentId, CallId, CallbackRequestId};
use crate::kernel::locale::Lang;
use crate::kernel::time::UtcTime;

/// A call to start, or a past call to record. To start a call now, send no body. An application records a call that has
/// ended with `started_at`, `ended_at` and `outcome`, and an `Idempotency-Key` such as the ID of the call in the
/// telephone system.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct NewCall {
    /// When the past call started. Must not be before the agent had the request.
    #[serde(default)]
    #[schema(nullable = false)]
    pub started_at: Option<UtcTime>,
    /// When the past call ended. Must not be before `started_at` or in the future.
    #[serde(default)]
    #[schema(nullable = false)]
    pub ended_at: Option<UtcTime>,
    /// Outcome of the past call.
    #[serde(default)]
    #[schema(value_type = Option<ReportedOutcome>, nullable = false)]
    pub outcome: Option<CallOutcome>,
    /// The agent who made the past call. If absent, the agent who last had the request.
    #[serde(default)]
    #[schema(nullable = false)]
    pub agent_id: Option<AgentId>,
    /// Notes on the past call for other agents. Notes do not appear in events.
    #[serde(default)]
    #[schema(nullable = false, max_length = 2000, pattern = r"^[^\x00]*$")]
    pub notes: Option<String>,
}

impl RequestBody for NewCall {
    const OPTIONAL: bool = true;
}

impl NewCall {
    /// Whether this is a past call.
    #[must_use]
    pub fn is_past(&self) -> bool {
        let Self { started_at, ended_at, outcome, agent_id, notes } = self;
        started_at.is_some() || ended_at.is_some() || outcome.is_some() || agent_id.is_some() || notes.is_some()
    }
}

/// The end of a call.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"outcome": "no_answer"}))]
pub struct EndCall {
    /// Outcome of the call.
    #[schema(value_type = ReportedOutcome)]
    pub outcome: CallOutcome,
    /// Notes for other agents. Notes do not appear in events.
    #[serde(default)]
    #[schema(nullable = false, max_length = 2000, pattern = r"^[^\x00]*$")]
    pub notes: Option<String>,
}

impl RequestBody for EndCall {}

/// A call to the visitor of a callback request.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Call)]
pub struct CallBody {
    /// Unique identifier of the call.
    pub id: CallId,
    /// The callback request to which the call belongs.
    pub request_id: CallbackRequestId,
    /// Sequence number of the call within its request, starting at 1.
    #[schema(format = Int32, minimum = 1, maximum = 100)]
    pub number: i32,
    /// The agent who calls or called.
    pub agent_id: AgentId,
    /// When the call started.
    pub started_at: UtcTime,
    /// When the call ended; null while it is running.
    #[schema(required)]
    pub ended_at: Option<UtcTime>,
    /// Outcome of the call; null while it is running.
    #[schema(required)]
    pub outcome: Option<CallOutcome>,
    /// Notes for other agents; null if there are none or the personal data was erased.
    #[schema(required, max_length = 2000, pattern = r"^[^\x00]*$")]
    pub notes: Option<String>,
    /// When the call was recorded.
    pub recorded_at: UtcTime,
}

impl From<Call> for CallBody {
    fn from(row: Call) -> Self {
        let Call { id, request_id, number, agent_id, started_at, ended_at, outcome, notes, recorded_at } = row;
        Self { id, request_id, number, agent_id, started_at, ended_at, outcome, notes, recorded_at }
    }
}

/// A call with the resulting state of its request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallResult {
    /// Unique identifier of the call, the same as `call.id`.
    pub id: CallId,
    /// The call.
    pub call: CallBody,
    /// State of the callback request after the change.
    pub request_state: CallbackState,
    /// Earliest time of the next call; null if no other call is due.
    #[schema(required)]
    pub next_call_from: Option<UtcTime>,
}

impl CallResult {
    /// Creates the body from a call and its request.
    #[must_use]
    pub fn new(call: Call, request: &CallbackRequest) -> Self {
        let next_call_from = (request.state == CallbackState::RetryScheduled).then_some(request.due_from);
        Self { id: call.id, call: CallBody::from(call), request_state: request.state, next_call_from }
    }
}

/// The calls of a callback request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallList {
    /// The calls in the order of their number.
    #[schema(max_items = 100)]
    pub data: Vec<CallBody>,
}

/// A call in events and in the audit trail, without notes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallEvent {
    /// Unique identifier of the call.
    pub id: CallId,
    /// The callback request to which the call belongs.
    pub request_id: CallbackRequestId,
    /// Key of the queue of the request.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$", example = "sales")]
    pub queue: String,
    /// Topic of the call.
    pub intent: CallbackIntent,
    /// Language of the visitor.
    pub locale: Lang,
    /// Sequence number of the call within its request, starting at 1.
    #[schema(format = Int32, minimum = 1, maximum = 100)]
    pub number: i32,
    /// The agent who calls or called.
    pub agent_id: AgentId,
    /// When the call started.
    pub started_at: UtcTime,
    /// When the call ended; null while it is running.
    #[schema(required)]
    pub ended_at: Option<UtcTime>,
    /// Outcome of the call; null while it is running.
    #[schema(required)]
    pub outcome: Option<CallOutcome>,
}

impl CallEvent {
    /// Creates the body from a call and its request.
    #[must_use]
    pub fn new(row: &Call, request: &CallbackRequest) -> Self {
        Self {
            id: row.id,
            request_id: row.request_id,
            queue: request.queue_key.clone(),
            intent: request.intent,
            locale: Lang::stored(&request.locale),
            number: row.number,
            agent_id: row.agent_id,
            started_at: row.started_at,
            ended_at: row.ended_at,
            outcome: row.outcome,
        }
    }
}
