//! The callback report in responses, and its query parameters.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::callbacks::requests::enums::CallbackIntent;
use crate::kernel::time::Day;

/// Filters of the callback report.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallbackReportQuery {
    /// First day of the period, in the calendar's time zone. If absent, 30 days before `to`.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2027-03-01")]
    pub from: Option<Day>,
    /// First day after the period (exclusive end). If absent, 30 days after `from`, or tomorrow if `from` is absent
    /// too.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2027-04-01")]
    pub to: Option<Day>,
    /// Include only requests with this intent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub intent: Option<CallbackIntent>,
}

/// Numbers of promises that were due in the period, by their result.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct PromiseCounts {
    /// Promises that were kept: the first call started within the promised time.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub kept: i64,
    /// Promises that were broken: the first call did not start within the promised time, or an agent cancelled the
    /// request for the reason `other`.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub broken: i64,
    /// Promises that are not due yet.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub pending: i64,
    /// Promises that do not count (status `void`), for example because the visitor cancelled the request or because it
    /// was abuse.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub not_counted: i64,
    /// Share of kept promises, `kept / (kept + broken)`; null if both are 0.
    #[schema(required, minimum = 0, maximum = 1)]
    pub kept_share: Option<f64>,
}

impl PromiseCounts {
    /// Creates the counts from `kept`, `broken`, `pending` and `not_counted`, in this order.
    pub fn new([kept, broken, pending, not_counted]: [i64; 4]) -> Self {
        Self { kept, broken, pending, not_counted, kept_share: share(kept, kept + broken) }
    }
}

/// Time from an as-soon-as-possible request to its first call. Only time within the opening hours of the calendar
/// counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct CallbackResponseTimes {
    /// Number of as-soon-as-possible requests with at least one call.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub calls: i64,
    /// Number of these requests whose first call started within 5 minutes.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub within_5_minutes: i64,
    /// `within_5_minutes / calls`; null if `calls` is 0.
    #[schema(required, minimum = 0, maximum = 1)]
    pub within_5_minutes_share: Option<f64>,
    /// Median time to the first call, in seconds (nearest rank); null if `calls` is 0.
    #[schema(required, format = Int32, minimum = 0, maximum = 2_147_483_647)]
    pub p50_seconds: Option<i32>,
    /// 90th percentile of the time to the first call, in seconds (nearest rank); null if `calls` is 0.
    #[schema(required, format = Int32, minimum = 0, maximum = 2_147_483_647)]
    pub p90_seconds: Option<i32>,
}

/// Report on kept and broken promises, and on response times.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallbackReport {
    /// First day of the period, in the calendar's time zone.
    pub starts_on: Day,
    /// First day after the period (exclusive end).
    pub ends_on: Day,
    /// The intent that the report is limited to; null if it covers requests with any intent.
    #[schema(required)]
    pub intent: Option<CallbackIntent>,
    /// Promises that were due in the period.
    pub promises: PromiseCounts,
    /// Response times of the as-soon-as-possible requests that were due in the period.
    pub response: CallbackResponseTimes,
}

/// Returns `part / whole`; `None` if `whole` is 0.
pub fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
