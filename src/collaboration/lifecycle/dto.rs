//! What moves a project, in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::collaboration::projects::BlockerBody;
use crate::collaboration::projects::charter::{CharterArea, Goal, Milestone, ParityMeasure};
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::Day;

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

/// Who takes a seat.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"person_id": PersonId::demo(5)}))]
pub struct SeatTaker {
    pub person_id: PersonId,
}

impl RequestBody for SeatTaker {}

/// What a project lacks before it can be activated.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Readiness {
    /// Whether nothing is missing.
    pub ready: bool,
    #[schema(max_items = 10_000)]
    pub blockers: Vec<BlockerBody>,
}

/// Why a project is given up.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Both departments decided to wait for the new shop."}))]
pub struct Cancellation {
    /// Kept in the audit trail.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
}

impl RequestBody for Cancellation {
    const OPTIONAL: bool = true;
}

/// Why, for the others and for the audit trail.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The shop system is replaced first."}))]
pub struct Reason {
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for Reason {}

/// Why all sides are asked.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The shop system is in place."}))]
pub struct JointRequest {
    /// Shown to the sides that are asked.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
}

impl RequestBody for JointRequest {
    const OPTIONAL: bool = true;
}
