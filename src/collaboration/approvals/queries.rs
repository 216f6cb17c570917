//! What other slices need to know of consents.

use super::state::{ConsentKind, ConsentState};
pub use super::store::HistoryRow;
use super::store::{self, Consent, Which};
use super::terms::Terms;
use crate::collaboration::inbox::{Item, ItemKind};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, ConsentId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// The agreements to all versions of the charter as (side, version, counts no more), for the
/// readiness list.
///
/// # Errors
/// Those of the database.
pub fn signatures(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(DepartmentId, i32, bool)>, Error> {
    store::signatures(conn, project)
}

/// Whom open proposals for settling disputes name: area, person, first day.
///
/// # Errors
/// Those of the database.
pub fn proposed_settlements(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(AreaId, PersonId, Day)>, Error> {
    let mut proposed = Vec::new();
    for terms in store::open_terms(conn, project, ConsentKind::Settlement)? {
        if let Some(terms) = Terms::unseal(&terms)?.settlement {
            proposed.push((terms.area_id, terms.person_id, terms.effective_on));
        }
    }
    Ok(proposed)
}

/// Every question of a project with every answer to it, in order, for the partnership report; one
/// statement.
///
/// # Errors
/// Those of the database.
pub fn history(conn: &mut DbConn, project: ProjectId) -> Result<Vec<HistoryRow>, Error> {
    store::history(conn, project)
}

/// Whether a version of the charter is asked no more and was not agreed to: refused or withdrawn.
///
/// # Errors
/// Those of the database.
pub fn charter_is_refused(conn: &mut DbConn, project: ProjectId, version: i32) -> Result<bool, Error> {
    let asked = store::load(conn, &Which::Charter(project, version))?;
    let dead = |state| matches!(state, ConsentState::Refused | ConsentState::Withdrawn);
    Ok(asked.iter().any(|asked| dead(asked.row.state)))
}

/// What waits for a person's answer, in the seats they hold or stand in for today.
///
/// # Errors
/// Those of the database.
pub fn waiting_for(conn: &mut DbConn, person: PersonId, now: UtcTime, most: i64) -> Result<Vec<Item>, Error> {
    let mut rows = store::waiting_for_sponsor(conn, person, now, most)?;
    rows.extend(store::waiting_for_delegate(conn, person, now, most)?);
    Ok(rows.iter().map(item).collect())
}

fn item(row: &Consent) -> Item {
    Item {
        kind: ItemKind::Consent,
        id: row.id.to_string(),
        project_id: row.project_id,
        project_name: String::new(),
        since: row.asked_at,
        due_at: row.due_at,
    }
}

/// Ids of the same, for other slices: only what waits for the seats that the person holds.
///
/// # Errors
/// Those of the database.
pub fn waiting_ids(conn: &mut DbConn, person: PersonId, now: UtcTime, most: i64) -> Result<Vec<ConsentId>, Error> {
    Ok(store::waiting_for_sponsor(conn, person, now, most)?.into_iter().map(|row| row.id).collect())
}
