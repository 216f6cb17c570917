//! The report on callbacks.

use super::dto::{CallbackReport, CallbackReportQuery, CallbackResponseTimes, PromiseCounts, share};
use super::store::{self, Span};
use crate::calendar::rules::Calendar;
use crate::calendar::service as calendar;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::time::{Day, UtcTime};

/// Days that are reported when none are named.
const DEFAULT_DAYS: i64 = 30;
/// A report beyond it has no last day.
const LAST_YEAR: i16 = 9_998;
/// "Within five minutes", in seconds.
const PROMPT: i32 = 300;

/// The report of `[from, to)`, days in the zone of the calendar; the last 30 days when absent.
///
/// # Errors
/// 403; 422 when `to` is not after `from`, or too far ahead.
pub fn report(
    conn: &mut DbConn,
    actor: &Actor,
    now: UtcTime,
    query: &CallbackReportQuery,
) -> Result<CallbackReport, Error> {
    authz::require(actor, Action::ReadCallbacks, &Facts::default())?;
    let calendar = calendar::present(conn, now)?.calendar;
    let (from, to) = period(query, Day::from_jiff(calendar.date_at(now.to_jiff())))?;
    let span = Span { from: midnight(&calendar, from), to: midnight(&calendar, to), now, intent: query.intent };
    let counts = store::promises(conn, &span)?;
    let (asap, prompt) = store::calls_as_soon_as_possible(conn, &span, PROMPT)?;
    Ok(CallbackReport {
        from,
        to,
        intent: query.intent,
        promises: PromiseCounts::new(counts),
        response: CallbackResponseTimes {
            calls: asap,
            within_5_minutes: prompt,
            within_5_minutes_share: share(prompt, asap),
            p50_seconds: store::percentile(conn, &span, asap, 50)?,
            p90_seconds: store::percentile(conn, &span, asap, 90)?,
        },
    })
}

/// The days `[from, to)` of a report.
fn period(query: &CallbackReportQuery, today: Day) -> Result<(Day, Day), Error> {
    let (from, to) = match (query.from, query.to) {
        (Some(from), Some(to)) => (from, to),
        (Some(from), None) => (from, from.plus_days(DEFAULT_DAYS)),
        (None, to) => {
            let to = to.unwrap_or_else(|| today.plus_days(1));
            (to.plus_days(-DEFAULT_DAYS), to)
        }
    };
    if from.to_jiff().year() > LAST_YEAR || to.to_jiff().year() > LAST_YEAR {
        let text = Text::new("No day after 9998.", "Nejpozději rok 9998.");
        return Err(Error::violation(Violation::parameter("to", "too_far", text)));
    }
    if to <= from {
        let text = Text::new("This must be after from.", "Musí být později než from.");
        return Err(Error::violation(Violation::parameter("to", "not_after_start", text)));
    }
    Ok((from, to))
}

fn midnight(calendar: &Calendar, day: Day) -> UtcTime {
    let zoned = day.to_jiff().to_zoned(calendar.zone.clone());
    zoned.map_or_else(|_| day.start(), |zoned| UtcTime::from_jiff(zoned.timestamp()))
}
