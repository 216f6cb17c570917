//! Areas and assignments in requests and answers.

mod conflicts;
pub(crate) mod coverage;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

pub use conflicts::{DataConflict, DataConflictList};
pub use coverage::{AreaCoverage, Coverage, CoverageQuery, PersonDays};

use super::responsibility::Responsibility;
use crate::kernel::http::body::{RequestBody, days_in_order};
use crate::kernel::http::merge_patch::clearable;
use crate::kernel::ids::{AreaId, AssignmentId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// Who has what responsibility for an area, on the days `[valid_from, valid_to)`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Assignment)]
pub struct AssignmentBody {
    pub id: AssignmentId,
    pub area_id: AreaId,
    pub project_id: ProjectId,
    pub person_id: PersonId,
    pub responsibility: Responsibility,
    /// First day.
    pub valid_from: Day,
    /// First day after the last one; null lasts as long as the project.
    #[schema(required)]
    pub valid_to: Option<Day>,
    pub created_at: UtcTime,
    /// When this was recorded; earlier versions are told by `known_at`.
    pub recorded_at: UtcTime,
}

/// Something in a project that one person answers for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Area)]
pub struct AreaBody {
    pub id: AreaId,
    pub project_id: ProjectId,
    /// Short stable name for programs.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$", example = "customer-databases")]
    pub key: String,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Customer databases")]
    pub name: String,
    #[schema(required, max_length = 1000, pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
    pub description: Option<String>,
    /// The side that owns the area by the charter.
    pub department_id: DepartmentId,
    /// Who is accountable today; null when nobody is.
    #[schema(required)]
    pub accountable: Option<AssignmentBody>,
    /// When a newer charter left the area out.
    #[schema(required)]
    pub retired_at: Option<UtcTime>,
    /// The data it is about, by a name that all projects share.
    #[schema(required, max_length = 80, pattern = "^[a-z][a-z0-9._-]{0,79}$", example = "crm.customers")]
    pub data_asset: Option<String>,
}

/// A responsibility to give.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = in_order))]
#[schema(example = json!({
    "person_id": "per_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "responsibility": "accountable",
}))]
pub struct NewAssignment {
    /// A member of the project; accountable and responsible people work for the side of the area.
    pub person_id: PersonId,
    pub responsibility: Responsibility,
    /// First day; that of the project if absent, or today if the project has begun.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_from: Option<Day>,
    /// First day after the last one; the end of the project if absent.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_to: Option<Day>,
}

impl RequestBody for NewAssignment {}

fn in_order(new: &NewAssignment) -> Result<(), ValidationError> {
    days_in_order(new.valid_from, new.valid_to)
}

/// When a responsibility ends.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"on": "2027-06-30"}))]
pub struct AssignmentEnd {
    /// First day without it, not before today.
    pub on: Day,
    /// Who takes over on that day. Required when an area of a running project would have nobody
    /// accountable.
    #[serde(default)]
    pub successor_person_id: Option<PersonId>,
}

impl RequestBody for AssignmentEnd {}

/// What the days of an assignment really were; absent members stay.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"valid_from": "2026-02-01", "reason": "The handover was later than recorded."}))]
pub struct AssignmentCorrection {
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_from: Option<Day>,
    /// Null for as long as the project lasts; equal to the first day for an assignment that never was.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<Day>)]
    pub valid_to: Option<Option<Day>>,
    /// Kept in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for AssignmentCorrection {}

/// Which areas.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AreaQuery {
    /// Who is accountable on this day; today if absent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}

/// Who takes over an area from somebody who leaves.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Successor {
    pub area_id: AreaId,
    /// A member of the side that owns the area.
    pub person_id: PersonId,
}
