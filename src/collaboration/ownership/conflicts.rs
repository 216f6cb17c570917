//! Data that two projects own differently.
//!
//! Rule: the same `data_asset` in two projects, the other of them running, on days that both last,
//! with different owning departments, is a warning on both. It hinders nobody: the departments
//! settle it between themselves.

use super::dto::{DataConflict, DataConflictList};
use super::store;
use crate::collaboration::projects::service as projects;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::UtcTime;

/// Most conflicts that are listed.
const MOST: i64 = 1000;

/// The conflicts of a project; three statements at most.
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
            from: project.starts_on.max(row.starts_on),
            to: project.ends_on.min(row.ends_on),
        })
    };
    Ok(DataConflictList { project_id: id, data: found.into_iter().filter_map(conflict).collect() })
}
