//! How long a newly named head of a department waits before they can confirm or replace a sponsor.
//!
//! Rule: a caller who can write the directory can name a head. The other side has time to notice it, because the change
//! is announced to all sponsors. Until the head has waited, the department counts as one without a head.

use super::agreed;
use crate::calendar;
use crate::calendar::rules::Calendar;
use crate::collaboration::projects::store::Head;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// Number of days after which every calendar has had the most business days that a charter can name, so that none has to
/// be read.
const CERTAINLY_OVER: i64 = 210;

/// Returns the last day on which a head who was named at `since` still waits for `days` business days, in the time zone
/// of the calendar.
#[must_use]
pub fn waits_until(calendar: &Calendar, since: UtcTime, days: usize) -> Option<Day> {
    calendar.add_business_days(calendar.date_at(since.to_jiff()), days).map(Day::from_jiff)
}

/// Returns whether a head who was named at `since` has waited for `days` business days.
#[must_use]
pub fn has_waited(calendar: &Calendar, since: UtcTime, days: usize, now: UtcTime) -> bool {
    let today = Day::from_jiff(calendar.date_at(now.to_jiff()));
    waits_until(calendar, since, days).is_some_and(|last| today > last)
}

/// The head of a department, and whether they can act for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The department has no head.
    Missing,
    /// The head was named a short time ago, and waits until the end of this day.
    Waiting(Option<Day>),
    Settled(PersonId),
}

impl Standing {
    /// Returns the head who can act for the department.
    #[must_use]
    pub fn settled(self) -> Option<PersonId> {
        match self {
            Self::Settled(person) => Some(person),
            Self::Missing | Self::Waiting(_) => None,
        }
    }
}

/// Returns the standing of the head of a department in a project, which waits for the `response_days` of its charter; two
/// statements if the head was named in the last months.
pub fn standing(conn: &mut DbConn, head: Option<Head>, project: ProjectId, now: UtcTime) -> Result<Standing, Error> {
    let Some(Head { person_id, since }) = head else { return Ok(Standing::Missing) };
    if since.day().days_until(now.day()) > CERTAINLY_OVER {
        return Ok(Standing::Settled(person_id));
    }
    let days = agreed::agreed(conn, project)?.response_days;
    let calendar = calendar::service::present(conn, since)?.calendar;
    if has_waited(&calendar, since, days, now) {
        return Ok(Standing::Settled(person_id));
    }
    Ok(Standing::Waiting(waits_until(&calendar, since, days)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_new_head_waits_for_whole_business_days(hours in 0..2_000_i64, later in 0..400_i64, days in 1..6_usize) {
            let calendar = Calendar::prague().unwrap();
            let start: UtcTime = "2027-03-01T08:00:00Z".parse().unwrap();
            let since = start.plus_seconds(hours * 3_600);
            let now = since.plus_seconds(later * 3_600);
            let first = Day::from_jiff(calendar.date_at(since.to_jiff()));
            let today = Day::from_jiff(calendar.date_at(now.to_jiff()));
            let between = (1..first.days_until(today))
                .filter(|day| calendar.is_business_day(first.plus_days(*day).to_jiff()))
                .count();
            prop_assert_eq!(has_waited(&calendar, since, days, now), between >= days);
        }
    }
}
