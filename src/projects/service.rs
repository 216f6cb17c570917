//! What can be done with projects, by whom, and what other slices need of them.

use std::collections::{HashMap, HashSet};

use super::area_sync;
use super::charter::{CharterArea, Content};
use super::dto::{BlockerBody, CharterBody, MilestoneList, NewProject, ProjectBody, ProjectQuery};
use super::milestones;
use super::readiness::Blocker;
use super::state::State;
use super::store::{self, CharterRow};
pub use super::store::{Area, Project, Side};
use crate::auth::{Actor, ActorKind, Scope};
use crate::authz::{self, Action, Facts};
use crate::db::DbConn;
use crate::departments;
use crate::departments::service::Department;
use crate::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::events::types;
use crate::http::page::PageRequest;
use crate::ids::{DepartmentId, PersonId, ProjectId};
use crate::people;
use crate::time::UtcTime;
use crate::tx::{Change, Tx};

/// A project with its sides.
#[derive(Debug, Clone)]
pub struct Whole {
    pub project: Project,
    pub sides: Vec<Side>,
}

impl Whole {
    /// As it stands in answers and events.
    #[must_use]
    pub fn body(&self) -> ProjectBody {
        ProjectBody::new(self.project.clone(), self.sides.clone())
    }
}

/// Drafts a project.
///
/// # Errors
/// 403; 422 for what does not exist or contradicts itself.
pub fn create(tx: &mut Tx<'_>, new: &NewProject) -> Result<Whole, Error> {
    tx.admit(Action::CreateProject, &Facts::default())?;
    let ids: Vec<_> = new.sides.iter().map(|side| side.department_id).collect();
    let departments = departments::service::existing(tx.conn, &ids)?;
    let mut violations = unknown_departments(new, &departments);
    violations.extend(unfit_people(tx.conn, new)?);
    let areas = areas_of(new, &departments).unwrap_or_else(|violation| {
        violations.push(violation);
        Vec::new()
    });
    let NewProject { name, purpose, starts_on, ends_on, parity_tolerance, parity_measure, .. } = new.clone();
    let NewProject { goals, milestones, .. } = new.clone();
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
    };
    violations.extend(content.contradictions());
    refuse_if_any(violations)?;
    let lead = match new.lead_person_id {
        Some(lead) => Some(lead),
        None if tx.actor.kind == ActorKind::Person => {
            people::service::by_subject(tx.conn, &tx.actor.subject)?.map(|person| person.id)
        }
        None => None,
    };
    let whole = write(tx, new, &content, lead)?;
    tx.record(&Change::created(types::PROJECT_CREATED, whole.project.id.as_str(), &whole.body())?)?;
    Ok(whole)
}

fn unknown_departments(new: &NewProject, departments: &[Department]) -> Vec<Violation> {
    let known: HashSet<_> = departments.iter().map(|department| department.id).collect();
    let sides = new.sides.iter().enumerate().filter(|(_, side)| !known.contains(&side.department_id));
    sides
        .map(|(index, _)| {
            Violation::unknown_reference(format!("/sides/{index}/department_id"), "department", "oddělení")
        })
        .collect()
}

/// People who do not exist, and sponsors who would sit twice.
fn unfit_people(conn: &mut DbConn, new: &NewProject) -> Result<Vec<Violation>, Error> {
    let sponsors = new.sides.iter().enumerate().filter_map(|(index, side)| Some((index, side.sponsor_person_id?)));
    let seats: Vec<_> = sponsors.map(|(index, person)| (format!("/sides/{index}/sponsor_person_id"), person)).collect();
    let lead = new.lead_person_id.map(|person| ("/lead_person_id".to_owned(), person));
    let named: Vec<_> = seats.iter().cloned().chain(lead).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = named.iter().map(|(_, person)| *person).collect();
    let known: HashSet<_> = people::service::existing(conn, &ids)?.into_iter().map(|person| person.id).collect();
    let mut seated = HashSet::new();
    let twice = seats.into_iter().filter(|(_, person)| !seated.insert(*person)).map(|(pointer, _)| {
        let text = Text::new("One person never sits for two sides.", "Jedna osoba nikdy nezastupuje dvě strany.");
        Violation::at(pointer, "repeated_item", text)
    });
    let unknown = named.into_iter().filter(|(_, person)| !known.contains(person));
    Ok(unknown.map(|(pointer, _)| Violation::unknown_reference(pointer, "person", "osoba")).chain(twice).collect())
}

/// The areas that were named, or those of the template.
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
        let text = Text::new(
            "The template needs the departments \"it\" and \"marketing\" as sides.",
            "Šablona potřebuje jako strany oddělení „it“ a „marketing“.",
        );
        Violation::at("/template", "template_does_not_fit", text)
    })
}

