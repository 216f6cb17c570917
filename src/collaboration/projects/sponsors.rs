//! Sponsor roles and leads across projects: how a person takes office, and what changes when a person is deactivated,
//! reactivated, or moves to another department.
//!
//! Rule: a sponsor is in office once the person has accepted and the department has confirmed. No one does
//! this for another: proposing oneself is accepting, and a proposal of the head of the department is confirmed. A
//! sponsor in office stays until the successor is in office: a side that names a successor who never accepts would
//! otherwise stop the project.

use super::dto::SideBody;
use super::new_head::Standing as HeadStanding;
use super::service::{self, Whole};
use super::state::Verb;
use super::store::{self, Side, SideRow, SponsorOfAnotherSide};
use crate::directory::people;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// Returns the sides for which a person is named in projects that have not ended, including those marked as vacant.
pub fn held_by(conn: &mut DbConn, person: PersonId, today: Day) -> Result<Vec<Side>, Error> {
    store::sides_of_sponsors(conn, &[person], today)
}

/// Returns the sides for which a person is proposed as the successor of the sponsor, in projects that have not ended.
pub fn succeeded_by(conn: &mut DbConn, person: PersonId, today: Day) -> Result<Vec<Side>, Error> {
    store::sides_of_successors(conn, &[person], today)
}

