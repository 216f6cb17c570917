//! Scheduling of the checks of a project.

use super::store::{self, Project};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::UtcTime;

/// Returns at most `limit` projects that are due for a check, the longest overdue first.
pub fn due(conn: &mut DbConn, now: UtcTime, limit: i64) -> Result<Vec<ProjectId>, Error> {
    store::due(conn, now, limit)
}

/// Locks a project if it is still due for a check.
pub fn lock_due(conn: &mut DbConn, id: ProjectId, now: UtcTime) -> Result<Option<Project>, Error> {
    store::lock_due(conn, id, now)
}

/// Sets the time of the next check, unless the check itself has ended the project.
pub fn set_next_check(conn: &mut DbConn, id: ProjectId, now: UtcTime, next: Option<UtcTime>) -> Result<(), Error> {
    store::set_next_check(conn, id, now, next)
}
