//! Creating a project. The departments and people it names must exist, and its charter must not be contradictory.

use std::collections::{HashMap, HashSet};

use super::agreed;
use super::arbiters;
use super::area_sync;
use super::charter::{CharterArea, Content};
use super::dto::{NewProject, NewSide};
use super::neutrality::Parties;
use super::new_head;
use super::service::Whole;
use super::sponsors;
use super::state::State;
use super::store::{self, CharterRow, Project, Side, SideRow, SideStanding};
use crate::directory::departments;
use crate::directory::departments::service::Department;
use crate::directory::people;
use crate::directory::people::service::HomePosition;
use crate::kernel::auth::Scope;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// Creates a project in the state `draft`.
///
/// # Errors
/// 403 when the caller is not in the directory; 422 for unknown departments and people, deactivated people,
/// contradictions, and arbiters who are not neutral.
pub fn create(tx: &mut Tx<'_>, new: &NewProject) -> Result<Whole, Error> {
    tx.authorize_and_deduplicate(Action::CreateProject, &Relations::default())?;
    let creator = author(tx)?;
    let ids: Vec<_> = new.sides.iter().map(|side| side.department_id).collect();
    let departments = departments::service::existing(tx.conn, &ids)?;
    let mut violations = unknown_departments(new, &departments);
    violations.extend(shared_heads(new, &departments));
    violations.extend(ineligible_people(tx.conn, new, tx.now.day())?);
    let areas = areas_of(new, &departments).unwrap_or_else(|violation| {
        violations.push(violation);
        Vec::new()
    });
    let NewProject { name, purpose, starts_on, ends_on, parity_tolerance, parity_measure, .. } = new.clone();
    let NewProject { goals, milestones, lead_person_id, sealed, .. } = new.clone();
    let NewProject { panel, response_days, .. } = new.clone();
    let sides = ids;
    let content = Content {
        name,
        purpose,
        starts_on,
        ends_on,
        parity_tolerance,
        parity_measure,
        sides,
        goals,
        milestones,
        areas,
        lead_person_id,
        sealed,
        panel,
        response_days,
    };
    violations.extend(content.contradictions());
    violations.extend(biased_arbiters(tx.conn, new, &content, tx.now.day())?);
    refuse_if_any(violations)?;
    let id = tx.new_id();
    let sides = proposed_sides(tx, id, new, &departments, creator)?;
    let whole = write(tx, id, &content, creator, sides)?;
    tx.record_change(&Change::created(types::PROJECT_CREATED, whole.project.id.as_str(), &whole.body())?)?;
    Ok(whole)
}

/// Returns the caller as a person in the directory; `None` for applications, and for administrators who are not in it.
///
/// # Errors
/// 403 for another person who is not in the directory, because they could not see the project they create.
fn author(tx: &mut Tx<'_>) -> Result<Option<PersonId>, Error> {
    let Some(login) = tx.actor.login() else { return Ok(None) };
    match people::service::by_login(tx.conn, login)? {
        Some(person) => Ok(Some(person.id)),
        None if tx.actor.has(Scope::Admin) => Ok(None),
        None => Err(people::person_unknown()),
    }
}

fn unknown_departments(new: &NewProject, departments: &[Department]) -> Vec<Violation> {
    let known: HashSet<_> = departments.iter().map(|department| department.id).collect();
    let sides = new.sides.iter().enumerate().filter(|(_, side)| !known.contains(&side.department_id));
    sides
        .map(|(index, _)| {
            Violation::unknown_reference(format!("/sides/{index}/department_id"), "violation-unknown-department")
        })
        .collect()
}

/// Returns a violation for every department that has the same head as a side before it: one person would confirm the
/// sponsors of both.
fn shared_heads(new: &NewProject, departments: &[Department]) -> Vec<Violation> {
    let head_of = |side: &NewSide| departments.iter().find(|row| row.id == side.department_id)?.head_person_id;
    let mut heads = HashMap::new();
    let repeated = new.sides.iter().enumerate().filter(|(_, side)| {
        head_of(side)
            .is_some_and(|head| heads.insert(head, side.department_id).is_some_and(|one| one != side.department_id))
    });
    repeated
        .map(|(index, _)| Violation::at(format!("/sides/{index}/department_id"), "same_head", "violation-same-head"))
        .collect()
}

