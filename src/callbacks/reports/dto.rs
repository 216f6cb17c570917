//! The callback report in responses, and its query parameters.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::sums::Sums;
use crate::callbacks::requests::enums::CallbackIntent;
use crate::kernel::ids::{AgentId, QueueId};
use crate::kernel::time::Day;

/// Maximum number of groups in a report.
pub const MAX_GROUPS: usize = 1_000;

crate::text_enum! {
    /// What the callback report is grouped by:
    ///
    /// - `day`: the day on which the promise is due, in the time zone of the company calendar.
    /// - `queue`: the queue of the request.
    /// - `agent`: the agent who is answerable for the promise. A kept promise counts for the agent of the first call,
    ///   a broken one for the agent who had the request when the promised time ended, made the first call too early, or
    ///   cancelled the request. A pending promise counts for the agent who has the request, one that does not count for
    ///   the agent who cancelled the request.
    /// - `campaign`: the marketing campaign that led the visitor to the form.
    pub enum CallbackReportGrouping {
        Day,
        Queue,
        Agent,
        Campaign,
    }
}

/// Filters of the callback report.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallbackReportQuery {
    /// First day of the period, in the time zone of the company calendar. If absent, 30 days before `to`.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2027-03-01")]
    pub from: Option<Day>,
    /// First day after the period (exclusive end), in the same time zone. If absent, 30 days after `from`, or tomorrow
    /// if `from` is absent too.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2027-04-01")]
    pub to: Option<Day>,
    /// Include only requests with this intent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub intent: Option<CallbackIntent>,
    /// Also return the counts of each group. By `day`, the period can have at most 366 days.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "queue")]
    pub group_by: Option<CallbackReportGrouping>,
}

/// Numbers of promises that were due in the period, by their result.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct PromiseCounts {
    /// Promises that were kept: the first call in opening hours started within the promised time.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub kept: i64,
    /// Promises that were broken: the first call in opening hours did not start within the promised time, or an agent
    /// cancelled the request for the reason `other`.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub broken: i64,
    /// Promises that are not due yet.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub pending: i64,
    /// Promises that do not count (status `void`), for example because the visitor cancelled the request or because it
    /// was abuse.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub not_counted: i64,
    /// Those of `not_counted` whose pending promise became void because an agent or an application cancelled the
    /// request: the visitor asked for it, or it was abuse. By `agent`, they belong to the agent who cancelled the
    /// request.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub cancelled_by_desk: i64,
    /// Share of kept promises, `kept / (kept + broken)`; null if both are 0.
    #[schema(required, minimum = 0, maximum = 1)]
    pub kept_share: Option<f64>,
}

impl From<Sums> for PromiseCounts {
    fn from(sums: Sums) -> Self {
        let Sums { kept, broken, pending, not_counted, cancelled_by_desk, .. } = sums;
        Self { kept, broken, pending, not_counted, cancelled_by_desk, kept_share: share(kept, kept + broken) }
    }
}

/// What visitors said about the same calls, and where it differs from what the service has recorded. What visitors said
/// is deleted when their personal data is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct VisitorFeedbackCounts {
    /// Visitors who said that the call was on time.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub on_time: i64,
    /// Visitors who said that the call was not on time.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub late: i64,
    /// Difference: promises that count as kept, but the visitor said that the call was not on time.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub kept_but_late: i64,
    /// Difference: promises that count as broken, but the visitor said that the call was on time.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub broken_but_on_time: i64,
    /// Difference: promises that do not count, for example because an agent cancelled the request for the visitor, but
    /// the visitor said that the call was not on time.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub not_counted_but_late: i64,
    /// Requests whose manage link an agent created. Their visitors cannot submit feedback.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub agent_links: i64,
}

impl From<Sums> for VisitorFeedbackCounts {
    fn from(sums: Sums) -> Self {
        let Sums { on_time, late, kept_but_late, broken_but_on_time, not_counted_but_late, agent_links, .. } = sums;
        Self { on_time, late, kept_but_late, broken_but_on_time, not_counted_but_late, agent_links }
    }
}

/// The counts of one day, queue, agent or campaign. Only the field of the grouping is set.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallbackReportGroup {
    /// The day; null unless grouped by `day`.
    #[schema(required)]
    pub day: Option<Day>,
    /// The queue; null unless grouped by `queue`.
    #[schema(required)]
    pub queue_id: Option<QueueId>,
    /// Key of the queue; null unless grouped by `queue`.
    #[schema(required, min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$", example = "sales")]
    pub queue: Option<String>,
    /// The agent; null unless grouped by `agent`, for promises that ended while no agent had the request, and for
    /// requests that the visitor, an application or a person who is not on the roster cancelled while no agent had
    /// them.
    #[schema(required)]
    pub agent_id: Option<AgentId>,
    /// The campaign; null unless grouped by `campaign`, and for requests without a campaign or whose personal data was
    /// erased.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub campaign: Option<String>,
    /// Promises that were due in the period.
    pub promises: PromiseCounts,
    /// What visitors said about these calls.
    pub visitors: VisitorFeedbackCounts,
}

/// Time from an as-soon-as-possible request to its first call in the opening hours of the calendar. Only time within
/// these hours counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct CallbackResponseTimes {
    /// Number of as-soon-as-possible requests with at least one call in opening hours.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub calls: i64,
    /// Number of these requests whose first call in opening hours started within 5 minutes.
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
    /// First day of the period, in the time zone of the company calendar.
    pub starts_on: Day,
    /// First day after the period (exclusive end).
    pub ends_on: Day,
    /// The intent that the report is limited to; null if it covers requests with any intent.
    #[schema(required)]
    pub intent: Option<CallbackIntent>,
    /// Promises that were due in the period.
    pub promises: PromiseCounts,
    /// What visitors said about these calls.
    pub visitors: VisitorFeedbackCounts,
    /// Response times of the as-soon-as-possible requests that were due in the period.
    pub response: CallbackResponseTimes,
    /// What the report is grouped by; null without groups.
    #[schema(required)]
    pub group_by: Option<CallbackReportGrouping>,
    /// The counts of each group, ordered by day, queue, agent or campaign; empty without `group_by`. Requests without
    /// an agent or campaign are the last group. A day without promises is left out.
    #[schema(max_items = 1000)]
    pub groups: Vec<CallbackReportGroup>,
    /// Whether there are more than 1000 groups. Those with the most promises are returned.
    pub has_more_groups: bool,
}

/// Returns `part / whole`; `None` if `whole` is 0.
pub fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
