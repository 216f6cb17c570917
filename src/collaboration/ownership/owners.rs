//! Who is accountable for an area, and which members can be.

use super::coverage::{self, Interval};
use super::responsibility::Responsibility;
use super::store::{self, Assignment, Conflict};
use crate::collaboration::memberships::service as memberships;
use crate::collaboration::projects::{Area, Project};
use crate::directory::people;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::ids::{AreaId, DepartmentId, PersonId};
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Returns the assignment of the accountable person of an area on a day.
pub fn owner_on(conn: &mut DbConn, area: AreaId, day: Day) -> Result<Option<Assignment>, Error> {
    let owners = store::owners_between(conn, area, day, Some(day.plus_days(1)))?;
    Ok(owners.into_iter().find(|owner| owner.covers(day)))
}

/// Returns the side that a member works for on all of these days.
///
/// # Errors
/// 422 with `pointer` when there is none.
pub fn side_of(
    tx: &mut Tx<'_>,
    project: &Project,
    person: PersonId,
    days: Interval,
    pointer: &str,
) -> Result<DepartmentId, Error> {
    let stays = memberships::stays(tx.conn, project.id, person)?;
    let taken = |side: DepartmentId| -> Vec<Interval> {
        let own = stays.iter().filter(|stay| stay.0 == side);
        own.map(|(_, from, to)| Interval { from: *from, to: *to }).collect()
    };
    let sides = stays.iter().map(|stay| stay.0);
    sides.into_iter().find(|side| coverage::gaps(days, &taken(*side)).is_empty()).ok_or_else(|| {
        let text = Text::new("violation-owner-not-member");
        Error::violation(Violation::at(pointer, "owner_not_member", text))
    })
}

/// Returns a violation unless the person is an accepted member on all of the days, and of the side that owns the area
/// if the responsibility requires it.
pub fn unfit_member(
    tx: &mut Tx<'_>,
    area: &Area,
    person: PersonId,
    responsibility: Responsibility,
    wanted: Interval,
    pointer: &str,
) -> Result<Option<Violation>, Error> {
    let stays = memberships::stays(tx.conn, area.project_id, person)?;
    let covers = |only_side: bool| {
        let taken: Vec<_> = stays
            .iter()
            .filter(|(side, ..)| !only_side || *side == area.department_id)
            .map(|(_, from, to)| Interval { from: *from, to: *to })
            .collect();
        coverage::gaps(wanted, &taken).is_empty()
    };
    if covers(responsibility.belongs_to_the_side()) {
        return Ok(None);
    }
    let at = |code, detail: &'static str| Some(Violation::at(pointer, code, detail));
    if covers(false) {
        return Ok(at("side_mismatch", "violation-side-mismatch"));
    }
    if stays.is_empty() && people::service::existing(tx.conn, &[person])?.is_empty() {
        return Ok(Some(Violation::unknown_reference(pointer, "violation-unknown-person")));
    }
    Ok(at("owner_not_member", "violation-owner-not-member"))
}

/// Requires that a handover takes effect before the end of the project.
///
/// # Errors
/// 422.
pub fn inside(project: &Project, effective_on: Day) -> Result<(), Error> {
    if effective_on < project.ends_on {
        return Ok(());
    }
    let text = Text::new("violation-outside-project");
    Err(Error::violation(Violation::at("/effective_on", "dates_out_of_range", text)))
}

/// Requires that a handover to another side has no later day: the area and its ownership move together, as soon as all
/// sides have approved.
///
/// # Errors
/// 422 for a later day.
pub fn at_once_across_sides(tx: &Tx<'_>, area: &Area, side: DepartmentId, effective_on: Day) -> Result<(), Error> {
    if side == area.department_id || effective_on <= tx.now.day() {
        return Ok(());
    }
    let text = Text::new("violation-at-once-only");
    Err(Error::violation(Violation::at("/effective_on", "immediate_only", text)))
}

/// Builds the problem for an assignment that conflicts with another.
#[must_use]
pub fn refusal(conflict: Conflict) -> Problem {
    match conflict {
        Conflict::SecondOwner => already_owned(),
        Conflict::Repeated => Problem::new(Code::AlreadyExists).because("detail-responsibility-exists"),
    }
}

/// Builds the problem for a second accountable person.
pub fn already_owned() -> Problem {
    Problem::new(Code::Conflict).because("detail-second-owner")
}