/// Returns a violation for every named person who is unknown or deactivated, for every sponsor of more than one side or
/// of a department in which they have no regular position today, and for a lead who is a sponsor. Locks the people
/// until the end of the transaction, so that they cannot be deactivated at the same time.
fn ineligible_people(conn: &mut DbConn, new: &NewProject, today: Day) -> Result<Vec<Violation>, Error> {
    let lead = new.lead_person_id;
    let sponsors = new.sides.iter().enumerate().filter_map(|(index, side)| Some((index, side.sponsor_person_id?)));
    let sponsors: Vec<_> =
        sponsors.map(|(index, person)| (format!("/sides/{index}/sponsor_person_id"), person)).collect();
    let sponsoring_lead = lead.filter(|lead| sponsors.iter().any(|(_, person)| person == lead));
    let lead = lead.map(|person| ("/lead_person_id".to_owned(), person));
    let named: Vec<_> = sponsors.iter().cloned().chain(lead).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = named.iter().map(|(_, person)| *person).collect();
    let known: HashMap<_, _> =
        people::service::lock_many(conn, &ids)?.into_iter().map(|person| (person.id, person.deactivated_at)).collect();
    let elsewhere = sponsors_elsewhere(conn, new, &known, today)?;
    let mut sponsoring = HashSet::new();
    let repeated = sponsors.into_iter().filter(|(_, person)| !sponsoring.insert(*person)).map(|(pointer, _)| {
        let text = Text::new("violation-sponsor-of-two-sides");
        Violation::at(pointer, "duplicate_item", text)
    });
    let ineligible = named.into_iter().filter_map(|(pointer, person)| match known.get(&person) {
        None => Some(Violation::unknown_reference(pointer, "violation-unknown-person")),
        Some(deactivated_at) => deactivated_at.map(|_| people::deactivated_person(pointer)),
    });
    let sponsoring_lead = sponsoring_lead
        .filter(|lead| known.get(lead).is_some_and(Option::is_none))
        .map(|_| Violation::at("/lead_person_id", "is_sponsor", "violation-lead-is-sponsor"));
    Ok(ineligible.chain(repeated).chain(elsewhere).chain(sponsoring_lead).collect())
}

/// Returns a violation for every known sponsor whose regular position today is not in the department of the side.
fn sponsors_elsewhere(
    conn: &mut DbConn,
    new: &NewProject,
    known: &HashMap<PersonId, Option<UtcTime>>,
    today: Day,
) -> Result<Vec<Violation>, Error> {
    let sponsors: Vec<_> = new.sides.iter().filter_map(|side| side.sponsor_person_id).collect();
    if sponsors.is_empty() {
        return Ok(Vec::new());
    }
    let homes = people::service::home_position_on(conn, &sponsors, today)?;
    let is_elsewhere = |side: &NewSide| {
        side.sponsor_person_id.is_some_and(|person| {
            let works_here = |home: &HomePosition| home.person_id == person && home.department_id == side.department_id;
            known.get(&person).is_some_and(Option::is_none) && !homes.iter().any(works_here)
        })
    };
    let found = new.sides.iter().enumerate().filter(|(_, side)| is_elsewhere(side));
    Ok(found.map(|(index, _)| sponsors::elsewhere(format!("/sides/{index}/sponsor_person_id"))).collect())
}

/// Returns a violation for every arbiter of the panel who does not exist, is deactivated, or is not neutral.
fn biased_arbiters(
    conn: &mut DbConn,
    new: &NewProject,
    content: &Content,
    today: Day,
) -> Result<Vec<Violation>, Error> {
    let sponsors: Vec<_> = new.sides.iter().filter_map(|side| side.sponsor_person_id).collect();
    let with_role: Vec<_> = sponsors.iter().copied().chain(new.lead_person_id).collect();
    let parties = Parties { sides: &content.sides, sponsors: &sponsors, with_role: &with_role };
    let findings = arbiters::examine(conn, &content.panel, parties, today)?;
    Ok(arbiters::violations(&findings))
}

