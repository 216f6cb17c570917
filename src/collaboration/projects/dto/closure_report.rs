//! Closure reports in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::UtcTime;

/// What became of a goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalOutcome {
    pub met: bool,
    /// Where the metric stands in the end.
    #[serde(default)]
    #[schema(minimum = -1_000_000_000_000i64, maximum = 1_000_000_000_000i64, example = 5.5)]
    pub actual: Option<f64>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub comment: Option<String>,
}

/// The closure report: what was reached and learnt.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "goals": [{"met": true, "actual": 3.5}],
    "lessons": "Decide who owns the data before the work begins."
}))]
pub struct NewClosureReport {
    /// One for each goal of the charter in force, in its order.
    #[schema(min_items = 1, max_items = 50)]
    pub goals: Vec<GoalOutcome>,
    /// What the next shared project should know.
    #[schema(min_length = 1, max_length = 4000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub lessons: String,
}

impl RequestBody for NewClosureReport {}

/// A closure report as it was written last.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ClosureReport)]
pub struct ClosureReportBody {
    pub project_id: ProjectId,
    /// One for each goal of the charter in force, in its order.
    #[schema(min_items = 1, max_items = 50)]
    pub goals: Vec<GoalOutcome>,
    #[schema(min_length = 1, max_length = 4000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub lessons: String,
    pub submitted_at: UtcTime,
}
