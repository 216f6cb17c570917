//! Gathering what waits.

use super::dto::{Inbox, Item};
use super::pending;
use crate::collaboration::projects;
use crate::directory::people::service as people;
use crate::kernel::auth::{Actor, ActorKind};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

/// What waits for the caller; a fixed number of statements.
///
/// # Errors
/// 403; 404 when the directory knows nobody with the subject of the token.
pub fn inbox(conn: &mut DbConn, actor: &Actor, limit: usize, now: UtcTime) -> Result<Inbox, Error> {
    // Software has no inbox, whatever its name is.
    if actor.kind != ActorKind::Person {
        return Err(Error::not_found());
    }
    let person = people::me(conn, actor)?.id;
    let most = limit as i64 + 1;
    let mut data = pending::items(conn, person, now, most)?;
    // The names of the projects, in one go.
    let ids = data.iter().map(|item| item.project_id).collect::<Vec<_>>();
    let names = projects::service::names(conn, &ids)?;
    for item in &mut data {
        item.project_name = names.get(&item.project_id).cloned().unwrap_or_default();
    }
    data.sort_by(|a, b| urgency(a).cmp(&urgency(b)));
    let more = data.len() > limit;
    data.truncate(limit);
    Ok(Inbox { data, more })
}

/// What has no end comes after everything that has one.
fn urgency(item: &Item) -> (bool, Option<UtcTime>, UtcTime, &str) {
    (item.due_at.is_none(), item.due_at, item.since, &item.id)
}
