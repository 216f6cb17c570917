//! Seats across projects: what a sponsor holds, and what happens to it when they leave the company or
//! come back.

use super::dto::SideBody;
use super::service::{self, Whole};
use super::state::Verb;
use super::store::{self, Side, SitsForAnotherSide};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// The seats of a person in projects that are not over, vacant ones included.
pub fn held_by(conn: &mut DbConn, person: PersonId) -> Result<Vec<Side>, Error> {
    store::seats_of(conn, person)
}

/// All seats of several projects.
pub fn of_projects(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<Side>, Error> {
    store::sides_of(conn, ids)
}

/// The seats of a leaver count as vacant. Their name stays: nobody is reassigned.
pub fn sponsor_left(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    for seat in store::seats_of(tx.conn, person)? {
        let vacant_since = seat.vacant_since.or(Some(tx.now));
        mark(tx, seat, vacant_since, types::SPONSOR_VACATED, "The sponsor has left the company.")?;
    }
    Ok(())
}

/// The seats that still have the name of somebody who is back are theirs again.
pub fn sponsor_is_back(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    for seat in store::seats_of(tx.conn, person)? {
        mark(tx, seat, None, types::SPONSOR_SEATED, "The sponsor is back.")?;
    }
    Ok(())
}

/// Changes who sits for a side, in a new version of the project.
///
/// # Errors
/// 409 when the person sits for another side.
pub fn change(
    tx: &mut Tx<'_>,
    mut whole: Whole,
    before: Side,
    after: Side,
    event: &'static str,
    reason: Option<&str>,
) -> Result<Whole, Error> {
    write(tx, &after)?;
    whole.project.version += 1;
    whole.project.updated_at = tx.now;
    store::update(tx.conn, &whole.project)?;
    for side in &mut whole.sides {
        if side.department_id == after.department_id {
            *side = after.clone();
        }
    }
    let (old, new) = (SideBody::from(before), SideBody::from(after));
    let change = Change::updated(event, whole.project.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason, ..change })?;
    Ok(whole)
}

fn write(tx: &mut Tx<'_>, side: &Side) -> Result<(), Error> {
    store::seat(tx.conn, side)?.map_err(|SitsForAnotherSide| {
        Problem::new(Code::Conflict)
            .because(
                "This person sits for another side of the project already.",
                "Tato osoba už v projektu zastupuje jinou stranu.",
            )
            .into()
    })
}

fn mark(
    tx: &mut Tx<'_>,
    before: Side,
    vacant_since: Option<UtcTime>,
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
    write(tx, &after)?;
    let (old, new) = (SideBody::from(before), SideBody::from(after));
    let change = Change::updated(event, project.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason: Some(reason), ..change })
}
