//! What every change of a membership does: take its project, judge it, write it with its traces.

use super::member::{Member, phase, sponsors};
use super::state::MembershipState;
use super::store::{self, Loaded, Membership};
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::authz::Action;
use crate::kernel::error::{Error, Problem};
use crate::kernel::ids::{MembershipId, PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Locks the project of a membership, lets the caller through, and reads the membership.
pub fn take(tx: &mut Tx<'_>, id: MembershipId, action: Action) -> Result<(Project, Member), Error> {
    let (project, _) = store::of_whom(tx.conn, id)?.ok_or_else(Error::not_found)?;
    take_of(tx, project, id, action)
}

/// The same where the project is known.
pub fn take_of(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: MembershipId,
    action: Action,
) -> Result<(Project, Member), Error> {
    let project = projects::lock(tx, project)?;
    let found = store::find(tx.conn, id, tx.now.day())?.ok_or_else(Error::not_found)?;
    let facts = projects::facts_of_side(tx.conn, project.id, tx.actor, found.row.department_id, tx.now)?;
    let mut facts = facts.ok_or_else(Error::not_found)?;
    facts.oneself = facts.person == Some(found.row.person_id);
    tx.authorize_and_deduplicate(action, &facts)?;
    let answers_to = answers_to(tx, project.id)?;
    let member = Member::new(found, phase(&project), answers_to, tx.now);
    Ok((project, member))
}

/// Loads a membership of a project that the caller has locked.
///
/// # Errors
/// 404.
pub fn load(tx: &mut Tx<'_>, project: &Project, id: MembershipId) -> Result<Member, Error> {
    let found = store::find(tx.conn, id, tx.now.day())?.ok_or_else(Error::not_found)?;
    let answers_to = answers_to(tx, project.id)?;
    Ok(Member::new(found, phase(project), answers_to, tx.now))
}

/// Loads those of several memberships that belong to a project that the caller has locked.
pub fn load_many(tx: &mut Tx<'_>, project: &Project, ids: &[MembershipId]) -> Result<Vec<Member>, Error> {
    let answers_to = answers_to(tx, project.id)?;
    let found =
        store::find_many(tx.conn, ids, tx.now.day())?.into_iter().filter(|one| one.row.project_id == project.id);
    Ok(found.map(|loaded| Member::new(loaded, phase(project), answers_to.clone(), tx.now)).collect())
}

/// The sponsors of all sides.
pub fn answers_to(tx: &mut Tx<'_>, project: ProjectId) -> Result<Vec<PersonId>, Error> {
    Ok(sponsors(projects::sides(tx.conn, project)?.iter().map(|side| side.sponsor_person_id)))
}

/// Refuses a verb in any other state.
pub fn require(member: &Member, wanted: MembershipState, verb: &str) -> Result<(), Error> {
    if member.state == wanted { Ok(()) } else { Err(illegal(member, verb)) }
}

pub fn illegal(member: &Member, verb: &str) -> Error {
    Problem::illegal_transition(member.state.as_str(), verb, member.state.verbs()).into()
}

/// Writes the row in its next version, with event and audit entry.
pub fn save(
    tx: &mut Tx<'_>,
    project: &Project,
    before: &Member,
    mut row: Membership,
    event: &'static str,
    reason: Option<&str>,
) -> Result<Member, Error> {
    row.version += 1;
    row.updated_at = tx.now;
    store::update(tx.conn, &row)?;
    let loaded = Loaded { row, has_home: before.has_home };
    let after = Member::new(loaded, phase(project), before.answers_to.clone(), tx.now);
    let change = Change::updated(event, after.row.id.as_str(), &before.body(), &after.body())?;
    tx.record_change(&Change { reason, ..change })?;
    Ok(after)
}
