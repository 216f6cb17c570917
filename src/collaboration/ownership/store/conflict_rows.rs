//! Announced conflicts of running projects.

use diesel::prelude::*;

use crate::collaboration::projects::State;
use crate::kernel::db::schema::{areas, ownership_conflicts, projects};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId, OwnershipConflictId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// Row of an announced conflict.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ownership_conflicts, treat_none_as_default_value = false)]
pub struct ConflictRow {
    pub id: OwnershipConflictId,
    pub project_id: ProjectId,
    pub area_id: AreaId,
    pub data_asset: String,
    pub department_id: DepartmentId,
    pub other_department_id: DepartmentId,
    pub found_at: UtcTime,
    pub resolved_at: Option<UtcTime>,
}

/// Loads the announced conflicts of a project that have not ended.
pub fn open_conflicts(conn: &mut DbConn, project: ProjectId) -> Result<Vec<ConflictRow>, Error> {
    Ok(ownership_conflicts::table
        .filter(ownership_conflicts::project_id.eq(project))
        .filter(ownership_conflicts::resolved_at.is_null())
        .order(ownership_conflicts::id)
        .select(ConflictRow::as_select())
        .load(conn)?)
}

pub fn insert_conflicts(conn: &mut DbConn, rows: &[ConflictRow]) -> Result<(), Error> {
    if !rows.is_empty() {
        with_backend!(conn, |conn| diesel::insert_into(ownership_conflicts::table).values(rows).execute(conn))?;
    }
    Ok(())
}

/// Records when conflicts ended.
pub fn resolve_conflicts(conn: &mut DbConn, ended: &[ConflictRow]) -> Result<(), Error> {
    for row in ended {
        diesel::update(ownership_conflicts::table.filter(ownership_conflicts::id.eq(row.id)))
            .set(ownership_conflicts::resolved_at.eq(row.resolved_at))
            .cached()
            .execute(conn)?;
    }
    Ok(())
}

/// Returns the other active projects, or projects on hold, with an area about one of these data assets.
pub fn projects_about(conn: &mut DbConn, assets: &[String], but: ProjectId) -> Result<Vec<ProjectId>, Error> {
    let about = any_of(areas::data_asset, assets)?;
    Ok(with_backend!(conn, |conn| areas::table
        .inner_join(projects::table.on(projects::id.eq(areas::project_id)))
        .filter(about)
        .filter(areas::data_asset.is_not_null())
        .filter(areas::project_id.ne(but))
        // Not the column alone, for which SQLite reads all projects in these states.
        .filter(projects::state.concat("").eq_any([State::Active, State::OnHold]))
        .select(projects::id)
        .distinct()
        .load(conn))?)
}
