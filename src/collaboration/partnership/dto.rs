//! The partnership report in answers.

use serde::Serialize;
use utoipa::ToSchema;

use crate::collaboration::memberships::Parity;
use crate::collaboration::ownership::Coverage;
use crate::collaboration::projects::MilestoneBody;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::time::UtcTime;

/// How the sides of a project work together: who answers how fast, who asks, who owns, who is there.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PartnershipReport)]
pub struct Report {
    pub project_id: ProjectId,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One view of the customer")]
    pub project_name: String,
    /// The instant of the report.
    pub as_of: UtcTime,
    /// In the order of the sides.
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<SideReport>,
    pub parity: Parity,
    #[schema(max_items = 100)]
    pub milestones: Vec<MilestoneBody>,
    pub coverage: Coverage,
}

/// One side of the partnership.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SidePartnership)]
pub struct SideReport {
    pub department_id: DepartmentId,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Marketing")]
    pub name: String,
    pub latency: Latency,
    /// Questions that the side put to all sides.
    pub decisions_raised: Portion,
    /// Consents that the side was the first to answer.
    pub first_answers: Portion,
    /// Disagreements.
    pub vetoes: Portion,
    /// Areas that the side owns by the charter.
    pub areas: Portion,
    /// Members on the team now, neutral roles left out.
    pub members: Portion,
}

/// How long a side lets the others wait for its answers, in business time of the company calendar. Its
/// clock runs only while its own answer is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DecisionLatency)]
pub struct Latency {
    /// Consents that it has answered.
    #[schema(format = Int32, minimum = 0, maximum = 100_000_000, example = 12)]
    pub answered: u32,
    /// Consents that wait for it now.
    #[schema(format = Int32, minimum = 0, maximum = 100_000_000, example = 1)]
    pub waiting: u32,
    /// Consents that ended without its answer.
    #[schema(format = Int32, minimum = 0, maximum = 100_000_000, example = 0)]
    pub unanswered: u32,
    /// Half of the answers came within so many business minutes; null without any.
    #[schema(required, format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 95)]
    pub p50_minutes: Option<i64>,
    /// Nine of ten answers came within so many business minutes; null without any.
    #[schema(required, format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 840)]
    pub p90_minutes: Option<i64>,
    /// Business minutes for which the oldest open question has waited for it.
    #[schema(required, format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 30)]
    pub longest_wait_minutes: Option<i64>,
}

/// What a side has of something, and which part of the whole that is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Portion {
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 3)]
    pub count: i64,
    /// From 0 to 1; null when no side has any.
    #[schema(required, minimum = 0, maximum = 1, example = 0.5)]
    pub share: Option<f64>,
}

/// The report as a picture: an SVG document of its own.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 2_000_000, pattern = "^<svg ")]
#[allow(dead_code, reason = "describes the answer; the picture is text")]
pub struct PartnershipPicture(String);