/// Returns the sides with the sponsors that the caller proposes. Proposing oneself is accepting, and a proposal of the
/// head of the department is confirmed.
fn proposed_sides(
    tx: &mut Tx<'_>,
    id: ProjectId,
    new: &NewProject,
    departments: &[Department],
    creator: Option<PersonId>,
) -> Result<Vec<Side>, Error> {
    let of = |side: &NewSide| departments.iter().find(|row| row.id == side.department_id);
    let changed: Vec<_> = new.sides.iter().map(|side| of(side)?.head_changed_at).collect();
    let waits = new_head::of_new_sides(tx.conn, &changed, agreed::usual_days(), tx.now)?;
    let named = (0..).zip(new.sides.iter().zip(waits)).map(|(position, (side, wait))| {
        let row = SideRow::vacant(id, side.department_id, position, SideStanding::Current, tx.now);
        let vacant = Side {
            row: row.waiting(wait),
            head: of(side).and_then(|row| row.head_person_id),
            head_is_first: of(side).is_some_and(|row| row.head_is_first),
            sponsor_works_here: false,
        };
        match side.sponsor_person_id {
            Some(person) => sponsors::proposed(&vacant, person, creator, tx.now),
            None => vacant,
        }
    });
    Ok(named.collect())
}

/// Returns the areas of the request, or those of the template if the request has none.
fn areas_of(new: &NewProject, departments: &[Department]) -> Result<Vec<CharterArea>, Violation> {
    let Some(template) = new.template.filter(|_| new.areas.is_none()) else {
        return Ok(new.areas.clone().unwrap_or_default());
    };
    let by_key: HashMap<_, _> = departments.iter().map(|department| (department.key.as_str(), department.id)).collect();
    let area = |(key, name, owner): &(&str, &str, &str)| {
        let department_id = *by_key.get(owner)?;
        Some(CharterArea {
            key: (*key).to_owned(),
            name: (*name).to_owned(),
            description: None,
            department_id,
            data_asset: None,
        })
    };
    template.areas().iter().map(area).collect::<Option<_>>().ok_or_else(|| {
        let text = Text::new("violation-template-sides");
        Violation::at("/template", "template_mismatch", text)
    })
}

fn write(
    tx: &mut Tx<'_>,
    id: ProjectId,
    content: &Content,
    created_by: Option<PersonId>,
    sides: Vec<Side>,
) -> Result<Whole, Error> {
    let sealed = content.seal()?;
    let project = Project {
        id,
        name: content.name.clone(),
        state: State::Draft,
        starts_on: content.starts_on,
        ends_on: content.ends_on,
        parity_tolerance: content.parity_tolerance,
        lead_person_id: content.lead_person_id,
        charter_version: 1,
        charter_sha256: sealed.sha256.clone(),
        in_force_version: None,
        in_force_sha256: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
        parity_measure: content.parity_measure,
        activated_at: None,
        held_since: None,
        closing_since: None,
        closed_at: None,
        parity_breached_at: None,
        parity_grace_ended_at: None,
        check_at: Some(tx.now),
        created_by,
        held_by_department_id: None,
        hold_ends_at: None,
        sealed_responses: content.sealed,
        resumed_at: None,
    };
    let rows: Vec<_> = sides.iter().map(|side| side.row.clone()).collect();
    let charter = CharterRow {
        project_id: id,
        version: 1,
        content: sealed.text,
        sha256: sealed.sha256,
        created_at: tx.now,
        signed_at: None,
    };
    let areas = area_sync::plan(id, &[], &content.areas, tx.now, || tx.new_id()).added;
    store::insert(tx.conn, &project, &rows, (&charter, content.panel.as_slice()), &areas)?;
    Ok(Whole { project, sides })
}
