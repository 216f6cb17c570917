//! Invites people to a project.
//!
//! Rules: the invitee's regular position on the first day is in the department of the side; the days are within the
//! project; memberships of one person in a project do not overlap; a sponsor cannot be a member. All violations of all
//! items are reported together, and nothing is written if there is one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::dto::NewMembership;
use super::member::{Member, phase, sponsors};
use super::scheduled;
use super::state::{INVITATION_SECONDS, MembershipState};
use super::store::{self, AlreadyMember, Loaded, Membership};
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Project, ProjectVerb, service as projects};
use crate::collaboration::states::MembershipDecision;
use crate::directory::people::service::{self as people, HomePosition};
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Invites people to a project, all or none. `pointer` returns the JSON Pointer of an item of the request.
///
/// # Errors
/// 403, 404; 422 with every violation of every item; 409 when a person is already a member or invited on some of the
/// days, or when the project does not accept new members.
pub fn invite(
    tx: &mut Tx<'_>,
    project: ProjectId,
    items: &[NewMembership],
    pointer: fn(usize) -> String,
) -> Result<Vec<Member>, Error> {
    let permitted = permit(tx, Action::InviteMember, |tx| {
        let standing = Standing::read(tx, project)?;
        let sides = projects::sides(tx.conn, project, tx.now.day())?;
        let relations = standing.relations;
        // Each side invites its own people only.
        let is_own = |item: &NewMembership| projects::in_side(relations, item.department_id, &sides).represents;
        let represents = items.iter().all(is_own);
        Ok(standing.representing(represents).about(sides))
    })?;
    let Standing { project, about: sides, .. } = permitted.lock_and_raise(tx)?;
    project.state.require(ProjectVerb::InviteMember)?;
    let answers_to = sponsors(sides.iter().map(|side| side.sponsor_person_id));
    let days: Vec<_> = items.iter().map(|item| days(item, &project, tx.now.day())).collect();
    let known = Known {
        positions: home_positions(tx, items, &days)?,
        sides: sides.iter().map(|side| side.department_id).collect(),
        sponsors: sides.iter().flat_map(|side| [side.sponsor_person_id, side.successor_person_id]).flatten().collect(),
    };
    let mut violations = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let place = pointer(index);
        violations.extend(check_item(item, days[index], &place, &project, tx.now.day(), &known));
    }
    violations.extend(unknown_people(tx, items, &days, &known, pointer)?);
    refuse(violations, overlaps(tx, &project, items, &days, pointer)?)?;

    let rows: Vec<_> = items
        .iter()
        .zip(&days)
        .filter_map(|(item, days)| {
            known.positions.get(&(item.person_id, days.0)).map(|position| row(tx, &project, item, *days, position))
        })
        .collect();
    store::insert(tx.conn, &rows)?.map_err(|AlreadyMember| already_member())?;
    let phase = phase(&project);
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        let loaded = Loaded { row, has_home: true };
        let member = Member::new(loaded, phase, answers_to.clone(), tx.now);
        tx.record_change(&Change::created(types::MEMBERSHIP_INVITED, member.row.id.as_str(), &member.body())?)?;
        members.push(member);
    }
    Ok(members)
}

/// Data that the invitations are checked against.
struct Known {
    /// The regular positions, by person and first day of the invitation.
    positions: HashMap<(PersonId, Day), HomePosition>,
    sides: HashSet<DepartmentId>,
    sponsors: HashSet<PersonId>,
}

/// Returns `[valid_from, valid_to)` of an invitation; absent days default to those of the project.
fn days(item: &NewMembership, project: &Project, today: Day) -> (Day, Day) {
    (item.valid_from.unwrap_or(project.starts_on.max(today)), item.valid_to.unwrap_or(project.ends_on))
}

/// Loads the regular positions on the first days. Runs one statement per distinct first day, usually one per batch.
fn home_positions(
    tx: &mut Tx<'_>,
    items: &[NewMembership],
    days: &[(Day, Day)],
) -> Result<HashMap<(PersonId, Day), HomePosition>, Error> {
    let mut by_day: BTreeMap<Day, BTreeSet<PersonId>> = BTreeMap::new();
    for (item, (from, _)) in items.iter().zip(days) {
        by_day.entry(*from).or_default().insert(item.person_id);
    }
    let mut positions = HashMap::new();
    for (day, ids) in by_day {
        let ids: Vec<_> = ids.into_iter().collect();
        let found = people::home_position_on(tx.conn, &ids, day)?;
        positions.extend(found.into_iter().map(|position| ((position.person_id, day), position)));
    }
    Ok(positions)
}

