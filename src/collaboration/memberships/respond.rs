//! Answering an invitation, and taking one back.

use super::change::{self, illegal, require};
use super::member::Member;
use super::state::MembershipState;
use super::store;
use crate::collaboration::projects::Project;
use crate::collaboration::states::MembershipDecision;
use crate::directory::people;
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::MembershipId;
use crate::kernel::tx::Tx;

/// The invitee says yes to role and dates.
///
/// # Errors
/// 403 for everybody else, 404; 409 when the invitation is not open, or the invitee has become a
/// sponsor.
pub fn accept(tx: &mut Tx<'_>, id: MembershipId) -> Result<Member, Error> {
    let (project, invited) = store::of_whom(tx.conn, id)?.ok_or_else(Error::not_found)?;
    // Held to the end of the transaction, so that nobody joins while they leave; before the project, as
    // whoever leaves is.
    let invited = people::service::hold(tx.conn, invited)?;
    let (project, before) = change::take_of(tx, project, id, Action::AnswerInvitation)?;
    require(&before, MembershipState::Invited, "accept")?;
    if invited.is_none_or(|person| person.deactivated_at.is_some()) {
        return Err(Error::forbidden("Whoever has left joins no project.", "Kdo odešel, k projektu se nepřipojí."));
    }
    if before.answers_to.contains(&before.row.person_id) {
        return Err(Problem::new(Code::Conflict)
            .because(
                "You have become a sponsor of this project; one person never holds two seats.",
                "Stali jste se sponzorem tohoto projektu; jeden člověk nikdy nezastává dvě místa.",
            )
            .into());
    }
    answer(tx, &project, before, MembershipDecision::Accepted, types::MEMBERSHIP_ACCEPTED)
}

/// The invitee says no.
///
/// # Errors
/// 403 for everybody else, 404; 409 when the invitation is not open.
pub fn decline(tx: &mut Tx<'_>, id: MembershipId) -> Result<Member, Error> {
    let (project, before) = change::take(tx, id, Action::AnswerInvitation)?;
    require(&before, MembershipState::Invited, "decline")?;
    answer(tx, &project, before, MembershipDecision::Declined, types::MEMBERSHIP_DECLINED)
}

/// Takes an invitation back.
///
/// # Errors
/// 403, 404; 409 when the invitation is not open.
pub fn withdraw(tx: &mut Tx<'_>, id: MembershipId) -> Result<Member, Error> {
    let (project, before) = change::take(tx, id, Action::InviteMember)?;
    if before.state != MembershipState::Invited {
        return Err(illegal(&before, "withdraw"));
    }
    let mut row = before.row.clone();
    row.decision = MembershipDecision::Withdrawn;
    change::save(tx, &project, &before, row, types::MEMBERSHIP_WITHDRAWN, None)
}

fn answer(
    tx: &mut Tx<'_>,
    project: &Project,
    before: Member,
    decision: MembershipDecision,
    event: &'static str,
) -> Result<Member, Error> {
    let mut row = before.row.clone();
    row.decision = decision;
    row.answered_at = Some(tx.now);
    change::save(tx, project, &before, row, event, None)
}
