//! The return of members to their regular positions: confirmed by a person, and possible only when the member has a
//! regular position.

use super::change;
use super::member::{Member, phase};
use super::state::MembershipState;
use super::store;
use crate::collaboration::approvals::lapse;
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, State, closure_report};
use crate::collaboration::states::MembershipDecision;
use crate::directory::people;
use crate::kernel::authz::Action;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::MembershipId;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Confirms that a member has returned to their regular position. The last return closes a closing project whose
/// closure report has been submitted.
///
/// # Errors
/// 403, 404; 409 unless the member is returning and has a regular position.
pub fn confirm_return(tx: &mut Tx<'_>, id: MembershipId) -> Result<Member, Error> {
    let (project, before, _) = change::lock_by_id(tx, id, Action::ConfirmReturn)?;
    if before.state == MembershipState::ReturnBlocked {
        return Err(blocked(&before));
    }
    change::require(&before, MembershipState::Returning, "return_member")?;
    let today = tx.now.day();
    let positions = people::service::home_position_on(tx.conn, &[before.row.person_id], today)?;
    let position = positions.first().ok_or_else(|| blocked(&before))?;
    let mut row = before.row.clone();
    row.decision = MembershipDecision::Returned;
    row.returned_on = Some(today);
    row.returned_home_id = Some(position.id);
    row.valid_to = row.valid_to.min(today).max(row.valid_from);
    let after = change::save(tx, &project, &before, row, types::MEMBERSHIP_RETURNED, None)?;
    close_if_done(tx, &project)?;
    Ok(after)
}

fn blocked(member: &Member) -> Error {
    Problem::illegal_transition("membership", member.state.as_str(), "return_member", &[])
        .because("detail-nothing-to-return-to")
        .into()
}

/// Closes a closing project once all members have returned and the closure report has been submitted.
pub fn close_if_done(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    if project.state != State::Closing
        || !closure_report::exists(tx.conn, project.id)?
        || !all_have_returned(tx.conn, project, tx.now)?
    {
        return Ok(());
    }
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    let after = Project { state: State::Closed, closed_at: Some(tx.now), check_at: None, ..project.clone() };
    projects::advance(tx, Whole { project: project.clone(), sides }, after, types::PROJECT_CLOSED, None)?;
    // While it was closing, the sides could still be asked to cancel it.
    lapse::lapse_where(tx, project.id, |_| true)
}

/// Returns whether no member is away from their regular position.
fn all_have_returned(conn: &mut DbConn, project: &Project, now: UtcTime) -> Result<bool, Error> {
    let phase = phase(project);
    Ok(store::live(conn, project.id, now.day())?.iter().all(|loaded| !loaded.state(phase, now).is_away()))
}
