//! Neutrality of arbiters: a person who decides in place of the sides has no role in the project.

use super::service;
use crate::collaboration::approvals::delegations;
use crate::collaboration::projects::{Project, service as projects};
use crate::directory::people;
use crate::kernel::error::{Code, Error, Problem, Violation};
use crate::kernel::ids::PersonId;
use crate::kernel::tx::Tx;

/// Returns a violation unless the arbiter exists, is not deactivated, and has no role in the project: sponsor,
/// delegate, lead, member or invitee.
pub fn unfit_arbiter(
    tx: &mut Tx<'_>,
    project: &Project,
    arbiter: PersonId,
    pointer: &'static str,
) -> Result<Option<Violation>, Error> {
    let known = people::service::existing(tx.conn, &[arbiter])?;
    if known.iter().all(|person| person.deactivated_at.is_some()) {
        return Ok(Some(Violation::unknown_reference(pointer, "violation-unknown-person")));
    }
    let is_sponsor =
        projects::sides(tx.conn, project.id, tx.now.day())?.iter().any(|side| side.sponsor_person_id == Some(arbiter));
    let is_member = service::has_part(tx.conn, project.id, arbiter, tx.now)?;
    let is_delegate = delegations::service::has_part(tx.conn, project.id, arbiter, tx.now.day())?;
    Ok((is_sponsor || is_member || is_delegate || project.lead_person_id == Some(arbiter))
        .then(|| Violation::at(pointer, "not_neutral", "violation-not-neutral")))
}

/// Requires that an arbiter is neutral when they decide.
///
/// # Errors
/// 409 when they have been given a role in the project since they were named.
pub fn refuse_unless_neutral(tx: &mut Tx<'_>, project: &Project, arbiter: PersonId) -> Result<(), Error> {
    match unfit_arbiter(tx, project, arbiter, "")? {
        None => Ok(()),
        Some(violation) => Err(Problem::new(Code::Conflict).because(violation.detail).into()),
    }
}
