//! Request bodies and query parameters of the membership operations.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use crate::collaboration::memberships::state::MembershipState;
use crate::directory::expand::Expansion;
use crate::kernel::http::body::{RequestBody, days_in_order};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::Day;

fn counted() -> bool {
    true
}

fn full_time() -> i32 {
    100
}

/// An invitation of a person to a project.
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
    /// The person to invite. Must not be a sponsor of the project.
    pub person_id: PersonId,
    /// The side the person will work for. Must be the department of their regular position on the first day.
    pub department_id: DepartmentId,
    /// Role of the member in the project.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub project_role: String,
    /// Whether the member counts towards parity between the sides. Set to `false` for neutral roles.
    #[serde(default = "counted")]
    #[schema(default = true)]
    pub counts_for_parity: bool,
    /// Working time in the project, in percent of one full-time equivalent (FTE).
    #[serde(default = "full_time")]
    #[schema(format = Int32, minimum = 1, maximum = 100, default = 100)]
    pub fte_percent: i32,
    /// First day of the membership. If absent, the first day of the project, or today (in UTC) if the project has
    /// already started.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_from: Option<Day>,
    /// First day after the membership (exclusive end). If absent, the end of the project.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_to: Option<Day>,
}

impl RequestBody for NewMembership {}

fn in_order(new: &NewMembership) -> Result<(), ValidationError> {
    days_in_order(new.valid_from, new.valid_to)
}

/// Several invitations, which are created together or not at all.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{
    "person_id": "per_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "department_id": "dpt_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "project_role": "Data steward",
}]}))]
pub struct NewMembershipBatch {
    /// The invitations.
    #[validate(nested)]
    #[schema(min_items = 1, max_items = 50)]
    pub items: Vec<NewMembership>,
}

impl RequestBody for NewMembershipBatch {}

/// Changes to a membership (JSON Merge Patch). Absent fields do not change.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"project_role": "Data steward", "fte_percent": 50}))]
pub struct MembershipPatch {
    /// Role of the member in the project.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub project_role: Option<String>,
    /// Working time in the project, in percent of one full-time equivalent (FTE).
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100)]
    pub fte_percent: Option<i32>,
}

impl RequestBody for MembershipPatch {}

/// Filters for the memberships of a project.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MembershipQuery {
    /// Return only memberships that are currently in this state.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub state: Option<MembershipState>,
    /// Return only memberships of this side.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub department_id: Option<DepartmentId>,
    /// Return only accepted memberships that include this day, whatever their current state is.
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

/// Filters for the memberships of a person.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PersonMembershipQuery {
    /// Return only accepted memberships that include this day, whatever their current state is.
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

/// Query parameters of the parity operation.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ParityQuery {
    /// Day for which parity is computed. If absent, today (in UTC).
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}
