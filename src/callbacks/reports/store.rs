//! Counts promises and response times in the database.

use diesel::dsl::{case_when, count, count_star};
use diesel::prelude::*;

use crate::callbacks::requests::enums::{CallbackIntent, PromiseStatus};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

/// Selects the promises that are due in `[from, to)`, and judges them at `now`.
pub struct Period {
    pub from: UtcTime,
    pub to: UtcTime,
    pub now: UtcTime,
    pub intent: Option<CallbackIntent>,
}

/// Requests that are due in the period. Linked requests are left out, because they are the same call.
macro_rules! within {
    ($from:expr, $to:expr, $intent:expr) => {{
        let [one, other] = match $intent {
            Some(intent) => [intent, intent],
            None => [CallbackIntent::Sales, CallbackIntent::TechnicalSupport],
        };
        dsl::callback_requests
            .filter(dsl::first_promised_by.ge($from))
            .filter(dsl::first_promised_by.lt($to))
            .filter(dsl::linked_to.is_null())
            .filter(dsl::intent.eq(one).or(dsl::intent.eq(other)))
    }};
}

/// Counts the `kept`, `broken`, `pending` and `void` promises.
pub fn promises(conn: &mut DbConn, period: &Period) -> Result<[i64; 4], Error> {
    let mut counts = [0; 4];
    let now = period.now.clamp(period.from, period.to);
    for (from, to, is_past) in [(period.from, now, true), (now, period.to, false)] {
        let rows: Vec<(PromiseStatus, i64)> =
            within!(from, to, period.intent).group_by(dsl::promise).select((dsl::promise, count_star())).load(conn)?;
        for (promise, count) in rows {
            let index = match promise {
                PromiseStatus::Kept => 0,
                PromiseStatus::Broken => 1,
                PromiseStatus::Pending if is_past => 1,
                PromiseStatus::Pending => 2,
                PromiseStatus::Void => 3,
            };
            counts[index] += count;
        }
    }
    Ok(counts)
}

/// Counts the as-soon-as-possible requests with a call, and those whose first call started within `seconds`.
pub fn calls_as_soon_as_possible(conn: &mut DbConn, period: &Period, seconds: i32) -> Result<(i64, i64), Error> {
    let fast = case_when(dsl::first_attempt_after.le(seconds), dsl::first_attempt_after);
    Ok(within!(period.from, period.to, period.intent)
        .filter(dsl::first_promised_from.is_null())
        .filter(dsl::first_attempt_after.is_not_null())
        .select((count_star(), count(fast)))
        .get_result(conn)?)
}

/// Returns the nearest-rank percentile of the time to the first call, in seconds, of `count` requests.
pub fn percentile(conn: &mut DbConn, period: &Period, count: i64, percent: i64) -> Result<Option<i32>, Error> {
    if count == 0 {
        return Ok(None);
    }
    let rank = (count * percent + 99) / 100;
    Ok(within!(period.from, period.to, period.intent)
        .filter(dsl::first_promised_from.is_null())
        .filter(dsl::first_attempt_after.is_not_null())
        .order(dsl::first_attempt_after)
        .limit(1)
        .offset(rank - 1)
        .select(dsl::first_attempt_after)
        .get_result(conn)
        .optional()?
        .flatten())
}
