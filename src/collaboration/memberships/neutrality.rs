//! Who can decide in place of the sides: somebody who has no part in the project.

use super::service;
use crate::collaboration::approvals::delegations;
use crate::collaboration::projects::{Project, service as projects};
use crate::directory::people;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::ids::PersonId;
use crate::kernel::tx::Tx;

/// An arbiter exists, has not left, and has no part in the project.
pub fn unfit_arbiter(
    tx: &mut Tx<'_>,
    project: &Project,
    arbiter: PersonId,
    pointer: &'static str,
) -> Result<Option<Violation>, Error> {
    let known = people::service::existing(tx.conn, &[arbiter])?;
    if known.iter().all(|person| person.deactivated_at.is_some()) {
        return Ok(Some(Violation::unknown_reference(pointer, "person", "člověk")));
    }
    let sits = projects::sides(tx.conn, project.id)?.iter().any(|side| side.sponsor_person_id == Some(arbiter));
    let works = service::has_part(tx.conn, project.id, arbiter, tx.now)?;
    let stands_in = delegations::service::has_part(tx.conn, project.id, arbiter, tx.now.day())?;
    let text = || {
        Text::new(
            "Whoever decides in place of the sides has no part in the project.",
            "Kdo rozhoduje místo stran, nesmí mít na projektu účast.",
        )
    };
    Ok((sits || works || stands_in || project.lead_person_id == Some(arbiter))
        .then(|| Violation::at(pointer, "not_neutral", text())))
}

/// Whoever decides is still neutral when they do.
///
/// # Errors
/// 409 when they have got a part in the project since.
pub fn refuse_unless_neutral(tx: &mut Tx<'_>, project: &Project, judge: PersonId) -> Result<(), Error> {
    match unfit_arbiter(tx, project, judge, "")? {
        None => Ok(()),
        Some(violation) => Err(Problem::new(Code::Conflict).because(violation.detail.en, violation.detail.cs).into()),
    }
}