/// Returns the projects that a person leads and that have not ended, at most `most` of them.
pub fn led_by(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<ProjectId>, Error> {
    store::led_by(conn, person, most)
}

/// Returns the projects that have not ended and on whose panel of arbiters a person is, at most `most` of them.
pub fn panels_of(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<ProjectId>, Error> {
    store::panels_of(conn, person, most)
}

/// Returns all sides of several projects.
pub fn of_projects(conn: &mut DbConn, ids: &[ProjectId], today: Day) -> Result<Vec<Side>, Error> {
    store::sides_of(conn, ids, today)
}

/// Returns the violation for a person whose regular position today is not in the department of the side.
#[must_use]
pub fn elsewhere(pointer: impl Into<String>) -> Violation {
    Violation::at(pointer, "wrong_side", "violation-sponsor-of-other-department")
}

/// Returns the side after `by` has proposed a person, whose regular position is in its department. A sponsor in office
/// stays until this person has accepted and is confirmed.
#[must_use]
pub fn proposed(before: &Side, person: PersonId, by: Option<PersonId>, now: UtcTime) -> Side {
    let has_accepted = by == Some(person);
    let is_head = by.is_some() && before.head == by;
    let has_confirmed = is_head && HeadStanding::of(before, now).settled() == by;
    let row = SideRow {
        sponsor_person_id: Some(person),
        sponsor_accepted_at: has_accepted.then_some(now),
        sponsor_confirmed_at: has_confirmed.then_some(now),
        sponsor_confirmed_by: by.filter(|_| has_confirmed),
        ..empty(before, now)
    };
    let candidate = Side { sponsor_works_here: true, ..before.with(row) };
    succeeded(before, in_office_if_complete(candidate))
}

/// Returns the row of a side on which no one is named, with a vacancy that begins at `now` if there was none.
fn empty(side: &Side, now: UtcTime) -> SideRow {
    SideRow {
        sponsor_person_id: None,
        vacant_since: side.vacant_since.or(Some(now)),
        sponsor_accepted_at: None,
        sponsor_confirmed_at: None,
        sponsor_confirmed_by: None,
        successor_person_id: None,
        successor_accepted_at: None,
        successor_confirmed_at: None,
        successor_confirmed_by: None,
        ..side.row.clone()
    }
}

/// Returns the side as if the successor of the sponsor were named as the sponsor, who is not in office yet; the side
/// itself without a successor. One statement if there is a successor.
pub fn candidate(tx: &mut Tx<'_>, side: &Side) -> Result<Side, Error> {
    let Some(person) = side.successor_person_id else { return Ok(side.clone()) };
    let homes = people::service::home_position_on(tx.conn, &[person], tx.now.day())?;
    let row = SideRow {
        sponsor_person_id: Some(person),
        sponsor_accepted_at: side.successor_accepted_at,
        sponsor_confirmed_at: side.successor_confirmed_at,
        sponsor_confirmed_by: side.successor_confirmed_by,
        ..empty(side, tx.now)
    };
    let sponsor_works_here = homes.iter().any(|home| home.department_id == side.department_id);
    Ok(Side { sponsor_works_here, ..side.with(row) })
}

/// Returns the side after its candidate has changed. One who is in office, or proposed while no one is, is the sponsor;
/// otherwise they are the successor of the sponsor in office.
fn succeeded(before: &Side, candidate: Side) -> Side {
    if candidate.vacant_since.is_none() || before.active_sponsor().is_none() {
        return candidate;
    }
    before.with(SideRow {
        successor_person_id: candidate.sponsor_person_id,
        successor_accepted_at: candidate.sponsor_accepted_at,
        successor_confirmed_at: candidate.sponsor_confirmed_at,
        successor_confirmed_by: candidate.sponsor_confirmed_by,
        ..before.row.clone()
    })
}

/// Returns the side without a successor of its sponsor, who stays in office.
#[must_use]
pub fn without_successor(before: &Side) -> Side {
    before.with(SideRow {
        successor_person_id: None,
        successor_accepted_at: None,
        successor_confirmed_at: None,
        successor_confirmed_by: None,
        ..before.row.clone()
    })
}

/// Proposes a person as the sponsor of a side that joins, and records it.
///
/// # Errors
/// 409 when the person is the sponsor of another side.
pub fn propose_for_joining(
    tx: &mut Tx<'_>,
    before: &Side,
    person: PersonId,
    by: Option<PersonId>,
) -> Result<Side, Error> {
    let after = proposed(before, person, by, tx.now);
    write(tx, &after)?;
    let event = if after.vacant_since.is_none() { types::SPONSOR_ASSIGNED } else { types::SPONSOR_PROPOSED };
    let (old, new) = (SideBody::from(before.clone()), SideBody::from(after.clone()));
    tx.record_change(&Change::updated(event, after.project_id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Returns the side after its candidate has accepted; for the head of the department, that is enough.
#[must_use]
pub fn accepted(before: &Side, candidate: &Side, now: UtcTime) -> Side {
    let mut row = SideRow { sponsor_accepted_at: Some(now), ..candidate.row.clone() };
    let settled = HeadStanding::of(before, now).settled();
    if row.sponsor_confirmed_at.is_none() && settled.is_some() && settled == row.sponsor_person_id {
        (row.sponsor_confirmed_at, row.sponsor_confirmed_by) = (Some(now), row.sponsor_person_id);
    }
    succeeded(before, in_office_if_complete(candidate.with(row)))
}

/// Returns the side after its candidate was confirmed on behalf of the department.
#[must_use]
pub fn confirmed(before: &Side, candidate: &Side, by: Option<PersonId>, now: UtcTime) -> Side {
    let row = SideRow { sponsor_confirmed_at: Some(now), sponsor_confirmed_by: by, ..candidate.row.clone() };
    succeeded(before, in_office_if_complete(candidate.with(row)))
}

/// Returns the side without a sponsor.
#[must_use]
pub fn vacated(before: &Side, now: UtcTime) -> Side {
    Side { sponsor_works_here: false, ..before.with(empty(before, now)) }
}

fn is_complete(row: &SideRow) -> bool {
    row.sponsor_accepted_at.is_some() && row.sponsor_confirmed_at.is_some()
}

fn in_office_if_complete(side: Side) -> Side {
    if is_complete(&side.row) { side.with(SideRow { vacant_since: None, ..side.row.clone() }) } else { side }
}

/// Marks the sides of a deactivated sponsor as vacant. The sponsor stays recorded; no successor is assigned.
pub fn sponsor_deactivated(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    for side in held_by(tx.conn, person, tx.now.day())? {
        let vacant_since = side.vacant_since.or(Some(tx.now));
        mark(tx, side, vacant_since, types::SPONSOR_REMOVED, "The sponsor was deactivated.")?;
    }
    Ok(())
}

/// Ends the vacancy of the sides that a reactivated person still sponsors.
pub fn sponsor_reactivated(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    for side in held_by(tx.conn, person, tx.now.day())?.into_iter().filter(|side| is_complete(&side.row)) {
        mark(tx, side, None, types::SPONSOR_ASSIGNED, "The sponsor was reactivated.")?;
    }
    Ok(())
}

/// Records that sponsors have left the department of their side, or are there again, so that a vacancy has a beginning
/// and an end. Their rights follow from the date at once. The caller has locked the project.
pub fn follow_positions(tx: &mut Tx<'_>, mut whole: Whole) -> Result<Whole, Error> {
    for before in whole.sides.clone().into_iter().filter(|side| is_complete(&side.row)) {
        let (vacant_since, event, reason) = match (before.sponsor_works_here, before.vacant_since) {
            (false, None) => (Some(tx.now), types::SPONSOR_REMOVED, "The sponsor has left the department."),
            (true, Some(_)) if is_active(tx, before.sponsor_person_id)? => {
                (None, types::SPONSOR_ASSIGNED, "The sponsor works in the department again.")
            }
            _ => continue,
        };
        let after = before.with(SideRow { vacant_since, ..before.row.clone() });
        whole = change(tx, whole, before, after, event, Some(reason))?;
    }
    Ok(whole)
}

fn is_active(tx: &mut Tx<'_>, person: Option<PersonId>) -> Result<bool, Error> {
    let Some(person) = person else { return Ok(false) };
    Ok(people::service::existing(tx.conn, &[person])?.iter().all(|one| one.deactivated_at.is_none()))
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
    store::set_sponsor(tx.conn, &side.row)?
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
    let sides = store::sides_and_joining(tx.conn, project.id, tx.now.day())?;
    let unchanged = sides.iter().any(|side| side.row == before.row);
    if before.vacant_since == vacant_since || !unchanged || !project.state.allows(Verb::AssignSponsor) {
        return Ok(());
    }
    let after = before.with(SideRow { vacant_since, ..before.row.clone() });
    write(tx, &after)?;
    let (old, new) = (SideBody::from(before), SideBody::from(after));
    let change = Change::updated(event, project.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason: Some(reason), ..change })
}
