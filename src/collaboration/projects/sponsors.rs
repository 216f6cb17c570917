//! Sponsor roles across projects, and their changes when a person is deactivated or reactivated.

use super::dto::SideBody;
use super::service::{self, Whole};
use super::state::Verb;
use super::store::{self, Side, SponsorOfAnotherSide};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Returns the sides that a person sponsors in projects that have not ended, including those marked as vacant.
pub fn held_by(conn: &mut DbConn, person: PersonId) -> Result<Vec<Side>, Error> {
    store::sides_of_sponsor(conn, person)
}

/// Returns all sides of several projects.
pub fn of_projects(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<Side>, Error> {
    store::sides_of(conn, ids)
}

/// Marks the sides of a deactivated sponsor as vacant. The sponsor stays recorded; no successor is assigned.
pub fn sponsor_deactivated(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    for side in store::sides_of_sponsor(tx.conn, person)? {
        let vacant_since = side.vacant_since.or(Some(tx.now));
        mark(tx, side, vacant_since, types::SPONSOR_REMOVED, "The sponsor was deactivated.")?;
    }
    Ok(())
}

/// Ends the vacancy of the sides that a reactivated person still sponsors.
pub fn sponsor_reactivated(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    for side in store::sides_of_sponsor(tx.conn, person)? {
        mark(tx, side, None, types::SPONSOR_ASSIGNED, "The sponsor was reactivated.")?;
    }
    Ok(())
}

/// Changes the sponsor of a side, in a new version of the project.
///
/// # Errors
/// 409 when the person is the sponsor of another side.
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
    store::set_sponsor(tx.conn, side)?
        .map_err(|SponsorOfAnotherSide| Problem::new(Code::Conflict).because("detail-sponsor-of-other-side").into())
}

fn mark(
    tx: &mut Tx<'_>,
    before: Side,
    vacant_since: Option<UtcTime>,
    event: &'static str,
    reason: &str,
) -> Result<(), Error> {
    let project = service::lock(tx, before.project_id)?;
    // Read again under the lock: another sponsor may have been assigned in the meantime.
    let unchanged = store::sides(tx.conn, project.id)?.contains(&before);
    if before.vacant_since == vacant_since || !unchanged || !project.state.allows(Verb::AssignSponsor) {
        return Ok(());
    }
    let after = Side { vacant_since, ..before.clone() };
    write(tx, &after)?;
    let (old, new) = (SideBody::from(before), SideBody::from(after));
    let change = Change::updated(event, project.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason: Some(reason), ..change })
}
