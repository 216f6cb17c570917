//! Regular positions in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use crate::directory::people::rows::HomePosition;
use crate::kernel::http::body::{RequestBody, days_in_order};
use crate::kernel::ids::{DepartmentId, HomePositionId, PersonId};
use crate::kernel::time::{Day, UtcTime};

/// The regular position of a person, called home position in paths and field names: the job of the person outside
/// shared projects. It applies from `valid_from` until the day before `valid_to`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HomePosition)]
pub struct HomePositionBody {
    /// Unique identifier of the position.
    pub id: HomePositionId,
    /// The person who has the position.
    pub person_id: PersonId,
    /// The department of the position.
    pub department_id: DepartmentId,
    /// Job title of the person.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Data analyst")]
    pub title: String,
    /// The person's manager; null if none is set.
    #[schema(required)]
    pub manager_person_id: Option<PersonId>,
    /// First day of the position.
    pub valid_from: Day,
    /// First day after the position (exclusive end); null if no end is set.
    #[schema(required)]
    pub valid_to: Option<Day>,
    /// When the position was created.
    pub created_at: UtcTime,
}

impl From<HomePosition> for HomePositionBody {
    fn from(row: HomePosition) -> Self {
        let HomePosition { id, person_id, department_id, title, valid_from, valid_to, created_at, manager_person_id } =
            row;
        Self { id, person_id, department_id, title, manager_person_id, valid_from, valid_to, created_at }
    }
}

/// A regular position to create.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = require_days_in_order))]
#[schema(example = json!({
    "department_id": DepartmentId::demo(1), "title": "Data analyst", "manager_person_id": PersonId::demo(1),
    "valid_from": "2026-01-01"
}))]
pub struct NewHomePosition {
    /// The department of the position.
    pub department_id: DepartmentId,
    /// Job title of the person.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub title: String,
    /// The person's manager, who must be in the directory. Absent or null for none.
    #[serde(default)]
    pub manager_person_id: Option<PersonId>,
    /// First day of the position.
    pub valid_from: Day,
    /// First day after the position (exclusive end). It must be after `valid_from`. Absent or null if no end is known.
    #[serde(default)]
    pub valid_to: Option<Day>,
}

impl RequestBody for NewHomePosition {}

fn require_days_in_order(new: &NewHomePosition) -> Result<(), ValidationError> {
    days_in_order(Some(new.valid_from), new.valid_to)
}

/// Filters of the list of regular positions.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HomePositionQuery {
    /// Return only the position that is valid on this day.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}

/// The end of a regular position.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ends_on": "2029-12-31"}))]
pub struct HomePositionEnd {
    /// First day after the position (exclusive end). The next position can start on the same day.
    pub ends_on: Day,
}

impl RequestBody for HomePositionEnd {}
