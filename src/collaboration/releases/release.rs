//! Releasing a member before the agreed day, when all sides agree.

use super::dto::MembershipEnd;
use super::leave::{leave, possible, refuse_orphans};
use crate::collaboration::approvals::ask::{self, Ask};
use crate::collaboration::approvals::{Asked, ReleaseTerms, Terms};
use crate::collaboration::memberships::change;
use crate::collaboration::memberships::state::MembershipState;
use crate::collaboration::ownership::Successor;
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::MembershipId;
use crate::kernel::tx::Tx;

/// Asks all sides to release a member before the agreed day.
///
/// # Errors
/// 403, 404; 422 for the day; 409 unless the project runs, while the sides are being asked, or when
/// an area would lose its accountable person.
pub fn ask_release(tx: &mut Tx<'_>, id: MembershipId, end: &MembershipEnd) -> Result<Asked, Error> {
    let (project, before) = change::take(tx, id, Action::EndMembership)?;
    possible(tx, &project, &before, end.on, "release", "")?;
    if !project.state.is_running() || end.on == before.row.valid_to {
        return Err(Problem::new(Code::Conflict)
            .because(
                "Nobody needs to agree to this; end the membership instead.",
                "K tomu není třeba souhlas stran; členství rovnou ukončete.",
            )
            .into());
    }
    refuse_orphans(tx, &project, &before, end.on, &end.successors)?;
    let facts = projects::facts(tx.conn, project.id, tx.actor, tx.now)?.ok_or_else(Error::not_found)?;
    let successors = end.successors.iter().map(|one| (one.area_id, one.person_id).into()).collect();
    let terms = ReleaseTerms { person_id: before.row.person_id, leaves_on: end.on, successors };
    let ask = Ask {
        subject: id.as_str(),
        number: None,
        terms: Terms::Release(terms),
        reason: Some(&end.reason),
        due_at: None,
        asking_agrees: true,
    };
    ask::ask(tx, &project, facts.person, ask)
}

/// All sides agreed to a release: on the day that was named, or today if that has passed.
///
/// # Errors
/// 409 when the membership has ended, or an area would lose its accountable person by now.
pub fn released(tx: &mut Tx<'_>, project: &Project, subject: &str, terms: &ReleaseTerms) -> Result<(), Error> {
    let id: MembershipId = subject.parse().map_err(Error::internal)?;
    let before = change::load(tx, project, id)?;
    if !matches!(before.state, MembershipState::Accepted | MembershipState::Active) {
        return Err(change::illegal(&before, "release"));
    }
    let on = terms.leaves_on.max(tx.now.day()).max(before.row.valid_from).min(before.row.valid_to);
    let successors: Vec<_> = terms.successors.iter().map(Successor::from).collect();
    leave(tx, project, &before, on, &successors, "All sides agreed.").map(drop)
}
