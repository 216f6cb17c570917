//! Areas and assignments in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::coverage::Interval;
use super::responsibility::Responsibility;
use super::store::Assignment;
use crate::http::body::{RequestBody, fault_at};
use crate::ids::{AreaId, AssignmentId, DepartmentId, PersonId, ProjectId};
use crate::projects::service::Area;
use crate::time::{Day, UtcTime};

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
    pub updated_at: UtcTime,
}

impl From<Assignment> for AssignmentBody {
    fn from(row: Assignment) -> Self {
        let Assignment {
            id,
            area_id,
            project_id,
            person_id,
            responsibility,
            valid_from,
            valid_to,
            version: _,
            created_at,
            updated_at,
        } = row;
        Self { id, area_id, project_id, person_id, responsibility, valid_from, valid_to, created_at, updated_at }
    }
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
}

impl AreaBody {
    /// An area with its present accountable person.
    #[must_use]
    pub fn new(area: Area, accountable: Option<Assignment>) -> Self {
        let Area { id, project_id, key, name, description, department_id, retired_at } = area;
        let accountable = accountable.map(AssignmentBody::from);
        Self { id, project_id, key, name, description, department_id, accountable, retired_at }
    }
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
    match (new.valid_from, new.valid_to) {
        (Some(from), Some(to)) if from >= to => Err(fault_at(
            "valid_to",
            "not_after_start",
            "This must be after valid_from.",
            "Toto musí být po valid_from.",
        )),
        _ => Ok(()),
    }
}

/// When a responsibility ends.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"on": "2027-06-30"}))]
pub struct AssignmentEnd {
    /// First day without it, not before today. The successor's `valid_from` may be the same day.
    pub on: Day,
}

impl RequestBody for AssignmentEnd {}

/// `[from, to)` in days.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct DayInterval {
    pub from: Day,
    /// First day after it.
    pub to: Day,
}

impl From<Interval> for DayInterval {
    fn from(Interval { from, to }: Interval) -> Self {
        Self { from, to }
    }
}

/// When an area has nobody accountable.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AreaCoverage {
    pub area_id: AreaId,
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$", example = "customer-databases")]
    pub key: String,
    pub department_id: DepartmentId,
    /// In order of time; empty when somebody is accountable on every day.
    #[schema(max_items = 10000)]
    pub gaps: Vec<DayInterval>,
}

/// Whether somebody is accountable for every area on every day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Coverage {
    pub project_id: ProjectId,
    /// First day that was looked at.
    pub from: Day,
    /// First day after those that were looked at.
    pub to: Day,
    /// True when no area has a gap.
    pub complete: bool,
    #[schema(max_items = 1000)]
    pub areas: Vec<AreaCoverage>,
}

/// Which days.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoverageQuery {
    /// First day; that of the project if absent or earlier.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub from: Option<Day>,
    /// First day after the last one; that of the project if absent or later.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub to: Option<Day>,
}

/// Which areas.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AreaQuery {
    /// Items of a page.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[schema(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    #[param(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}

/// Which assignments.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssignmentQuery {
    /// Only this responsibility.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub responsibility: Option<Responsibility>,
    /// Only those in force on this day.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
    /// Items of a page.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[schema(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    #[param(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}
