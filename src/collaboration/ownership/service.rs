//! What ownership is to readers and to other slices, and giving a responsibility. Ending, correcting
//! and handing over are in `handover`; offers and disputes have folders of their own.

use std::collections::{BTreeMap, HashMap};

use super::coverage::{self, Interval, Stay, Turn};
use super::dto::{AreaBody, AreaCoverage, AssignmentBody, Coverage, CoverageQuery, NewAssignment};
use super::filter::AssignmentQuery;
pub use super::handover::{correct, end, end_by, hand_over, succeed};
use super::responsibility::Responsibility;
pub use super::store::Assignment;
use super::store::{self, Of};
use super::{disputes, transfers};
use crate::collaboration::memberships;
use crate::collaboration::projects::{Area, Project, ProjectVerb, readiness, service as projects};
use crate::directory::people;
use crate::kernel::auth::Actor;
use crate::kernel::authz::Action;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, AssignmentId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// One page of the areas of a project, with who is accountable on a day, today if none is given.
///
/// # Errors
/// 403, 404.
pub fn areas(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    as_of: Option<Day>,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<AreaBody>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    let day = as_of.unwrap_or(now.day());
    let mut owners: HashMap<AreaId, Assignment> = store::accountable(conn, project)?
        .into_iter()
        .filter(|owner| owner.covers(day))
        .map(|owner| (owner.area_id, owner))
        .collect();
    // A charter names few areas, so their pages are cut here.
    let after = page.after.as_deref().unwrap_or_default();
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
/// 403, 404; 422 for a `known_at` that is to come.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    area: AreaId,
    query: &AssignmentQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Assignment>, Error> {
    let area = store::area(conn, area)?.ok_or_else(Error::not_found)?;
    projects::require(conn, actor, Action::ReadProject, area.project_id, now)?;
    refuse_the_future(query, now)?;
    store::list(conn, Of::Area(area.id), query, page)
}

/// One page of what is assigned in a whole project.
///
/// # Errors
/// 403, 404; 422 for a `known_at` that is to come.
pub fn list_of_project(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &AssignmentQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Assignment>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    refuse_the_future(query, now)?;
    store::list(conn, Of::Project(project), query, page)
}

/// One page of what a person has, in the projects that the caller may see; people see all of their
/// own.
///
/// # Errors
/// 403; 404 for an unknown person; 422 for a `known_at` that is to come.
pub fn list_of_person(
    conn: &mut DbConn,
    actor: &Actor,
    person: PersonId,
    query: &AssignmentQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Assignment>, Error> {
    let found = people::service::get(conn, actor, person)?;
    refuse_the_future(query, now)?;
    let oneself = found.subject.as_deref() == Some(&actor.subject);
    let theirs = memberships::service::projects_of(conn, person)?;
    let visible = if oneself { theirs } else { projects::seen_by(conn, actor, theirs, now)? };
    store::list(conn, Of::Person(person, &visible), query, page)
}

/// What will be known is not known yet.
fn refuse_the_future(query: &AssignmentQuery, now: UtcTime) -> Result<(), Error> {
    if query.known_at.is_none_or(|at| at <= now) {
        return Ok(());
    }
    let text = Text::new("What will be known then is not known yet.", "Co bude známo pak, teď ještě známo není.");
    Err(Error::violation(Violation::parameter("known_at", "in_the_future", text)))
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
/// for days outside the project; 409 when somebody else is accountable, naming them, or while the
/// area is disputed.
pub fn assign(tx: &mut Tx<'_>, area: AreaId, new: &NewAssignment) -> Result<Assignment, Error> {
    let area = store::area(tx.conn, area)?.ok_or_else(Error::not_found)?;
    let project = projects::lock(tx, area.project_id)?;
    // Read again under the lock: the sides may have moved it meanwhile.
    let area = store::area(tx.conn, area.id)?.ok_or_else(Error::not_found)?;
    let facts = projects::facts_of_side(tx.conn, project.id, tx.actor, area.department_id, tx.now)?;
    tx.admit(Action::AssignOwner, &facts.ok_or_else(Error::not_found)?)?;
    if area.retired_at.is_some() {
        return Err(Problem::new(Code::Conflict)
            .because("The charter does not have this area any more.", "Tuto oblast už zakládací listina neobsahuje.")
            .into());
    }
    project.state.require(ProjectVerb::Assign)?;
    let from = new.valid_from.unwrap_or(project.starts_on.max(tx.now.day()));
    let wanted = Interval { from, to: new.valid_to.unwrap_or(project.ends_on) };
    let mut violations = misplaced(wanted, &project);
    if violations.is_empty() {
        violations.extend(stranger(tx, &area, new.person_id, new.responsibility, wanted, "/person_id")?);
    }
    refuse_if_any(violations)?;
    if new.responsibility == Responsibility::Accountable {
        disputes::service::refuse_while_disputed(tx.conn, area.id)?;
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
        recorded_at: tx.now,
        superseded_at: None,
    };
    store::insert(tx.conn, &row)?;
    let body = AssignmentBody::from(row.clone());
    tx.record(&Change::created(types::OWNERSHIP_ASSIGNED, row.id.as_str(), &body)?)?;
    Ok(row)
}

/// Where the ownership of a project is not as it should be, for each area that the charter has, in
/// the past and in the future.
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
    let project = projects::visible(conn, actor, project, now)?;
    coverage_of(conn, &project, query, now)
}

/// The same for a project that the caller may see, for other slices; four statements.
///
/// # Errors
/// 400 when `from` is not before `to`.
pub fn coverage_of(
    conn: &mut DbConn,
    project: &Project,
    query: &CoverageQuery,
    now: UtcTime,
) -> Result<Coverage, Error> {
    let (starts_on, ends_on) = (project.starts_on, project.ends_on);
    let window = Interval {
        from: query.from.map_or(starts_on, |from| from.max(starts_on)),
        to: query.to.map_or(ends_on, |to| to.min(ends_on)),
    };
    if window.from >= window.to {
        return Err(empty_window(starts_on, ends_on));
    }
    let mut owners: HashMap<AreaId, Vec<Turn>> = HashMap::new();
    for owner in store::accountable(conn, project.id)? {
        let days = Interval { from: owner.valid_from, to: owner.valid_to.unwrap_or(ends_on) };
        owners.entry(owner.area_id).or_default().push(Turn { days, person: owner.person_id });
    }
    let stays = stays_by_person(conn, project.id)?;
    let proposals = transfers::service::proposals(conn, project.id, ends_on, now)?;
    let live = projects::areas(conn, project.id)?.into_iter().filter(|area| area.retired_at.is_none());
    let areas: Vec<_> = live
        .map(|area| {
            let owners = owners.get(&area.id).map_or(&[][..], Vec::as_slice);
            // Only the stays of its owners matter to an area.
            let own: Vec<Stay> =
                owners.iter().flat_map(|owner| stays.get(&owner.person).into_iter().flatten().copied()).collect();
            let taken: Vec<_> = owners.iter().map(|owner| owner.days).collect();
            let proposed = proposals.get(&area.id).map_or(&[][..], Vec::as_slice);
            AreaCoverage {
                area_id: area.id,
                gaps: coverage::gaps(window, &taken).into_iter().map(Into::into).collect(),
                orphans: deduplicated(coverage::orphans(window, owners, &own)),
                side_mismatches: deduplicated(coverage::side_mismatches(window, area.department_id, owners, &own)),
                overlaps: coverage::overlaps(window, proposed).into_iter().map(Into::into).collect(),
                key: area.key,
                department_id: area.department_id,
            }
        })
        .collect();
    let complete = areas.iter().all(|area| area.gaps.is_empty());
    Ok(Coverage { project_id: project.id, from: window.from, to: window.to, complete, areas })
}

/// An owner with several turns brings the same stays several times.
fn deduplicated(mut turns: Vec<Turn>) -> Vec<super::dto::PersonDays> {
    turns.dedup();
    turns.into_iter().map(Into::into).collect()
}

fn stays_by_person(conn: &mut DbConn, project: ProjectId) -> Result<BTreeMap<PersonId, Vec<Stay>>, Error> {
    let mut stays: BTreeMap<PersonId, Vec<Stay>> = BTreeMap::new();
    for (person, side, from, to) in memberships::service::all_stays(conn, project)? {
        stays.entry(person).or_default().push(Stay { person, side, days: Interval { from, to } });
    }
    Ok(stays)
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
pub(super) fn stranger(
    tx: &mut Tx<'_>,
    area: &Area,
    person: PersonId,
    responsibility: Responsibility,
    wanted: Interval,
    pointer: &str,
) -> Result<Option<Violation>, Error> {
    let stays = memberships::service::stays(tx.conn, area.project_id, person)?;
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
    let at = |code, en: &'static str, cs: &'static str| Some(Violation::at(pointer, code, Text::new(en, cs)));
    if covers(false) {
        return Ok(at(
            "side_mismatch",
            "This person works for another side than the one that owns the area.",
            "Tento člověk pracuje za jinou stranu, než která oblast vlastní.",
        ));
    }
    if stays.is_empty() && people::service::existing(tx.conn, &[person])?.is_empty() {
        return Ok(Some(Violation::unknown_reference(pointer, "person", "člověk")));
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
    let text = Text::new(
        format!("No day of the project, {starts_on} to {ends_on}, is between from and to."),
        format!("Mezi from a to není žádný den projektu, {starts_on} až {ends_on}."),
    );
    Error::violation(Violation::parameter("to", "not_after_start", text))
}

/// What a person is accountable for on `day` or later in projects that are not over, each with the
/// side that owns the area, for other slices.
///
/// # Errors
/// Those of the database.
pub fn owned_by(
    conn: &mut DbConn,
    person: PersonId,
    day: Day,
    most: i64,
) -> Result<Vec<(Assignment, DepartmentId)>, Error> {
    store::owned_by(conn, person, day, most)
}
