//! What is asked about memberships.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use crate::collaboration::memberships::state::MembershipState;
use crate::kernel::http::body::{RequestBody, days_in_order};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::Day;

fn counted() -> bool {
    true
}

fn full_time() -> i32 {
    100
}

/// An invitation to a project.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = in_order))]
#[schema(example = json!({
    "person_id": "per_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "department_id": "dpt_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "project_role": "Data steward",
    "fte_percent": 50,
}))]
pub struct NewMembership {
    pub person_id: PersonId,
    /// The side to work for; the department the person has their home position in.
    pub department_id: DepartmentId,
    /// What the member does in the project.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub project_role: String,
    /// False for neutral roles.
    #[serde(default = "counted")]
    #[schema(default = true)]
    pub counts_for_parity: bool,
    /// Share of a full-time job, in per cent.
    #[serde(default = "full_time")]
    #[schema(format = Int32, minimum = 1, maximum = 100, default = 100)]
    pub fte_percent: i32,
    /// First day; that of the project if absent, or today if the project has begun.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_from: Option<Day>,
    /// First day after the last one; that of the project if absent.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_to: Option<Day>,
}

impl RequestBody for NewMembership {}

fn in_order(new: &NewMembership) -> Result<(), ValidationError> {
    days_in_order(new.valid_from, new.valid_to)
}

/// Several invitations that stand or fall together.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{
    "person_id": "per_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "department_id": "dpt_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "project_role": "Data steward",
}]}))]
pub struct NewMembershipBatch {
    #[validate(nested)]
    #[schema(min_items = 1, max_items = 50)]
    pub items: Vec<NewMembership>,
}

impl RequestBody for NewMembershipBatch {}

/// Which memberships.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MembershipQuery {
    /// Only those in this state now.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub state: Option<MembershipState>,
    /// Only those of this side.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub department_id: Option<DepartmentId>,
    /// Only members on this day, whatever became of them later.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}

/// Which memberships of a person.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PersonMembershipQuery {
    /// Only projects where they were a member on this day.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}

/// Which day.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ParityQuery {
    /// The day to look at; today if absent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}
