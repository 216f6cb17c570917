//! Ending assignments, correcting their days, and handing areas over.
//!
//! Rules: an area of a running project always has an accountable person, so ending an assignment may require a
//! successor; the assignment of the successor begins on the day on which the previous one ends; every change adds a
//! version and keeps the earlier ones.

use super::coverage::{self, Interval};
use super::disputes::guard;
use super::dto::{AssignmentBody, AssignmentCorrection, AssignmentEnd, Successor};
use super::owners;
use super::responsibility::Responsibility;
use super::store::{self, Assignment};
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Area, Project, ProjectVerb};
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, AssignmentId, PersonId};
use crate::kernel::record::Change;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Authorises the caller and locks the project of an assignment.
///
/// # Errors
/// 403, 404; 409 when the project has ended or the area is disputed.
fn lock_by_id(tx: &mut Tx<'_>, id: AssignmentId, operation: &str) -> Result<(Project, Area, Assignment), Error> {
    let permitted = permit(tx, Action::AssignOwner, |tx| {
        let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
        let area = store::area(tx.conn, row.area_id)?.ok_or_else(Error::not_found)?;
        let standing = Standing::read(tx, row.project_id)?.of_side(tx, area.department_id)?;
        Ok(standing.about(area))
    })?;
    let Standing { project, about: area, .. } = permitted.lock_and_raise(tx)?;
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    project.state.require_for(ProjectVerb::CreateAssignment, operation)?;
    if before.responsibility == Responsibility::Accountable {
        guard::refuse_while_disputed(tx.conn, area.id)?;
    }
    Ok((project, area, before))
}

/// Sets the day on which an assignment ends; a successor takes over on that day.
///
/// # Errors
/// 403, 404; 422 for a day in the past or outside the assignment, or an unsuitable successor; 409 when the assignment
/// has ended, while the area is disputed, or when an area of a running project would have no accountable person.
pub fn end(tx: &mut Tx<'_>, id: AssignmentId, end: &AssignmentEnd) -> Result<Assignment, Error> {
    let (project, area, before) = lock_by_id(tx, id, "end_assignment")?;
    let today = tx.now.day();
    if before.valid_to.is_some_and(|to| to <= today || to <= before.valid_from) {
        return Err(Problem::illegal_transition("assignment", "ended", "end_assignment", &[]).into());
    }
    let (earliest, latest) = (before.valid_from.max(today), before.valid_to.unwrap_or(project.ends_on));
    if end.ends_on < earliest || end.ends_on > latest {
        let detail = Text::new("violation-between-days")
            .with("earliest", earliest.to_string())
            .with("latest", latest.to_string());
        return Err(Error::violation(Violation::at("/ends_on", "dates_out_of_range", detail)));
    }
    if before.valid_to == Some(end.ends_on) && end.successor_person_id.is_none() {
        return Ok(before);
    }
    if let Some(successor) = end.successor_person_id.filter(|_| end.ends_on >= latest) {
        let text = Text::new("violation-nothing-to-hand-over")
            .with("latest", latest.to_string())
            .with("successor", successor.to_string());
        return Err(Error::violation(Violation::at("/ends_on", "nothing_to_hand_over", text)));
    }
    if let Some(successor) = end.successor_person_id {
        let (ended, _) = hand_over(tx, &project, &area, &before, successor, end.ends_on, "/successor_person_id")?;
        return Ok(ended);
    }
    refuse_gap(tx, &project, &before, Interval { from: end.ends_on, to: latest })?;
    let after = next_version(tx, &before, before.valid_from, Some(end.ends_on));
    write(tx, before, after, types::OWNERSHIP_ENDED, None)
}

