//! Reads and writes the settings of the calendar, and the bookings of slots.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::rules::Calendar;
use super::slots::Slot;
use crate::kernel::db::schema::{calendars as settings, closed_days, slots};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::CalendarId;
use crate::kernel::time::{Day, UtcTime};
use crate::with_backend;

#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = settings)]
pub struct Settings {
    pub id: CalendarId,
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
    pub version: i64,
    pub updated_at: UtcTime,
}

/// Returns the settings without closed days.
pub fn settings(conn: &mut DbConn) -> Result<Settings, Error> {
    Ok(settings::table.select(Settings::as_select()).get_result(conn)?)
}

/// Returns the settings and the closed days from `first` on, with one statement.
pub fn settings_and_closed_days(conn: &mut DbConn, first: Date) -> Result<(Settings, Vec<Day>), Error> {
    let rows: Vec<(Settings, Option<Day>)> = with_backend!(conn, |conn| settings::table
        .left_join(closed_days::table.on(closed_days::date.ge(Day::from_jiff(first))))
        .select((Settings::as_select(), closed_days::date.nullable()))
        .load(conn))?;
    let closed = rows.iter().filter_map(|(_, date)| *date).collect();
    let (settings, _) = rows.into_iter().next().ok_or_else(|| Error::internal("the calendar has no settings"))?;
    Ok((settings, closed))
}

/// Locks the settings for the rest of the transaction and returns them.
pub fn lock(conn: &mut DbConn) -> Result<Settings, Error> {
    Ok(diesel::update(settings::table)
        .set(settings::version.eq(settings::version))
        .returning(settings::all_columns)
        .cached()
        .get_result(conn)?)
}

pub fn update(conn: &mut DbConn, changed: &Settings) -> Result<(), Error> {
    diesel::update(settings::table.filter(settings::id.eq(changed.id))).set(changed).cached().execute(conn)?;
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
            closed_days: closed.into_iter().map(Day::to_jiff).collect::<BTreeSet<_>>(),
        })
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
