//! Whether we call when we said we would: exact counts, and how fast the first attempt came.
//!
//! Rules: a promise belongs to the day on which it is due; linked requests are one call and count
//! once; what visitors cancelled and what was abuse is not counted; a promise whose time is over
//! without an attempt is broken, whether the clock has recorded it or not.

mod dto;
mod routes;
mod store;

use crate::calendar::service as calendar;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::time::{Day, UtcTime};

use dto::{CallbackReport, CallbackReportQuery, CallbackResponseTimes, PromiseCounts};
pub use routes::configure;
use store::Span;

/// Days that are reported when none are named.
const DEFAULT_DAYS: i64 = 30;
/// A report beyond it has no last day.
const LAST_YEAR: i16 = 9_998;
/// "Within five minutes", in seconds.
const PROMPT: i32 = 300;

/// The report of `[from, to)`, days in the zone of the calendar; the last 30 days when absent.
///
/// # Errors
/// 403; 400 when `to` is not after `from`.
pub fn report(
    conn: &mut DbConn,
    actor: &Actor,
    now: UtcTime,
    query: &CallbackReportQuery,
) -> Result<CallbackReport, Error> {
    authz::require(actor, Action::ReadCallbacks, &Facts::default())?;
    let calendar = calendar::present(conn, now)?.calendar;
    let today = Day::from_jiff(calendar.date_at(now.to_jiff()));
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
    let midnight = |day: Day| {
        let zoned = day.to_jiff().to_zoned(calendar.zone.clone());
        zoned.map_or_else(|_| day.start(), |zoned| UtcTime::from_jiff(zoned.timestamp()))
    };
    let span = Span { from: midnight(from), to: midnight(to), now, intent: query.intent };
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

/// A part of a whole; none of nothing.
fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
