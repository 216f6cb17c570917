//! Data assets that two projects assign to different departments.
//!
//! Rule: it is a conflict when this project and another one that is active or on hold have an area with the same
//! `data_asset`, owned by different departments, and the dates of the projects overlap. Conflicts are warnings and do
//! not block any operation; the departments resolve them between themselves.

use super::dto::{DataConflict, DataConflictList};
use super::store;
use crate::collaboration::projects::service as projects;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::UtcTime;

/// Maximum number of conflicts in a list.
const MOST: i64 = 1000;

/// Returns the conflicts of a project; at most three statements, and more for an administrator.
///
/// # Errors
/// 403, 404.
pub fn list(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<DataConflictList, Error> {
    let project = projects::visible(conn, actor, id, now)?;
    let found = store::counterparts(conn, &project, MOST)?;
    let known = projects::seen_by(conn, actor, found.iter().map(|row| row.other_project_id).collect(), now)?;
    let conflict = |row: store::Counterpart| {
        Some(DataConflict {
            data_asset: row.data_asset?,
            area_id: row.area_id,
            department_id: row.department_id,
            other_department_id: row.other_department_id,
            other_project_id: known.contains(&row.other_project_id).then_some(row.other_project_id),
            starts_on: project.starts_on.max(row.starts_on),
            ends_on: project.ends_on.min(row.ends_on),
        })
    };
    Ok(DataConflictList { project_id: id, data: found.into_iter().filter_map(conflict).collect() })
}
