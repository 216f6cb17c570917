//! Request and response bodies of lifecycle operations.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::collaboration::projects::BlockerBody;
use crate::collaboration::projects::charter::{
    CharterArea, Goal, Milestone, ParityMeasure, default_response_days, sealed_by_default,
};
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::Day;

/// The complete content of the next version of a charter. It replaces the current content. The sides stay the same,
/// except for those that join or leave a running project.
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
pub struct NewCharterVersion {
    /// Name of the project.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub name: String,
    /// Why the sides run this project together.
    #[schema(min_length = 1, max_length = 4000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub purpose: String,
    /// First day of the project. It cannot be changed once the project is activated.
    pub starts_on: Day,
    /// First day after the project (exclusive end). Must be after `starts_on` and, once the project is activated, after
    /// today.
    pub ends_on: Day,
    /// Maximum difference in staffing between any two sides: a number of members if `parity_measure` is `headcount`, or
    /// percent of one full-time equivalent (FTE) if it is `fte`, for example 50 for half an FTE.
    #[schema(format = Int32, minimum = 0, maximum = 1000)]
    pub parity_tolerance: i32,
    /// How the staffing of a side is measured; `headcount` if absent.
    #[serde(default)]
    #[schema(nullable = false)]
    pub parity_measure: ParityMeasure,
    /// Measurable goals. A project needs at least one before it can be proposed.
    #[schema(max_items = 50)]
    pub goals: Vec<Goal>,
    /// Milestones. A project needs at least one before it can be proposed.
    #[schema(max_items = 100)]
    pub milestones: Vec<Milestone>,
    /// Areas of responsibility, each of which belongs to one side. An area that keeps its `key` keeps its history; an
    /// area that you leave out is retired.
    #[schema(max_items = 200)]
    pub areas: Vec<CharterArea>,
    /// The project lead, who coordinates the project and represents no side. Must not be a sponsor or a delegate. If
    /// null or absent, the project has no lead.
    #[serde(default)]
    pub lead_person_id: Option<PersonId>,
    /// Whether the responses to an approval stay sealed until all sides have responded. A change applies to approvals
    /// that are requested after the version has come into force.
    #[serde(default = "sealed_by_default")]
    #[schema(default = true)]
    pub sealed: bool,
    /// Departments that join a running project as sides; none if absent. They sign the charter like all other
    /// sides, once their sponsors are in office.
    #[serde(default)]
    #[schema(nullable = false, max_items = 6)]
    pub joining_sides: Vec<JoiningSide>,
    /// Departments of sides that leave a running project; none if absent. They sign the charter, too. A side can leave
    /// when it has no members and no areas.
    #[serde(default)]
    #[schema(nullable = false, max_items = 6)]
    pub leaving_department_ids: Vec<DepartmentId>,
    /// The panel: the people from whom an arbiter is drawn at random when the sides cannot decide a question or settle
    /// a dispute, or do not respond. Each person must be neutral: they have no regular position in a department that is
    /// a side, no role in the project and no sponsor among their managers, and are not the manager of only some of the
    /// sponsors. If absent, there is no panel.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub panel: Vec<PersonId>,
    /// Minimum number of whole business days that the sides have to respond; 3 if absent.
    #[serde(default = "default_response_days")]
    #[schema(format = Int32, minimum = 1, maximum = 60, default = 3)]
    pub response_days: i32,
}

impl RequestBody for NewCharterVersion {}

/// A side that joins a running project.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoiningSide {
    /// The department of the side. Its head must not be the head of another side.
    pub department_id: DepartmentId,
    /// The sponsor to propose, who signs for the side after they have accepted and the head of the department has
    /// confirmed. Their regular position must be in the department today.
    pub sponsor_person_id: PersonId,
}

/// The person to propose as sponsor of a side.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"person_id": PersonId::demo(5)}))]
pub struct SponsorAssignment {
    /// The person to propose. Their regular position today must be in the department of the side. Must not be
    /// deactivated, the lead or a member of the project, or the sponsor of another of its sides.
    pub person_id: PersonId,
}

impl RequestBody for SponsorAssignment {}

/// The confirmation of a proposed sponsor.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The department has no head at the moment."}))]
pub struct SponsorConfirmation {
    /// Reason for the confirmation. Required if you confirm as an administrator. Recorded in the audit trail.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
}

impl RequestBody for SponsorConfirmation {
    const OPTIONAL: bool = true;
}

/// Whether a project can be activated, and what is missing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Readiness {
    /// Whether the project can be activated: true if `blockers` is empty.
    pub ready: bool,
    /// Everything that prevents activation; empty if nothing does.
    #[schema(max_items = 10_000)]
    pub blockers: Vec<BlockerBody>,
}

/// An optional reason for cancelling a project, or for asking all sides to cancel it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Both departments decided to wait for the new shop."}))]
pub struct CancelProject {
    /// Reason for the cancellation. Recorded in the audit trail, and shown to all sides if they have to approve; absent
    /// if you give no reason.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
}

impl RequestBody for CancelProject {
    const OPTIONAL: bool = true;
}

/// The reason for a change.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The shop system is replaced first."}))]
pub struct Reason {
    /// Reason for the change. Recorded in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for Reason {}

/// An optional reason for requesting the approval of all sides.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The shop system is in place."}))]
pub struct ApprovalRequest {
    /// Reason for the request. Shown to all sides; absent if you give no reason.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
}

impl RequestBody for ApprovalRequest {
    const OPTIONAL: bool = true;
}
