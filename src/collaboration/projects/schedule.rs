//! When the scheduler looks at a project.

use super::store::{self, Project};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::UtcTime;

/// The projects to look at, at most `limit` of them; the most urgent first.
pub fn due(conn: &mut DbConn, now: UtcTime, limit: i64) -> Result<Vec<ProjectId>, Error> {
    store::due(conn, now, limit)
}

/// Locks a project that is still due.
pub fn take_due(conn: &mut DbConn, id: ProjectId, now: UtcTime) -> Result<Option<Project>, Error> {
    store::take_due(conn, id, now)
}

/// Writes when to look next, unless the look itself has ended the project.
pub fn look_again(conn: &mut DbConn, id: ProjectId, now: UtcTime, next: Option<UtcTime>) -> Result<(), Error> {
    store::look_again(conn, id, now, next)
}
