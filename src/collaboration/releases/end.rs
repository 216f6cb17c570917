//! Ending memberships before the agreed day, without asking the sides.

use super::dto::{MembershipEnd, MembershipEndBatch};
use super::leave::{leave, possible};
use crate::collaboration::memberships::change;
use crate::collaboration::memberships::member::Member;
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::auth::Scope;
use crate::kernel::authz::{self, Action};
use crate::kernel::error::{Code, Error, Violation};
use crate::kernel::ids::{MembershipId, ProjectId};
use crate::kernel::tx::Tx;

/// Sets the day from which a member is none any more.
///
/// # Errors
/// 403, 404; 422 for a day that is past or outside the membership; 409 `consent_required` in a
/// running project, `conflict` when the member would leave an area without its accountable person,
/// naming the areas.
pub fn end(tx: &mut Tx<'_>, id: MembershipId, end: &MembershipEnd) -> Result<Member, Error> {
    let (project, before) = change::take(tx, id, Action::EndMembership)?;
    end_one(tx, &project, before, end, "")
}

/// Ends several memberships of a project, all or none.
///
/// # Errors
/// Those of [`end`], with pointers into the batch; 422 for a membership of another project.
pub fn end_batch(tx: &mut Tx<'_>, id: ProjectId, batch: &MembershipEndBatch) -> Result<Vec<Member>, Error> {
    let project = projects::lock(tx, id)?;
    let facts = projects::facts(tx.conn, id, tx.actor, tx.now)?.ok_or_else(Error::not_found)?;
    tx.authorize_and_deduplicate(Action::EndMembership, &facts)?;
    let ids: Vec<_> = batch.items.iter().map(|item| item.membership_id).collect();
    let mut members = change::load_many(tx, &project, &ids)?;
    let mut ended = Vec::with_capacity(batch.items.len());
    for (index, item) in batch.items.iter().enumerate() {
        let place = format!("/items/{index}");
        let Some(found) = members.iter().position(|member| member.row.id == item.membership_id) else {
            let pointer = format!("{place}/membership_id");
            return Err(Error::violation(Violation::unknown_reference(pointer, "membership", "členství")));
        };
        let before = members.swap_remove(found);
        let of_side = projects::facts_of_side(tx.conn, id, tx.actor, before.row.department_id, tx.now)?;
        authz::require(tx.actor, Action::EndMembership, &of_side.ok_or_else(Error::not_found)?)?;
        let end = MembershipEnd { on: item.on, reason: item.reason.clone(), successors: item.successors.clone() };
        ended.push(end_one(tx, &project, before, &end, &place)?);
    }
    Ok(ended)
}

fn end_one(
    tx: &mut Tx<'_>,
    project: &Project,
    before: Member,
    end: &MembershipEnd,
    place: &str,
) -> Result<Member, Error> {
    possible(tx, project, &before, end.on, "end", place)?;
    if end.on == before.row.valid_to {
        return Ok(before);
    }
    if project.state.is_running() && !tx.actor.has(Scope::Admin) {
        return Err(Code::ConsentRequired.into());
    }
    leave(tx, project, &before, end.on, &end.successors, &end.reason)
}
