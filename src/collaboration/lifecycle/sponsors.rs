//! Assigning and removing sponsors.

use crate::collaboration::approvals::lapse;
use crate::collaboration::memberships;
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb, Side, sponsors};
use crate::directory::people::{self, Person};
use crate::kernel::auth::Scope;
use crate::kernel::authz::{Action, Facts};
use crate::kernel::error::{Code, Error, Problem, Violation};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::tx::Tx;

/// Puts a person into the seat of a side. Whoever sat there before does not speak for the side any
/// more: their successor answers anew what is still open.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the project is over, or the person sits elsewhere or is a member;
/// 422 for an unknown person.
pub fn assign(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId, person: PersonId) -> Result<Whole, Error> {
    // Held to the end of the transaction, so that nobody is seated while they leave; before the project, as
    // whoever leaves is.
    let held = people::service::hold(tx.conn, person)?;
    let (project, facts) = projects::take(tx, id, Action::EditCharter)?;
    IfMatch::check(tx.meta.if_match.as_ref(), project.version)?;
    let sides = projects::sides(tx.conn, id)?;
    let before = sides.iter().find(|row| row.department_id == side).ok_or_else(Error::not_found)?.clone();
    project.state.require(ProjectVerb::SeatSponsor)?;
    if before.seated() == Some(person) {
        return Ok(Whole { project, sides });
    }
    refuse_to_unseat(tx, &project, &before, facts)?;
    fit_for_a_seat(tx, &project, person, held)?;
    let after = Side { sponsor_person_id: Some(person), vacant_since: None, ..before.clone() };
    change(tx, Whole { project, sides }, before, after, types::SPONSOR_SEATED, None)
}

/// Empties a seat without naming a successor.
///
/// # Errors
/// 403 for everybody but administrators, 404, 409 when the project is over or the seat is empty.
pub fn remove(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId, reason: &str) -> Result<Whole, Error> {
    let (project, _) = projects::take(tx, id, Action::VacateSeat)?;
    let sides = projects::sides(tx.conn, id)?;
    let before = sides.iter().find(|row| row.department_id == side).ok_or_else(Error::not_found)?.clone();
    project.state.require(ProjectVerb::VacateSeat)?;
    if before.sponsor_person_id.is_none() {
        return Err(Problem::illegal_transition("vacant", ProjectVerb::VacateSeat.as_str(), &["seat_sponsor"]).into());
    }
    let vacant_since = before.vacant_since.or(Some(tx.now));
    let after = Side { sponsor_person_id: None, vacant_since, ..before.clone() };
    change(tx, Whole { project, sides }, before, after, types::SPONSOR_VACATED, Some(reason))
}

fn change(
    tx: &mut Tx<'_>,
    whole: Whole,
    before: Side,
    after: Side,
    event: &'static str,
    reason: Option<&str>,
) -> Result<Whole, Error> {
    let side = after.department_id;
    let whole = sponsors::change(tx, whole, before, after, event, reason)?;
    lapse::sponsor_changed(tx, &whole.project, side)?;
    Ok(whole)
}

/// No side decides who speaks for another: a taken seat is given on by whoever holds it, or by an
/// administrator, who also fills the vacant ones of a running project. While a project is prepared,
/// whoever drafts it fills the empty seats.
fn refuse_to_unseat(tx: &Tx<'_>, project: &Project, seat: &Side, caller: Facts) -> Result<(), Error> {
    let allowed = match seat.seated() {
        Some(holder) => caller.person == Some(holder),
        None => !project.state.is_running(),
    };
    if allowed || tx.actor.has(Scope::Admin) {
        return Ok(());
    }
    Err(Error::forbidden(
        "A taken seat is given on by whoever holds it, or by an administrator, who also fills the vacant ones of a running project.",
        "Obsazené místo předává ten, kdo je zastává, nebo správce; ten také obsazuje uprázdněná místa běžícího projektu.",
    ))
}

fn fit_for_a_seat(tx: &mut Tx<'_>, project: &Project, person: PersonId, held: Option<Person>) -> Result<(), Error> {
    match held {
        None => return Err(Error::violation(Violation::unknown_reference("/person_id", "person", "osoba"))),
        Some(found) if found.deactivated_at.is_some() => {
            return Err(Error::violation(people::has_left("/person_id")));
        }
        Some(_) => {}
    }
    if memberships::service::stays(tx.conn, project.id, person)?.iter().any(|(_, _, end)| *end > tx.now.day()) {
        return Err(Problem::new(Code::Conflict)
            .because(
                "This person is a member of the team; one person never holds two seats.",
                "Tato osoba je členem týmu; jeden člověk nikdy nezastává dvě místa.",
            )
            .into());
    }
    Ok(())
}
