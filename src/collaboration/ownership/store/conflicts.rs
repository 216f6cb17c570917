//! Areas with the same data asset that different departments own.

use diesel::prelude::*;

use crate::collaboration::projects::{Project, State};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{areas, projects};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId, ProjectId};
use crate::kernel::time::Day;

diesel::alias!(areas as others: Others);

/// An area of a project and its counterpart in another project, whose dates overlap with those of the first.
#[derive(Debug, Clone, Queryable)]
pub struct Counterpart {
    pub data_asset: Option<String>,
    pub area_id: AreaId,
    pub department_id: DepartmentId,
    pub other_department_id: DepartmentId,
    pub other_project_id: ProjectId,
    /// `[starts_on, ends_on)` of the other project.
    pub starts_on: Day,
    pub ends_on: Day,
}

/// Loads the counterparts of the areas of a project, at most `most` of them.
pub fn counterparts(conn: &mut DbConn, project: &Project, most: i64) -> Result<Vec<Counterpart>, Error> {
    let same_data = others
        .field(areas::data_asset)
        .eq(areas::data_asset)
        .and(others.field(areas::project_id).ne(areas::project_id))
        .and(others.field(areas::department_id).ne(areas::department_id))
        .and(others.field(areas::retired_at).is_null());
    Ok(areas::table
        .inner_join(others.on(same_data))
        .inner_join(projects::table.on(projects::id.eq(others.field(areas::project_id))))
        .filter(areas::project_id.eq(project.id))
        .filter(areas::data_asset.is_not_null())
        .filter(areas::retired_at.is_null())
        .filter(projects::state.eq(State::Active).or(projects::state.eq(State::OnHold)))
        .filter(projects::starts_on.lt(project.ends_on))
        .filter(projects::ends_on.gt(project.starts_on))
        .order((areas::id, others.field(areas::id)))
        .limit(most)
        .select((
            areas::data_asset,
            areas::id,
            areas::department_id,
            others.field(areas::department_id),
            projects::id,
            projects::starts_on,
            projects::ends_on,
        ))
        .load(conn)?)
}
