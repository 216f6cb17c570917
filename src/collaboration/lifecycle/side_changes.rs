//! Sides that join and leave a running project, by an amendment of the charter.
//!
//! Rules: a new side signs the whole charter together with all others, and so does a side that leaves. The sponsor of a
//! new side is proposed like any other: the person accepts, and the head of the department confirms. No side can
//! respond before that. Until all have signed, the sponsor of a new side can read the project and respond to this
//! approval, and has no other rights. A side leaves only when it has no members and no areas. A project always has two
//! to eight sides. When the sides change, everything that is still open ends, because it was asked of other sides.

use std::collections::HashMap;

use serde_json::json;

use super::dto::{JoiningSide, NewCharterVersion};
use super::joint;
use crate::collaboration::approvals::delegations;
use crate::collaboration::memberships::service as memberships;
use crate::collaboration::projects::revision::Amended;
use crate::collaboration::projects::{
    Project, Side, SideRow, SideStanding, agreed, new_head, service as projects, sponsors,
};
use crate::directory::departments::{self, service::Department};
use crate::directory::people::{self, Person};
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::tx::Tx;

/// Least and most sides of a project.
const SIDES: std::ops::RangeInclusive<usize> = 2..=8;

/// The sides of the next charter, and the rows of those that are new, each with the sponsor to propose.
pub struct Plan {
    pub departments: Vec<DepartmentId>,
    pub joining: Vec<(SideRow, PersonId)>,
}

/// Locks the proposed sponsors of new sides and the lead until the end of the transaction, so that they cannot be
/// deactivated at the same time. Call it before the project is locked, in the same order as a deactivation.
pub fn lock_people(tx: &mut Tx<'_>, text: &NewCharterVersion) -> Result<Vec<Person>, Error> {
    let sponsors = text.joining_sides.iter().map(|side| side.sponsor_person_id);
    let ids: Vec<_> = sponsors.chain(text.lead_person_id).collect();
    if ids.is_empty() { Ok(Vec::new()) } else { people::service::lock_many(tx.conn, &ids) }
}

/// Returns the sides of the next charter.
///
/// # Errors
/// 409 when a side that leaves has members or areas, or a new sponsor is a member or the lead; 422 for sides that
/// cannot join or leave.
pub fn plan(
    tx: &mut Tx<'_>,
    project: &Project,
    sides: &[Side],
    text: &NewCharterVersion,
    people: &[Person],
) -> Result<Plan, Error> {
    let (joining, leaving) = (&text.joining_sides, &text.leaving_department_ids);
    let mut departments: Vec<_> = sides.iter().map(|side| side.department_id).collect();
    if joining.is_empty() && leaving.is_empty() {
        return Ok(Plan { departments, joining: Vec::new() });
    }
    let mut violations = faults(project, sides, text);
    let mut known = Vec::new();
    if !joining.is_empty() {
        let new: Vec<_> = joining.iter().map(|side| side.department_id).collect();
        known = departments::service::existing(tx.conn, &new)?;
        violations.extend(unknown(joining, &known, people));
        violations.extend(shared_heads(sides, text, &known));
        violations.extend(elsewhere(tx, joining)?);
    }
    departments.retain(|department| !leaving.contains(department));
    departments.extend(joining.iter().map(|side| side.department_id));
    if !SIDES.contains(&departments.len()) {
        let pointer = if joining.is_empty() { "/leaving_department_ids" } else { "/joining_sides" };
        violations.push(Violation::at(pointer, "wrong_number_of_sides", "violation-number-of-sides"));
    }
    refuse_if_any(violations)?;
    for side in joining {
        let stays = memberships::stays(tx.conn, project.id, side.sponsor_person_id)?;
        if stays.iter().any(|(_, _, end)| *end > tx.now.day()) {
            return Err(Problem::new(Code::Conflict).because("detail-sponsor-is-member").into());
        }
        if project.lead_person_id == Some(side.sponsor_person_id) {
            return Err(Problem::new(Code::Conflict).because("detail-sponsor-is-lead").into());
        }
    }
    refuse_while_present(tx, project, leaving)?;
    Ok(Plan { departments, joining: rows(tx, project, sides, joining, &known)? })
}

/// Returns what is wrong with the request itself.
fn faults(project: &Project, sides: &[Side], text: &NewCharterVersion) -> Vec<Violation> {
    let mut found = Vec::new();
    let is_side = |department: DepartmentId| sides.iter().any(|side| side.department_id == department);
    if !project.state.is_running() {
        let pointer = if text.joining_sides.is_empty() { "/leaving_department_ids" } else { "/joining_sides" };
        found.push(Violation::at(pointer, "not_activated", "violation-sides-before-activation"));
    }
    for (index, _) in text.leaving_department_ids.iter().enumerate().filter(|(_, side)| !is_side(**side)) {
        let text = Text::new("violation-leaving-side");
        found.push(Violation::at(format!("/leaving_department_ids/{index}"), "not_a_side", text));
    }
    let mut taken: Vec<Option<PersonId>> = sides.iter().map(|side| side.sponsor_person_id).collect();
    for (index, side) in text.joining_sides.iter().enumerate() {
        let repeated = text.joining_sides.iter().take(index).any(|other| other.department_id == side.department_id);
        if is_side(side.department_id) || repeated {
            let text = Text::new("violation-repeated-side").with("department", side.department_id.to_string());
            found.push(Violation::at(format!("/joining_sides/{index}/department_id"), "duplicate_item", text));
        }
        if taken.contains(&Some(side.sponsor_person_id)) {
            let text = Text::new("violation-sponsor-of-two-sides");
            found.push(Violation::at(format!("/joining_sides/{index}/sponsor_person_id"), "duplicate_item", text));
        }
        taken.push(Some(side.sponsor_person_id));
    }
    found
}

