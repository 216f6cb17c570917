//! Reads and writes calendars and their settings.

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::civil::Date;

use super::reference::CalendarRef;
use super::rows::{CalendarRow, Settings};
use crate::kernel::db::schema::{calendar_versions, calendars, closed_days};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::CalendarId;
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};
use crate::with_backend;

/// Selects the settings in force at an instant, and all later ones.
macro_rules! from_instant {
    ($at:expr) => {
        calendar_versions::ends_at.is_null().or(calendar_versions::ends_at.gt($at))
    };
}

/// Loads the settings of the `$wanted` calendar from an instant on, with the closed days from a date on, with one
/// statement.
macro_rules! over_time {
    ($conn:expr, $tables:expr, $wanted:expr, $at:expr, $first:expr) => {{
        let (at, first) = ($at, Day::from_jiff($first));
        with_backend!($conn, |conn| $tables
            .left_join(
                closed_days::table
                    .on(closed_days::calendar_id.eq(calendar_versions::calendar_id).and(closed_days::date.ge(first))),
            )
            .filter($wanted)
            .filter(from_instant!(at))
            .order(calendar_versions::starts_at)
            .select((Settings::as_select(), closed_days::date.nullable()))
            .load::<(Settings, Option<Day>)>(conn))
    }};
}

/// The settings of one calendar over time, and its closed days.
pub type OverTime = (Vec<Settings>, BTreeSet<Day>);

/// Returns the settings of the company calendar in force at an instant, followed by all later ones, and the closed days
/// from `first` on.
pub fn company_over_time(conn: &mut DbConn, at: UtcTime, first: Date) -> Result<OverTime, Error> {
    let of_company = calendar_versions::table.inner_join(calendars::table);
    Ok(collected(over_time!(conn, of_company, calendars::company, at, first)?))
}

/// Returns the settings of a calendar as [`company_over_time`] does.
pub fn over_time(conn: &mut DbConn, id: CalendarId, at: UtcTime, first: Date) -> Result<OverTime, Error> {
    let of_calendar = calendar_versions::calendar_id.eq(id);
    Ok(collected(over_time!(conn, calendar_versions::table, of_calendar, at, first)?))
}

fn collected(rows: Vec<(Settings, Option<Day>)>) -> OverTime {
    let closed = rows.iter().filter_map(|(_, date)| *date).collect();
    let mut settings: Vec<_> = rows.into_iter().map(|(settings, _)| settings).collect();
    settings.dedup_by_key(|settings| settings.starts_at);
    (settings, closed)
}

/// Returns a calendar with its settings on a day, or at `now` without a day.
pub fn settings(
    conn: &mut DbConn,
    calendar: CalendarRef,
    day: Option<Day>,
    now: UtcTime,
) -> Result<Option<(Settings, CalendarRow)>, Error> {
    let mut begun = calendar_versions::table
        .inner_join(calendars::table)
        .order(calendar_versions::starts_at.desc())
        .limit(1)
        .select((Settings::as_select(), CalendarRow::as_select()))
        .into_boxed();
    begun = match calendar {
        CalendarRef::Default => begun.filter(calendars::company),
        CalendarRef::Id(id) => begun.filter(calendar_versions::calendar_id.eq(id)),
    };
    // The first settings also apply to all days before them.
    let first = UtcTime::from_unix_micros(0).day();
    begun = match day {
        Some(day) => begun.filter(calendar_versions::valid_from.le(day.max(first))),
        None => begun.filter(calendar_versions::starts_at.le(now)),
    };
    Ok(begun.get_result(conn).optional()?)
}

/// Returns a page of calendars with their settings in force at `now`.
pub fn page(conn: &mut DbConn, page: &Page, now: UtcTime) -> Result<Vec<(Settings, CalendarRow)>, Error> {
    let mut query = calendar_versions::table
        .inner_join(calendars::table)
        .filter(calendar_versions::starts_at.le(now))
        .filter(from_instant!(now))
        .order(calendars::id)
        .limit(page.fetch())
        .select((Settings::as_select(), CalendarRow::as_select()))
        .into_boxed();
    if let Some(after) = page.after.as_deref() {
        query = query.filter(calendars::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Returns the id of a calendar that exists.
pub fn id_of(conn: &mut DbConn, calendar: CalendarRef) -> Result<Option<CalendarId>, Error> {
    let mut query = calendars::table.select(calendars::id).into_boxed();
    query = match calendar {
        CalendarRef::Default => query.filter(calendars::company),
        CalendarRef::Id(id) => query.filter(calendars::id.eq(id)),
    };
    Ok(query.get_result(conn).optional()?)
}

/// Locks a calendar for the rest of the transaction.
pub fn lock(conn: &mut DbConn, calendar: CalendarRef) -> Result<Option<CalendarRow>, Error> {
    let keep = calendars::version.eq(calendars::version);
    Ok(match calendar {
        CalendarRef::Default => diesel::update(calendars::table.filter(calendars::company))
            .set(keep)
            .returning(calendars::all_columns)
            .cached()
            .get_result(conn)
            .optional()?,
        CalendarRef::Id(id) => diesel::update(calendars::table.filter(calendars::id.eq(id)))
            .set(keep)
            .returning(calendars::all_columns)
            .cached()
            .get_result(conn)
            .optional()?,
    })
}

pub fn insert_calendar(conn: &mut DbConn, calendar: &CalendarRow) -> Result<(), Error> {
    diesel::insert_into(calendars::table).values(calendar).execute(conn)?;
    Ok(())
}

/// Sets the name and the version of a calendar.
pub fn set_version(conn: &mut DbConn, calendar: &CalendarRow) -> Result<(), Error> {
    diesel::update(calendars::table.filter(calendars::id.eq(calendar.id)))
        .set((calendars::version.eq(calendar.version), calendars::name.eq(&calendar.name)))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Returns the settings of a calendar in force at an instant, followed by all later ones.
pub fn settings_from(conn: &mut DbConn, id: CalendarId, at: UtcTime) -> Result<Vec<Settings>, Error> {
    Ok(calendar_versions::table
        .filter(calendar_versions::calendar_id.eq(id))
        .filter(from_instant!(at))
        .order(calendar_versions::starts_at)
        .select(Settings::as_select())
        .load(conn)?)
}

pub fn insert(conn: &mut DbConn, settings: &Settings) -> Result<(), Error> {
    diesel::insert_into(calendar_versions::table).values(settings).execute(conn)?;
    Ok(())
}

/// Updates the settings of the calendar that start at the same instant.
pub fn update(conn: &mut DbConn, changed: &Settings) -> Result<(), Error> {
    let same = calendar_versions::table
        .filter(calendar_versions::calendar_id.eq(changed.calendar_id))
        .filter(calendar_versions::starts_at.eq(changed.starts_at));
    diesel::update(same).set(changed).cached().execute(conn)?;
    Ok(())
}
