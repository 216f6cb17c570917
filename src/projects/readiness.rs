//! What a project still lacks before it can be activated: one pure function over plain facts.

use crate::ids::{AreaId, DepartmentId, PersonId};
use crate::time::Day;

/// A person on the team, as the guards see one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub person_id: PersonId,
    /// The side the person counts for.
    pub department_id: DepartmentId,
    /// Accepted or active: an invitation alone is nobody yet.
    pub accepted: bool,
    pub counts_for_parity: bool,
    /// Has a position to return to.
    pub has_home_position: bool,
}

/// An accountable person of an area, on the days `[valid_from, valid_to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    pub area_id: AreaId,
    pub person_id: PersonId,
    pub valid_from: Day,
    /// The first day after it; `None` while no end is known.
    pub valid_to: Option<Day>,
}
