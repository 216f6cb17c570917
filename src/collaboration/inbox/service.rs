//! Collecting the pending actions.

use super::dto::{Inbox, Item};
use super::pending;
use crate::directory::people::service as people;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::PersonId;
use crate::kernel::time::UtcTime;

/// Returns the pending actions of the caller; a fixed number of statements.
///
/// # Errors
/// 403, also when no person in the directory has the login of the token; 404 when the caller is an application.
pub fn inbox(conn: &mut DbConn, actor: &Actor, limit: usize, now: UtcTime) -> Result<Inbox, Error> {
    // An application has no inbox, even if its subject equals the login of a person.
    if actor.login().is_none() {
        return Err(Error::not_found());
    }
    let person = people::me(conn, actor)?.id;
    collect(conn, person, limit, now)
}

/// Returns the pending actions of a person for an application; a fixed number of statements.
///
/// # Errors
/// 403 for people, who read their own; 404 for an unknown person.
pub fn inbox_of(
    conn: &mut DbConn,
    actor: &Actor,
    person: PersonId,
    limit: usize,
    now: UtcTime,
) -> Result<Inbox, Error> {
    authz::require(actor, Action::ReadInboxes, &Relations::default())?;
    let person = people::find(conn, person)?.ok_or_else(Error::not_found)?.id;
    collect(conn, person, limit, now)
}

fn collect(conn: &mut DbConn, person: PersonId, limit: usize, now: UtcTime) -> Result<Inbox, Error> {
    let most = limit as i64 + 1;
    let mut data = pending::items(conn, person, now, most)?;
    data.sort_by(|a, b| urgency(a).cmp(&urgency(b)));
    let has_more = data.len() > limit;
    data.truncate(limit);
    Ok(Inbox { data, has_more })
}

/// Returns the sort key: items without a due time come last.
fn urgency(item: &Item) -> (bool, Option<UtcTime>, UtcTime, &str) {
    (item.due_at.is_none(), item.due_at, item.since, &item.id)
}
