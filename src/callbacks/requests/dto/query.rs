//! Query parameters of the list of requests and of its export. Both have the same filters, which are defined
//! twice because serde cannot flatten structs that deny unknown fields.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::CallbackFlag;
use crate::callbacks::requests::enums::{CallbackIntent, CallbackState, PromiseStatus};
use crate::callbacks::requests::filter::Filter;
use crate::kernel::ids::{AgentId, QueueId};
use crate::kernel::time::UtcTime;

/// Filters of the list of callback requests.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallbackRequestQuery {
    /// Return only requests in this state. Repeat the parameter to include several states.
    #[serde(default)]
    #[schema(nullable = false, max_items = 11)]
    #[param(nullable = false, max_items = 11)]
    pub state: Option<Vec<CallbackState>>,
    /// Return only requests in this queue.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub queue_id: Option<QueueId>,
    /// Return only requests with this intent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub intent: Option<CallbackIntent>,
    /// Return only requests that are assigned to this agent, or were when they were closed.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub agent_id: Option<AgentId>,
    /// Return only requests with this flag.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub flag: Option<CallbackFlag>,
    /// Return only requests whose promise has this status. Combine `broken` with the open states to find overdue
    /// requests.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub promise: Option<PromiseStatus>,
    /// Return only requests created at this time or later.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2026-01-01T00:00:00Z")]
    pub created_from: Option<UtcTime>,
    /// Return only requests created before this time (exclusive end). Must be after `created_from`.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2036-01-01T00:00:00Z")]
    pub created_to: Option<UtcTime>,
}

/// Filters of the export of callback requests.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallbackRequestExportQuery {
    /// Return only requests in this state. Repeat the parameter to include several states.
    #[serde(default)]
    #[schema(nullable = false, max_items = 11)]
    #[param(nullable = false, max_items = 11)]
    pub state: Option<Vec<CallbackState>>,
    /// Return only requests in this queue.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub queue_id: Option<QueueId>,
    /// Return only requests with this intent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub intent: Option<CallbackIntent>,
    /// Return only requests that are assigned to this agent, or were when they were closed.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub agent_id: Option<AgentId>,
    /// Return only requests with this flag.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub flag: Option<CallbackFlag>,
    /// Return only requests whose promise has this status. Combine `broken` with the open states to find overdue
    /// requests.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub promise: Option<PromiseStatus>,
    /// Return only requests created at this time or later.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2026-01-01T00:00:00Z")]
    pub created_from: Option<UtcTime>,
    /// Return only requests created before this time (exclusive end). Must be after `created_from`.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2036-01-01T00:00:00Z")]
    pub created_to: Option<UtcTime>,
}

impl From<&CallbackRequestQuery> for Filter {
    fn from(query: &CallbackRequestQuery) -> Self {
        Self {
            states: query.state.clone().unwrap_or_default(),
            queue_id: query.queue_id,
            intent: query.intent,
            agent_id: query.agent_id,
            closed_day: query.flag == Some(CallbackFlag::ClosedDay),
            same_number: query.flag == Some(CallbackFlag::SameNumber),
            promise: query.promise,
            created_from: query.created_from,
            created_to: query.created_to,
        }
    }
}

impl From<&CallbackRequestExportQuery> for Filter {
    fn from(query: &CallbackRequestExportQuery) -> Self {
        Self {
            states: query.state.clone().unwrap_or_default(),
            queue_id: query.queue_id,
            intent: query.intent,
            agent_id: query.agent_id,
            closed_day: query.flag == Some(CallbackFlag::ClosedDay),
            same_number: query.flag == Some(CallbackFlag::SameNumber),
            promise: query.promise,
            created_from: query.created_from,
            created_to: query.created_to,
        }
    }
}
