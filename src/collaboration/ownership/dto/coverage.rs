//! Request parameters and response bodies of the ownership coverage.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::collaboration::ownership::coverage::{Interval, PersonInterval};
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::Day;

/// A range of days.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct DayInterval {
    /// First day of the interval.
    pub starts_on: Day,
    /// First day after the interval (exclusive end).
    pub ends_on: Day,
}

impl From<Interval> for DayInterval {
    fn from(Interval { from, to }: Interval) -> Self {
        Self { starts_on: from, ends_on: to }
    }
}

/// A person and a range of days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct PersonDays {
    /// The accountable person.
    pub person_id: PersonId,
    /// First day of the interval.
    pub starts_on: Day,
    /// First day after the interval (exclusive end).
    pub ends_on: Day,
}

impl From<PersonInterval> for PersonDays {
    fn from(PersonInterval { days, person }: PersonInterval) -> Self {
        Self { person_id: person, starts_on: days.from, ends_on: days.to }
    }
}

/// Days for which two open proposals name different accountable people.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProposalOverlap {
    /// The two people.
    #[schema(min_items = 2, max_items = 2)]
    pub person_ids: Vec<PersonId>,
    /// First day of the interval.
    pub starts_on: Day,
    /// First day after the interval (exclusive end).
    pub ends_on: Day,
}

impl From<(Interval, PersonId, PersonId)> for ProposalOverlap {
    fn from((days, one, other): (Interval, PersonId, PersonId)) -> Self {
        Self { person_ids: vec![one, other], starts_on: days.from, ends_on: days.to }
    }
}

/// Problems with the ownership of one area.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AreaCoverage {
    /// The area.
    pub area_id: AreaId,
    /// Key of the area, as in the charter.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$", example = "customer-databases")]
    pub key: String,
    /// The side that owns the area according to the charter.
    pub department_id: DepartmentId,
    /// Intervals without an accountable person, in chronological order; empty if every day is covered.
    #[schema(max_items = 10000)]
    pub gaps: Vec<DayInterval>,
    /// Days on which the accountable person is not a member of the project, because the membership begins later or ends
    /// earlier than the assignment.
    #[schema(max_items = 10000)]
    pub orphans: Vec<PersonDays>,
    /// Days on which the accountable person works for a side that does not own the area.
    #[schema(max_items = 10000)]
    pub side_mismatches: Vec<PersonDays>,
    /// Days for which open transfer offers and proposed dispute settlements name different people.
    #[schema(max_items = 10000)]
    pub overlaps: Vec<ProposalOverlap>,
}

/// Ownership coverage of a project: for every area, the days with ownership problems.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Coverage {
    /// The project.
    pub project_id: ProjectId,
    /// First day that was checked.
    pub starts_on: Day,
    /// First day after the checked days (exclusive end).
    pub ends_on: Day,
    /// Whether no area has a gap on the checked days. Orphans, side mismatches and overlaps are not considered.
    pub complete: bool,
    /// The areas of the current charter, including those without problems.
    #[schema(max_items = 1000)]
    pub areas: Vec<AreaCoverage>,
}

/// Query parameters of the ownership coverage.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoverageQuery {
    /// First day to check. If absent or before the first day of the project, the first day of the project.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2028-01-01")]
    pub from: Option<Day>,
    /// First day after the days to check (exclusive end). If absent or after the end of the project, the end of the
    /// project.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2028-07-01")]
    pub to: Option<Day>,
}
