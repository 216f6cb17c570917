//! Query parameters of the list of slots.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::callbacks::queues::CallbackIntent;
use crate::kernel::time::Day;

/// Filters of the list of slots.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SlotQuery {
    /// Key of the queue whose slots are returned. If absent, the public queue of the intent. A queue that is not public
    /// needs the scope `callbacks:create` or `callbacks:read`.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    #[param(nullable = false, min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$", example = "sales")]
    pub queue: Option<String>,
    /// Intent whose public queue is used if `queue` is absent. If both are absent, `sales`.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub intent: Option<CallbackIntent>,
    /// First day, in the time zone of the queue's calendar. If absent, today.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub from: Option<Day>,
    /// Number of calendar days from `from`. If absent, all days up to the booking horizon.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100)]
    pub days: Option<i64>,
}
