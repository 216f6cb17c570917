//! Early release of a member with the approval of all sides.

use super::dto::MembershipEnd;
use super::leave::{leave, possible, refuse_orphans};
use crate::collaboration::approvals::request::{self, NewApproval};
use crate::collaboration::approvals::{Approval, ReleaseTerms, Terms};
use crate::collaboration::memberships::change;
use crate::collaboration::memberships::state::MembershipState;
use crate::collaboration::ownership::Successor;
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::MembershipId;
use crate::kernel::tx::Tx;

/// Requests the approval of all sides to release a member early.
///
/// # Errors
/// 403, 404; 422 for a day that is past or outside the membership; 409 unless the project is running, when the same
/// approval is already open, or when an area would lose its accountable person.
pub fn request_release(tx: &mut Tx<'_>, id: MembershipId, end: &MembershipEnd) -> Result<Approval, Error> {
    let (project, before, relations) = change::lock_by_id(tx, id, Action::EndMembership)?;
    possible(tx, &project, &before, end.ends_on, "release_member", "")?;
    if !project.state.is_running() || end.ends_on == before.row.valid_to {
        return Err(Problem::new(Code::Conflict).because("detail-no-approval-needed").into());
    }
    refuse_orphans(tx, &project, &before, end.ends_on, &end.successors)?;
    let successors = end.successors.iter().map(|one| (one.area_id, one.person_id).into()).collect();
    let leaves_on = end.ends_on.max(before.row.valid_from);
    let terms = ReleaseTerms { person_id: before.row.person_id, leaves_on, successors };
    let new = NewApproval {
        subject: id.as_str(),
        number: None,
        terms: Terms::Release(terms),
        reason: Some(&end.reason),
        due_at: None,
        approves: relations.person,
    };
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    request::request(tx, &project, &sides, relations.person, new)
}

/// Releases a member after all sides have approved: on the requested day, or today if that day has passed.
///
/// # Errors
/// 409 when the membership has ended in the meantime, or an area would now lose its accountable person.
pub fn released(tx: &mut Tx<'_>, project: &Project, subject: &str, terms: &ReleaseTerms) -> Result<(), Error> {
    let id: MembershipId = subject.parse().map_err(Error::internal)?;
    let before = change::load(tx, project, id)?;
    if !matches!(before.state, MembershipState::Accepted | MembershipState::Active) {
        return Err(change::illegal(&before, "release_member"));
    }
    let on = terms.leaves_on.max(tx.now.day()).max(before.row.valid_from).min(before.row.valid_to);
    let successors: Vec<_> = terms.successors.iter().map(Successor::from).collect();
    leave(tx, project, &before, on, &successors, "All sides approved the release.").map(drop)
}
