//! Ending what is being asked, because what it was about has changed or is over.

use super::change;
use super::state::ConsentState;
use super::store::{self, Consent, Which};
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::ProjectId;
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
