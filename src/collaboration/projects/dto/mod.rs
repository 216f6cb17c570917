//! Projects in requests and answers.

mod blocker;
mod charter;
mod closure_report;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub use blocker::BlockerBody;
pub use charter::{CharterBody, CharterQuery, MilestoneBody, MilestoneDate, MilestoneList};
pub use closure_report::{ClosureReportBody, NewClosureReport};

use super::charter::{CharterArea, Goal, Milestone, ParityMeasure, Template};
use super::state::State;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// A project that two or more departments own together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Project)]
pub struct ProjectBody {
    pub id: ProjectId,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One view of the customer")]
    pub name: String,
    pub state: State,
    /// The first day.
    pub starts_on: Day,
    /// The first day after it.
    pub ends_on: Day,
    /// Most that two sides may differ by: heads, or per cent of a full-time job.
    #[schema(format = Int32, minimum = 0, maximum = 1000)]
    pub parity_tolerance: i32,
    pub parity_measure: ParityMeasure,
    #[schema(required)]
    pub lead_person_id: Option<PersonId>,
    /// In the order in which they were named.
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<SideBody>,
    /// The newest charter.
    pub charter: CharterMark,
    /// The charter the project runs on; null until it is activated.
    #[schema(required)]
    pub charter_in_force: Option<CharterMark>,
    #[schema(required)]
    pub activated_at: Option<UtcTime>,
    /// Since when it is on hold.
    #[schema(required)]
    pub held_since: Option<UtcTime>,
    /// When all sides agreed to close it.
    #[schema(required)]
    pub closing_since: Option<UtcTime>,
    #[schema(required)]
    pub closed_at: Option<UtcTime>,
    /// Since when its sides are out of parity, as far as it runs.
    #[schema(required)]
    pub parity_breached_at: Option<UtcTime>,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

/// Which text of the charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CharterMark {
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub version: i32,
    /// SHA-256 of its canonical JSON (RFC 8785).
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

/// A side of a project and its seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ProjectSide)]
pub struct SideBody {
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    /// Null while the seat is empty.
    #[schema(required)]
    pub sponsor_person_id: Option<PersonId>,
    /// Since when nobody can speak for the side: the seat is empty, or its holder has left the
    /// company.
    #[schema(required)]
    pub vacant_since: Option<UtcTime>,
}

/// A side of a new project.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSide {
    pub department_id: DepartmentId,
    /// Who sits in the seat; it can be filled later.
    #[serde(default)]
    pub sponsor_person_id: Option<PersonId>,
}

/// A project to draft. It may be incomplete: its readiness list says what is missing.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Loyalty programme", "purpose": "Marketing and IT reward regular customers together.",
    "starts_on": "2027-01-04", "ends_on": "2027-07-01",
    "sides": [
        {"department_id": DepartmentId::demo(1), "sponsor_person_id": PersonId::demo(1)},
        {"department_id": DepartmentId::demo(2), "sponsor_person_id": PersonId::demo(5)}
    ],
    "goals": [{
        "statement": "Customers come back", "metric": "Repeat purchases", "unit": "%",
        "baseline": 18, "target": 25, "due_on": "2027-06-01"
    }],
    "milestones": [{"name": "First members", "due_on": "2027-03-01"}],
    "template": "data-ownership"
}))]
pub struct NewProject {
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub name: String,
    /// Why the sides do this together.
    #[schema(min_length = 1, max_length = 4000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub purpose: String,
    /// The first day.
    pub starts_on: Day,
    /// The first day after it.
    pub ends_on: Day,
    /// Who runs it; you, when you do not say and the directory knows you.
    #[serde(default)]
    pub lead_person_id: Option<PersonId>,
    /// Most that two sides may differ by: heads, or per cent of a full-time job.
    #[serde(default)]
    #[schema(format = Int32, minimum = 0, maximum = 1000, default = 0)]
    pub parity_tolerance: i32,
    /// How the strength of a side is measured.
    #[serde(default)]
    #[schema(nullable = false)]
    pub parity_measure: ParityMeasure,
    /// The departments that own the project together; they cannot be changed later.
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<NewSide>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub goals: Vec<Goal>,
    #[serde(default)]
    #[schema(max_items = 100)]
    pub milestones: Vec<Milestone>,
    /// What is owned, and by which side.
    #[serde(default)]
    #[schema(nullable = false, max_items = 200)]
    pub areas: Option<Vec<CharterArea>>,
    /// Ready-made areas, for when you name none; for the departments with the keys `marketing` and `it`.
    #[serde(default)]
    pub template: Option<Template>,
}

impl RequestBody for NewProject {}
