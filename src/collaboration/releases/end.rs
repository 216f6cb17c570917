//! Ending memberships early without the approval of all sides.

use super::dto::{MembershipEnd, MembershipEndBatch};
use super::leave::{leave, possible};
use crate::collaboration::memberships::change;
use crate::collaboration::memberships::member::Member;
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::error::{Code, Error, Violation};
use crate::kernel::ids::{MembershipId, ProjectId};
use crate::kernel::tx::Tx;

/// Ends a membership on the requested day.
///
/// # Errors
/// 403, 404; 422 for a day that is past or outside the membership; 409 `approval_required` in a running project unless
/// the caller is an administrator, `conflict` with the areas that would lose their accountable person.
pub fn end(tx: &mut Tx<'_>, id: MembershipId, end: &MembershipEnd) -> Result<Member, Error> {
    let (project, before, relations) = change::lock_by_id(tx, id, Action::EndMembership)?;
    end_one(tx, &project, relations, before, end, "")
}

/// Ends several memberships of a project, all or none.
///
/// # Errors
/// The errors of [`end`], with pointers into the batch; 422 for a membership of another project.
pub fn end_batch(tx: &mut Tx<'_>, id: ProjectId, batch: &MembershipEndBatch) -> Result<Vec<Member>, Error> {
    let permitted = permit(tx, Action::EndMembership, |tx| {
        let standing = Standing::read(tx, id)?;
        // Checked for the side of each membership below.
        let represents = standing.relations.sponsor || standing.relations.delegate;
        Ok(standing.representing(represents))
    })?;
    let permitted = permitted.lock_and_raise(tx)?;
    let Standing { project, relations, .. } = permitted;
    let ids: Vec<_> = batch.items.iter().map(|item| item.membership_id).collect();
    let sides = projects::sides(tx.conn, id, tx.now.day())?;
    let mut members = change::load_many(tx, &project, &sides, &ids)?;
    let mut ended = Vec::with_capacity(batch.items.len());
    for (index, item) in batch.items.iter().enumerate() {
        let place = format!("/items/{index}");
        let Some(found) = members.iter().position(|member| member.row.id == item.membership_id) else {
            let pointer = format!("{place}/membership_id");
            return Err(Error::violation(Violation::unknown_reference(pointer, "violation-unknown-membership")));
        };
        let before = members.swap_remove(found);
        let of_side = projects::in_side(relations, before.row.department_id, &sides);
        authz::require(tx.actor, Action::EndMembership, &of_side)?;
        let end =
            MembershipEnd { ends_on: item.ends_on, reason: item.reason.clone(), successors: item.successors.clone() };
        ended.push(end_one(tx, &project, of_side, before, &end, &place)?);
    }
    Ok(ended)
}

fn end_one(
    tx: &mut Tx<'_>,
    project: &Project,
    caller: Relations,
    before: Member,
    end: &MembershipEnd,
    place: &str,
) -> Result<Member, Error> {
    possible(tx, project, &before, end.ends_on, "end_membership", place)?;
    if end.ends_on == before.row.valid_to {
        return Ok(before);
    }
    if project.state.is_running() && !authz::administers(tx.actor, &caller) {
        return Err(Code::ApprovalRequired.into());
    }
    leave(tx, project, &before, end.ends_on, &end.successors, &end.reason)
}
