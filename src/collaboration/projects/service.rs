//! Reading, locking and updating projects, and checking permissions on them, also for other modules.

use std::collections::{BTreeSet, HashMap};

use super::dto::{BlockerBody, CharterBody, ProjectBody, SideBody};
use super::filter::ProjectQuery;
use super::holds;
pub use super::milestone_reads::{milestones, milestones_of, signed_milestones_of};
use super::permit::{Standing, permit};
use super::readiness::{Blocker, SideSponsor};
use super::recent_part;
use super::state::State;
use super::store::{self, Area, CharterRow, Project, Side};
use crate::directory::people;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// A project with its sides.
#[derive(Debug, Clone)]
pub struct Whole {
    pub project: Project,
    pub sides: Vec<Side>,
}

impl Whole {
    /// Returns the body used in responses and events.
    #[must_use]
    pub fn body(&self) -> ProjectBody {
        ProjectBody::new(self.project.clone(), self.sides.iter().cloned().map(SideBody::from).collect())
    }
}

/// Returns the number of projects in each of these states, for the metrics; states without projects are left out.
pub fn count_by_state(conn: &mut DbConn, states: &[State]) -> Result<Vec<(State, i64)>, Error> {
    store::count_by_state(conn, states)
}

/// Returns one page of the projects the caller has access to.
///
/// # Errors
/// 403, also for a person who is not in the directory, unless they see every project.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    query: &ProjectQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<ProjectBody>, Error> {
    // The query returns just the projects that `ReadProject` allows.
    authz::require(actor, Action::ListProjects, &Relations::default())?;
    let is_limited = !authz::sees_every_project(actor) || query.mine == Some(true);
    let own = if is_limited { Some(own(conn, actor, now)?) } else { None };
    let hidden = if is_limited { Vec::new() } else { recent_part::closed_to_administrator(conn, actor, now)? };
    let projects = store::list(conn, query, own.as_deref(), &hidden, page)?;
    let ids: Vec<_> = projects.iter().map(|project| project.id).collect();
    let mut sides: HashMap<_, Vec<_>> = HashMap::new();
    for side in store::side_summaries_of(conn, &ids, now.day())? {
        sides.entry(side.project_id).or_default().push(SideBody::from(side));
    }
    let body = |project: Project| {
        let sides = sides.remove(&project.id).unwrap_or_default();
        ProjectBody::new(holds::at(project, now), sides)
    };
    Ok(projects.into_iter().map(body).collect())
}

/// Returns the projects in which the caller has a role; none for an application.
///
/// # Errors
/// 403 for a person who is not in the directory, instead of an empty list.
fn own(conn: &mut DbConn, actor: &Actor, now: UtcTime) -> Result<Vec<ProjectId>, Error> {
    let Some(login) = actor.login() else { return Ok(Vec::new()) };
    let own = store::of_caller(conn, login, now)?;
    if own.is_empty() {
        people::service::require_known(conn, actor)?;
    }
    Ok(own)
}

/// Returns those of the given projects that the caller has access to, for other modules.
///
/// # Errors
/// 403 for a person who is not in the directory, unless they see every project.
pub fn seen_by(
    conn: &mut DbConn,
    actor: &Actor,
    mut ids: Vec<ProjectId>,
    now: UtcTime,
) -> Result<Vec<ProjectId>, Error> {
    if !authz::sees_every_project(actor) && !ids.is_empty() {
        let own: BTreeSet<_> = own(conn, actor, now)?.into_iter().collect();
        ids.retain(|id| own.contains(id));
    } else if !ids.is_empty() {
        let closed: BTreeSet<_> = recent_part::closed_to_administrator(conn, actor, now)?.into_iter().collect();
        ids.retain(|id| !closed.contains(id));
    }
    Ok(ids)
}

/// Returns the projects that the caller has access to, for other modules; `None` if the caller sees every project.
///
/// # Errors
/// 403 for a person who is not in the directory, unless they see every project.
pub fn accessible(conn: &mut DbConn, actor: &Actor, now: UtcTime) -> Result<Option<Vec<ProjectId>>, Error> {
    if authz::sees_every_project(actor) { Ok(None) } else { own(conn, actor, now).map(Some) }
}

/// Returns one project and its row version.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<(ProjectBody, i64), Error> {
    let project = visible(conn, actor, id, now)?;
    let sides = store::side_summaries(conn, id, now.day())?.into_iter().map(SideBody::from).collect();
    let version = project.version;
    Ok((ProjectBody::new(project, sides), version))
}

/// Returns a project and the relations of the caller to it. An application has none, even if its name equals the
/// login of a person.
pub(super) fn find(
    conn: &mut DbConn,
    id: ProjectId,
    actor: &Actor,
    now: UtcTime,
) -> Result<Option<(Project, Relations)>, Error> {
    if let Some(login) = actor.login() {
        let found = recent_part::find_with_relations(conn, id, actor, login, now)?;
        return Ok(found.map(|(project, relations)| (holds::at(project, now), relations)));
    }
    Ok(store::find(conn, id)?.map(|project| (holds::at(project, now), Relations::default())))
}

