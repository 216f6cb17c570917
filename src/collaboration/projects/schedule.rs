//! Scheduling of the checks of a project.

use super::holds;
use super::store::{self, Project};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Returns at most `limit` projects that are due for a check, the longest overdue first.
pub fn due(conn: &mut DbConn, now: UtcTime, limit: i64) -> Result<Vec<ProjectId>, Error> {
    store::due(conn, now, limit)
}

/// Locks a project if it is still due for a check, and records the end of its hold if that has passed.
pub fn lock_due(tx: &mut Tx<'_>, id: ProjectId) -> Result<Option<Project>, Error> {
    match store::lock_due(tx.conn, id, tx.now)? {
        Some(project) => holds::record_end(tx, project).map(Some),
        None => Ok(None),
    }
}

/// Makes other projects due for a check, without waiting for projects that are being written: such a write makes them
/// due itself, and waiting with a locked project could end in a deadlock.
pub fn check_soon(conn: &mut DbConn, ids: &[ProjectId], now: UtcTime) -> Result<(), Error> {
    if ids.is_empty() { Ok(()) } else { store::check_soon(conn, ids, now) }
}

/// Sets the time of the next check, unless the check itself has ended the project.
pub fn set_next_check(conn: &mut DbConn, id: ProjectId, now: UtcTime, next: Option<UtcTime>) -> Result<(), Error> {
    store::set_next_check(conn, id, now, next)
}