/// Returns a violation for every unknown department, and for every unknown or deactivated sponsor.
fn unknown(joining: &[JoiningSide], known: &[Department], sponsors: &[Person]) -> Vec<Violation> {
    let sponsors: HashMap<_, _> = sponsors.iter().map(|person| (person.id, person.deactivated_at)).collect();
    let mut found = Vec::new();
    for (index, side) in joining.iter().enumerate() {
        if known.iter().all(|row| row.id != side.department_id) {
            let pointer = format!("/joining_sides/{index}/department_id");
            found.push(Violation::unknown_reference(pointer, "violation-unknown-department"));
        }
        let pointer = format!("/joining_sides/{index}/sponsor_person_id");
        match sponsors.get(&side.sponsor_person_id) {
            None => found.push(Violation::unknown_reference(pointer, "violation-unknown-person")),
            Some(Some(_)) => found.push(people::deactivated_person(pointer)),
            Some(None) => {}
        }
    }
    found
}

/// Returns a violation for every new side whose department has the same head as another side: one person would confirm
/// the sponsors of both.
fn shared_heads(sides: &[Side], text: &NewCharterVersion, known: &[Department]) -> Vec<Violation> {
    let stays = |side: &&Side| !text.leaving_department_ids.contains(&side.department_id);
    let mut heads: Vec<_> =
        sides.iter().filter(stays).filter_map(|side| side.head.map(|head| (head, side.department_id))).collect();
    let mut found = Vec::new();
    for (index, side) in text.joining_sides.iter().enumerate() {
        let head = known.iter().find(|row| row.id == side.department_id).and_then(|row| row.head_person_id);
        let Some(head) = head else { continue };
        if heads.iter().any(|(one, department)| *one == head && *department != side.department_id) {
            let pointer = format!("/joining_sides/{index}/department_id");
            found.push(Violation::at(pointer, "same_head", "violation-same-head"));
        }
        heads.push((head, side.department_id));
    }
    found
}

/// Returns a violation for every sponsor whose regular position is not in the department of their side today.
fn elsewhere(tx: &mut Tx<'_>, joining: &[JoiningSide]) -> Result<Vec<Violation>, Error> {
    let ids: Vec<_> = joining.iter().map(|side| side.sponsor_person_id).collect();
    let homes = people::service::home_position_on(tx.conn, &ids, tx.now.day())?;
    let is_home = |side: &JoiningSide| {
        homes.iter().any(|home| home.person_id == side.sponsor_person_id && home.department_id == side.department_id)
    };
    let wrong = joining.iter().enumerate().filter(|(_, side)| !is_home(side));
    Ok(wrong.map(|(index, _)| sponsors::elsewhere(format!("/joining_sides/{index}/sponsor_person_id"))).collect())
}

/// Returns the rows of new sides, at positions that no side has, with the sponsors to propose.
fn rows(
    tx: &mut Tx<'_>,
    project: &Project,
    sides: &[Side],
    joining: &[JoiningSide],
    known: &[Department],
) -> Result<Vec<(SideRow, PersonId)>, Error> {
    if joining.is_empty() {
        return Ok(Vec::new());
    }
    let of = |side: &JoiningSide| known.iter().find(|row| row.id == side.department_id);
    let changed: Vec<_> = joining.iter().map(|side| of(side)?.head_changed_at).collect();
    let days = agreed::agreed(tx.conn, project.id)?.response_days;
    let waits = new_head::of_new_sides(tx.conn, &changed, days, tx.now)?;
    let free = (0..).filter(|position| sides.iter().all(|side| side.position != *position));
    let rows = free.zip(joining.iter().zip(waits)).map(|(position, (side, wait))| {
        let row = SideRow::vacant(project.id, side.department_id, position, SideStanding::Joining, tx.now);
        (row.waiting(wait), side.sponsor_person_id)
    });
    Ok(rows.collect())
}

/// Refuses to let sides leave that still have members, invitees or areas.
fn refuse_while_present(tx: &mut Tx<'_>, project: &Project, leaving: &[DepartmentId]) -> Result<(), Error> {
    if leaving.is_empty() {
        return Ok(());
    }
    let members = memberships::present_in(tx.conn, project, leaving, tx.now)?;
    let areas = projects::areas(tx.conn, project.id)?;
    let areas: Vec<_> =
        areas.iter().filter(|area| area.retired_at.is_none() && leaving.contains(&area.department_id)).collect();
    if members.is_empty() && areas.is_empty() {
        return Ok(());
    }
    let members: Vec<_> = members.iter().map(|row| json!({"id": row.id, "person_id": row.person_id})).collect();
    let areas: Vec<_> = areas.iter().map(|area| json!({"id": area.id, "key": area.key})).collect();
    let problem = Problem::new(Code::Conflict).because("detail-side-still-present");
    Err(problem.with("members", members).with("areas", areas).into())
}

/// Carries out what a change of the sides means, after the charter has come into force.
///
/// # Errors
/// 409 when a side that leaves has members again.
pub fn took_effect(tx: &mut Tx<'_>, amended: &Amended) -> Result<(), Error> {
    if !amended.sides_changed() {
        return Ok(());
    }
    refuse_while_present(tx, &amended.project, &amended.left)?;
    for side in &amended.left {
        delegations::service::end_with_sponsor(tx, amended.project.id, *side)?;
    }
    joint::end_questions(tx, &amended.project)
}
