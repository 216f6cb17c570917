//! Reads and writes queues and their settings.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use jiff::tz::TimeZone;

use super::enums::CallbackIntent;
use super::present::PresentQueue;
use super::rows::{Queue, QueueSettings};
use crate::calendar::rows::Settings;
use crate::calendar::service as calendar;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::{calendar_versions, closed_days, queue_versions, queues};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{CalendarId, QueueId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};
use crate::{fixed, with_backend};

const KEY_TAKEN: Constraint = Constraint::new("queues_key_key", "queues.key");
const PUBLIC_SALES: Constraint = Constraint::new("queues_public_sales", "queues.sales");
const PUBLIC_SUPPORT: Constraint = Constraint::new("queues_public_technical_support", "queues.technical_support");

/// A rule that another queue prevents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Another queue has the key.
    Key,
    /// Another public queue accepts one of the intents.
    Intent,
}

/// How a queue is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    Id(QueueId),
    Key(&'a str),
    /// The public queue of an intent.
    Intent(CallbackIntent),
}

/// Selects the settings in force at an instant, and all later ones.
macro_rules! from_instant {
    ($at:expr) => {
        queue_versions::ends_at.is_null().or(queue_versions::ends_at.gt($at))
    };
}

type OverTime = (Queue, QueueSettings, Settings, Option<Day>);

/// Loads a queue and its calendar from an instant on, with all later settings and the closed days; one statement.
macro_rules! over_time {
    ($conn:expr, $wanted:expr, $at:expr) => {{
        let (at, first) = ($at, Day::from_jiff(calendar::first_closed_day($at)));
        with_backend!($conn, |conn| fixed!(
            queue_versions::table
                .inner_join(queues::table)
                .inner_join(calendar_versions::table.on(calendar_versions::calendar_id.eq(queues::calendar_id)))
                .left_join(
                    closed_days::table
                        .on(closed_days::calendar_id.eq(queues::calendar_id).and(closed_days::date.ge(first))),
                )
                .filter($wanted)
                .filter(from_instant!(at))
                .filter(calendar_versions::ends_at.is_null().or(calendar_versions::ends_at.gt(at)))
                .order((queue_versions::starts_at, calendar_versions::starts_at))
                .select((
                    Queue::as_select(),
                    QueueSettings::as_select(),
                    Settings::as_select(),
                    closed_days::date.nullable(),
                ))
        )
        .load::<OverTime>(conn))
    }};
}

/// Returns a queue at `now`; `None` if there is none. One statement.
pub fn present(conn: &mut DbConn, which: Which<'_>, now: UtcTime) -> Result<Option<PresentQueue>, Error> {
    let rows = match which {
        Which::Id(id) => over_time!(conn, queues::id.eq(id), now)?,
        Which::Key(key) => over_time!(conn, queues::key.eq(key), now)?,
        // Written out, because the conditions are those of the partial indexes.
        Which::Intent(CallbackIntent::Sales) => over_time!(conn, queues::public.and(queues::sales), now)?,
        Which::Intent(CallbackIntent::TechnicalSupport) => {
            over_time!(conn, queues::public.and(queues::technical_support), now)?
        }
    };
    collected(rows, now)
}

/// Returns the queues with this calendar at `now`, in order. One statement.
pub fn present_with(conn: &mut DbConn, calendar: CalendarId, now: UtcTime) -> Result<Vec<PresentQueue>, Error> {
    let mut of_queues: BTreeMap<QueueId, Vec<OverTime>> = BTreeMap::new();
    for row in over_time!(conn, queues::calendar_id.eq(calendar), now)? {
        of_queues.entry(row.0.id).or_default().push(row);
    }
    let found: Result<Vec<_>, Error> = of_queues.into_values().map(|rows| collected(rows, now)).collect();
    Ok(found?.into_iter().flatten().collect())
}

/// Builds a queue from its rows; `None` without any.
fn collected(rows: Vec<OverTime>, now: UtcTime) -> Result<Option<PresentQueue>, Error> {
    let Some(queue) = rows.first().map(|(queue, ..)| queue.clone()) else { return Ok(None) };
    let closed: BTreeSet<Day> = rows.iter().filter_map(|(.., date)| *date).collect();
    let (mut settings, mut of_calendar): (Vec<_>, Vec<_>) =
        rows.into_iter().map(|(_, settings, of_calendar, _)| (settings, of_calendar)).unzip();
    settings.dedup_by_key(|one| one.starts_at);
    of_calendar.sort_by_key(|one| one.starts_at);
    of_calendar.dedup_by_key(|one| one.starts_at);
    let calendar = Settings::calendar_over_time(&of_calendar, &closed).ok_or_else(calendar::unreadable)?;
    Ok(Some(PresentQueue { now, queue, settings, calendar }))
}

/// Returns a queue with its settings on a day, or at `now` without a day.
pub fn settings(
    conn: &mut DbConn,
    id: QueueId,
    day: Option<Day>,
    now: UtcTime,
) -> Result<Option<(QueueSettings, Queue)>, Error> {
    let begun = queue_versions::table
        .inner_join(queues::table)
        .filter(queue_versions::queue_id.eq(id))
        .order(queue_versions::starts_at.desc())
        .limit(1)
        .select((QueueSettings::as_select(), Queue::as_select()));
    // The first settings also apply to all days before them.
    let first = UtcTime::from_unix_micros(0).day();
    Ok(match day {
        Some(day) => begun.filter(queue_versions::valid_from.le(day.max(first))).get_result(conn).optional()?,
        None => begun.filter(queue_versions::starts_at.le(now)).get_result(conn).optional()?,
    })
}

