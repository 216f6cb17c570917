//! Neutrality of arbiters of a project: who has a role in it, and the rule of `projects::neutrality`.

use super::service;
use crate::collaboration::approvals::delegations;
use crate::collaboration::projects::arbiters::{self, Finding};
use crate::collaboration::projects::charter::Content;
use crate::collaboration::projects::neutrality::Parties;
use crate::collaboration::projects::{Project, Side, agreed, service as projects};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Whose arbiters are examined.
#[derive(Clone, Copy)]
enum For<'a> {
    /// The project as it is. A side that asks to join does not count before all have signed: one side alone could make
    /// members of the panel not neutral by proposing it.
    Sides,
    /// The project with this person as the sponsor of a side.
    Sponsor(DepartmentId, PersonId),
    /// A charter that names these sides.
    Charter(&'a [DepartmentId]),
}

/// Examines people as arbiters of a project today, in their order; no statement if there are none.
fn examine(
    conn: &mut DbConn,
    project: &Project,
    people: &[PersonId],
    of: For<'_>,
    now: UtcTime,
) -> Result<Vec<(PersonId, Finding)>, Error> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let today = now.day();
    const NONE: &[DepartmentId] = &[];
    let (rows, also) = match of {
        For::Sides | For::Sponsor(..) => (projects::sides(conn, project.id, today)?, NONE),
        For::Charter(sides) => (projects::sides_and_joining(conn, project.id, today)?, sides),
    };
    let sides: Vec<_> = rows.iter().map(|side| side.department_id).chain(also.iter().copied()).collect();
    let sponsor = |side: &Side| match of {
        For::Sponsor(department, person) if department == side.department_id => Some(person),
        _ => side.sponsor_person_id,
    };
    let sponsors: Vec<_> = rows.iter().filter_map(sponsor).collect();
    let mut with_role: Vec<_> = sponsors.iter().copied().chain(project.lead_person_id).collect();
    for person in people {
        if service::has_part(conn, project.id, *person, now)?
            || delegations::service::has_part(conn, project.id, *person, today)?
        {
            with_role.push(*person);
        }
    }
    arbiters::examine(conn, people, Parties { sides: &sides, sponsors: &sponsors, with_role: &with_role }, today)
}

/// Returns those of the people who are neutral in a project today, in their order.
pub fn neutral(
    conn: &mut DbConn,
    project: &Project,
    people: &[PersonId],
    now: UtcTime,
) -> Result<Vec<PersonId>, Error> {
    let findings = examine(conn, project, people, For::Sides, now)?;
    Ok(findings.into_iter().filter(|(_, finding)| *finding == Finding::Neutral).map(|(person, _)| person).collect())
}

/// Returns whether a person is neutral in a project today.
pub fn is_neutral(conn: &mut DbConn, project: &Project, person: PersonId, now: UtcTime) -> Result<bool, Error> {
    Ok(!neutral(conn, project, &[person], now)?.is_empty())
}

/// Returns a violation for everyone of the panel of a charter who is unknown, deactivated or not neutral.
pub fn panel_violations(tx: &mut Tx<'_>, project: &Project, content: &Content) -> Result<Vec<Violation>, Error> {
    Ok(arbiters::violations(&examine(tx.conn, project, &content.panel, For::Charter(&content.sides), tx.now)?))
}

/// Returns a violation unless the person exists, is not deactivated, and is neutral.
pub fn unfit_arbiter(
    tx: &mut Tx<'_>,
    project: &Project,
    arbiter: PersonId,
    pointer: &'static str,
) -> Result<Option<Violation>, Error> {
    let findings = examine(tx.conn, project, &[arbiter], For::Sides, tx.now)?;
    Ok(findings.into_iter().find_map(|(_, finding)| arbiters::violation(finding, pointer)))
}

/// Requires that an arbiter is neutral when they decide.
///
/// # Errors
/// 409 when they are no longer neutral.
pub fn refuse_unless_neutral(tx: &mut Tx<'_>, project: &Project, arbiter: PersonId) -> Result<(), Error> {
    match unfit_arbiter(tx, project, arbiter, "")? {
        None => Ok(()),
        Some(violation) => Err(Problem::new(Code::Conflict).because(violation.detail).into()),
    }
}

/// Refuses a sponsor with whom an arbiter would no longer be neutral, while something in a running project waits for
/// one: a side could otherwise leave the others without an arbiter. This is about the panel that all sides have signed,
/// and about everyone who is the arbiter of something.
///
/// # Errors
/// 409 with the arbiter.
pub fn refuse_biasing_sponsor(
    tx: &mut Tx<'_>,
    project: &Project,
    side: DepartmentId,
    sponsor: PersonId,
) -> Result<(), Error> {
    if !project.state.is_running() {
        return Ok(());
    }
    let awaited = arbiters::awaited(tx.conn, project.id, tx.now)?;
    if awaited.is_empty() {
        return Ok(());
    }
    let mut people = agreed::agreed(tx.conn, project.id)?.panel;
    people.extend(awaited.into_iter().flatten());
    let neutral = neutral(tx.conn, project, &people, tx.now)?;
    let findings = examine(tx.conn, project, &neutral, For::Sponsor(side, sponsor), tx.now)?;
    match findings.into_iter().find(|(_, finding)| *finding != Finding::Neutral) {
        None => Ok(()),
        Some((arbiter, _)) => {
            let text = Text::new("detail-sponsor-biases-arbiter").with("arbiter", arbiter.to_string());
            Err(Problem::new(Code::Conflict).because(text).into())
        }
    }
}
