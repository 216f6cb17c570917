//! What can be done with areas and their owners, and by whom.

use std::collections::HashMap;

use super::coverage::{self, Interval};
use super::dto::{
    AreaBody, AreaCoverage, AssignmentBody, AssignmentEnd, AssignmentQuery, Coverage, CoverageQuery, NewAssignment,
};
use super::responsibility::Responsibility;
use super::store;
pub use super::store::Assignment;
use crate::auth::Actor;
use crate::authz::Action;
use crate::db::DbConn;
use crate::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::events::types;
use crate::http::page::PageRequest;
use crate::ids::{AreaId, AssignmentId, PersonId, ProjectId};
use crate::memberships;
use crate::people;
use crate::projects::State;
use crate::projects::readiness;
use crate::projects::service::{self as projects, Area, Project};
use crate::time::{Day, UtcTime};
use crate::tx::{Change, Tx};

/// One page of the areas of a project, with who is accountable on the day of `now`.
///
/// # Errors
/// 403, 404.
pub fn areas(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    now: UtcTime,
    page: &PageRequest,
) -> Result<Vec<AreaBody>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    let today = now.day();
    let mut owners: HashMap<AreaId, Assignment> = store::accountable(conn, project)?
        .into_iter()
        .filter(|owner| owner.valid_from <= today && owner.valid_to.is_none_or(|to| to > today))
        .map(|owner| (owner.area_id, owner))
        .collect();
    // A charter names few areas, so their pages are cut here.
    let after = page.after_id().unwrap_or_default();
    let areas = projects::areas(conn, project)?.into_iter().filter(|area| area.id.as_str() > after);
    Ok(areas
        .take(page.limit + 1)
        .map(|area| {
            let owner = owners.remove(&area.id);
            AreaBody::new(area, owner)
        })
        .collect())
}

/// One page of what was, is and will be assigned for an area.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    area: AreaId,
    query: &AssignmentQuery,
    now: UtcTime,
    page: &PageRequest,
) -> Result<Vec<Assignment>, Error> {
    let area = store::area(conn, area)?.ok_or_else(Error::not_found)?;
    projects::require(conn, actor, Action::ReadProject, area.project_id, now)?;
    store::list(conn, area.id, query, page)
}

/// One assignment.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: AssignmentId, now: UtcTime) -> Result<Assignment, Error> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    projects::require(conn, actor, Action::ReadProject, row.project_id, now)?;
    Ok(row)
}

/// Gives a person a responsibility for an area.
///
/// # Errors
/// 403, 404; 422 `owner_not_member` or `side_mismatch` when the person does not belong there, and
/// for days outside the project; 409 when somebody else is accountable, naming them.
pub fn assign(tx: &mut Tx<'_>, area: AreaId, new: &NewAssignment) -> Result<Assignment, Error> {
    let area = store::area(tx.conn, area)?.ok_or_else(Error::not_found)?;
    let project = projects::lock(tx, area.project_id)?;
    let facts = projects::facts_of_side(tx.conn, project.id, tx.actor, area.department_id, tx.now)?;
    tx.admit(Action::AssignOwner, &facts.ok_or_else(Error::not_found)?)?;
    if area.retired_at.is_some() {
        return Err(Problem::new(Code::Conflict)
            .because("The charter does not have this area any more.", "Tuto oblast už zakládací listina neobsahuje.")
            .into());
    }
    refuse_when_over(&project, "assign")?;
    let from = new.valid_from.unwrap_or(project.starts_on.max(tx.now.day()));
    let wanted = Interval { from, to: new.valid_to.unwrap_or(project.ends_on) };
    let mut violations = misplaced(wanted, &project);
    if violations.is_empty() {
        violations.extend(stranger(tx, &area, new, wanted)?);
    }
    refuse_if_any(violations)?;
    if new.responsibility == Responsibility::Accountable {
        refuse_second_owner(tx, area.id, from, new.valid_to)?;
    }
    let row = Assignment {
        id: tx.new_id(),
        area_id: area.id,
        project_id: project.id,
        person_id: new.person_id,
        responsibility: new.responsibility,
        valid_from: from,
        valid_to: new.valid_to,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx.conn, &row)?;
    let body = AssignmentBody::from(row.clone());
    tx.record(&Change::created(types::OWNERSHIP_ASSIGNED, row.id.as_str(), &body)?)?;
    Ok(row)
}