/// Returns a page of queues with their settings in force at `now`.
pub fn page(conn: &mut DbConn, page: &Page, now: UtcTime) -> Result<Vec<(QueueSettings, Queue)>, Error> {
    let mut query = queue_versions::table
        .inner_join(queues::table)
        .filter(queue_versions::starts_at.le(now))
        .filter(from_instant!(now))
        .order(queues::id)
        .limit(page.fetch())
        .select((QueueSettings::as_select(), Queue::as_select()))
        .into_boxed();
    if let Some(after) = page.after.as_deref() {
        query = query.filter(queues::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Returns those of these queues that exist.
pub fn existing(conn: &mut DbConn, ids: &[QueueId]) -> Result<Vec<QueueId>, Error> {
    let wanted = any_of(queues::id, ids)?;
    Ok(with_backend!(conn, |conn| queues::table.filter(wanted).select(queues::id).load(conn))?)
}

/// Returns each queue with the time zone of its calendar at `now`.
pub fn zones(conn: &mut DbConn, now: UtcTime) -> Result<Vec<(QueueId, TimeZone)>, Error> {
    let rows: Vec<(QueueId, String)> = queues::table
        .inner_join(calendar_versions::table.on(calendar_versions::calendar_id.eq(queues::calendar_id)))
        .filter(calendar_versions::starts_at.le(now))
        .filter(calendar_versions::ends_at.is_null().or(calendar_versions::ends_at.gt(now)))
        .order(queues::id)
        .select((queues::id, calendar_versions::zone))
        .load(conn)?;
    let zone =
        |(id, name): (QueueId, String)| TimeZone::get(&name).map(|zone| (id, zone)).map_err(|_| calendar::unreadable());
    rows.into_iter().map(zone).collect()
}

/// Returns the public queues, in no particular order.
pub fn public(conn: &mut DbConn) -> Result<Vec<Queue>, Error> {
    Ok(queues::table.filter(queues::public).select(Queue::as_select()).load(conn)?)
}

/// Returns the default region of each queue, in no particular order.
pub fn regions(conn: &mut DbConn) -> Result<Vec<String>, Error> {
    Ok(queues::table.select(queues::default_region).load(conn)?)
}

/// Returns the calendars that queues use.
pub fn calendars(conn: &mut DbConn) -> Result<Vec<CalendarId>, Error> {
    Ok(queues::table.select(queues::calendar_id).distinct().order(queues::calendar_id).load(conn)?)
}

/// Returns for each queue after how many minutes a request without a recorded call returns to it, by the settings in
/// force at `now`.
pub fn return_times(conn: &mut DbConn, now: UtcTime) -> Result<Vec<(QueueId, i32)>, Error> {
    Ok(queue_versions::table
        .filter(queue_versions::starts_at.le(now))
        .filter(from_instant!(now))
        .order(queue_versions::queue_id)
        .select((queue_versions::queue_id, queue_versions::unrecorded_return_minutes))
        .load(conn)?)
}

/// Locks a queue for the rest of the transaction.
pub fn lock(conn: &mut DbConn, id: QueueId) -> Result<Option<Queue>, Error> {
    Ok(diesel::update(queues::table.filter(queues::id.eq(id)))
        .set(queues::version.eq(queues::version))
        .returning(queues::all_columns)
        .cached()
        .get_result(conn)
        .optional()?)
}

/// Returns the settings of a queue in force at an instant, followed by all later ones.
pub fn settings_from(conn: &mut DbConn, id: QueueId, at: UtcTime) -> Result<Vec<QueueSettings>, Error> {
    Ok(queue_versions::table
        .filter(queue_versions::queue_id.eq(id))
        .filter(from_instant!(at))
        .order(queue_versions::starts_at)
        .select(QueueSettings::as_select())
        .load(conn)?)
}

pub fn insert_queue(conn: &mut DbConn, queue: &Queue) -> Result<Result<(), Taken>, Error> {
    checked(diesel::insert_into(queues::table).values(queue).execute(conn))
}

pub fn update_queue(conn: &mut DbConn, queue: &Queue) -> Result<Result<(), Taken>, Error> {
    checked(diesel::update(queues::table.filter(queues::id.eq(queue.id))).set(queue).cached().execute(conn))
}

fn checked(result: QueryResult<usize>) -> Result<Result<(), Taken>, Error> {
    match result {
        Ok(_) => Ok(Ok(())),
        Err(error) if KEY_TAKEN.violated_by(&error) => Ok(Err(Taken::Key)),
        Err(error) if PUBLIC_SALES.violated_by(&error) || PUBLIC_SUPPORT.violated_by(&error) => Ok(Err(Taken::Intent)),
        Err(error) => Err(error.into()),
    }
}

pub fn insert(conn: &mut DbConn, settings: &QueueSettings) -> Result<(), Error> {
    diesel::insert_into(queue_versions::table).values(settings).execute(conn)?;
    Ok(())
}

/// Updates the settings of the queue that start at the same instant.
pub fn update(conn: &mut DbConn, changed: &QueueSettings) -> Result<(), Error> {
    let same = queue_versions::table
        .filter(queue_versions::queue_id.eq(changed.queue_id))
        .filter(queue_versions::starts_at.eq(changed.starts_at));
    diesel::update(same).set(changed).cached().execute(conn)?;
    Ok(())
}
