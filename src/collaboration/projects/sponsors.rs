//! Seats across projects: what a sponsor holds, and what happens to it when they leave the company or
//! come back.

use super::dto::SideBody;
use super::service;
use super::state::Verb;
use super::store::{self, Side};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// The seats of a person in projects that are not over, vacant ones included.
///
/// # Errors
/// Those of the database.
pub fn held_by(conn: &mut DbConn, person: PersonId) -> Result<Vec<Side>, Error> {
    store::seats_of(conn, person)
}

/// All seats of several projects.
///
/// # Errors
/// Those of the database.
pub fn of_projects(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<Side>, Error> {
    store::sides_of(conn, ids)
}

/// The seats of a leaver count as vacant. Their name stays: nobody is reassigned.
///
/// # Errors
/// Those of the database.
pub fn sponsor_left(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    for seat in store::seats_of(tx.conn, person)? {
        let vacant_since = seat.vacant_since.or(Some(tx.now));
        mark(tx, seat, vacant_since, types::SPONSOR_VACATED, "The sponsor has left the company.")?;
    }
    Ok(())
}

/// The seats that still have the name of somebody who is back are theirs again.
///
/// # Errors
/// Those of the database.
pub fn sponsor_is_back(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    for seat in store::seats_of(tx.conn, person)? {
        mark(tx, seat, None, types::SPONSOR_SEATED, "The sponsor is back.")?;
    }
    Ok(())
}

fn mark(
    tx: &mut Tx<'_>,
    before: Side,
    vacant_since: Option<crate::kernel::time::UtcTime>,
    event: &'static str,
    reason: &str,
) -> Result<(), Error> {
    let project = service::lock(tx, before.project_id)?;
    // Read again under the lock: somebody may have been seated meanwhile.
    let still_theirs = store::sides(tx.conn, project.id)?.contains(&before);
    if before.vacant_since == vacant_since || !still_theirs || !project.state.allows(Verb::SeatSponsor) {
        return Ok(());
    }
    let after = Side { vacant_since, ..before.clone() };
    store::seat(tx.conn, &after)?;
    let (old, new) = (SideBody::from(before), SideBody::from(after));
    let change = Change::updated(event, project.id.as_str(), &old, &new)?;
    tx.record(&Change { reason: Some(reason), ..change })
}
