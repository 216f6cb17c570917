//! Announces data ownership conflicts of running projects, each once when it is found and once when it ends.
//!
//! Rules: each project announces its own conflicts under its own lock, and no event names the other project, because
//! its readers may not be allowed to see it. A conflict is one area and one other department, however many projects the
//! other department owns the data in. When a project announces something, the other projects with the same data are
//! checked next, each in its own transaction.

use super::dto::ConflictBody;
use super::store::{self, ConflictRow, Counterpart};
use crate::collaboration::projects::{Project, State, schedule};
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, DepartmentId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Maximum number of conflicts that are compared.
const MOST: i64 = 1000;

/// Announces what has changed since the last check of a project that the caller has locked.
pub fn by_time(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    if !matches!(project.state, State::Active | State::OnHold) {
        return Ok(());
    }
    let found = store::counterparts(tx.conn, project, MOST)?;
    announce(tx, project, &found)
}

/// Announces the end of all conflicts of a project that is closing or cancelled.
pub fn resolve_all(tx: &mut Tx<'_>, project: &Project) -> Result<(), Error> {
    announce(tx, project, &[])
}

fn announce(tx: &mut Tx<'_>, project: &Project, found: &[Counterpart]) -> Result<(), Error> {
    let open = store::open_conflicts(tx.conn, project.id)?;
    let Changes { begun, ended } = compare(&open, found);
    if begun.is_empty() && ended.is_empty() {
        return Ok(());
    }
    let mut assets: Vec<String> = Vec::new();
    // First those that have ended, because the same area can have a new one with the same department.
    let mut resolved = Vec::with_capacity(ended.len());
    for before in ended {
        assets.push(before.data_asset.clone());
        let after = ConflictRow { resolved_at: Some(tx.now.max(before.found_at)), ..before.clone() };
        let (old, new) = (ConflictBody::from(before.clone()), ConflictBody::from(after.clone()));
        tx.record_change(&Change::updated(types::OWNERSHIP_CONFLICT_RESOLVED, after.id.as_str(), &old, &new)?)?;
        resolved.push(after);
    }
    store::resolve_conflicts(tx.conn, &resolved)?;
    let rows: Vec<_> = begun.into_iter().map(|conflict| row(tx, project, conflict)).collect();
    store::insert_conflicts(tx.conn, &rows)?;
    for row in rows {
        assets.push(row.data_asset.clone());
        let (id, body) = (row.id, ConflictBody::from(row));
        tx.record_change(&Change::created(types::OWNERSHIP_CONFLICT_FOUND, id.as_str(), &body)?)?;
    }
    let others = store::projects_about(tx.conn, &assets, project.id)?;
    schedule::check_soon(tx.conn, &others, tx.now)
}

fn row(tx: &Tx<'_>, project: &Project, conflict: Key<'_>) -> ConflictRow {
    ConflictRow {
        id: tx.new_id(),
        project_id: project.id,
        area_id: conflict.area,
        data_asset: conflict.asset.to_owned(),
        department_id: conflict.department,
        other_department_id: conflict.other_department,
        found_at: tx.now,
        resolved_at: None,
    }
}

/// What makes two conflicts the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    area: AreaId,
    department: DepartmentId,
    other_department: DepartmentId,
    asset: &'a str,
}

impl<'a> Key<'a> {
    fn of_counterpart(found: &'a Counterpart) -> Option<Self> {
        Some(Self {
            area: found.area_id,
            department: found.department_id,
            other_department: found.other_department_id,
            asset: found.data_asset.as_deref()?,
        })
    }

    fn of_row(row: &'a ConflictRow) -> Self {
        Self {
            area: row.area_id,
            department: row.department_id,
            other_department: row.other_department_id,
            asset: &row.data_asset,
        }
    }
}

/// Conflicts that have not been announced, and announced ones that have ended.
#[derive(Debug, PartialEq, Eq)]
struct Changes<'a> {
    begun: Vec<Key<'a>>,
    ended: Vec<&'a ConflictRow>,
}

/// Compares the announced conflicts with those that exist.
fn compare<'a>(open: &'a [ConflictRow], found: &'a [Counterpart]) -> Changes<'a> {
    let mut exist: Vec<_> = found.iter().filter_map(Key::of_counterpart).collect();
    exist.sort_unstable();
    exist.dedup();
    let announced: Vec<_> = open.iter().map(Key::of_row).collect();
    Changes {
        ended: open.iter().filter(|row| !exist.contains(&Key::of_row(row))).collect(),
        begun: exist.into_iter().filter(|conflict| !announced.contains(conflict)).collect(),
    }
}

#[cfg(test)]
#[path = "conflict_events_tests.rs"]
mod tests;
