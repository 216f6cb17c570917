//! Inviting people: what an invitation is checked for, and what it remembers.
//!
//! Rules: a member works for the side they have their home position in, on days inside the
//! project, and never on two memberships at once; a sponsor has a seat already; all faults of all
//! invitations are found in one pass, and nothing is written if there is one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::dto::NewMembership;
use super::member::{Member, phase, sponsors};
use super::scheduled;
use super::state::{INVITATION_SECONDS, MembershipState};
use super::store::{self, AlreadyMember, Loaded, Membership};
use crate::collaboration::projects::{Project, ProjectVerb, service as projects};
use crate::collaboration::states::MembershipDecision;
use crate::directory::people::service::{self as people, HomePosition};
use crate::kernel::authz::{self, Action};
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Invites people to a project, all or none. `pointer` gives the place of an item in the request.
///
/// # Errors
/// 403, 404; 422 with every fault of every item; 409 when a person is a member or invited already
/// on some of the days, or when the project takes nobody on any more.
pub fn invite(
    tx: &mut Tx<'_>,
    project: ProjectId,
    items: &[NewMembership],
    pointer: fn(usize) -> String,
) -> Result<Vec<Member>, Error> {
    let project = projects::lock(tx, project)?;
    let facts = projects::facts(tx.conn, project.id, tx.actor, tx.now)?.ok_or_else(Error::not_found)?;
    // Each side chooses its own people; the lead may ask anybody.
    if facts.sponsor && !facts.lead {
        for side in items.iter().map(|item| item.department_id).collect::<BTreeSet<_>>() {
            let facts = projects::facts_of_side(tx.conn, project.id, tx.actor, side, tx.now)?;
            authz::require(tx.actor, Action::InviteMember, &facts.ok_or_else(Error::not_found)?)?;
        }
    }
    tx.authorize_and_deduplicate(Action::InviteMember, &facts)?;
    project.state.require(ProjectVerb::Invite)?;
    let sides = projects::sides(tx.conn, project.id)?;
    let answers_to = sponsors(sides.iter().map(|side| side.sponsor_person_id));
    let days: Vec<_> = items.iter().map(|item| days(item, &project, tx.now.day())).collect();
    let known = Known {
        homes: homes(tx, items, &days)?,
        sides: sides.iter().map(|side| side.department_id).collect(),
        sponsors: answers_to.iter().copied().collect(),
    };
    let mut violations = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let place = pointer(index);
        violations.extend(faults(item, days[index], &place, &project, tx.now.day(), &known));
    }
    violations.extend(unknown_people(tx, items, &days, &known, pointer)?);
    refuse(violations, clashes(tx, &project, items, &days, pointer)?)?;

    let rows: Vec<_> = items
        .iter()
        .zip(&days)
        .filter_map(|(item, days)| {
            known.homes.get(&(item.person_id, days.0)).map(|home| row(tx, &project, item, *days, home))
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

/// What an invitation is checked against.
struct Known {
    /// By person and first day.
    homes: HashMap<(PersonId, Day), HomePosition>,
    sides: HashSet<DepartmentId>,
    sponsors: HashSet<PersonId>,
}

/// `[valid_from, valid_to)` of an invitation, with the days of the project where it is silent.
fn days(item: &NewMembership, project: &Project, today: Day) -> (Day, Day) {
    (item.valid_from.unwrap_or(project.starts_on.max(today)), item.valid_to.unwrap_or(project.ends_on))
}

/// One statement per different first day, which is one for nearly every batch.
fn homes(
    tx: &mut Tx<'_>,
    items: &[NewMembership],
    days: &[(Day, Day)],
) -> Result<HashMap<(PersonId, Day), HomePosition>, Error> {
    let mut by_day: BTreeMap<Day, BTreeSet<PersonId>> = BTreeMap::new();
    for (item, (from, _)) in items.iter().zip(days) {
        by_day.entry(*from).or_default().insert(item.person_id);
    }
    let mut homes = HashMap::new();
    for (day, ids) in by_day {
        let ids: Vec<_> = ids.into_iter().collect();
        let found = people::home_position_on(tx.conn, &ids, day)?;
        homes.extend(found.into_iter().map(|home| ((home.person_id, day), home)));
    }
    Ok(homes)
}

fn faults(
    item: &NewMembership,
    (from, to): (Day, Day),
    place: &str,
    project: &Project,
    today: Day,
    known: &Known,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut fault = |member: &str, code, en: &'static str, cs: &'static str| {
        violations.push(Violation::at(format!("{place}/{member}"), code, Text::new(en, cs)));
    };
    if !known.sides.contains(&item.department_id) {
        fault(
            "department_id",
            "wrong_side",
            "This department is not a side of the project.",
            "Toto oddělení není stranou projektu.",
        );
    } else if known.homes.get(&(item.person_id, from)).is_some_and(|home| home.department_id != item.department_id) {
        fault(
            "department_id",
            "wrong_side",
            "On the first day this person has their home position in another department.",
            "Kmenová pozice tohoto člověka je první den v jiném oddělení.",
        );
    }
    if known.sponsors.contains(&item.person_id) {
        fault(
            "person_id",
            "is_sponsor",
            "A sponsor of the project has a seat already and cannot be one of its members.",
            "Sponzor projektu už v něm místo má a členem být nemůže.",
        );
    }
    if from < project.starts_on || from >= project.ends_on {
        fault("valid_from", "dates_out_of_range", "This day is outside the project.", "Tento den je mimo projekt.");
    }
    if to > project.ends_on || to <= project.starts_on {
        fault("valid_to", "dates_out_of_range", "This day is outside the project.", "Tento den je mimo projekt.");
    } else if to <= today {
        fault("valid_to", "dates_out_of_range", "This would be over already.", "To už by bylo po konci.");
    } else if to <= from {
        fault("valid_to", "not_after_start", "This must be after the first day.", "Toto musí být po prvním dni.");
    }
    violations
}

/// Who has no home position on the first day, and whether that is because nobody knows them.
fn unknown_people(
    tx: &mut Tx<'_>,
    items: &[NewMembership],
    days: &[(Day, Day)],
    known: &Known,
    pointer: fn(usize) -> String,
) -> Result<Vec<Violation>, Error> {
    let homeless: Vec<_> = items
        .iter()
        .zip(days)
        .enumerate()
        .filter(|(_, (item, (from, _)))| !known.homes.contains_key(&(item.person_id, *from)))
        .map(|(index, (item, _))| (index, item.person_id))
        .collect();
    if homeless.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = homeless.iter().map(|(_, person)| *person).collect();
    let existing: HashSet<_> = people::existing(tx.conn, &ids)?.into_iter().map(|person| person.id).collect();
    let violation = |(index, person): (usize, PersonId)| {
        let place = format!("{}/person_id", pointer(index));
        if !existing.contains(&person) {
            return Violation::unknown_reference(place, "person", "člověk");
        }
        let detail = Text::new(
            "This person has no home position on the first day, so there would be nothing to return to.",
            "Tento člověk nemá první den kmenovou pozici, takže by se neměl kam vrátit.",
        );
        Violation::at(place, "home_position_missing", detail)
    };
    Ok(homeless.into_iter().map(violation).collect())
}

/// Who is a member or invited already. Invitations that have lapsed are recorded as such, which
/// makes room for new ones.
fn clashes(
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
        let lapsed = found.state(phase(project), tx.now) == MembershipState::Expired;
        if row.decision == MembershipDecision::Invited && lapsed {
            scheduled::expire(tx, project, found)?;
        } else if row.valid_from < row.valid_to {
            taken.push((row.person_id, (row.valid_from, row.valid_to)));
        }
    }
    let mut violations = Vec::new();
    for (index, (item, (from, to))) in items.iter().zip(days).enumerate() {
        let clash =
            |(person, other): &(PersonId, (Day, Day))| *person == item.person_id && other.0 < *to && *from < other.1;
        if taken.iter().any(clash) {
            let detail = Text::new(
                "This person is a member or invited already on some of these days.",
                "Tento člověk už v některém z těchto dní členem nebo pozvaným je.",
            );
            violations.push(Violation::at(format!("{}/person_id", pointer(index)), "already_member", detail));
        }
        taken.push((item.person_id, (*from, *to)));
    }
    Ok(violations)
}

/// A clash is a matter of the present state (409), unless something is wrong with the request too.
fn refuse(mut violations: Vec<Violation>, clashes: Vec<Violation>) -> Result<(), Error> {
    if violations.is_empty() && clashes.is_empty() {
        return Ok(());
    }
    if violations.is_empty() {
        return Err(Problem { violations: clashes, ..already_member() }.into());
    }
    violations.extend(clashes);
    Err(Problem::invalid(violations).into())
}

/// The refusal of a second membership on the same days.
fn already_member() -> Problem {
    Problem::new(Code::AlreadyExists).because(
        "A person is a member of a project, or invited to it, at most once on any day.",
        "Člověk je v každém dni členem projektu nebo pozvaným nejvýše jednou.",
    )
}

fn row(tx: &Tx<'_>, project: &Project, item: &NewMembership, days: (Day, Day), home: &HomePosition) -> Membership {
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
        home_department_id: home.department_id,
        home_title: home.title.clone(),
        home_manager: home.manager.clone(),
        invited_at: tx.now,
        expires_at: tx.now.plus_seconds(INVITATION_SECONDS),
        answered_at: None,
        version: 1,
        updated_at: tx.now,
        started_at: None,
        returning_at: None,
        returned_on: None,
        returned_home_id: None,
    }
}
