//! What a change of sponsor does to the responses and delegations of the side.

use super::change;
use super::delegations;
use super::state::ConsentState;
use super::store::{self, Which};
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::DepartmentId;
use crate::kernel::tx::Tx;

/// A side has another sponsor, or none: what it has said on open questions counts no more, and
/// neither does its signature under a charter that is not in force yet.
pub fn sponsor_changed(tx: &mut Tx<'_>, project: &Project, side: DepartmentId) -> Result<(), Error> {
    delegations::service::end_with_seat(tx, project.id, side)?;
    let mut open = store::load(tx.conn, &Which::Open(project.id))?;
    if project.in_force_version.is_none() {
        let signed = store::load(tx.conn, &Which::Charter(project.id, project.charter_version))?;
        open.extend(signed.into_iter().filter(|asked| asked.row.state == ConsentState::Agreed));
    }
    for mut asked in open {
        let Some(slot) = asked.sides.iter_mut().find(|(one, _)| *one == side) else { continue };
        let Some(answer) = slot.1.take() else { continue };
        change::supersede(tx, answer)?;
        if asked.row.state == ConsentState::Agreed {
            let before = asked.clone();
            asked.row.state = ConsentState::Open;
            asked.row.settled_at = None;
            projects::charter_is_unsigned(tx, project)?;
            change::save(tx, &before, &mut asked, types::CONSENT_REOPENED)?;
        }
    }
    Ok(())
}
