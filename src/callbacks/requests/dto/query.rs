//! Which requests are wanted. The list and its export have the same filters; they stand twice,
//! because serde cannot flatten closed structs.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::CallbackFlag;
use crate::callbacks::requests::enums::{CallbackIntent, CallbackState, PromiseStanding};
use crate::callbacks::requests::filter::Filter;
use crate::kernel::time::UtcTime;

/// Which requests.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallbackRequestQuery {
    /// Only requests in these states; repeat for several.
    #[serde(default)]
    #[schema(nullable = false, max_items = 10)]
    #[param(nullable = false, max_items = 10)]
    pub state: Option<Vec<CallbackState>>,
    /// Only requests with this intent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub intent: Option<CallbackIntent>,
    /// Only what this agent (`sub`) has, or had when it ended.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    #[param(nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub assigned_to: Option<String>,
    /// Only what has this flag.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub flag: Option<CallbackFlag>,
    /// Only requests whose promise stands like this; `broken` with the open states finds what is overdue.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub promise: Option<PromiseStanding>,
    /// Only what came in at this instant or later.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2026-01-01T00:00:00Z")]
    pub created_from: Option<UtcTime>,
    /// Only what came in before this instant.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2036-01-01T00:00:00Z")]
    pub created_to: Option<UtcTime>,
}

/// Which requests to export.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallbackRequestExportQuery {
    /// Only requests in these states; repeat for several.
    #[serde(default)]
    #[schema(nullable = false, max_items = 10)]
    #[param(nullable = false, max_items = 10)]
    pub state: Option<Vec<CallbackState>>,
    /// Only requests with this intent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub intent: Option<CallbackIntent>,
    /// Only what this agent (`sub`) has, or had when it ended.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    #[param(nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub assigned_to: Option<String>,
    /// Only what has this flag.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub flag: Option<CallbackFlag>,
    /// Only requests whose promise stands like this; `broken` with the open states finds what is overdue.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub promise: Option<PromiseStanding>,
    /// Only what came in at this instant or later.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2026-01-01T00:00:00Z")]
    pub created_from: Option<UtcTime>,
    /// Only what came in before this instant.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2036-01-01T00:00:00Z")]
    pub created_to: Option<UtcTime>,
}

impl From<&CallbackRequestQuery> for Filter {
    fn from(query: &CallbackRequestQuery) -> Self {
        Self {
            states: query.state.clone().unwrap_or_default(),
            intent: query.intent,
            assigned_to: query.assigned_to.clone(),
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
            intent: query.intent,
            assigned_to: query.assigned_to.clone(),
            closed_day: query.flag == Some(CallbackFlag::ClosedDay),
            same_number: query.flag == Some(CallbackFlag::SameNumber),
            promise: query.promise,
            created_from: query.created_from,
            created_to: query.created_to,
        }
    }
}
