//! The partnership report in responses.

use serde::Serialize;
use utoipa::ToSchema;

use crate::collaboration::memberships::Parity;
use crate::collaboration::ownership::Coverage;
use crate::collaboration::projects::MilestoneBody;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::time::UtcTime;

/// Partnership report of a project: response times, contributions, parity, milestones and ownership coverage of its
/// sides.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PartnershipReport)]
pub struct Report {
    /// The project.
    pub project_id: ProjectId,
    /// Name of the project.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One view of the customer")]
    pub project_name: String,
    /// When the report was computed.
    pub as_of: UtcTime,
    /// Figures of each side, in the order of the sides in the project.
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<SideReport>,
    /// Parity between the sides today (in UTC).
    pub parity: Parity,
    /// Milestones of the project with their slip.
    #[schema(max_items = 100)]
    pub milestones: Vec<MilestoneBody>,
    /// Ownership coverage from the first to the last day of the project.
    pub coverage: Coverage,
}

/// Figures of one side of a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SidePartnership)]
pub struct SideReport {
    /// The side.
    pub department_id: DepartmentId,
    /// Name of the department.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Marketing")]
    pub name: String,
    /// How long the side takes to respond to approvals.
    pub latency: Latency,
    /// Decisions that the side raised.
    pub decisions_raised: Portion,
    /// Approvals that the side was the first to respond to.
    pub first_responses: Portion,
    /// Rejections of approvals by the side, including those that it changed later. Sealed responses count only
    /// when all sides have responded.
    pub rejections: Portion,
    /// Areas that the side owns according to the charter.
    pub areas: Portion,
    /// Current members of the side who count towards parity.
    pub members: Portion,
}

/// How long a side takes to respond to approvals, in minutes within the opening hours of the calendar. Only time in
/// which the response of the side itself is missing is counted; time in which it waits for other sides is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DecisionLatency)]
pub struct Latency {
    /// Number of approvals the side has responded to.
    #[schema(format = Int32, minimum = 0, maximum = 100_000_000, example = 12)]
    pub responded: u32,
    /// Number of open approvals that wait for the response of the side.
    #[schema(format = Int32, minimum = 0, maximum = 100_000_000, example = 1)]
    pub pending: u32,
    /// Number of approvals that ended without a response of the side.
    #[schema(format = Int32, minimum = 0, maximum = 100_000_000, example = 0)]
    pub without_response: u32,
    /// Median response time, in minutes within opening hours: half of the responses took at most this long. Null if the
    /// side has not responded to any approval.
    #[schema(required, format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 95)]
    pub p50_minutes: Option<i64>,
    /// 90th percentile of the response time, in minutes within opening hours: 90% of the responses took at most this
    /// long. Null if the side has not responded to any approval.
    #[schema(required, format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 840)]
    pub p90_minutes: Option<i64>,
    /// Longest time that an open approval has waited for the side, in minutes within opening hours. Null if none is
    /// waiting.
    #[schema(required, format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 30)]
    pub longest_wait_minutes: Option<i64>,
}

/// A count for one side and its share of the total of all sides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Portion {
    /// Count for this side.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 3)]
    pub count: i64,
    /// Share of the total, from 0 to 1; null if the total is 0.
    #[schema(required, minimum = 0, maximum = 1, example = 0.5)]
    pub share: Option<f64>,
}

/// The partnership report as a self-contained SVG document.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 2_000_000, pattern = "^<svg ")]
#[allow(dead_code, reason = "documents the response; the SVG is returned as text")]
pub struct PartnershipChart(String);
