//! The people who are accountable for a data asset, across projects.

use diesel::prelude::*;

use crate::collaboration::ownership::responsibility::Responsibility;
use crate::collaboration::projects::State;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{areas, assignments, projects};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, AssignmentId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::Day;
use crate::with_backend;

/// An accountable assignment of an area that is about a data asset, with its project.
#[derive(Debug, Clone, Queryable)]
pub struct AssetOwner {
    pub assignment_id: AssignmentId,
    pub person_id: PersonId,
    pub valid_from: Day,
    pub area_id: AreaId,
    pub department_id: DepartmentId,
    pub project_id: ProjectId,
    pub project_name: String,
}

/// Loads the people who are accountable for a data asset on a day in projects that run on this day, at most `most` of
/// them.
pub fn asset_owners(conn: &mut DbConn, asset: &str, day: Day, most: i64) -> Result<Vec<AssetOwner>, Error> {
    let owner = assignments::area_id
        .eq(areas::id)
        .and(assignments::responsibility.eq(Responsibility::Accountable))
        .and(assignments::superseded_at.is_null())
        .and(assignments::valid_from.le(day))
        .and(assignments::valid_to.is_null().or(assignments::valid_to.gt(day)));
    Ok(with_backend!(conn, |conn| areas::table
        .inner_join(assignments::table.on(owner))
        .inner_join(projects::table.on(projects::id.eq(areas::project_id)))
        .filter(areas::data_asset.eq(asset))
        .filter(areas::retired_at.is_null().or(areas::retired_at.gt(day.start())))
        .filter(projects::state.ne(State::Cancelled))
        .filter(projects::activated_at.lt(day.plus_days(1).start()))
        .filter(projects::closed_at.is_null().or(projects::closed_at.ge(day.start())))
        .filter(projects::ends_on.gt(day))
        .order(assignments::id)
        .limit(most)
        .select((
            assignments::id,
            assignments::person_id,
            assignments::valid_from,
            areas::id,
            areas::department_id,
            projects::id,
            projects::name,
        ))
        .load(conn))?)
}
