//! Notices about delegations for all projects of a sponsor: each project in which the delegate can respond records them
//! in its own chain, so that its evidence shows who could respond for a side, and since when.

use super::dto::{DelegationBody, DelegationNotice};
use super::store::{self, Delegation};
use crate::collaboration::projects::{SideStanding, sponsors};
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Records in all projects of the sponsor that a delegation for all of them was created or revoked; at most one
/// statement.
pub(super) fn announce(tx: &mut Tx<'_>, row: &Delegation) -> Result<(), Error> {
    if row.project_id.is_some() {
        return Ok(());
    }
    for side in sponsors::held_by(tx.conn, row.sponsor_person_id, tx.now.day())? {
        let represents = side.active_sponsor() == Some(row.sponsor_person_id) && side.standing == SideStanding::Current;
        if represents && side.department_id == row.department_id {
            record(tx, side.project_id, row)?;
        }
    }
    Ok(())
}

/// Records in a project that its new sponsor has a delegate for all projects; one statement.
pub fn sponsor_took_office(tx: &mut Tx<'_>, project: ProjectId, sponsor: PersonId) -> Result<(), Error> {
    for row in store::for_all_of_sponsor(tx.conn, sponsor, tx.now.day())? {
        record(tx, project, &row)?;
    }
    Ok(())
}

fn record(tx: &mut Tx<'_>, project_id: ProjectId, row: &Delegation) -> Result<(), Error> {
    let notice = DelegationNotice { project_id, delegation: DelegationBody::from(*row) };
    tx.record_change(&Change::created(types::PROJECT_DELEGATE_CHANGED, project_id.as_str(), &notice)?)
}
