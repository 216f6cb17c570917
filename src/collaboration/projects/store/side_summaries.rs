//! Sides with just what their bodies show, for the frequent reads of projects.

use diesel::prelude::*;

use super::sides::{SideStanding, position_of_sponsor};
use super::{Side, SideRow};
use crate::kernel::db::schema::{home_positions, project_sides};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};
use crate::{fixed, with_backend};

/// What the body of a side shows. The fields are those of [`SideRow`] and [`Side`].
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SideSummary {
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    pub sponsor_person_id: Option<PersonId>,
    pub vacant_since: Option<UtcTime>,
    pub sponsor_accepted_at: Option<UtcTime>,
    pub sponsor_confirmed_at: Option<UtcTime>,
    pub sponsor_confirmed_by: Option<PersonId>,
    pub successor_person_id: Option<PersonId>,
    pub successor_accepted_at: Option<UtcTime>,
    pub successor_confirmed_at: Option<UtcTime>,
    pub may_hold_from: Option<UtcTime>,
    pub sponsor_works_here: bool,
}

/// Returns the sponsor who is in office: named, not vacant, and with a regular position in the department today.
#[must_use]
pub fn in_office(named: Option<PersonId>, vacant_since: Option<UtcTime>, works_here: bool) -> Option<PersonId> {
    named.filter(|_| vacant_since.is_none() && works_here)
}

impl SideSummary {
    /// Returns the same as [`Side::active_sponsor`].
    #[must_use]
    pub fn active_sponsor(&self) -> Option<PersonId> {
        in_office(self.sponsor_person_id, self.vacant_since, self.sponsor_works_here)
    }
}

impl From<Side> for SideSummary {
    fn from(Side { row, sponsor_works_here, .. }: Side) -> Self {
        let SideRow { project_id, department_id, sponsor_person_id, vacant_since, may_hold_from, .. } = row;
        let SideRow { sponsor_accepted_at, sponsor_confirmed_at, sponsor_confirmed_by, .. } = row;
        let SideRow { successor_person_id, successor_accepted_at, successor_confirmed_at, .. } = row;
        Self {
            project_id,
            department_id,
            sponsor_person_id,
            vacant_since,
            sponsor_accepted_at,
            sponsor_confirmed_at,
            sponsor_confirmed_by,
            successor_person_id,
            successor_accepted_at,
            successor_confirmed_at,
            may_hold_from,
            sponsor_works_here,
        }
    }
}

/// Selects the current sides, as they are on a day, in the order in which they were given.
macro_rules! summaries_on {
    ($day:expr) => {
        project_sides::table
            .left_join(home_positions::table.on(position_of_sponsor!($day)))
            .filter(project_sides::standing.eq(SideStanding::Current))
            .order(project_sides::position)
            .select((
                project_sides::project_id,
                project_sides::department_id,
                project_sides::sponsor_person_id,
                project_sides::vacant_since,
                project_sides::sponsor_accepted_at,
                project_sides::sponsor_confirmed_at,
                project_sides::sponsor_confirmed_by,
                project_sides::successor_person_id,
                project_sides::successor_accepted_at,
                project_sides::successor_confirmed_at,
                project_sides::may_hold_from,
                home_positions::id.nullable().is_not_null(),
            ))
    };
}

/// Returns the sides of a project.
pub fn of_project(conn: &mut DbConn, id: ProjectId, today: Day) -> Result<Vec<SideSummary>, Error> {
    let sides = summaries_on!(today).filter(project_sides::project_id.eq(id));
    Ok(with_backend!(conn, |conn| fixed!(sides).load(conn))?)
}

/// Returns the sides of several projects.
pub fn of_projects(conn: &mut DbConn, ids: &[ProjectId], today: Day) -> Result<Vec<SideSummary>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sides = summaries_on!(today).filter(any_of(project_sides::project_id, ids)?);
    Ok(with_backend!(conn, |conn| sides.cached().load(conn))?)
}
