//! Changing the role and the working time of a member, which is a right of the side that the member works for.

use super::change;
use super::dto::MembershipPatch;
use super::member::Member;
use super::state::MembershipState;
use crate::collaboration::projects::ProjectVerb;
use crate::collaboration::projects::permit::{Standing, permit};
use crate::kernel::authz::Action;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::merge_patch::apply;
use crate::kernel::ids::MembershipId;
use crate::kernel::tx::Tx;

/// Changes the role and the working time of an accepted or active membership.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the project has ended, or the membership is neither accepted nor active.
pub fn update(tx: &mut Tx<'_>, id: MembershipId, patch: &MembershipPatch) -> Result<Member, Error> {
    let permitted = permit(tx, Action::UpdateMembership, |tx| change::standing(tx, id))?;
    let Standing { project, about: sides, .. } = permitted.lock_and_raise(tx)?;
    let before = change::load_with(tx, &project, &sides, id)?;
    IfMatch::check_tag(tx.meta.if_match.as_ref(), before.etag(), true)?;
    project.state.require_for(ProjectVerb::EndMembership, "update_membership")?;
    if !matches!(before.state, MembershipState::Accepted | MembershipState::Active) {
        return Err(change::illegal(&before, "update_membership"));
    }
    let mut row = before.row.clone();
    let changes =
        [apply(&mut row.project_role, patch.project_role.clone()), apply(&mut row.fte_percent, patch.fte_percent)];
    if !changes.contains(&true) {
        return Ok(before);
    }
    change::save(tx, &project, &before, row, types::MEMBERSHIP_UPDATED, None)
}
