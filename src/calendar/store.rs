//! Reads and writes the settings of the calendar, and the bookings of slots.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::rules::Calendar;
use super::slots::Slot;
use super::versions::Successor;
use crate::kernel::db::schema::{calendar_versions, calendars, closed_days, slots};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::CalendarId;
use crate::kernel::time::{Day, UtcTime};
use crate::with_backend;

/// Settings of the calendar, in force from `starts_at` until the next ones begin.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = calendar_versions, treat_none_as_null = true, treat_none_as_default_value = false)]
#[diesel(primary_key(starts_at))]
pub struct Settings {
    pub starts_at: UtcTime,
    /// When the next settings begin; `None` for the last ones.
    pub ends_at: Option<UtcTime>,
    pub calendar_id: CalendarId,
    /// Version of the calendar that added these settings.
    pub version: i64,
    /// First day with these settings.
    pub valid_from: Day,
    pub zone: String,
    /// One digit per weekday, Monday first; `1` if open.
    pub weekdays: String,
    pub opens: String,
    pub closes: String,
    pub window_minutes: i32,
    pub window_capacity: i32,
    pub minimum_notice_minutes: i32,
    pub horizon_business_days: i32,
    pub asap_target_minutes: i32,
    pub recorded_at: UtcTime,
}

/// Selects the settings in force at an instant, and all later ones.
macro_rules! from_instant {
    ($at:expr) => {
        calendar_versions::ends_at.is_null().or(calendar_versions::ends_at.gt($at))
    };
}

/// Returns the settings in force on a day, or at `now` without a day, and the version of the calendar.
pub fn settings(conn: &mut DbConn, day: Option<Day>, now: UtcTime) -> Result<(Settings, i64), Error> {
    let begun = calendar_versions::table
        .inner_join(calendars::table)
        .order(calendar_versions::starts_at.desc())
        .limit(1)
        .select((Settings::as_select(), calendars::version));
    // The first settings also apply to all days before them.
    let first = UtcTime::from_unix_micros(0).day();
    Ok(match day {
        Some(day) => begun.filter(calendar_versions::valid_from.le(day.max(first))).get_result(conn)?,
        None => begun.filter(calendar_versions::starts_at.le(now)).get_result(conn)?,
    })
}

/// Returns the id of the calendar.
pub fn id(conn: &mut DbConn) -> Result<CalendarId, Error> {
    Ok(calendars::table.select(calendars::id).get_result(conn)?)
}

/// Returns the settings in force at an instant, followed by all later ones, and the closed days from `first` on, with
/// one statement.
pub fn settings_and_closed_days(
    conn: &mut DbConn,
    at: UtcTime,
    first: Date,
) -> Result<(Vec<Settings>, BTreeSet<Day>), Error> {
    let rows: Vec<(Settings, Option<Day>)> = with_backend!(conn, |conn| calendar_versions::table
        .left_join(closed_days::table.on(closed_days::date.ge(Day::from_jiff(first))))
        .filter(from_instant!(at))
        .order(calendar_versions::starts_at)
        .select((Settings::as_select(), closed_days::date.nullable()))
        .load(conn))?;
    let closed = rows.iter().filter_map(|(_, date)| *date).collect();
    let mut settings: Vec<_> = rows.into_iter().map(|(settings, _)| settings).collect();
    settings.dedup_by_key(|settings| settings.starts_at);
    Ok((settings, closed))
}

/// Locks the calendar for the rest of the transaction and returns its version.
pub fn lock(conn: &mut DbConn) -> Result<(CalendarId, i64), Error> {
    Ok(diesel::update(calendars::table)
        .set(calendars::version.eq(calendars::version))
        .returning((calendars::id, calendars::version))
        .cached()
        .get_result(conn)?)
}

