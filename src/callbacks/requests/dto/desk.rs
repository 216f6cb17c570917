//! Request bodies of agents, and responses for agents only.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::callbacks::requests::enums::CancelReason;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{AgentId, CallbackRequestId, QueueId};

/// The agent to whom a callback request is assigned.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct AssignCallbackRequest {
    /// An active agent who works in the queue of the request. If absent, the request is assigned to you.
    #[serde(default)]
    #[schema(nullable = false)]
    pub agent_id: Option<AgentId>,
}

impl RequestBody for AssignCallbackRequest {
    const OPTIONAL: bool = true;
}

/// Where and why a callback request is rerouted.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "An existing customer reports a technical problem."}))]
pub struct RerouteCallbackRequest {
    /// The queue that gets the request. The request keeps its intent if this queue accepts it. If absent, the public
    /// queue of the other intent.
    #[serde(default)]
    #[schema(nullable = false)]
    pub queue_id: Option<QueueId>,
    /// Reason for the audit trail. It must not contain personal data.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x1f]+$")]
    pub reason: Option<String>,
}

impl RequestBody for RerouteCallbackRequest {
    const OPTIONAL: bool = true;
}

/// Why a callback request is cancelled.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct CancelCallbackRequest {
    /// Why an agent cancels the request, which decides about a pending promise. If absent, `other`. Ignored if the
    /// visitor cancels: the reason is then always `visitor_asked`.
    #[serde(default)]
    #[schema(nullable = false)]
    pub reason: Option<CancelReason>,
}

impl RequestBody for CancelCallbackRequest {
    const OPTIONAL: bool = true;
}

/// A new manage link of a callback request, for its visitor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallbackManageLink {
    /// The callback request that the link manages. After rerouting, the request that continues it.
    pub id: CallbackRequestId,
    /// Path of the page on which the visitor manages the request, in the language of the visitor and with the secret in
    /// its fragment. Append it to the URL of the service. It is returned only in this response and in replays with the
    /// same `Idempotency-Key`.
    #[schema(
        max_length = 200,
        pattern = r"^/callback/manage\?lang=[A-Za-z-]+#id=cbr_[0-9a-z]{26}&token=[A-Za-z0-9_-]{43}$"
    )]
    pub path: String,
    /// The secret in the link, for a link to a page of your own.
    #[schema(min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9_-]{43}$")]
    pub manage_token: String,
}

/// The callback requests of a network that were cancelled.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CancelledCallbackRequests {
    /// Identifiers of the cancelled requests, oldest first.
    #[schema(max_items = 1000)]
    pub ids: Vec<CallbackRequestId>,
    /// Whether the network has more requests than were cancelled. If so, call the operation again with another request
    /// of the network.
    pub has_more: bool,
}
