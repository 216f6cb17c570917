//! Holds: how long a side can keep a project on hold, and how a hold ends.
//!
//! Rules: the hold of a side ends by itself after 20 business days of the company calendar, unless all sides extend it.
//! After it has ended, by itself or because all sides resumed the project, this side cannot hold the project again for
//! 20 business days. The end is fixed when the hold begins: a later change of the calendar does not move it. A hold by
//! the system has no end; it ends when every side has a sponsor.
//!
//! A hold whose end has passed has ended, also before the scheduler has recorded it. [`at`] computes that for reads;
//! writes record it when they lock the project, so it is recorded exactly once.

use jiff::civil::Date;

use super::service::Whole;
use super::state::State;
use super::store::{self, Project};
use crate::calendar::rules::Calendar;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Length of a hold, and of the time until the same side can hold again, in business days.
pub const BUSINESS_DAYS: usize = 20;
/// Most days from the start of such a period to its end, so that closed days in the calendar cannot prolong a hold.
const MOST_DAYS: i64 = 56;

/// Returns the end of a hold that begins at `now`: the end of the 20th business day after the current day, in the time
/// zone of the calendar.
#[must_use]
pub fn end(calendar: &Calendar, now: UtcTime) -> UtcTime {
    end_after(calendar, calendar.date_at(now.to_jiff()), now)
}

/// Returns the end of a period of the same length that follows one that ends at `end`: of an extension, or of the time
/// in which the side cannot hold the project again.
#[must_use]
pub fn next_end(calendar: &Calendar, end: UtcTime) -> UtcTime {
    // `end` is the first instant after a day, so the last day of the period is the one of the instant before.
    end_after(calendar, calendar.date_at(end.plus_seconds(-1).to_jiff()), end)
}

fn end_after(calendar: &Calendar, day: Date, from: UtcTime) -> UtcTime {
    let latest = from.plus_seconds(MOST_DAYS * 24 * 60 * 60);
    let last = calendar.add_business_days(day, BUSINESS_DAYS);
    let midnight = last.and_then(|last| last.tomorrow().ok()?.to_zoned(calendar.zone.clone()).ok());
    midnight.map_or(latest, |midnight| UtcTime::from_jiff(midnight.timestamp()).min(latest))
}

/// Returns the project as it is at `now`: active if the end of its hold has passed, with the version that it has once
/// this is recorded.
#[must_use]
pub fn at(project: Project, now: UtcTime) -> Project {
    match project.hold_ends_at {
        Some(end) if project.state == State::OnHold && end <= now => {
            Project { version: project.version + 1, updated_at: end, ..resumed(&project, end) }
        }
        _ => project,
    }
}

/// Returns the project after its hold has ended at `end`. The grace period of a parity breach starts again, because a
/// side could use the time of the hold less than the other.
#[must_use]
pub fn resumed(project: &Project, end: UtcTime) -> Project {
    let grace_runs = project.parity_breached_at.is_some() && project.parity_grace_ended_at.is_none();
    Project {
        state: State::Active,
        held_since: None,
        held_by_department_id: None,
        hold_ends_at: None,
        parity_breached_at: if grace_runs { Some(end) } else { project.parity_breached_at },
        ..project.clone()
    }
}

/// Records the end of a hold whose time has passed, in a locked project; otherwise returns it unchanged.
pub fn record_end(tx: &mut Tx<'_>, before: Project) -> Result<Project, Error> {
    let after = at(before.clone(), tx.now);
    if after.state == before.state {
        return Ok(before);
    }
    store::update(tx.conn, &after)?;
    let sides = store::sides(tx.conn, before.id, tx.now.day())?;
    let old = Whole { project: before, sides: sides.clone() }.body();
    let new = Whole { project: after.clone(), sides }.body();
    let change = Change::updated(types::PROJECT_RESUMED, after.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason: Some("The hold reached its end."), ..change })?;
    Ok(after)
}

#[cfg(test)]
#[path = "holds_tests.rs"]
mod tests;
