//! The lead of the next charter.
//!
//! Rules: the lead represents no side, so no sponsor, proposed sponsor or delegate of the project is its lead. The lead
//! is part of the charter and changes with it: in a running project when all sides have signed.

use super::dto::NewCharterVersion;
use crate::collaboration::approvals::delegations;
use crate::collaboration::projects::{Project, Side, service as projects};
use crate::directory::people::{self, Person};
use crate::kernel::error::{Code, Error, Problem, Violation};
use crate::kernel::ids::PersonId;
use crate::kernel::tx::Tx;

const POINTER: &str = "/lead_person_id";

/// Checks the lead of a new charter version. A lead who stays is not checked again: one who was deactivated does not
/// prevent other changes.
///
/// # Errors
/// 422 for a person who is unknown, deactivated or a sponsor; 409 for a delegate.
pub fn refuse_unless_eligible(
    tx: &mut Tx<'_>,
    project: &Project,
    sides: &[Side],
    text: &NewCharterVersion,
    people: &[Person],
) -> Result<(), Error> {
    let Some(lead) = text.lead_person_id.filter(|lead| project.lead_person_id != Some(*lead)) else {
        return Ok(());
    };
    let person = people.iter().find(|person| person.id == lead);
    let joins = text.joining_sides.iter().any(|side| side.sponsor_person_id == lead);
    match person.map(|person| person.deactivated_at) {
        None => return Err(Error::violation(Violation::unknown_reference(POINTER, "violation-unknown-person"))),
        Some(Some(_)) => return Err(Error::violation(people::deactivated_person(POINTER))),
        Some(None) if joins || is_sponsor(sides, lead) => {
            return Err(Error::violation(Violation::at(POINTER, "is_sponsor", "violation-lead-is-sponsor")));
        }
        Some(None) => {}
    }
    refuse_delegate(tx, project, lead)
}

/// Checks that the new lead of a running project did not become a sponsor or delegate while the sides signed.
///
/// # Errors
/// 409 for such a lead.
pub fn refuse_if_represents(tx: &mut Tx<'_>, before: &Project, after: &Project) -> Result<(), Error> {
    let Some(lead) = after.lead_person_id.filter(|lead| before.lead_person_id != Some(*lead)) else {
        return Ok(());
    };
    let sides = projects::sides(tx.conn, after.id, tx.now.day())?;
    if is_sponsor(&sides, lead) {
        return Err(Problem::new(Code::Conflict).because("detail-sponsor-is-lead").into());
    }
    refuse_delegate(tx, after, lead)
}

fn is_sponsor(sides: &[Side], person: PersonId) -> bool {
    sides.iter().any(|side| side.names(person))
}

fn refuse_delegate(tx: &mut Tx<'_>, project: &Project, person: PersonId) -> Result<(), Error> {
    if delegations::service::has_part(tx.conn, project.id, person, tx.now.day())? {
        return Err(Problem::new(Code::Conflict).because("detail-delegate-is-lead").into());
    }
    Ok(())
}
