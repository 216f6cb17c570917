//! The capacity of slots: reserves, moves and releases it.
//!
//! Rule: capacity is reserved by one conditional statement, so that a slot is never overbooked, however many
//! visitors book it concurrently.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::dto::{SlotBody, SlotList, SlotQuery};
use super::service::{self, Present};
use super::slots::{self, Slot};
use super::store;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

/// Number of alternatives that are offered for a full slot.
const ALTERNATIVES: usize = 3;

/// The slot has no capacity left.
#[derive(Debug)]
pub struct Full {
    /// The next slots with capacity; if there are too few, also the last ones before it.
    pub alternatives: Vec<SlotBody>,
}

/// Reserves capacity in a slot.
pub fn reserve(conn: &mut DbConn, present: &Present, slot: &Slot) -> Result<Result<(), Full>, Error> {
    if store::reserve(conn, slot, capacity_on(present, slot.date), 1)? {
        return Ok(Ok(()));
    }
    full(conn, present, UtcTime::from_jiff(slot.start)).map(Err)
}

/// Checks that a slot has capacity, without reserving it. Creates the row of the slot, so that requests can refer to
/// it.
pub fn check(conn: &mut DbConn, present: &Present, slot: &Slot) -> Result<Result<(), Full>, Error> {
    if store::reserve(conn, slot, capacity_on(present, slot.date), 0)? {
        return Ok(Ok(()));
    }
    full(conn, present, UtcTime::from_jiff(slot.start)).map(Err)
}

/// Adds a call to a slot that was checked with [`check`], even if the slot is full now.
pub fn reserve_above(conn: &mut DbConn, slot_id: &str) -> Result<(), Error> {
    store::reserve_above(conn, slot_id)
}

/// Returns the capacity of all slots of a day.
#[must_use]
pub fn of_day(present: &Present, date: Date) -> i64 {
    slots::slots_on(&present.calendar, date).len() as i64 * i64::from(capacity_on(present, date))
}

/// Moves a reservation from the `old` slot to the `new` one; each is optional. Without `keep`, the reservation is
/// released if the new slot has capacity.
pub fn change(
    conn: &mut DbConn,
    present: &Present,
    old: Option<&str>,
    new: Option<&Slot>,
    keep: bool,
) -> Result<Result<(), Full>, Error> {
    if let (Some(old), Some(new)) = (old, new) {
        // Prevents a deadlock of two visitors who move to each other's slot.
        store::lock_slots(conn, [old, &new.slot_id()])?;
    }
    if let Some(new) = new
        && let Err(full) = if keep { reserve(conn, present, new)? } else { check(conn, present, new)? }
    {
        return Ok(Err(full));
    }
    old.map_or(Ok(()), |old| release(conn, old)).map(Ok)
}

/// Releases capacity in a slot.
pub fn release(conn: &mut DbConn, slot_id: &str) -> Result<(), Error> {
    store::release(conn, slot_id, 1)
}

/// Releases capacity in the slots, for one call each time that a slot is in the list; always in the same order to avoid
/// deadlocks.
pub fn release_all(conn: &mut DbConn, slot_ids: Vec<String>) -> Result<(), Error> {
    let mut calls = BTreeMap::new();
    for slot_id in slot_ids {
        *calls.entry(slot_id).or_insert(0) += 1;
    }
    calls.into_iter().try_for_each(|(slot_id, calls)| store::release(conn, &slot_id, calls))
}

/// Returns the slots of the wanted days that are bookable by time, with two statements.
pub fn list_slots(conn: &mut DbConn, now: UtcTime, query: SlotQuery) -> Result<SlotList, Error> {
    let present = service::present(conn, now)?;
    let wanted = wanted_days(query, present.calendar.date_at(now.to_jiff()));
    let data = remaining(conn, &present)?.into_iter().filter(|slot| wanted(slot.date.to_jiff())).collect();
    let zone = present.calendar.zone.iana_name().unwrap_or("UTC").to_owned();
    Ok(SlotList { zone, data })
}

fn wanted_days(query: SlotQuery, today: Date) -> impl Fn(Date) -> bool {
    let from = query.from.map_or(today, |day| day.to_jiff());
    move |date| {
        let days_later = from.until(date).map_or(0, |span| i64::from(span.get_days()));
        date >= from && query.days.is_none_or(|days| days_later < days)
    }
}

/// Returns the slots inside the horizon that are bookable by time, with their remaining capacity.
pub fn remaining(conn: &mut DbConn, present: &Present) -> Result<Vec<SlotBody>, Error> {
    let booked = store::booked_since(conn, present.now)?;
    let bookable = slots::bookable_slots(&present.calendar, present.now.to_jiff());
    let body = |slot: &Slot| {
        let capacity = capacity_on(present, slot.date);
        SlotBody::new(slot, |id| (capacity - booked.get(id).copied().unwrap_or(0)).max(0))
    };
    Ok(bookable.iter().map(body).collect())
}

/// Returns the capacity of each slot of a day.
fn capacity_on(present: &Present, date: Date) -> i32 {
    present.calendar.on(date).window_capacity
}

fn full(conn: &mut DbConn, present: &Present, wanted: UtcTime) -> Result<Full, Error> {
    let slots = remaining(conn, present)?;
    let (earlier, later): (Vec<_>, Vec<_>) =
        slots.into_iter().filter(|slot| slot.available).partition(|slot| slot.starts_at < wanted);
    let alternatives = later.into_iter().chain(earlier.into_iter().rev()).take(ALTERNATIVES).collect();
    Ok(Full { alternatives })
}
