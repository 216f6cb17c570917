//! Counts promises and response times in the database.

use diesel::dsl::{case_when, count as count_of, count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamp};

use crate::callbacks::requests::enums::{CallbackIntent, PromiseStatus};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// Selects the promises that are due in `[from, to)`.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    pub from: UtcTime,
    pub to: UtcTime,
    pub intent: Option<CallbackIntent>,
}

/// Requests that are due in the period. Linked requests are left out, because they are the same call.
macro_rules! within {
    ($from:expr, $to:expr, $intent:expr) => {{
        let [one, other] = intents($intent);
        dsl::callback_requests
            .filter(dsl::first_promised_by.ge($from))
            .filter(dsl::first_promised_by.lt($to))
            .filter(dsl::linked_to.is_null())
            // As in `query`.
            .filter(
                sql::<Bool>("COALESCE(callback_requests.intent, '') IN (")
                    .bind::<Text, _>(one)
                    .sql(", ")
                    .bind::<Text, _>(other)
                    .sql(")"),
            )
    }};
}

/// A number of requests with the same group, promise and feedback.
#[derive(Debug, Clone, QueryableByName)]
pub struct Counted {
    #[diesel(sql_type = Nullable<Text>)]
    pub group_key: Option<String>,
    /// The key of the queue, if the group is a queue.
    #[diesel(sql_type = Nullable<Text>)]
    pub queue: Option<String>,
    #[diesel(sql_type = Text)]
    pub promise: PromiseStatus,
    #[diesel(sql_type = Nullable<Bool>)]
    pub called_on_time: Option<bool>,
    #[diesel(sql_type = BigInt)]
    pub requests: i64,
    #[diesel(sql_type = BigInt)]
    pub cancelled_by_desk: i64,
    #[diesel(sql_type = BigInt)]
    pub agent_links: i64,
}

/// What requests are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// One group.
    None,
    /// The number of the day since 1970-01-01, with this offset from UTC in seconds.
    Day(i64),
    Queue,
    Agent,
    Campaign,
}

/// Returns the query for a grouping. Its parameters are the period and two intents. Without a group, the index of the
/// report has all columns. `COALESCE` keeps the planner of SQLite from the index of the intents, which finds requests of
/// all times.
fn query(grouping: Grouping, seconds: &str) -> String {
    const NONE: &str = "CAST(NULL AS TEXT)";
    // Who is answerable for a promise, or took it out of the count, not who got the request afterwards.
    const AGENT: &str = "CASE WHEN request.promise IN ('kept', 'broken') THEN request.promise_agent_id \
                         WHEN request.voided_at IS NOT NULL THEN request.voided_by ELSE request.agent_id END";
    let day = |offset: i64| format!("CAST(({seconds} + {offset}) / 86400 AS TEXT)");
    let (key, queue, contacts) = match grouping {
        Grouping::None => (NONE.to_owned(), NONE, ""),
        Grouping::Day(offset) => (day(offset), NONE, ""),
        Grouping::Queue => ("request.queue_id".to_owned(), "request.queue_key", ""),
        Grouping::Agent => (AGENT.to_owned(), NONE, ""),
        Grouping::Campaign => (
            "contact.source_campaign".to_owned(),
            NONE,
            "LEFT JOIN callback_contacts AS contact ON contact.request_id = request.id ",
        ),
    };
    format!(
        "SELECT {key} AS group_key, {queue} AS queue, request.promise AS promise, \
         request.called_on_time AS called_on_time, COUNT(*) AS requests, \
         COUNT(request.voided_at) AS cancelled_by_desk, COUNT(request.agent_linked_at) AS agent_links \
         FROM callback_requests AS request {contacts}\
         WHERE request.first_promised_by >= $1 AND request.first_promised_by < $2 AND request.linked_to IS NULL \
         AND COALESCE(request.intent, '') IN ($3, $4) GROUP BY 1, 2, 3, 4"
    )
}

/// Counts the requests that are due in the period by group, promise and feedback.
pub fn count(conn: &mut DbConn, period: &Period, grouping: Grouping) -> Result<Vec<Counted>, Error> {
    // The whole seconds since 1970-01-01.
    let seconds = match &*conn {
        DbConn::Postgres(_) => "CAST(FLOOR(EXTRACT(EPOCH FROM request.first_promised_by)) AS BIGINT)",
        DbConn::Sqlite(_) => "CAST(strftime('%s', request.first_promised_by) AS INTEGER)",
    };
    let text = query(grouping, seconds);
    let [one, other] = intents(period.intent);
    Ok(with_backend!(conn, |conn| diesel::sql_query(text)
        .bind::<Timestamp, _>(period.from)
        .bind::<Timestamp, _>(period.to)
        .bind::<Text, _>(one)
        .bind::<Text, _>(other)
        .load::<Counted>(conn))?)
}

fn intents(only: Option<CallbackIntent>) -> [CallbackIntent; 2] {
    only.map_or([CallbackIntent::Sales, CallbackIntent::TechnicalSupport], |intent| [intent, intent])
}

/// Counts the as-soon-as-possible requests with a call, and those whose first call started within `seconds`.
pub fn calls_as_soon_as_possible(conn: &mut DbConn, period: &Period, seconds: i32) -> Result<(i64, i64), Error> {
    let fast = case_when(dsl::first_attempt_after.le(seconds), dsl::first_attempt_after);
    Ok(with_backend!(conn, |conn| within!(period.from, period.to, period.intent)
        .filter(dsl::first_promised_from.is_null())
        .filter(dsl::first_attempt_after.is_not_null())
        .select((count_star(), count_of(fast)))
        .get_result(conn))?)
}

/// Returns the nearest-rank percentile of the time to the first call, in seconds, of `count` requests.
pub fn percentile(conn: &mut DbConn, period: &Period, count: i64, percent: i64) -> Result<Option<i32>, Error> {
    if count == 0 {
        return Ok(None);
    }
    let rank = (count * percent + 99) / 100;
    let found: Option<Option<i32>> = with_backend!(conn, |conn| within!(period.from, period.to, period.intent)
        .filter(dsl::first_promised_from.is_null())
        .filter(dsl::first_attempt_after.is_not_null())
        .order(dsl::first_attempt_after)
        .limit(1)
        .offset(rank - 1)
        .select(dsl::first_attempt_after)
        .get_result(conn)
        .optional())?;
    Ok(found.flatten())
}
