//! Deactivating and reactivating a person.

use crate::collaboration::memberships::scheduled;
use crate::collaboration::projects;
use crate::directory::people::{self, Person, PersonBody};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::db::locks;
use crate::kernel::error::{Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::PersonId;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Deactivates a person who has left the company.
///
/// # Errors
/// 403, 404; 409 when the person is already deactivated.
pub fn deactivate(tx: &mut Tx<'_>, id: PersonId, reason: &str) -> Result<Person, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    lock_offboarding(tx)?;
    let before = people::service::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.deactivated_at.is_some() {
        return Err(Problem::illegal_transition(
            "person",
            "deactivated",
            "deactivate_person",
            &["reactivate_person", "erase_person"],
        )
        .into());
    }
    let after = save(tx, before, Some(tx.now), types::PERSON_DEACTIVATED, reason)?;
    projects::sponsors::sponsor_deactivated(tx, id)?;
    scheduled::person_deactivated(tx, id)?;
    Ok(after)
}

/// Reactivates a person, who is the sponsor again of every side without a new sponsor; memberships stay ended.
///
/// # Errors
/// 403, 404; 409 when the person is not deactivated, or is erased.
pub fn reactivate(tx: &mut Tx<'_>, id: PersonId, reason: &str) -> Result<Person, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    lock_offboarding(tx)?;
    let before = people::service::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.deactivated_at.is_none() {
        return Err(Problem::illegal_transition("person", "active", "reactivate_person", &["deactivate_person"]).into());
    }
    if before.erased_at.is_some() {
        return Err(Problem::illegal_transition("person", "erased", "reactivate_person", &[]).into());
    }
    let after = save(tx, before, None, types::PERSON_REACTIVATED, reason)?;
    projects::sponsors::sponsor_reactivated(tx, id)?;
    Ok(after)
}

/// Serializes offboarding, because for two people who share projects the projects could be locked in different orders.
pub(super) fn lock_offboarding(tx: &mut Tx<'_>) -> Result<(), Error> {
    locks::acquire(tx.conn, "offboarding")
}

fn save(
    tx: &mut Tx<'_>,
    before: Person,
    deactivated_at: Option<UtcTime>,
    event: &'static str,
    reason: &str,
) -> Result<Person, Error> {
    let after = Person { deactivated_at, version: before.version + 1, updated_at: tx.now, ..before.clone() };
    people::service::save(tx.conn, &after)?;
    let (old, new) = (PersonBody::from(before), PersonBody::from(after.clone()));
    let change = Change::updated(event, after.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason: Some(reason), ..change })?;
    Ok(after)
}