/// Sets the day on which a responsibility ends.
///
/// # Errors
/// 403, 404; 422 for a day that is past or outside the assignment; 409 when it is over already.
pub fn end(tx: &mut Tx<'_>, id: AssignmentId, end: &AssignmentEnd) -> Result<Assignment, Error> {
    let project = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?.project_id;
    let project = projects::lock(tx, project)?;
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let area = store::area(tx.conn, before.area_id)?.ok_or_else(Error::not_found)?;
    let facts = projects::facts_of_side(tx.conn, project.id, tx.actor, area.department_id, tx.now)?;
    tx.admit(Action::AssignOwner, &facts.ok_or_else(Error::not_found)?)?;
    refuse_when_over(&project, "end")?;
    let today = tx.now.day();
    if before.valid_to.is_some_and(|to| to <= today || to <= before.valid_from) {
        return Err(Problem::illegal_transition("ended", "end", &[]).into());
    }
    let (earliest, latest) = (before.valid_from.max(today), before.valid_to.unwrap_or(project.ends_on));
    if end.on < earliest || end.on > latest {
        let detail = Text::new(
            format!("This must be between {earliest} and {latest}."),
            format!("Toto musí být mezi {earliest} a {latest}."),
        );
        return Err(Error::violation(Violation::at("/on", "dates_out_of_range", detail)));
    }
    if before.valid_to == Some(end.on) {
        return Ok(before);
    }
    let after =
        Assignment { valid_to: Some(end.on), version: before.version + 1, updated_at: tx.now, ..before.clone() };
    store::update(tx.conn, &after)?;
    let (old, new) = (AssignmentBody::from(before), AssignmentBody::from(after.clone()));
    tx.record(&Change::updated(types::OWNERSHIP_ENDED, id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// On which days nobody is accountable, for each area that the charter has.
///
/// # Errors
/// 403, 404; 400 when `from` is not before `to`.
pub fn coverage(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &CoverageQuery,
    now: UtcTime,
) -> Result<Coverage, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    let (starts_on, ends_on) = store::project_days(conn, project)?.ok_or_else(Error::not_found)?;
    let window = Interval {
        from: query.from.map_or(starts_on, |from| from.max(starts_on)),
        to: query.to.map_or(ends_on, |to| to.min(ends_on)),
    };
    if window.from >= window.to {
        return Err(empty_window(starts_on, ends_on));
    }
    let mut taken: HashMap<AreaId, Vec<Interval>> = HashMap::new();
    for owner in store::accountable(conn, project)? {
        let to = owner.valid_to.unwrap_or(ends_on);
        taken.entry(owner.area_id).or_default().push(Interval { from: owner.valid_from, to });
    }
    let areas: Vec<_> = projects::areas(conn, project)?
        .into_iter()
        .filter(|area| area.retired_at.is_none())
        .map(|area| AreaCoverage {
            gaps: coverage::gaps(window, taken.get(&area.id).map_or(&[], Vec::as_slice))
                .into_iter()
                .map(Into::into)
                .collect(),
            area_id: area.id,
            key: area.key,
            department_id: area.department_id,
        })
        .collect();
    let complete = areas.iter().all(|area| area.gaps.is_empty());
    Ok(Coverage { project_id: project, from: window.from, to: window.to, complete, areas })
}

/// Every accountable person of a project, past, present and planned, for the readiness list.
///
/// # Errors
/// Those of the database.
pub fn accountable_now_or_planned(conn: &mut DbConn, project: ProjectId) -> Result<Vec<readiness::Owner>, Error> {
    let owner = |row: Assignment| readiness::Owner {
        area_id: row.area_id,
        person_id: row.person_id,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    };
    Ok(store::accountable(conn, project)?.into_iter().map(owner).collect())
}

/// The areas a person is accountable for on `day` or later, for other slices.
///
/// # Errors
/// Those of the database.
pub fn areas_owned_after(
    conn: &mut DbConn,
    project: ProjectId,
    person: PersonId,
    day: Day,
) -> Result<Vec<Area>, Error> {
    store::areas_owned_after(conn, project, person, day)
}

fn refuse_when_over(project: &Project, verb: &str) -> Result<(), Error> {
    if matches!(project.state, State::Closed | State::Cancelled) {
        return Err(Problem::illegal_transition(project.state.as_str(), verb, &[]).into());
    }
    Ok(())
}

fn misplaced(wanted: Interval, project: &Project) -> Vec<Violation> {
    let outside = Text::new("This day is outside the project.", "Tento den je mimo projekt.");
    let mut violations = Vec::new();
    if wanted.from < project.starts_on || wanted.from >= project.ends_on {
        violations.push(Violation::at("/valid_from", "dates_out_of_range", outside.clone()));
    }
    if wanted.to > project.ends_on || wanted.to <= project.starts_on {
        violations.push(Violation::at("/valid_to", "dates_out_of_range", outside));
    } else if wanted.to <= wanted.from {
        let detail = Text::new("This must be after the first day.", "Toto musí být po prvním dni.");
        violations.push(Violation::at("/valid_to", "not_after_start", detail));
    }
    violations
}

/// Whether the person is an accepted member on every one of the days, and of the right side.
fn stranger(tx: &mut Tx<'_>, area: &Area, new: &NewAssignment, wanted: Interval) -> Result<Option<Violation>, Error> {
    let stays = memberships::service::stays(tx.conn, area.project_id, new.person_id)?;
    let covers = |only_side: bool| {
        let taken: Vec<_> = stays
            .iter()
            .filter(|(side, ..)| !only_side || *side == area.department_id)
            .map(|(_, from, to)| Interval { from: *from, to: *to })
            .collect();
        coverage::gaps(wanted, &taken).is_empty()
    };
    if covers(new.responsibility.belongs_to_the_side()) {
        return Ok(None);
    }
    let at = |code, en: &'static str, cs: &'static str| Some(Violation::at("/person_id", code, Text::new(en, cs)));
    if covers(false) {
        return Ok(at(
            "side_mismatch",
            "This person works for another side than the one that owns the area.",
            "Tento člověk pracuje za jinou stranu, než která oblast vlastní.",
        ));
    }
    if stays.is_empty() && people::service::existing(tx.conn, &[new.person_id])?.is_empty() {
        return Ok(Some(Violation::unknown_reference("/person_id", "person", "člověk")));
    }
    Ok(at(
        "owner_not_member",
        "This person is not an accepted member of the project on all of these days.",
        "Tento člověk není ve všech těchto dnech členem projektu, který účast přijal.",
    ))
}

fn refuse_second_owner(tx: &mut Tx<'_>, area: AreaId, from: Day, to: Option<Day>) -> Result<(), Error> {
    let owners = store::owners_between(tx.conn, area, from, to)?;
    let Some(owner) = owners.into_iter().next() else { return Ok(()) };
    let owner = serde_json::json!({
        "assignment_id": owner.id,
        "person_id": owner.person_id,
        "valid_from": owner.valid_from,
        "valid_to": owner.valid_to,
    });
    Err(store::already_owned().with("owner", owner).into())
}

fn empty_window(starts_on: Day, ends_on: Day) -> Error {
    let mut problem = Problem::new(Code::InvalidParameter);
    problem.violations.push(Violation::parameter(
        "to",
        "not_after_start",
        Text::new(
            format!("No day of the project, {starts_on} to {ends_on}, is between from and to."),
            format!("Mezi from a to není žádný den projektu, {starts_on} až {ends_on}."),
        ),
    ));
    problem.into()
}
