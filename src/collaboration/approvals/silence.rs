//! Sides that do not respond, and the arbiter who responds for them. The draw is in `arbitration`.
//!
//! Rules: after twice the time to respond, the side that asked can escalate an approval of some kinds to the panel. The
//! arbiter responds for the sides without a response only, also for one without a sponsor. Until then, each of these
//! sides can still respond. The time during which a side has no sponsor because its head waits does not count as
//! silence.

use super::change;
use super::state::ApprovalState;
use super::store::{Approval, ApprovalRow};
use crate::collaboration::projects::{Side, new_head};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text};
use crate::kernel::events::types;
use crate::kernel::ids::{ApprovalId, DrawId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// The arbiter of an approval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SilenceArbiter {
    pub person_id: Option<PersonId>,
    pub draw_id: Option<DrawId>,
    pub ruling_from: Option<UtcTime>,
    pub ruling_until: Option<UtcTime>,
}

impl ApprovalRow {
    /// Returns the arbiter of the approval, if any, with the times of the ruling.
    #[must_use]
    pub fn arbiter(&self) -> SilenceArbiter {
        SilenceArbiter {
            person_id: self.arbiter_person_id,
            draw_id: self.draw_id,
            ruling_from: self.ruling_from,
            ruling_until: self.ruling_until,
        }
    }
}

/// Requires that the panel can decide for the sides of an open approval that have not responded. `sides` are those of
/// the project.
///
/// # Errors
/// 409 for another kind of approval, and before these sides count as silent.
pub fn require_silent(tx: &mut Tx<'_>, approval: &Approval, sides: &[Side]) -> Result<(), Error> {
    let Some(from) = approval.row.silent_from else {
        return Err(Problem::new(Code::Conflict).because("detail-no-panel-for-kind").into());
    };
    let from = new_head::panel_decides_from(tx.conn, approval.row.project_id, sides, from)?;
    if tx.now < from {
        let text = Text::new("detail-not-silent-yet").with("from", from.to_string());
        return Err(Problem::new(Code::Conflict).because(text).into());
    }
    Ok(())
}

/// Gives an open approval another arbiter, or none if the panel is exhausted.
pub fn set_arbiter(tx: &mut Tx<'_>, approval: &mut Approval, arbiter: SilenceArbiter) -> Result<(), Error> {
    let before = approval.clone();
    let SilenceArbiter { person_id, draw_id, ruling_from, ruling_until } = arbiter;
    approval.row.arbiter_person_id = person_id;
    approval.row.draw_id = draw_id;
    approval.row.ruling_from = ruling_from;
    approval.row.ruling_until = ruling_until;
    change::save(tx, &before, approval, types::APPROVAL_ESCALATED)
}

/// Gives an open approval, found by its id, another arbiter.
///
/// # Errors
/// 404.
pub fn change_arbiter(tx: &mut Tx<'_>, id: ApprovalId, arbiter: SilenceArbiter) -> Result<(), Error> {
    let mut approval = change::find(tx.conn, id)?;
    set_arbiter(tx, &mut approval, arbiter)
}

/// Returns the project and the arbiter of an open approval; `None` for one that has ended or does not exist.
pub fn arbiter(conn: &mut DbConn, id: ApprovalId) -> Result<Option<(ProjectId, SilenceArbiter)>, Error> {
    let row = change::find_if_any(conn, id)?.map(|found| found.row).filter(|row| row.state == ApprovalState::Open);
    Ok(row.map(|row| (row.project_id, row.arbiter())))
}
