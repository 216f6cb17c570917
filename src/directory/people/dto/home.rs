//! Home positions in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use crate::directory::people::rows::HomePosition;
use crate::kernel::http::body::{RequestBody, days_in_order};
use crate::kernel::ids::{DepartmentId, HomePositionId, PersonId};
use crate::kernel::time::{Day, UtcTime};

/// Where a person works at home, for the days `[valid_from, valid_to)`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HomePosition)]
pub struct HomePositionBody {
    pub id: HomePositionId,
    pub person_id: PersonId,
    pub department_id: DepartmentId,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Data analyst")]
    pub title: String,
    /// Whom the person answers to at home.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Karel Dvořák")]
    pub manager: Option<String>,
    /// The first day.
    pub valid_from: Day,
    /// The first day after it; null while no end is known.
    #[schema(required)]
    pub valid_to: Option<Day>,
    pub created_at: UtcTime,
}

impl From<HomePosition> for HomePositionBody {
    fn from(row: HomePosition) -> Self {
        let HomePosition { id, person_id, department_id, title, manager, valid_from, valid_to, created_at } = row;
        Self { id, person_id, department_id, title, manager, valid_from, valid_to, created_at }
    }
}

/// A home position to add.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = ends_after_it_begins))]
#[schema(example = json!({
    "department_id": DepartmentId::demo(1), "title": "Data analyst", "manager": "Karel Dvořák",
    "valid_from": "2026-01-01"
}))]
pub struct NewHomePosition {
    pub department_id: DepartmentId,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub title: String,
    /// Whom the person answers to at home.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub manager: Option<String>,
    /// The first day.
    pub valid_from: Day,
    /// The first day after it; absent while no end is known.
    #[serde(default)]
    pub valid_to: Option<Day>,
}

impl RequestBody for NewHomePosition {}

fn ends_after_it_begins(new: &NewHomePosition) -> Result<(), ValidationError> {
    days_in_order(Some(new.valid_from), new.valid_to)
}

/// Which stretch of the positions.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HomePositionQuery {
    /// Only the one on this day.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}

/// When a home position ends.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"on": "2029-12-31"}))]
pub struct HomePositionEnd {
    /// The first day without it; the next position may begin on the same day.
    pub on: Day,
}

impl RequestBody for HomePositionEnd {}
