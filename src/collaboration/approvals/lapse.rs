//! Ending open approvals and superseding responses after a change elsewhere in the project.

use super::change;
use super::delegations;
use super::state::ApprovalState;
use super::store::{self, ApprovalRow, Which};
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::tx::Tx;

/// Lapses every open approval of a project that `selected` picks.
pub fn lapse_where(tx: &mut Tx<'_>, project: ProjectId, selected: impl Fn(&ApprovalRow) -> bool) -> Result<(), Error> {
    for mut approval in store::load(tx.conn, &Which::Open(project))? {
        if selected(&approval.row) {
            change::end(tx, &mut approval, ApprovalState::Lapsed, types::APPROVAL_LAPSED)?;
        }
    }
    Ok(())
}

/// Lapses the open approvals about one subject.
pub fn lapse_about(tx: &mut Tx<'_>, project: ProjectId, subject: &str) -> Result<(), Error> {
    lapse_where(tx, project, |row| row.subject == subject)
}

/// Updates approvals after a side has changed or lost its sponsor: its delegations are revoked, and its responses to
/// open approvals no longer count. Before the first charter is in force, its signature no longer counts either, and the
/// approval of the charter is open again.
pub fn sponsor_changed(tx: &mut Tx<'_>, project: &Project, side: DepartmentId) -> Result<(), Error> {
    delegations::service::end_with_sponsor(tx, project.id, side)?;
    let mut open = store::load(tx.conn, &Which::Open(project.id))?;
    if project.in_force_version.is_none() {
        let signed = store::load(tx.conn, &Which::Charter(project.id, project.charter_version))?;
        open.extend(signed.into_iter().filter(|approval| approval.row.state == ApprovalState::Approved));
    }
    for mut approval in open {
        let Some(slot) = approval.sides.iter_mut().find(|(one, _)| *one == side) else { continue };
        let Some(response) = slot.1.take() else { continue };
        change::supersede(tx, response)?;
        if approval.row.state == ApprovalState::Approved {
            let before = approval.clone();
            approval.row.state = ApprovalState::Open;
            approval.row.ended_at = None;
            projects::mark_charter_unsigned(tx, project)?;
            change::save(tx, &before, &mut approval, types::APPROVAL_REOPENED)?;
        } else {
            change::raise(tx, &mut approval)?;
        }
    }
    Ok(())
}