/// Sets the version of the calendar.
pub fn set_version(conn: &mut DbConn, id: CalendarId, version: i64) -> Result<(), Error> {
    diesel::update(calendars::table.filter(calendars::id.eq(id)))
        .set(calendars::version.eq(version))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Returns the settings in force at an instant, followed by all later ones.
pub fn settings_from(conn: &mut DbConn, at: UtcTime) -> Result<Vec<Settings>, Error> {
    Ok(calendar_versions::table
        .filter(from_instant!(at))
        .order(calendar_versions::starts_at)
        .select(Settings::as_select())
        .load(conn)?)
}

pub fn insert(conn: &mut DbConn, settings: &Settings) -> Result<(), Error> {
    diesel::insert_into(calendar_versions::table).values(settings).execute(conn)?;
    Ok(())
}

/// Updates the settings that start at the same instant.
pub fn update(conn: &mut DbConn, changed: &Settings) -> Result<(), Error> {
    diesel::update(calendar_versions::table.filter(calendar_versions::starts_at.eq(changed.starts_at)))
        .set(changed)
        .cached()
        .execute(conn)?;
    Ok(())
}

impl Settings {
    /// Creates the calendar with these closed days; `None` if the time zone or a time is invalid.
    pub fn calendar(&self, closed: impl IntoIterator<Item = Day>) -> Option<Calendar> {
        let mut weekdays = [false; 7];
        for (day, open) in weekdays.iter_mut().zip(self.weekdays.bytes()) {
            *day = open == b'1';
        }
        Some(Calendar {
            zone: TimeZone::get(&self.zone).ok()?,
            weekdays,
            opens: Time::strptime("%H:%M", &self.opens).ok()?,
            closes: Time::strptime("%H:%M", &self.closes).ok()?,
            window_minutes: i64::from(self.window_minutes),
            minimum_notice: i64::from(self.minimum_notice_minutes),
            horizon_days: usize::try_from(self.horizon_business_days).ok()?,
            asap_target_minutes: i64::from(self.asap_target_minutes),
            window_capacity: self.window_capacity,
            closed_days: closed.into_iter().map(Day::to_jiff).collect::<BTreeSet<_>>(),
            next: None,
        })
    }

    /// Creates the calendar of consecutive settings; `None` without any, or if one is invalid.
    pub fn calendar_over_time(versions: &[Self], closed: &BTreeSet<Day>) -> Option<Calendar> {
        let mut next: Option<Box<Successor>> = None;
        for settings in versions.iter().rev() {
            let calendar = Calendar { next, ..settings.calendar(closed.iter().copied())? };
            let (from, at) = (settings.valid_from.to_jiff(), settings.starts_at.to_jiff());
            next = Some(Box::new(Successor { from, at, calendar }));
        }
        next.map(|first| first.calendar)
    }
}

#[derive(Insertable)]
#[diesel(table_name = slots, treat_none_as_default_value = false)]
struct BookedSlot {
    slot_id: String,
    starts_at: UtcTime,
    ends_at: UtcTime,
    capacity: i32,
    booked: i32,
}

impl BookedSlot {
    fn new(slot: &Slot, capacity: i32, booked: i32) -> Self {
        Self {
            slot_id: slot.slot_id(),
            starts_at: UtcTime::from_jiff(slot.start),
            ends_at: UtcTime::from_jiff(slot.end),
            capacity,
            booked,
        }
    }
}

/// Reserves capacity for this number of calls in a slot; returns false if the slot is full. With 0, it only checks that
/// the slot has capacity and creates its row, with the same statement, so that both take the same time.
pub fn reserve(conn: &mut DbConn, slot: &Slot, capacity: i32, calls: i32) -> Result<bool, Error> {
    // The filter of an upsert is not in QueryDsl.
    use diesel::query_dsl::methods::FilterDsl;

    let first = BookedSlot::new(slot, capacity, calls);
    let reserved = with_backend!(conn, |conn| diesel::insert_into(slots::table)
        .values(&first)
        .on_conflict(slots::slot_id)
        .do_update()
        .set((slots::booked.eq(slots::booked + calls), slots::capacity.eq(capacity)))
        .filter(slots::booked.lt(capacity))
        .execute(conn))?;
    Ok(reserved == 1)
}

/// Adds a call to a slot whose row exists, even if the slot is full.
pub fn reserve_above(conn: &mut DbConn, slot_id: &str) -> Result<(), Error> {
    // Both are raised, so that the slot is never overbooked. The next booking sets the capacity again.
    diesel::update(slots::table.filter(slots::slot_id.eq(slot_id)))
        .set((slots::booked.eq(slots::booked + 1), slots::capacity.eq(slots::capacity + 1)))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Locks the existing rows of two slots, always in the same order to avoid deadlocks.
pub fn lock_slots(conn: &mut DbConn, slot_ids: [&str; 2]) -> Result<(), Error> {
    // SQLite has only one writer.
    if let DbConn::Postgres(conn) = conn {
        let wanted = slots::table.filter(slots::slot_id.eq_any(slot_ids)).order(slots::slot_id).select(slots::slot_id);
        wanted.for_no_key_update().load::<String>(conn)?;
    }
    Ok(())
}

/// Releases the capacity of this number of calls.
pub fn release(conn: &mut DbConn, slot_id: &str, calls: i32) -> Result<(), Error> {
    diesel::update(slots::table.filter(slots::slot_id.eq(slot_id)))
        .set(slots::booked.eq(slots::booked - calls))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Returns the number of bookings in slots that start at `from` or later; slots without a row are absent.
pub fn booked_since(conn: &mut DbConn, from: UtcTime) -> Result<HashMap<String, i32>, Error> {
    let booked = slots::table.filter(slots::starts_at.ge(from)).select((slots::slot_id, slots::booked));
    let rows: Vec<(String, i32)> = with_backend!(conn, |conn| booked.load(conn))?;
    Ok(rows.into_iter().collect())
}