/// Corrects the days of an assignment, including past ones. Earlier versions are kept.
///
/// # Errors
/// 403, 404; 422 for days outside the project; 409 when the days overlap with another assignment, when the area would
/// have no accountable person from today on, or while it is disputed.
pub fn correct(tx: &mut Tx<'_>, id: AssignmentId, new: &AssignmentCorrection) -> Result<Assignment, Error> {
    let (project, area, before) = lock_by_id(tx, id, "correct_assignment")?;
    let from = new.valid_from.unwrap_or(before.valid_from);
    let to = new.valid_to.unwrap_or(before.valid_to);
    let mut violations = Vec::new();
    let outside = Text::new("violation-outside-project");
    if from < project.starts_on || from >= project.ends_on {
        violations.push(Violation::at("/valid_from", "dates_out_of_range", outside.clone()));
    }
    if to.is_some_and(|to| to > project.ends_on) {
        violations.push(Violation::at("/valid_to", "dates_out_of_range", outside));
    } else if to.is_some_and(|to| to < from) {
        let text = Text::new("violation-must-not-be-before").with("field", "valid_to").with("other", "valid_from");
        violations.push(Violation::at("/valid_to", "not_after_start", text));
    }
    refuse_if_any(violations)?;
    if (from, to) == (before.valid_from, before.valid_to) {
        return Ok(before);
    }
    let today = tx.now.day();
    // From today on, the person must be a suitable member on all days of the assignment.
    let ahead = Interval { from: from.max(today), to: to.unwrap_or(project.ends_on) };
    if ahead.from < ahead.to {
        let violation = owners::unfit_member(tx, &area, before.person_id, before.responsibility, ahead, "/valid_to")?;
        refuse_if_any(violation.into_iter().collect())?;
    }
    // Past days may lose their owner, because they are corrected; days from today on may not.
    let last = |end: Option<Day>| end.unwrap_or(project.ends_on);
    let (old, corrected) = ((before.valid_from, last(before.valid_to)), (from, last(to).max(from)));
    for (begins, ends) in [(old.0.max(today), corrected.0.min(old.1)), (corrected.1.max(old.0).max(today), old.1)] {
        if begins < ends {
            refuse_gap(tx, &project, &before, Interval { from: begins, to: ends })?;
        }
    }
    let after = next_version(tx, &before, from, to);
    write(tx, before, after, types::OWNERSHIP_CORRECTED, Some(&new.reason))
}

/// Hands the rest of an assignment over to another person: it ends on the day on which the new assignment begins.
/// Returns the ended and the new assignment.
///
/// # Errors
/// 422 with `pointer` when the person is not a suitable member on all of these days; 409 when the assignment is already
/// theirs.
pub fn hand_over(
    tx: &mut Tx<'_>,
    project: &Project,
    area: &Area,
    before: &Assignment,
    to: PersonId,
    on: Day,
    pointer: &str,
) -> Result<(Assignment, Assignment), Error> {
    let from = on.max(before.valid_from);
    let days = Interval { from, to: before.valid_to.unwrap_or(project.ends_on) };
    if days.from >= days.to {
        let text = Text::new("violation-no-days-left");
        return Err(Error::violation(Violation::at(pointer, "nothing_to_hand_over", text)));
    }
    if before.person_id == to {
        return Err(Problem::new(Code::Conflict).because("detail-same-owner").into());
    }
    refuse_if_any(owners::unfit_member(tx, area, to, before.responsibility, days, pointer)?.into_iter().collect())?;
    let ended = next_version(tx, before, before.valid_from, Some(from));
    let ended = write(tx, before.clone(), ended, types::OWNERSHIP_ENDED, None)?;
    let next = Assignment {
        id: tx.new_id(),
        person_id: to,
        valid_from: from,
        version: 1,
        created_at: tx.now,
        recorded_at: tx.now,
        superseded_at: None,
        ..before.clone()
    };
    store::insert(tx.conn, &next)?.map_err(owners::refusal)?;
    let body = AssignmentBody::from(next.clone());
    tx.record_change(&Change::created(types::OWNERSHIP_TRANSFERRED, next.id.as_str(), &body)?)?;
    Ok((ended, next))
}

/// Hands an assignment of a person who leaves the company over to a successor, from today on, in a project that the
/// caller has locked. Returns the assignment of the successor, and whether this call created it: repeating it changes
/// nothing.
///
/// # Errors
/// 422 with `pointer` for an unknown assignment and an unsuitable successor; 409 when the project has ended, or the
/// area is disputed.
pub fn hand_over_from(
    tx: &mut Tx<'_>,
    project: &Project,
    (id, leaving): (AssignmentId, PersonId),
    to: PersonId,
    pointer: &str,
) -> Result<(Assignment, bool), Error> {
    let found = store::find(tx.conn, id)?;
    let before = found.filter(|row| row.person_id == leaving && row.project_id == project.id);
    let before = before.ok_or_else(|| unknown_assignment(pointer))?;
    let has_ended = before.valid_to.is_some_and(|end| end <= before.valid_from.max(tx.now.day()));
    if has_ended && let Some(taken_over) = store::taken_over(tx.conn, &before, to)? {
        return Ok((taken_over, false));
    }
    project.state.require_for(ProjectVerb::CreateAssignment, "offboard_person")?;
    let area = store::area(tx.conn, before.area_id)?.ok_or_else(Error::not_found)?;
    if before.responsibility == Responsibility::Accountable {
        guard::refuse_while_disputed(tx.conn, area.id)?;
    }
    let (_, next) = hand_over(tx, project, &area, &before, to, tx.now.day(), &format!("{pointer}/person_id"))?;
    Ok((next, true))
}

/// Returns the problem for an assignment that does not exist or belongs to another person.
pub fn unknown_assignment(pointer: &str) -> Error {
    Error::violation(Violation::unknown_reference(format!("{pointer}/assignment_id"), "violation-unknown-assignment"))
}

