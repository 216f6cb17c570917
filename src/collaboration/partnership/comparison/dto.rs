//! The comparison of two departments in responses, and its query parameters.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::collaboration::partnership::dto::Portion;
use crate::kernel::ids::DepartmentId;
use crate::kernel::time::{Day, UtcTime};

/// Selects the departments and the period of a comparison.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ComparisonQuery {
    /// Identifiers of the two departments. Separate them with a comma, or repeat the parameter.
    #[schema(min_items = 2, max_items = 2)]
    #[param(
        min_items = 2,
        max_items = 2,
        example = json!(["dpt_01kdvdna00e008000000000001", "dpt_01kdvdna00e008000000000002"])
    )]
    pub department_id: Vec<DepartmentId>,
    /// First day of the period (in UTC). If absent, 365 days before `to`.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub from: Option<Day>,
    /// First day after the period (exclusive end), at most 3,660 days after `from`. If absent, 365 days after `from`,
    /// or tomorrow (in UTC) if `from` is absent too.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub to: Option<Day>,
}

/// A comparison of two departments over all activated projects in which both are sides, per quarter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartnershipComparison {
    /// First day of the period (in UTC).
    pub starts_on: Day,
    /// First day after the period (exclusive end).
    pub ends_on: Day,
    /// When the comparison was computed.
    pub as_of: UtcTime,
    /// Number of projects in which both departments are sides.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 4)]
    pub projects: i64,
    /// The quarters that the period includes, in order; the first and the last one can be incomplete.
    #[schema(min_items = 1, max_items = 50)]
    pub quarters: Vec<PartnershipQuarter>,
}

/// A quarter of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PartnershipQuarter {
    /// The calendar quarter.
    #[schema(max_length = 7, pattern = "^[0-9]{4}-Q[1-4]$", example = "2027-Q1")]
    pub quarter: String,
    /// First day of the quarter that is in the period (in UTC).
    pub starts_on: Day,
    /// First day after the quarter, or after the period if that is earlier (exclusive end).
    pub ends_on: Day,
    /// The departments, in the order of the request.
    #[schema(min_items = 2, max_items = 2)]
    pub departments: Vec<DepartmentQuarter>,
    /// Milestones of the shared projects that are due in this quarter.
    pub milestones: MilestoneSlip,
    /// Number of questions and disputes that an arbiter decided in this quarter.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 1)]
    pub rulings: i64,
}

/// Figures of a department in a quarter. Each share is a share of the total of both departments.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DepartmentQuarter {
    /// The department.
    pub department_id: DepartmentId,
    /// Key of the department.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$", example = "marketing")]
    pub key: String,
    /// Response times to the approvals that were requested in this quarter.
    pub latency: ResponseLatency,
    /// Questions that the department raised.
    pub decisions_raised: Portion,
    /// Days on which people worked in the shared projects for the department, up to today. Each member counts once per
    /// day.
    pub member_days: Portion,
    /// Disputes that the department raised.
    pub disputes_raised: Portion,
    /// Disputes that an arbiter settled in favour of the department.
    pub rulings_in_favour: Portion,
}

/// Response times of a department, in minutes within the opening hours of the calendar at the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResponseLatency {
    /// Number of approvals to which the department has responded.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 12)]
    pub responded: i64,
    /// Median response time, in minutes: half of the responses took at most this long. Null if there are none.
    #[schema(required, format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 95)]
    pub p50_minutes: Option<i64>,
    /// 90th percentile of the response time, in minutes: 90% of the responses took at most this long. Null if there are
    /// none.
    #[schema(required, format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 840)]
    pub p90_minutes: Option<i64>,
}

/// Slip of milestones against the charter version that was first signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct MilestoneSlip {
    /// Number of milestones.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 3)]
    pub milestones: i64,
    /// Number of milestones that are later than in the version that was first signed.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 1)]
    pub slipped: i64,
    /// Median slip, in days; negative if milestones are earlier, null if there are none.
    #[schema(required, format = Int64, minimum = -4_000_000, maximum = 4_000_000, example = 0)]
    pub p50_days: Option<i64>,
    /// Greatest slip, in days; null if there are no milestones.
    #[schema(required, format = Int64, minimum = -4_000_000, maximum = 4_000_000, example = 14)]
    pub max_days: Option<i64>,
}

/// A comparison as CSV (RFC 4180), with one line for each quarter and department. The first line contains the column
/// names.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 1_000_000, pattern = r"^[^\x00]*$", example = "quarter,starts_on,ends_on\r\n")]
pub struct ComparisonCsv(#[allow(dead_code, reason = "describes the text, never constructed")] String);
