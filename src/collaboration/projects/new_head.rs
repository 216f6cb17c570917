//! How long a department waits after its head has changed, before a sponsor is confirmed or replaced on its behalf.
//!
//! Rule: a caller who can write the directory can name or remove a head, or give the head another login. The other
//! sides have time to notice it, because the change is announced to all sponsors. Until then, neither the head nor an
//! administrator confirms or replaces a sponsor. The end of the wait is stored when it begins. How several changes
//! count is in `head_wait`.

use std::collections::{BTreeMap, BTreeSet};

use super::agreed;
use super::head_wait::{self, HeadWait};
use super::store::{self, Side};
use crate::calendar;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Number of days after which every wait has ended, so that the calendar need not be read.
const CERTAINLY_OVER: i64 = 210;

/// The head of a department, and whether they can act for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The department has no head.
    Missing,
    /// The head has changed a short time ago, and no one acts for the department until this instant.
    Waiting(UtcTime),
    Settled(PersonId),
}

impl Standing {
    /// Returns the standing of the head of a side.
    #[must_use]
    pub fn of(side: &Side, now: UtcTime) -> Self {
        match (side.head_waits_until.filter(|until| now < *until), side.head) {
            (Some(until), _) => Self::Waiting(until),
            (None, Some(head)) => Self::Settled(head),
            (None, None) => Self::Missing,
        }
    }

    /// Returns the standing of the head of a side who is the head of other sides, too, and acts for none of them.
    #[must_use]
    pub fn shared<'a>(sides: impl Iterator<Item = &'a Side>, now: UtcTime) -> Self {
        let until = sides.filter_map(|side| side.head_waits_until).filter(|until| now < *until).max();
        until.map_or(Self::Missing, Self::Waiting)
    }

    /// Returns the standing for an administrator without a part in the project, while the heads of these sides wait,
    /// and the side for which the administrator acts has no sponsor. However often the heads change, this wait ends.
    #[must_use]
    pub fn for_administrator<'a>(sides: impl Iterator<Item = &'a Side>, now: UtcTime) -> Self {
        let ends = sides.filter_map(|side| side.head_wait()).map(HeadWait::someone_acts_from);
        ends.filter(|until| now < *until).max().map_or(Self::Missing, Self::Waiting)
    }

    /// Returns the head who can act for the department.
    #[must_use]
    pub fn settled(self) -> Option<PersonId> {
        match self {
            Self::Settled(person) => Some(person),
            Self::Missing | Self::Waiting(_) => None,
        }
    }
}

/// Begins the wait of sides whose heads have changed in this transaction. The caller has locked their departments. Two
/// statements, and one more for each different wait of a department; none without sides.
pub fn begin(tx: &mut Tx<'_>, sides: &[Side]) -> Result<(), Error> {
    if sides.is_empty() {
        return Ok(());
    }
    let projects: BTreeSet<_> = sides.iter().map(|side| side.project_id).collect();
    let projects: Vec<_> = projects.into_iter().collect();
    let days = agreed::response_days_of(tx.conn, &projects)?;
    let calendar = calendar::service::present(tx.conn, tx.now)?.calendar;
    let mut waits: BTreeMap<(DepartmentId, HeadWait), Vec<ProjectId>> = BTreeMap::new();
    for side in sides {
        let days = days.get(&side.project_id).copied().unwrap_or_else(agreed::usual_days);
        let wait = HeadWait::after(side, &calendar, days, tx.now);
        waits.entry((side.department_id, wait)).or_default().push(side.project_id);
    }
    for ((department, wait), of) in waits {
        store::set_head_wait(tx.conn, &of, department, wait)?;
    }
    Ok(())
}

/// Returns the waits of new sides whose heads changed at these instants, in their order; at most one statement.
pub fn of_new_sides(
    conn: &mut DbConn,
    changed: &[Option<UtcTime>],
    days: usize,
    now: UtcTime,
) -> Result<Vec<Option<HeadWait>>, Error> {
    let recent = |at: &UtcTime| at.day().days_until(now.day()) <= CERTAINLY_OVER;
    let Some(first) = changed.iter().flatten().copied().filter(recent).min() else {
        return Ok(vec![None; changed.len()]);
    };
    let calendar = calendar::service::present(conn, first)?.calendar;
    let wait = |at: UtcTime| HeadWait::first(&calendar, days, at);
    Ok(changed.iter().map(|at| at.filter(recent).map(wait).filter(|wait| now < wait.until)).collect())
}

/// Returns from when the panel can decide in a project with these sides: from `planned` or, if a side had no sponsor
/// while its head waited, once it has had the time to respond. At most two statements, and none without such a side.
pub fn panel_decides_from(
    conn: &mut DbConn,
    project: ProjectId,
    sides: &[Side],
    planned: UtcTime,
) -> Result<UtcTime, Error> {
    let Some(wait) = head_wait::before_panel(sides, planned) else { return Ok(planned) };
    let days = agreed::agreed(conn, project)?.response_days;
    let calendar = calendar::service::present(conn, wait.since)?.calendar;
    Ok(head_wait::panel_decides_from(planned, wait, &calendar, days))
}
