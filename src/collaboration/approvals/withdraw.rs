//! Withdrawing approvals.

use super::change;
use super::service::Viewer;
use super::state::{ApprovalKind, ApprovalState};
use super::store::Approval;
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::ApprovalId;
use crate::kernel::tx::Tx;

/// Withdraws an open approval. Returns as whom the caller sees it, too.
///
/// # Errors
/// 403 unless the side or the lead of the caller requested it, 404; 409 when it is not open, or when it
/// belongs to a proposal, transfer or decision that has to be withdrawn instead.
pub fn withdraw(tx: &mut Tx<'_>, id: ApprovalId) -> Result<(Approval, Viewer), Error> {
    // Another side cannot withdraw the approval; it can reject it, with a reason.
    let (project, relations) = change::lock_by_id(tx, id, Action::WithdrawApproval)?;
    let mut approval = change::find(tx.conn, id)?;
    change::require_open(&approval, tx.now, "withdraw_approval")?;
    let can_be_withdrawn = match approval.row.kind {
        ApprovalKind::Resume
        | ApprovalKind::ExtendHold
        | ApprovalKind::Close
        | ApprovalKind::Cancel
        | ApprovalKind::Release
        | ApprovalKind::Settlement
        | ApprovalKind::Arbiter => true,
        ApprovalKind::Charter => project.in_force_version.is_some(),
        ApprovalKind::Transfer | ApprovalKind::Decision => false,
    };
    if !can_be_withdrawn {
        return Err(Problem::new(Code::Conflict).because("detail-approval-of-other").into());
    }
    change::end(tx, &mut approval, ApprovalState::Withdrawn, types::APPROVAL_WITHDRAWN)?;
    Ok((approval, relations.own_side))
}
