//! How long an administrator has no rights in a project after their part in it has ended.
//!
//! Rule: for 20 business days of the company calendar. An administrator could otherwise end a part to act in the
//! project as if they never had one.

use super::response_time;
use super::store::{self, Project};
use crate::calendar;
use crate::kernel::auth::{Actor, Login, Scope};
use crate::kernel::authz::Relations;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::UtcTime;

/// Business days for which a part counts after it has ended.
const BUSINESS_DAYS: usize = 20;

/// Returns the last instant at which a part could end that no longer counts; one statement.
fn last_ended(conn: &mut DbConn, now: UtcTime) -> Result<UtcTime, Error> {
    let calendar = calendar::service::present(conn, response_time::surely_ended(now, BUSINESS_DAYS))?.calendar;
    Ok(response_time::last_ended(&calendar, now, BUSINESS_DAYS))
}

/// Returns a project and the relations of the caller to it; one statement. Two more for an administrator who has no
/// part today, but may have had one.
pub fn find_with_relations(
    conn: &mut DbConn,
    id: ProjectId,
    actor: &Actor,
    login: Login<'_>,
    now: UtcTime,
) -> Result<Option<(Project, Relations)>, Error> {
    let Some((project, relations)) = store::find_with_relations(conn, id, login, now)? else { return Ok(None) };
    // Only the rights of an administrator depend on it.
    let person = relations.person.filter(|_| actor.has(Scope::Admin) && !relations.has_part());
    let had_part = match person {
        Some(person) => {
            let ended = last_ended(conn, now)?;
            store::had_part(conn, &project, person, now, ended)?
        }
        None => false,
    };
    Ok(Some((project, Relations { had_part, ..relations })))
}

/// Returns the projects that an administrator cannot read: they have a part in them, but no role. Two statements; none
/// for other callers.
pub fn closed_to_administrator(conn: &mut DbConn, actor: &Actor, now: UtcTime) -> Result<Vec<ProjectId>, Error> {
    let Some(login) = actor.login().filter(|_| actor.has(Scope::Admin)) else { return Ok(Vec::new()) };
    let ended = last_ended(conn, now)?;
    store::with_part_only(conn, login, now, ended)
}
