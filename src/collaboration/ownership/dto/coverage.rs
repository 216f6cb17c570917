//! Coverage in answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::collaboration::ownership::coverage::{Interval, Turn};
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::Day;

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

/// Somebody on the days `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct PersonDays {
    pub person_id: PersonId,
    pub from: Day,
    /// First day after it.
    pub to: Day,
}

impl From<Turn> for PersonDays {
    fn from(Turn { days, person }: Turn) -> Self {
        Self { person_id: person, from: days.from, to: days.to }
    }
}

/// Days for which two proposals name different people.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProposalOverlap {
    #[schema(min_items = 2, max_items = 2)]
    pub person_ids: Vec<PersonId>,
    pub from: Day,
    /// First day after it.
    pub to: Day,
}

impl From<(Interval, PersonId, PersonId)> for ProposalOverlap {
    fn from((days, one, other): (Interval, PersonId, PersonId)) -> Self {
        Self { person_ids: vec![one, other], from: days.from, to: days.to }
    }
}

/// Where the ownership of an area is not as it should be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AreaCoverage {
    pub area_id: AreaId,
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$", example = "customer-databases")]
    pub key: String,
    pub department_id: DepartmentId,
    /// In order of time; empty when somebody is accountable on every day.
    #[schema(max_items = 10000)]
    pub gaps: Vec<DayInterval>,
    /// Accountable people on days on which they are no members, because their membership ends
    /// earlier or begins later.
    #[schema(max_items = 10000)]
    pub orphans: Vec<PersonDays>,
    /// Accountable people on days on which they work for another side.
    #[schema(max_items = 10000)]
    pub side_mismatches: Vec<PersonDays>,
    /// Days for which an open offer and a proposed settlement name different people.
    #[schema(max_items = 10000)]
    pub overlaps: Vec<ProposalOverlap>,
}

/// Whether every area has exactly one accountable person who belongs there, on every day.
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
#[derive(Debug, Clone, Default, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoverageQuery {
    /// First day; that of the project if absent or earlier.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2028-01-01")]
    pub from: Option<Day>,
    /// First day after the last one; that of the project if absent or later.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false, example = "2028-07-01")]
    pub to: Option<Day>,
}