/// Hands the areas of a member who leaves the project over to the named successors, from the day `on`.
///
/// # Errors
/// 422 for an unsuitable successor; 409 for an area that is disputed.
pub fn succeed(
    tx: &mut Tx<'_>,
    project: &Project,
    leaving: PersonId,
    on: Day,
    successors: &[Successor],
) -> Result<(), Error> {
    for (index, successor) in successors.iter().enumerate() {
        let pointer = format!("/successors/{index}");
        let area = area_of(tx, project, successor.area_id, &pointer)?;
        guard::refuse_while_disputed(tx.conn, area.id)?;
        let owned = store::owners_between(tx.conn, area.id, on, None)?;
        for assignment in owned.into_iter().filter(|one| one.person_id == leaving) {
            hand_over(tx, project, &area, &assignment, successor.person_id, on, &format!("{pointer}/person_id"))?;
        }
    }
    Ok(())
}

fn area_of(tx: &mut Tx<'_>, project: &Project, id: AreaId, pointer: &str) -> Result<Area, Error> {
    let area = store::area(tx.conn, id)?.filter(|area| area.project_id == project.id);
    area.ok_or_else(|| {
        Error::violation(Violation::unknown_reference(format!("{pointer}/area_id"), "violation-unknown-area"))
    })
}

/// Shortens assignments that last beyond the new end of a project.
pub fn end_by(tx: &mut Tx<'_>, project: &Project, day: Day) -> Result<(), Error> {
    for before in store::from_day(tx.conn, project.id, day)? {
        if before.valid_to.is_some() || before.valid_from > day {
            let after = next_version(tx, &before, before.valid_from, Some(day.max(before.valid_from)));
            write(tx, before, after, types::OWNERSHIP_ENDED, Some("The project ends earlier."))?;
        }
    }
    Ok(())
}

/// Refuses to leave an area of a running project without an accountable person on some of the days.
///
/// # Errors
/// 409.
fn refuse_gap(tx: &mut Tx<'_>, project: &Project, leaving: &Assignment, days: Interval) -> Result<(), Error> {
    if !project.state.is_running() || leaving.responsibility != Responsibility::Accountable {
        return Ok(());
    }
    let others = store::owners_between(tx.conn, leaving.area_id, days.from, Some(days.to))?;
    let taken: Vec<_> = others
        .iter()
        .filter(|other| other.id != leaving.id)
        .map(|other| Interval { from: other.valid_from, to: other.valid_to.unwrap_or(project.ends_on) })
        .collect();
    if coverage::gaps(days, &taken).is_empty() {
        return Ok(());
    }
    Err(Problem::new(Code::Conflict).because("detail-no-successor").into())
}

fn next_version(tx: &Tx<'_>, before: &Assignment, valid_from: Day, valid_to: Option<Day>) -> Assignment {
    // If this clock is behind that of another replica, the order of the versions stays correct.
    let recorded_at = tx.now.max(before.recorded_at);
    Assignment { valid_from, valid_to, version: before.version + 1, recorded_at, ..before.clone() }
}

fn write(
    tx: &mut Tx<'_>,
    before: Assignment,
    after: Assignment,
    event: &'static str,
    reason: Option<&str>,
) -> Result<Assignment, Error> {
    store::supersede(tx.conn, &before, &after)?.map_err(owners::refusal)?;
    let (old, new) = (AssignmentBody::from(before), AssignmentBody::from(after.clone()));
    let change = Change::updated(event, after.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason, ..change })?;
    Ok(after)
}

/// Makes a person accountable from a day on for an area without an accountable person, until the next planned
/// assignment or the end of the project.
///
/// # Errors
/// 422 when the person is not a suitable member on all of these days.
pub fn begin(tx: &mut Tx<'_>, project: &Project, area: &Area, person: PersonId, on: Day) -> Result<(), Error> {
    let next = store::owners_between(tx.conn, area.id, on, None)?.first().map(|planned| planned.valid_from);
    let days = Interval { from: on, to: next.unwrap_or(project.ends_on) };
    let responsibility = Responsibility::Accountable;
    refuse_if_any(owners::unfit_member(tx, area, person, responsibility, days, "/person_id")?.into_iter().collect())?;
    let row = Assignment {
        id: tx.new_id(),
        area_id: area.id,
        project_id: project.id,
        person_id: person,
        responsibility,
        valid_from: on,
        valid_to: next,
        version: 1,
        created_at: tx.now,
        recorded_at: tx.now,
        superseded_at: None,
    };
    store::insert(tx.conn, &row)?.map_err(owners::refusal)?;
    let body = AssignmentBody::from(row.clone());
    tx.record_change(&Change::created(types::OWNERSHIP_ASSIGNED, row.id.as_str(), &body)?)
}