fn write(tx: &mut Tx<'_>, new: &NewProject, content: &Content, lead: Option<PersonId>) -> Result<Whole, Error> {
    let sealed = content.seal()?;
    let id = tx.new_id();
    let project = Project {
        id,
        name: content.name.clone(),
        state: State::Draft,
        starts_on: content.starts_on,
        ends_on: content.ends_on,
        parity_tolerance: content.parity_tolerance,
        lead_person_id: lead,
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
    };
    let sides: Vec<_> = (0..)
        .zip(&new.sides)
        .map(|(position, side)| Side {
            project_id: id,
            department_id: side.department_id,
            position,
            sponsor_person_id: side.sponsor_person_id,
            vacant_since: side.sponsor_person_id.is_none().then_some(tx.now),
        })
        .collect();
    let charter = CharterRow {
        project_id: id,
        version: 1,
        content: sealed.text,
        sha256: sealed.sha256,
        created_at: tx.now,
        agreed_at: None,
    };
    let areas = area_sync::plan(id, &[], &content.areas, tx.now, || tx.new_id()).added;
    store::insert(tx.conn, &project, &sides, &charter, &areas)?;
    Ok(Whole { project, sides })
}

/// One page of the projects the caller may see.
///
/// # Errors
/// 403.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    query: &ProjectQuery,
    now: UtcTime,
    page: &PageRequest,
) -> Result<Vec<Whole>, Error> {
    // The scope is asked for here; the rows are those that the rule of `ReadProject` lets through.
    authz::require(actor, Action::ReadProject, &Facts { member: true, ..Facts::default() })?;
    let sees_all = actor.kind != ActorKind::Person || actor.has(Scope::Admin);
    let only_of = (!sees_all || query.mine == Some(true)).then_some(actor.subject.as_str());
    let projects = store::list(conn, query, only_of, now, page)?;
    let ids: Vec<_> = projects.iter().map(|project| project.id).collect();
    let mut sides: HashMap<_, Vec<_>> = HashMap::new();
    for side in store::sides_of(conn, &ids)? {
        sides.entry(side.project_id).or_default().push(side);
    }
    let whole = |project: Project| Whole { sides: sides.remove(&project.id).unwrap_or_default(), project };
    Ok(projects.into_iter().map(whole).collect())
}

/// Those of the projects that a caller may see, for other slices.
///
/// # Errors
/// Those of the database.
pub fn seen_by(conn: &mut DbConn, actor: &Actor, ids: Vec<ProjectId>, now: UtcTime) -> Result<Vec<ProjectId>, Error> {
    let sees_all = actor.kind != ActorKind::Person || actor.has(Scope::Admin);
    if sees_all || ids.is_empty() { Ok(ids) } else { store::concerning(conn, &ids, &actor.subject, now) }
}

/// One project.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<Whole, Error> {
    let project = visible(conn, actor, id, now)?;
    Ok(Whole { sides: store::sides(conn, id)?, project })
}

/// Only people have seats; software whose name is a person's subject has none. No subject is empty.
fn seat_of(actor: &Actor) -> &str {
    if actor.kind == ActorKind::Person { &actor.subject } else { "" }
}

/// The same for what concerns one side: a sponsor decides for the own side only, and merely sees the
/// others. The lead of the project acts for all of them.
///
/// # Errors
/// Those of the database.
pub fn facts_of_side(
    conn: &mut DbConn,
    id: ProjectId,
    actor: &Actor,
    side: DepartmentId,
    now: UtcTime,
) -> Result<Option<Facts>, Error> {
    let Some(facts) = facts(conn, id, actor, now)? else { return Ok(None) };
    if !facts.sponsor || facts.lead {
        return Ok(Some(facts));
    }
    let own =
        store::sides(conn, id)?.iter().any(|row| row.department_id == side && row.sponsor_person_id == facts.person);
    Ok(Some(if own { facts } else { Facts { sponsor: false, member: true, ..facts } }))
}

