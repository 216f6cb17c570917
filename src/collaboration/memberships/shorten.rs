//! Memberships of a project that ends earlier.

use super::change;
use super::member::{Member, phase};
use super::store;
use crate::collaboration::projects::Project;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Cuts what lasts longer than the new last day of a project.
pub fn end_by(tx: &mut Tx<'_>, project: &Project, day: Day) -> Result<(), Error> {
    let answers_to = change::answers_to(tx, project.id)?;
    for loaded in store::live(tx.conn, project.id, tx.now.day())? {
        if loaded.row.valid_to > day {
            let before = Member::new(loaded, phase(project), answers_to.clone(), tx.now);
            let mut row = before.row.clone();
            row.valid_to = day.max(row.valid_from);
            change::save(tx, project, &before, row, types::MEMBERSHIP_ENDED, Some("The project ends earlier."))?;
        }
    }
    Ok(())
}
