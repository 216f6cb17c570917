//! Request and response bodies of closure reports.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::UtcTime;

/// The outcome of one goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalOutcome {
    /// Whether the goal was met.
    pub met: bool,
    /// Final value of the metric, in the unit of the goal; null or absent if it was not measured.
    #[serde(default)]
    #[schema(minimum = -1_000_000_000_000i64, maximum = 1_000_000_000_000i64, example = 5.5)]
    pub actual: Option<f64>,
    /// Explanation of the outcome; null or absent if there is none.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub comment: Option<String>,
}

/// A closure report to submit: the outcome of every goal, and the lessons learnt.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "goals": [{"met": true, "actual": 3.5}],
    "lessons": "Decide who owns the data before the work begins."
}))]
pub struct NewClosureReport {
    /// One outcome for each goal of the charter in force, in the same order.
    #[schema(min_items = 1, max_items = 50)]
    pub goals: Vec<GoalOutcome>,
    /// Lessons for future shared projects.
    #[schema(min_length = 1, max_length = 4000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub lessons: String,
}

impl RequestBody for NewClosureReport {}

/// The closure report of a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ClosureReport)]
pub struct ClosureReportBody {
    /// The project that the report belongs to.
    pub project_id: ProjectId,
    /// One outcome for each goal of the charter in force, in the same order.
    #[schema(min_items = 1, max_items = 50)]
    pub goals: Vec<GoalOutcome>,
    /// Lessons for future shared projects.
    #[schema(min_length = 1, max_length = 4000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub lessons: String,
    /// When this version of the report was submitted.
    pub submitted_at: UtcTime,
}
