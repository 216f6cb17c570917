//! Ending what is being asked, and what was responded, because something has changed.

use super::change;
use super::delegations;
use super::state::ConsentState;
use super::store::{self, Consent, Which};
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::tx::Tx;

/// Ends every open question that `matters` picks.
pub fn lapse_where(tx: &mut Tx<'_>, project: ProjectId, matters: impl Fn(&Consent) -> bool) -> Result<(), Error> {
    for mut asked in store::load(tx.conn, &Which::Open(project))? {
        if matters(&asked.row) {
            change::end(tx, &mut asked, ConsentState::Lapsed, types::CONSENT_LAPSED)?;
        }
    }
    Ok(())
}

/// Ends the open question about one thing.
pub fn lapse_about(tx: &mut Tx<'_>, project: ProjectId, subject: &str) -> Result<(), Error> {
    lapse_where(tx, project, |row| row.subject == subject)
}

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
