//! Accepting, declining and withdrawing invitations.

use super::change::{self, illegal, require};
use super::member::Member;
use super::state::MembershipState;
use crate::collaboration::projects::Project;
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::states::MembershipDecision;
use crate::directory::people;
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::MembershipId;
use crate::kernel::tx::Tx;

/// Accepts an invitation on behalf of the invitee.
///
/// # Errors
/// 403 unless the caller is the invitee, 404; 409 when the invitation is not open, or the invitee has become a sponsor.
pub fn accept(tx: &mut Tx<'_>, id: MembershipId) -> Result<Member, Error> {
    let permit = permit(tx, Action::RespondToInvitation, |tx| change::standing(tx, id))?;
    // Locks the person, who is the caller, before the project, in the same order as deactivation, so that a person
    // cannot accept while being deactivated.
    let invited = match permit.standing().relations.person {
        Some(person) => people::service::lock(tx.conn, person)?,
        None => None,
    };
    let Standing { project, about: sides, .. } = permit.lock_and_raise(tx)?;
    let before = change::load_with(tx, &project, &sides, id)?;
    require(&before, MembershipState::Invited, "accept_membership")?;
    if invited.is_none_or(|person| person.deactivated_at.is_some()) {
        return Err(Error::forbidden("forbidden-deactivated"));
    }
    if before.answers_to.contains(&before.row.person_id) {
        return Err(Problem::new(Code::Conflict).because("detail-member-is-sponsor").into());
    }
    save_response(tx, &project, before, MembershipDecision::Accepted, types::MEMBERSHIP_ACCEPTED)
}

/// Declines an invitation on behalf of the invitee.
///
/// # Errors
/// 403 unless the caller is the invitee, 404; 409 when the invitation is not open.
pub fn decline(tx: &mut Tx<'_>, id: MembershipId) -> Result<Member, Error> {
    let (project, before, _) = change::lock_by_id(tx, id, Action::RespondToInvitation)?;
    require(&before, MembershipState::Invited, "decline_membership")?;
    save_response(tx, &project, before, MembershipDecision::Declined, types::MEMBERSHIP_DECLINED)
}

/// Withdraws an invitation.
///
/// # Errors
/// 403, 404; 409 when the invitation is not open.
pub fn withdraw(tx: &mut Tx<'_>, id: MembershipId) -> Result<Member, Error> {
    let (project, before, _) = change::lock_by_id(tx, id, Action::InviteMember)?;
    if before.state != MembershipState::Invited {
        return Err(illegal(&before, "withdraw_membership"));
    }
    let mut row = before.row.clone();
    row.decision = MembershipDecision::Withdrawn;
    change::save(tx, &project, &before, row, types::MEMBERSHIP_WITHDRAWN, None)
}

/// Stores the response of the invitee.
fn save_response(
    tx: &mut Tx<'_>,
    project: &Project,
    before: Member,
    decision: MembershipDecision,
    event: &'static str,
) -> Result<Member, Error> {
    let mut row = before.row.clone();
    row.decision = decision;
    row.responded_at = Some(tx.now);
    change::save(tx, project, &before, row, event, None)
}