/// Returns the violations of one invitation that do not depend on the others.
fn check_item(
    item: &NewMembership,
    (from, to): (Day, Day),
    place: &str,
    project: &Project,
    today: Day,
    known: &Known,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut violation = |field: &str, code, detail: Text| {
        violations.push(Violation::at(format!("{place}/{field}"), code, detail));
    };
    if !known.sides.contains(&item.department_id) {
        violation("department_id", "wrong_side", "violation-not-a-side".into());
    } else if known.positions.get(&(item.person_id, from)).is_some_and(|one| one.department_id != item.department_id) {
        violation("department_id", "wrong_side", "violation-home-elsewhere".into());
    }
    if known.sponsors.contains(&item.person_id) {
        violation("person_id", "is_sponsor", "violation-member-is-sponsor".into());
    }
    if from < project.starts_on || from >= project.ends_on {
        violation("valid_from", "dates_out_of_range", "violation-outside-project".into());
    }
    if to > project.ends_on || to <= project.starts_on {
        violation("valid_to", "dates_out_of_range", "violation-outside-project".into());
    } else if to <= today {
        violation("valid_to", "dates_out_of_range", "violation-membership-over".into());
    } else if to <= from {
        violation(
            "valid_to",
            "not_after_start",
            Text::new("violation-must-be-after").with("field", "valid_to").with("other", "valid_from"),
        );
    }
    violations
}

/// Returns a violation for every person without a regular position on the first day, distinguishing people who do not
/// exist.
fn unknown_people(
    tx: &mut Tx<'_>,
    items: &[NewMembership],
    days: &[(Day, Day)],
    known: &Known,
    pointer: fn(usize) -> String,
) -> Result<Vec<Violation>, Error> {
    let without_position: Vec<_> = items
        .iter()
        .zip(days)
        .enumerate()
        .filter(|(_, (item, (from, _)))| !known.positions.contains_key(&(item.person_id, *from)))
        .map(|(index, (item, _))| (index, item.person_id))
        .collect();
    if without_position.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = without_position.iter().map(|(_, person)| *person).collect();
    let existing: HashSet<_> = people::existing(tx.conn, &ids)?.into_iter().map(|person| person.id).collect();
    let violation = |(index, person): (usize, PersonId)| {
        let place = format!("{}/person_id", pointer(index));
        if !existing.contains(&person) {
            return Violation::unknown_reference(place, "violation-unknown-person");
        }
        let detail = Text::new("violation-no-home-position");
        Violation::at(place, "home_position_missing", detail)
    };
    Ok(without_position.into_iter().map(violation).collect())
}

/// Returns a violation for every person who is already a member or invited on some of the days. Records expired
/// invitations as expired first, because the database would otherwise refuse new ones for the same days.
fn overlaps(
    tx: &mut Tx<'_>,
    project: &Project,
    items: &[NewMembership],
    days: &[(Day, Day)],
    pointer: fn(usize) -> String,
) -> Result<Vec<Violation>, Error> {
    let ids: Vec<_> = items.iter().map(|item| item.person_id).collect();
    let mut taken: Vec<(PersonId, (Day, Day))> = Vec::new();
    for found in store::taken(tx.conn, project.id, &ids, tx.now.day())? {
        let row = &found.row;
        let expired = found.state(phase(project), tx.now) == MembershipState::Expired;
        if row.decision == MembershipDecision::Invited && expired {
            scheduled::expire(tx, project, found)?;
        } else if row.valid_from < row.valid_to {
            taken.push((row.person_id, (row.valid_from, row.valid_to)));
        }
    }
    let mut violations = Vec::new();
    for (index, (item, (from, to))) in items.iter().zip(days).enumerate() {
        let overlaps =
            |(person, other): &(PersonId, (Day, Day))| *person == item.person_id && other.0 < *to && *from < other.1;
        if taken.iter().any(overlaps) {
            let detail = Text::new("violation-already-member");
            violations.push(Violation::at(format!("{}/person_id", pointer(index)), "already_member", detail));
        }
        taken.push((item.person_id, (*from, *to)));
    }
    Ok(violations)
}

/// Returns 409 when overlaps are the only problem, because they depend on the current state, and otherwise 422 with all
/// violations.
fn refuse(mut violations: Vec<Violation>, overlaps: Vec<Violation>) -> Result<(), Error> {
    if violations.is_empty() && overlaps.is_empty() {
        return Ok(());
    }
    if violations.is_empty() {
        return Err(Problem { violations: overlaps, ..already_member() }.into());
    }
    violations.extend(overlaps);
    Err(Problem::invalid(violations).into())
}

/// Builds the problem for overlapping memberships of one person.
fn already_member() -> Problem {
    Problem::new(Code::AlreadyExists).because("detail-already-member")
}

fn row(tx: &Tx<'_>, project: &Project, item: &NewMembership, days: (Day, Day), position: &HomePosition) -> Membership {
    Membership {
        id: tx.new_id(),
        project_id: project.id,
        person_id: item.person_id,
        department_id: item.department_id,
        decision: MembershipDecision::Invited,
        project_role: item.project_role.clone(),
        counts_for_parity: item.counts_for_parity,
        fte_percent: item.fte_percent,
        valid_from: days.0,
        valid_to: days.1,
        home_department_id: position.department_id,
        home_title: position.title.clone(),
        home_manager_person_id: position.manager_person_id,
        invited_at: tx.now,
        expires_at: tx.now.plus_seconds(INVITATION_SECONDS),
        responded_at: None,
        version: 1,
        updated_at: tx.now,
        started_at: None,
        returning_at: None,
        returned_on: None,
        returned_home_id: None,
    }
}