/// Returns the relations to one side of the project with these sides: a sponsor has the rights of a sponsor only in
/// their own side and those of a member in the others. A delegate represents the side while it has a sponsor in office.
#[must_use]
pub fn in_side(relations: Relations, side: DepartmentId, sides: &[Side]) -> Relations {
    let Relations { sponsor, member, delegate_of, person, .. } = relations;
    let in_office = sides.iter().find(|row| row.department_id == side).and_then(Side::active_sponsor);
    let is_sponsor = sponsor && in_office.is_some() && in_office == person;
    let is_delegate = delegate_of == Some(side) && in_office.is_some();
    Relations { sponsor: is_sponsor, represents: is_sponsor || is_delegate, member: sponsor || member, ..relations }
}

/// Returns a project that the caller has access to.
///
/// # Errors
/// 403, 404.
pub fn visible(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<Project, Error> {
    // Relations are expensive to read, and change nothing for applications.
    if authz::reads_without_relations(actor) {
        authz::require(actor, Action::ReadProject, &Relations::default())?;
        return Ok(holds::at(store::find(conn, id)?.ok_or_else(Error::not_found)?, now));
    }
    let (project, relations) = find(conn, id, actor, now)?.ok_or_else(Error::not_found)?;
    authz::require(actor, Action::ReadProject, &relations)?;
    Ok(project)
}

/// Authorises the caller for a read of a project other than `ReadProject`, and returns the project with its sides.
///
/// # Errors
/// 403, 404.
pub fn permitted(
    conn: &mut DbConn,
    actor: &Actor,
    action: Action,
    id: ProjectId,
    now: UtcTime,
) -> Result<Whole, Error> {
    let (project, relations) = find(conn, id, actor, now)?.ok_or_else(Error::not_found)?;
    authz::require(actor, action, &relations)?;
    Ok(Whole { sides: store::sides(conn, id, now.day())?, project })
}

/// Returns every version of the charter as it is stored, in order, for other modules.
pub fn charters(conn: &mut DbConn, id: ProjectId) -> Result<Vec<CharterRow>, Error> {
    store::charters(conn, id)
}

/// Returns a version of the charter, the newest by default, and the row version of its project.
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

/// Locks a project for the rest of the transaction and increments its version, for writes without a caller. Every write
/// to a project or its parts starts with a lock of the project, so that such writes are serialised; those of callers
/// have a [`permit`] first.
///
/// # Errors
/// 404 when the project does not exist.
pub fn lock(tx: &mut Tx<'_>, id: ProjectId) -> Result<Project, Error> {
    let project = store::lock_and_bump(tx.conn, id, tx.now)?.ok_or_else(Error::not_found)?;
    holds::record_end(tx, project)
}

/// Locks a project like [`lock`] without incrementing its version, for writes that may turn out to change nothing.
///
/// # Errors
/// 404 when the project does not exist.
pub fn lock_unchanged(tx: &mut Tx<'_>, id: ProjectId) -> Result<Project, Error> {
    let project = store::lock(tx.conn, id, tx.now)?.ok_or_else(Error::not_found)?;
    holds::record_end(tx, project)
}

/// Authorises the caller, then locks a project like [`lock`] without incrementing its version, for writes that may turn
/// out to change nothing.
///
/// # Errors
/// 403, 404; a replay of the stored response for a repeated idempotency key.
pub fn lock_project(tx: &mut Tx<'_>, id: ProjectId, action: Action) -> Result<(Project, Relations), Error> {
    let Standing { project, relations, .. } = permit(tx, action, |tx| Standing::read(tx, id))?.lock(tx)?;
    Ok((project, relations))
}

/// Refuses joint actions in a running project while a side has no sponsor, because they need the response of every
/// side.
///
/// # Errors
/// 409 `not_ready` with the vacant sides.
pub fn refuse_while_vacant(tx: &Tx<'_>, project: &Project, sides: &[Side]) -> Result<(), Error> {
    let blockers: Vec<_> = sides.iter().flat_map(|side| SideSponsor::from(side).blockers()).collect();
    if project.state.is_running() { refuse_unless_ready(tx, &blockers) } else { Ok(()) }
}

/// Marks the newest charter as no longer signed by all sides, after a side has changed its sponsor.
pub fn mark_charter_unsigned(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    store::mark_signed(tx.conn, project.id, project.charter_version, None)
}

/// Saves a project in its next state, with the event and the audit entry of the transition.
pub fn advance(
    tx: &mut Tx<'_>,
    before: Whole,
    after: Project,
    event: &'static str,
    reason: Option<&str>,
) -> Result<Whole, Error> {
    let sides = before.sides.clone();
    advance_with_sides(tx, before, Whole { project: after, sides }, event, reason)
}

/// As [`advance`], for a transition that also changes the sides, which the caller saves.
pub fn advance_with_sides(
    tx: &mut Tx<'_>,
    before: Whole,
    after: Whole,
    event: &'static str,
    reason: Option<&str>,
) -> Result<Whole, Error> {
    let project = Project { version: after.project.version + 1, updated_at: tx.now, ..after.project };
    store::update(tx.conn, &project)?;
    let after = Whole { project, ..after };
    let change = Change::updated(event, before.project.id.as_str(), &before.body(), &after.body())?;
    tx.record_change(&Change { reason, ..change })?;
    Ok(after)
}

/// Refuses an action if there are blockers.
///
/// # Errors
/// 409 `not_ready` with the blockers.
pub fn refuse_unless_ready(tx: &Tx<'_>, blockers: &[Blocker]) -> Result<(), Error> {
    if blockers.is_empty() {
        return Ok(());
    }
    let bodies: Vec<_> = blockers.iter().map(|blocker| BlockerBody::new(blocker, tx.meta.lang)).collect();
    let bodies = serde_json::to_value(bodies).map_err(Error::internal)?;
    Err(Problem::new(Code::NotReady).with("blockers", bodies).into())
}

/// Returns the relations of the caller to a project at a point in time (memberships start and end by date); `None` if
/// the project does not exist. One SQL statement.
pub fn relations(conn: &mut DbConn, id: ProjectId, actor: &Actor, now: UtcTime) -> Result<Option<Relations>, Error> {
    Ok(find(conn, id, actor, now)?.map(|(_, relations)| relations))
}

/// Authorises the caller for an action on a project and returns their relations to it. For reads only: a write has
/// a [`permit`].
///
/// # Errors
/// 403, 404.
pub fn require(
    conn: &mut DbConn,
    actor: &Actor,
    action: Action,
    id: ProjectId,
    now: UtcTime,
) -> Result<Relations, Error> {
    let relations = relations(conn, id, actor, now)?.ok_or_else(Error::not_found)?;
    authz::require(actor, action, &relations)?;
    Ok(relations)
}

/// Authorises the caller to read a part of an existing project that has been loaded; no statement for applications.
///
/// # Errors
/// 403, 404.
pub fn require_to_read(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<(), Error> {
    require_to_read_for(conn, actor, id, now).map(drop)
}

/// Like [`require_to_read`]; returns the side whose sealed responses the caller sees.
///
/// # Errors
/// 403, 404.
pub fn require_to_read_for(
    conn: &mut DbConn,
    actor: &Actor,
    id: ProjectId,
    now: UtcTime,
) -> Result<Option<DepartmentId>, Error> {
    if authz::reads_without_relations(actor) {
        authz::require(actor, Action::ReadProject, &Relations::default())?;
        return Ok(None);
    }
    Ok(require(conn, actor, Action::ReadProject, id, now)?.own_side)
}

/// Returns those of the sides of a project, and of the sides that join it, that an approval asks.
pub fn asked_sides(conn: &mut DbConn, id: ProjectId, asked: &[DepartmentId], today: Day) -> Result<Vec<Side>, Error> {
    let mut sides = store::sides_and_joining(conn, id, today)?;
    sides.retain(|side| asked.contains(&side.department_id));
    Ok(sides)
}

/// Returns the sides of a project and those that join it, as they are on a day.
pub fn sides_and_joining(conn: &mut DbConn, id: ProjectId, today: Day) -> Result<Vec<Side>, Error> {
    store::sides_and_joining(conn, id, today)
}

/// Ends the standing of the sides that would have joined a project by an amendment that is not signed.
pub fn drop_joining(tx: &mut Tx<'_>, id: ProjectId) -> Result<(), Error> {
    store::drop_joining(tx.conn, id, tx.now)
}

/// Saves from when a side may put the project on hold again.
pub fn set_may_hold_from(tx: &mut Tx<'_>, side: &Side) -> Result<(), Error> {
    match side.may_hold_from {
        Some(from) => store::set_may_hold_from(tx.conn, side.project_id, side.department_id, from),
        None => Ok(()),
    }
}

/// Returns the sides of a project as they are on a day, in the order in which they were given, without those that only
/// join it or have left it.
pub fn sides(conn: &mut DbConn, id: ProjectId, today: Day) -> Result<Vec<Side>, Error> {
    store::sides(conn, id, today)
}

/// Returns the areas of a project, retired ones included.
pub fn areas(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Area>, Error> {
    store::areas(conn, id)
}

/// Returns whether a project is closed or cancelled, for other modules.
///
/// # Errors
/// 404 when the project does not exist.
pub fn is_over(conn: &mut DbConn, id: ProjectId) -> Result<bool, Error> {
    let state = store::state(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(matches!(state, State::Closed | State::Cancelled))
}
