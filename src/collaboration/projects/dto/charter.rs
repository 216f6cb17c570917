//! Charters and their milestones in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::collaboration::projects::charter::{CharterArea, Content, Goal, Milestone, ParityMeasure};
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// The whole text of a charter, in place of the present one. The sides stay as they are.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Loyalty programme", "purpose": "Marketing and IT reward regular customers together.",
    "starts_on": "2027-01-04", "ends_on": "2027-09-01", "parity_tolerance": 0,
    "goals": [{
        "statement": "Customers come back", "metric": "Repeat purchases", "unit": "%",
        "baseline": 18, "target": 25, "due_on": "2027-08-01"
    }],
    "milestones": [{"name": "First members", "due_on": "2027-03-01"}],
    "areas": [
        {"key": "data-policy", "name": "Data policy", "department_id": DepartmentId::demo(2)},
        {"key": "customer-databases", "name": "Customer databases", "department_id": DepartmentId::demo(1)}
    ]
}))]
pub struct CharterText {
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub name: String,
    /// Why the sides do this together.
    #[schema(min_length = 1, max_length = 4000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub purpose: String,
    /// The first day.
    pub starts_on: Day,
    /// The first day after it.
    pub ends_on: Day,
    /// Most that two sides may differ by: heads, or per cent of a full-time job.
    #[schema(format = Int32, minimum = 0, maximum = 1000)]
    pub parity_tolerance: i32,
    /// How the strength of a side is measured.
    #[serde(default)]
    #[schema(nullable = false)]
    pub parity_measure: ParityMeasure,
    #[schema(max_items = 50)]
    pub goals: Vec<Goal>,
    #[schema(max_items = 100)]
    pub milestones: Vec<Milestone>,
    /// What is owned, and by which side. An area keeps its history by keeping its key.
    #[schema(max_items = 200)]
    pub areas: Vec<CharterArea>,
}

impl RequestBody for CharterText {}

/// A version of a charter.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Charter)]
pub struct CharterBody {
    pub project_id: ProjectId,
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub version: i32,
    /// SHA-256 of the canonical JSON (RFC 8785) of `content`.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    pub content: Content,
    pub created_at: UtcTime,
    /// When all sides had signed it.
    #[schema(required)]
    pub agreed_at: Option<UtcTime>,
}

/// How the dates of the milestones have moved.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MilestoneList {
    pub project_id: ProjectId,
    /// The version they are read from: the one in force, or the newest while none is.
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub charter_version: i32,
    /// In the order of the charter.
    #[schema(max_items = 100)]
    pub data: Vec<MilestoneBody>,
}

/// A milestone and its dates, known by its name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = MilestoneHistory)]
pub struct MilestoneBody {
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One customer database")]
    pub name: String,
    pub due_on: Day,
    /// The date in the first version that all sides signed with it; null before that.
    #[schema(required)]
    pub first_due_on: Option<Day>,
    /// Days that it has slipped since; negative when it comes earlier.
    #[schema(required, format = Int32, minimum = -4_000_000, maximum = 4_000_000)]
    pub slip_days: Option<i32>,
    /// Every date that all sides signed, from the first on.
    #[schema(max_items = 10_000)]
    pub history: Vec<MilestoneDate>,
}

/// A date that all sides signed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MilestoneDate {
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub charter_version: i32,
    pub due_on: Day,
}

/// Which version of a charter.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CharterQuery {
    /// The newest one when absent.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1_000_000)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 1_000_000)]
    pub version: Option<i32>,
}
