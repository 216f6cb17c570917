//! How long a side waits while the head of its department changes, once or again and again. Pure functions.
//!
//! Rules:
//! - Every new head waits for the time to respond.
//! - A change continues a row of changes if the side has no sponsor, and the head before has not been able to act for
//!   that time. An administrator who acts for a side without a sponsor waits for at most three times that time from the
//!   first change of a row: one more change has its whole wait, but many of them do not keep the side without a
//!   sponsor.
//! - The panel decides without a side only after the side has had the time to respond since someone could act for it.
//!   Only a row that had begun when the panel could decide counts, so that a side does not keep the panel waiting.

use super::response_time;
use super::store::{Side, SideRow};
use crate::calendar::rules::Calendar;
use crate::kernel::time::UtcTime;

/// The wait of a side after a row of changes of the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeadWait {
    /// When the row began.
    pub since: UtcTime,
    /// Until when the newest head waits.
    pub until: UtcTime,
    /// Until when administrators wait at most, however often the head changes.
    pub at_most_until: UtcTime,
}

impl HeadWait {
    /// Returns the wait after a change that is the first of a row.
    #[must_use]
    pub fn first(calendar: &Calendar, days: usize, at: UtcTime) -> Self {
        let end = |from| response_time::end(calendar, from, days);
        Self { since: at, until: end(at), at_most_until: end(end(end(at))) }
    }

    /// Returns the wait of a side after a change. A longer wait stays.
    #[must_use]
    pub fn after(side: &Side, calendar: &Calendar, days: usize, at: UtcTime) -> Self {
        let new = Self::first(calendar, days, at);
        let Some(before) = side.head_wait() else { return new };
        let continues = side.active_sponsor().is_none() && at < response_time::end(calendar, before.until, days);
        let row = if continues { before } else { new };
        Self { until: before.until.max(new.until), ..row }
    }

    /// Returns from when someone can act for a side without a sponsor: its head or, after many changes, an
    /// administrator.
    #[must_use]
    pub fn someone_acts_from(self) -> UtcTime {
        self.until.min(self.at_most_until)
    }
}

impl SideRow {
    /// Returns the newest wait of the side, which may be over; `None` if its head has not changed.
    #[must_use]
    pub fn head_wait(&self) -> Option<HeadWait> {
        let (since, until) = (self.head_changes_since?, self.head_waits_until?);
        Some(HeadWait { since, until, at_most_until: self.waits_at_most_until? })
    }

    /// Returns the row with a wait, or without one.
    #[must_use]
    pub fn waiting(self, wait: Option<HeadWait>) -> Self {
        Self {
            head_changes_since: wait.map(|wait| wait.since),
            head_waits_until: wait.map(|wait| wait.until),
            waits_at_most_until: wait.map(|wait| wait.at_most_until),
            ..self
        }
    }
}

impl Side {
    /// Returns the wait that kept the side from having a sponsor; `None` if the sponsor was in office when it began.
    fn wait_without_sponsor(&self) -> Option<HeadWait> {
        let wait = self.head_wait()?;
        // A sponsor who took office later needs the time, too.
        let took_office = self.sponsor_accepted_at.max(self.sponsor_confirmed_at);
        let was_in_office = self.active_sponsor().is_some() && took_office <= Some(wait.since);
        (!was_in_office).then_some(wait)
    }
}

/// Returns the wait of a side without a sponsor after which the panel decides, if it began before `planned`, from when
/// the panel could decide otherwise. Of several, the one that ends last.
#[must_use]
pub fn before_panel(sides: &[Side], planned: UtcTime) -> Option<HeadWait> {
    let waits = sides.iter().filter_map(Side::wait_without_sponsor).filter(|wait| wait.since < planned);
    waits.max_by_key(|wait| wait.someone_acts_from())
}

/// Returns from when the panel decides after a wait: not before the side has had the time to respond.
#[must_use]
pub fn panel_decides_from(planned: UtcTime, wait: HeadWait, calendar: &Calendar, days: usize) -> UtcTime {
    response_time::end(calendar, wait.someone_acts_from(), days).max(planned)
}

#[cfg(test)]
#[path = "head_wait_tests.rs"]
mod tests;
