//! Steps shared by all changes of a membership: lock the project, authorise the caller, compute the state, and write
//! the row with its event and audit entry.

use super::member::{Member, phase, sponsors};
use super::state::MembershipState;
use super::store::{self, Loaded, Membership};
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Project, Side, service as projects};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{MembershipId, PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Authorises the caller, locks the project of a membership, and loads the membership.
///
/// # Errors
/// 403, 404.
pub fn lock_by_id(tx: &mut Tx<'_>, id: MembershipId, action: Action) -> Result<(Project, Member, Relations), Error> {
    let permitted = permit(tx, action, |tx| standing(tx, id))?;
    let Standing { project, about: sides, relations } = permitted.lock_and_raise(tx)?;
    let member = load_with(tx, &project, &sides, id)?;
    Ok((project, member, relations))
}

/// Reads the relations of the caller to a membership, and the sides of its project.
///
/// # Errors
/// 404.
pub fn standing(tx: &mut Tx<'_>, id: MembershipId) -> Result<Standing<Vec<Side>>, Error> {
    let row = store::find(tx.conn, id, tx.now.day())?.ok_or_else(Error::not_found)?.row;
    let standing = Standing::read(tx, row.project_id)?;
    let sides = projects::sides(tx.conn, row.project_id, tx.now.day())?;
    let oneself = standing.relations.person == Some(row.person_id);
    Ok(standing.in_side(row.department_id, &sides).concerning(oneself).about(sides))
}

/// Loads a membership of a project that the caller has locked.
///
/// # Errors
/// 404.
pub fn load(tx: &mut Tx<'_>, project: &Project, id: MembershipId) -> Result<Member, Error> {
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    load_with(tx, project, &sides, id)
}

/// Loads a membership of a project with these sides that the caller has locked.
///
/// # Errors
/// 404.
pub fn load_with(tx: &mut Tx<'_>, project: &Project, sides: &[Side], id: MembershipId) -> Result<Member, Error> {
    let found = store::find(tx.conn, id, tx.now.day())?.ok_or_else(Error::not_found)?;
    Ok(Member::new(found, phase(project), sponsors_of(sides), tx.now))
}

/// Loads several memberships of a project with these sides that the caller has locked, leaving out those of other
/// projects.
pub fn load_many(
    tx: &mut Tx<'_>,
    project: &Project,
    sides: &[Side],
    ids: &[MembershipId],
) -> Result<Vec<Member>, Error> {
    let answers_to = sponsors_of(sides);
    let found =
        store::find_many(tx.conn, ids, tx.now.day())?.into_iter().filter(|one| one.row.project_id == project.id);
    Ok(found.map(|loaded| Member::new(loaded, phase(project), answers_to.clone(), tx.now)).collect())
}

/// Returns the sponsors of all sides.
pub fn answers_to(tx: &mut Tx<'_>, project: ProjectId) -> Result<Vec<PersonId>, Error> {
    Ok(sponsors_of(&projects::sides(tx.conn, project, tx.now.day())?))
}

fn sponsors_of(sides: &[Side]) -> Vec<PersonId> {
    sponsors(sides.iter().map(|side| side.sponsor_person_id))
}

/// Requires a state for a verb.
///
/// # Errors
/// 409 `illegal_transition` in any other state.
pub fn require(member: &Member, wanted: MembershipState, verb: &str) -> Result<(), Error> {
    if member.state == wanted { Ok(()) } else { Err(illegal(member, verb)) }
}

/// Builds the problem for a verb that the current state does not allow.
pub fn illegal(member: &Member, verb: &str) -> Error {
    Problem::illegal_transition("membership", member.state.as_str(), verb, member.state.verbs()).into()
}

/// Writes a row whose end was set. A membership that can no longer begin is withdrawn.
pub fn save_end(
    tx: &mut Tx<'_>,
    project: &Project,
    before: &Member,
    row: Membership,
    reason: &str,
) -> Result<Member, Error> {
    let ended = Loaded { row, has_home: before.has_home };
    let event = match ended.state(phase(project), tx.now) {
        MembershipState::Withdrawn => types::MEMBERSHIP_WITHDRAWN,
        _ => types::MEMBERSHIP_ENDED,
    };
    save(tx, project, before, ended.row, event, Some(reason))
}

/// Writes the row as its next version, with event and audit entry.
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
