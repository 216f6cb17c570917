//! The report on callbacks.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::callbacks::requests::enums::CallbackIntent;
use crate::kernel::time::Day;

/// Which promises.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallbackReportQuery {
    /// First day, in the zone of the calendar; 30 days before `to` when absent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2027-03-01")]
    pub from: Option<Day>,
    /// The day after the last one; tomorrow when both are absent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2027-04-01")]
    pub to: Option<Day>,
    /// Only promises of this intent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub intent: Option<CallbackIntent>,
}

/// How many promises were kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct PromiseCounts {
    /// The first attempt began in time.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub kept: i64,
    /// It did not, or we cancelled.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub broken: i64,
    /// Not due yet.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub pending: i64,
    /// Cancelled by the visitor, or abuse; in no share.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub not_counted: i64,
    /// `kept / (kept + broken)`; null when nothing was due.
    #[schema(required, minimum = 0, maximum = 1)]
    pub kept_share: Option<f64>,
}

impl PromiseCounts {
    /// From `kept`, `broken`, `pending` and `not_counted`.
    pub fn new([kept, broken, pending, not_counted]: [i64; 4]) -> Self {
        Self { kept, broken, pending, not_counted, kept_share: share(kept, kept + broken) }
    }
}

/// How fast the first attempt came, in opening time, for calls as soon as possible.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct CallbackResponseTimes {
    /// Calls as soon as possible with a first attempt.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub calls: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub within_5_minutes: i64,
    /// Null without calls.
    #[schema(required, minimum = 0, maximum = 1)]
    pub within_5_minutes_share: Option<f64>,
    /// Half of the calls were not slower (nearest rank); null without calls.
    #[schema(required, format = Int32, minimum = 0, maximum = 2_147_483_647)]
    pub p50_seconds: Option<i32>,
    /// Nine of ten were not slower.
    #[schema(required, format = Int32, minimum = 0, maximum = 2_147_483_647)]
    pub p90_seconds: Option<i32>,
}

/// Whether we call when we said we would.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallbackReport {
    /// First day, in the zone of the calendar.
    pub from: Day,
    /// The day after the last one.
    pub to: Day,
    #[schema(required)]
    pub intent: Option<CallbackIntent>,
    pub promises: PromiseCounts,
    pub response: CallbackResponseTimes,
}

/// The share of a part in the whole; none when the whole is 0.
pub fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
