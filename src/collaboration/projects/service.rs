//! What can be done with projects, by whom, and what other slices need of them.

use std::collections::HashMap;

use super::charter::Content;
use super::dto::{BlockerBody, CharterBody, MilestoneList, ProjectBody};
use super::filter::ProjectQuery;
use super::milestones;
use super::readiness::Blocker;
use super::state::State;
use super::store::{self, Area, Project, Side};
use crate::kernel::auth::{Actor, ActorKind, Scope};
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

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

/// One page of the projects the caller may see.
///
/// # Errors
/// 403.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    query: &ProjectQuery,
    now: UtcTime,
    page: &Page,
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
    tx.authorize_and_deduplicate(action, &facts)?;
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
pub fn charter_is_unsigned(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    store::mark_agreed(tx.conn, project.id, project.charter_version, None)
}

/// Writes a project in its next state, with the event and the audit entry of the step.
pub fn advance(
    tx: &mut Tx<'_>,
    before: Whole,
    after: Project,
    event: &'static str,
    reason: Option<&str>,
) -> Result<Whole, Error> {
    let project = Project { version: after.version + 1, updated_at: tx.now, ..after };
    store::update(tx.conn, &project)?;
    let after = Whole { project, sides: before.sides.clone() };
    let change = Change::updated(event, before.project.id.as_str(), &before.body(), &after.body())?;
    tx.record_change(&Change { reason, ..change })?;
    Ok(after)
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
pub fn refuse_unless_ready(tx: &Tx<'_>, blockers: &[Blocker]) -> Result<(), Error> {
    if blockers.is_empty() {
        return Ok(());
    }
    let told: Vec<_> = blockers.iter().map(|blocker| BlockerBody::new(blocker, tx.meta.lang)).collect();
    let told = serde_json::to_value(told).map_err(Error::internal)?;
    Err(Problem::new(Code::NotReady).with("blockers", told).into())
}

/// How the caller stands to a project at an instant (memberships end by time alone); `None` when
/// there is no such project. One statement.
pub fn facts(conn: &mut DbConn, id: ProjectId, actor: &Actor, now: UtcTime) -> Result<Option<Facts>, Error> {
    Ok(store::find(conn, id, seat_of(actor), now)?.map(|(_, facts)| facts))
}

/// Lets the caller through if they may do this to the project; for reads (a write asks
/// `Tx::authorize_and_deduplicate` with [`facts`]).
///
/// # Errors
/// 403, 404.
pub fn require(conn: &mut DbConn, actor: &Actor, action: Action, id: ProjectId, now: UtcTime) -> Result<Facts, Error> {
    let facts = facts(conn, id, actor, now)?.ok_or_else(Error::not_found)?;
    authz::require(actor, action, &facts)?;
    Ok(facts)
}

/// The sides of a project, in the order in which they were named.
pub fn sides(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Side>, Error> {
    store::sides(conn, id)
}

/// The areas of a project, retired ones included.
pub fn areas(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Area>, Error> {
    store::areas(conn, id)
}

/// Whether a project is over, for other slices.
///
/// # Errors
/// 404 when there is no such project.
pub fn is_over(conn: &mut DbConn, id: ProjectId) -> Result<bool, Error> {
    let state = store::state(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(matches!(state, State::Closed | State::Cancelled))
}

/// What projects are called, for other slices.
pub fn names(conn: &mut DbConn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, String>, Error> {
    Ok(store::names(conn, ids)?.into_iter().collect())
}
