//! What the report counts, in the database.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::callbacks::requests::enums::{CallbackIntent, PromiseStanding};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

/// The promises that are due in `[from, to)`, as seen at `now`.
pub struct Span {
    pub from: UtcTime,
    pub to: UtcTime,
    pub now: UtcTime,
    pub intent: Option<CallbackIntent>,
}

/// One call per promise: linked requests are left out.
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

/// `kept`, `broken`, `pending` and `void` promises.
pub fn promises(conn: &mut DbConn, span: &Span) -> Result<[i64; 4], Error> {
    let mut counts = [0; 4];
    let over = span.now.clamp(span.from, span.to);
    for (from, to, is_over) in [(span.from, over, true), (over, span.to, false)] {
        let rows: Vec<(PromiseStanding, i64)> =
            within!(from, to, span.intent).group_by(dsl::promise).select((dsl::promise, count_star())).load(conn)?;
        for (promise, count) in rows {
            let index = match promise {
                PromiseStanding::Kept => 0,
                PromiseStanding::Broken => 1,
                PromiseStanding::Pending if is_over => 1,
                PromiseStanding::Pending => 2,
                PromiseStanding::Void => 3,
            };
            counts[index] += count;
        }
    }
    Ok(counts)
}

/// Calls as soon as possible with a first attempt, and those of them within `prompt` seconds.
pub fn calls_as_soon_as_possible(conn: &mut DbConn, span: &Span, prompt: i32) -> Result<(i64, i64), Error> {
    let tried = || {
        within!(span.from, span.to, span.intent)
            .filter(dsl::first_promised_from.is_null())
            .filter(dsl::first_attempt_after.is_not_null())
    };
    let all = tried().select(count_star()).get_result(conn)?;
    let fast = tried().filter(dsl::first_attempt_after.le(prompt)).select(count_star()).get_result(conn)?;
    Ok((all, fast))
}

/// The nearest-rank percentile of the seconds to the first attempt of `count` calls.
pub fn percentile(conn: &mut DbConn, span: &Span, count: i64, percent: i64) -> Result<Option<i32>, Error> {
    if count == 0 {
        return Ok(None);
    }
    let rank = (count * percent + 99) / 100;
    Ok(within!(span.from, span.to, span.intent)
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