/// A project that the caller may see.
///
/// # Errors
/// 403, 404.
pub fn visible(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<Project, Error> {
    let (project, facts) = store::find(conn, id, seat_of(actor), now)?.ok_or_else(Error::not_found)?;
    authz::require(actor, Action::ReadProject, &facts)?;
    Ok(project)
}

/// A version of the charter, the newest one by default, and the version of its project.
///
/// # Errors
/// 403, 404.
pub fn charter(
    conn: &mut DbConn,
    actor: &Actor,
    id: ProjectId,
    version: Option<i32>,
    now: UtcTime,
) -> Result<(CharterBody, i64), Error> {
    let project = visible(conn, actor, id, now)?;
    let row = store::charter(conn, id, version.unwrap_or(project.charter_version))?.ok_or_else(Error::not_found)?;
    Ok((CharterBody::try_from(row)?, project.version))
}

/// Takes a project for the rest of the transaction and makes a new version of it. Every write to
/// what belongs to a project begins here, so that such writes happen one after another.
///
/// # Errors
/// 404 when there is no such project.
pub fn lock(tx: &mut Tx<'_>, id: ProjectId) -> Result<Project, Error> {
    store::lock(tx.conn, id, tx.now)?.ok_or_else(Error::not_found)
}

/// Takes a project as [`lock`] does but leaves its version alone, for what may turn out to change
/// nothing; then lets the caller through if they may do this.
///
/// # Errors
/// 403, 404; a replay of the kept answer.
pub fn take(tx: &mut Tx<'_>, id: ProjectId, action: Action) -> Result<(Project, Facts), Error> {
    let project = store::hold(tx.conn, id, tx.now)?.ok_or_else(Error::not_found)?;
    let facts = facts(tx.conn, id, tx.actor, tx.now)?.ok_or_else(Error::not_found)?;
    tx.admit(action, &facts)?;
    Ok((project, facts))
}

/// Joint actions need every side, so a running project with a vacant seat has none.
///
/// # Errors
/// 409 `not_ready` with the vacant seats.
pub fn refuse_while_vacant(tx: &Tx<'_>, project: &Project, sides: &[Side]) -> Result<(), Error> {
    let vacant = sides.iter().filter(|side| side.seated().is_none());
    let blockers: Vec<_> = vacant.map(|side| Blocker::sponsor_vacant(side.department_id)).collect();
    if project.state.is_running() { refuse_unless_ready(tx, &blockers) } else { Ok(()) }
}

/// The newest charter is not signed by all sides any more, because one has a new sponsor.
///
/// # Errors
/// Those of the database.
pub fn charter_is_unsigned(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    store::mark_agreed(tx.conn, project.id, project.charter_version, None)
}

/// How the dates of the milestones have moved.
///
/// # Errors
/// 403, 404.
pub fn milestones(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<MilestoneList, Error> {
    let project = visible(conn, actor, id, now)?;
    milestones_of(conn, &project)
}

/// The same for a project that the caller may see, for other slices.
///
/// # Errors
/// Those of the database.
pub fn milestones_of(conn: &mut DbConn, project: &Project) -> Result<MilestoneList, Error> {
    let charter_version = project.in_force_version.unwrap_or(project.charter_version);
    let (mut present, mut signed) = (Vec::new(), Vec::new());
    for row in store::signed_charters(conn, project.id, charter_version)? {
        let milestones = Content::unseal(&row.content)?.milestones;
        if row.version == charter_version {
            present.clone_from(&milestones);
        }
        if row.agreed_at.is_some() {
            signed.push((row.version, milestones));
        }
    }
    let data = milestones::history(&present, &signed);
    Ok(MilestoneList { project_id: project.id, charter_version, data })
}

/// Refuses with what is missing, if anything is.
///
/// # Errors
/// 409 `not_ready`.
pub(super) fn refuse_unless_ready(tx: &Tx<'_>, blockers: &[Blocker]) -> Result<(), Error> {
    if blockers.is_empty() {
        return Ok(());
    }
    let told: Vec<_> = blockers.iter().map(|blocker| BlockerBody::new(blocker, tx.meta.lang)).collect();
    let told = serde_json::to_value(told).map_err(Error::internal)?;
    Err(Problem::new(Code::NotReady).with("blockers", told).into())
}

/// How the caller stands to a project at an instant (memberships end by time alone); `None` when
/// there is no such project. One statement.
///
/// # Errors
/// Those of the database.
pub fn facts(conn: &mut DbConn, id: ProjectId, actor: &Actor, now: UtcTime) -> Result<Option<Facts>, Error> {
    Ok(store::find(conn, id, seat_of(actor), now)?.map(|(_, facts)| facts))
}

/// Lets the caller through if they may do this to the project; for reads (a write asks
/// `Tx::admit` with [`facts`]).
///
/// # Errors
/// 403, 404.
pub fn require(conn: &mut DbConn, actor: &Actor, action: Action, id: ProjectId, now: UtcTime) -> Result<Facts, Error> {
    let facts = facts(conn, id, actor, now)?.ok_or_else(Error::not_found)?;
    authz::require(actor, action, &facts)?;
    Ok(facts)
}

/// The sides of a project, in the order in which they were named.
///
/// # Errors
/// Those of the database.
pub fn sides(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Side>, Error> {
    store::sides(conn, id)
}

/// The areas of a project, retired ones included.
///
/// # Errors
/// Those of the database.
pub fn areas(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Area>, Error> {
    store::areas(conn, id)
}

/// What projects are called, for other slices.
///
/// # Errors
/// Those of the database.
pub fn names(conn: &mut DbConn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, String>, Error> {
    Ok(store::names(conn, ids)?.into_iter().collect())
}
