//! Areas and assignments in requests and responses.

mod conflicts;
pub(crate) mod coverage;
mod lookup;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

pub use conflicts::{ConflictBody, DataConflict, DataConflictList};
pub use coverage::{AreaCoverage, Coverage, CoverageQuery, PersonDays};
pub use lookup::{DataOwner, DataOwnerList, DataOwnerProject, DataOwnerQuery};

use super::responsibility::Responsibility;
use crate::directory::expand::Expansion;
use crate::kernel::http::body::{RequestBody, days_in_order};
use crate::kernel::http::merge_patch::clearable;
use crate::kernel::ids::{AreaId, AssignmentId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// Assignment of a responsibility for an area to a person, from `valid_from` until the day before `valid_to`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Assignment)]
pub struct AssignmentBody {
    /// Unique identifier of the assignment.
    pub id: AssignmentId,
    /// The area.
    pub area_id: AreaId,
    /// The project the area belongs to.
    pub project_id: ProjectId,
    /// The person who has the responsibility.
    pub person_id: PersonId,
    /// The responsibility.
    pub responsibility: Responsibility,
    /// First day of the assignment.
    pub valid_from: Day,
    /// First day after the assignment (exclusive end); null if it lasts until the end of the project.
    #[schema(required)]
    pub valid_to: Option<Day>,
    /// When the assignment was created.
    pub created_at: UtcTime,
    /// When this version was recorded. Use `known_at` in lists to read earlier versions.
    pub recorded_at: UtcTime,
}

/// An area of responsibility in a project. It belongs to one side, and one person of that side is accountable for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Area)]
pub struct AreaBody {
    /// Unique identifier of the area.
    pub id: AreaId,
    /// The project.
    pub project_id: ProjectId,
    /// Machine-readable key of the area, unique within the project.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$", example = "customer-databases")]
    pub key: String,
    /// Name of the area.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Customer databases")]
    pub name: String,
    /// Description of the area; null if it has none.
    #[schema(required, max_length = 1000, pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
    pub description: Option<String>,
    /// The side that owns the area according to the charter.
    pub department_id: DepartmentId,
    /// Assignment of the accountable person on the requested day; null if there is none.
    #[schema(required)]
    pub accountable: Option<AssignmentBody>,
    /// When the area was removed from the charter; null while it is part of the charter.
    #[schema(required)]
    pub retired_at: Option<UtcTime>,
    /// Identifier of the data asset the area is about, shared by all projects; null if there is none.
    #[schema(
        required,
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]+$",
        example = "component:default/crm"
    )]
    pub data_asset: Option<String>,
}

/// A responsibility to assign to a person.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = in_order))]
#[schema(example = json!({
    "person_id": "per_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "responsibility": "accountable",
}))]
pub struct NewAssignment {
    /// The person. Must be an accepted member of the project on all days of the assignment, and for `accountable` and
    /// `responsible` a member of the side that owns the area.
    pub person_id: PersonId,
    /// The responsibility.
    pub responsibility: Responsibility,
    /// First day of the assignment. If absent, the first day of the project, or today (in UTC) if the project has
    /// already started.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_from: Option<Day>,
    /// First day after the assignment (exclusive end). If absent, the assignment lasts until the end of the project.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_to: Option<Day>,
}

impl RequestBody for NewAssignment {}

fn in_order(new: &NewAssignment) -> Result<(), ValidationError> {
    days_in_order(new.valid_from, new.valid_to)
}

/// The end of an assignment.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ends_on": "2027-06-30"}))]
pub struct AssignmentEnd {
    /// First day without the assignment (exclusive end); it becomes the `valid_to` of the assignment. Must not be
    /// before today (in UTC).
    pub ends_on: Day,
    /// The person who takes over on that day. Required if the project was activated and the area would otherwise have
    /// no accountable person. If absent, the assignment ends without a successor.
    #[serde(default)]
    pub successor_person_id: Option<PersonId>,
}

impl RequestBody for AssignmentEnd {}

/// Corrected dates of an assignment; absent fields are not changed.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"valid_from": "2026-02-01", "reason": "The handover was later than recorded."}))]
pub struct AssignmentCorrection {
    /// Corrected first day. If absent, it is not changed.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_from: Option<Day>,
    /// Corrected first day after the assignment (exclusive end); null if it lasts until the end of the project. Set it
    /// to the first day if the assignment never took effect. If absent, it is not changed.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<Day>)]
    pub valid_to: Option<Option<Day>>,
    /// Reason for the correction. Recorded in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for AssignmentCorrection {}

/// Query parameters for listing areas.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AreaQuery {
    /// Day for which the accountable people are returned. If absent, today (in UTC).
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
    /// Objects to add to the response in `included`: the `people`, the `departments`, or both, whose identifiers are in
    /// the response. Separate values with a comma, or repeat the parameter.
    #[serde(default)]
    #[schema(nullable = false, max_items = 10)]
    #[param(nullable = false, max_items = 10, example = json!(["people"]))]
    pub expand: Option<Vec<Expansion>>,
}

/// The person who takes over an area from a member who leaves the project.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Successor {
    /// The area to take over.
    pub area_id: AreaId,
    /// The successor. Must be a member of the side that owns the area.
    pub person_id: PersonId,
}
