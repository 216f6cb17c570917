//! Builds the callback report.

use super::dto::{CallbackReport, CallbackReportQuery, CallbackResponseTimes, PromiseCounts, share};
use super::store::{self, Period};
use crate::calendar::rules::Calendar;
use crate::calendar::service as calendar;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::time::{Day, UtcTime};

/// Length of the period if `from` or `to` is absent, in days.
const DEFAULT_DAYS: i64 = 30;
/// The last year that a report can cover; later days could overflow.
const LAST_YEAR: i16 = 9_998;
/// The limit of `within_5_minutes`, in seconds.
const FIVE_MINUTES: i32 = 300;

/// Returns the report for the days `[from, to)`, in the calendar's zone; by default, for the last 30 days.
///
/// # Errors
/// 403; 422 if `to` is not after `from`, or a day is too far ahead.
pub fn report(
    conn: &mut DbConn,
    actor: &Actor,
    now: UtcTime,
    query: &CallbackReportQuery,
) -> Result<CallbackReport, Error> {
    authz::require(actor, Action::ReadCallbacks, &Relations::default())?;
    let calendar = calendar::present(conn, now)?.calendar;
    let (from, to) = days(query, Day::from_jiff(calendar.date_at(now.to_jiff())))?;
    let period = Period { from: midnight(&calendar, from), to: midnight(&calendar, to), now, intent: query.intent };
    let counts = store::promises(conn, &period)?;
    let (asap, within_5_minutes) = store::calls_as_soon_as_possible(conn, &period, FIVE_MINUTES)?;
    Ok(CallbackReport {
        starts_on: from,
        ends_on: to,
        intent: query.intent,
        promises: PromiseCounts::new(counts),
        response: CallbackResponseTimes {
            calls: asap,
            within_5_minutes,
            within_5_minutes_share: share(within_5_minutes, asap),
            p50_seconds: store::percentile(conn, &period, asap, 50)?,
            p90_seconds: store::percentile(conn, &period, asap, 90)?,
        },
    })
}

/// Returns the days `[from, to)` of a report, with the defaults applied.
fn days(query: &CallbackReportQuery, today: Day) -> Result<(Day, Day), Error> {
    let (from, to) = match (query.from, query.to) {
        (Some(from), Some(to)) => (from, to),
        (Some(from), None) => (from, from.plus_days(DEFAULT_DAYS)),
        (None, to) => {
            let to = to.unwrap_or_else(|| today.plus_days(1));
            (to.plus_days(-DEFAULT_DAYS), to)
        }
    };
    if from.to_jiff().year() > LAST_YEAR || to.to_jiff().year() > LAST_YEAR {
        let text = Text::new("violation-date-too-late");
        return Err(Error::violation(Violation::parameter("to", "too_far", text)));
    }
    if to <= from {
        let text = Text::new("violation-must-be-after").with("field", "to").with("other", "from");
        return Err(Error::violation(Violation::parameter("to", "not_after_start", text)));
    }
    Ok((from, to))
}

fn midnight(calendar: &Calendar, day: Day) -> UtcTime {
    let zoned = day.to_jiff().to_zoned(calendar.zone.clone());
    zoned.map_or_else(|_| day.start(), |zoned| UtcTime::from_jiff(zoned.timestamp()))
}
