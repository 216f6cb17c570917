//! The capacity of slots: reserves, moves and releases it.
//!
//! Rule: capacity is reserved by one conditional statement, so that a slot is never overbooked, however many
//! visitors book it concurrently.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::booking::Schedule;
use super::dto::{SlotBody, SlotList};
use super::slot_store as store;
use super::slots::{self, Slot};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::QueueId;
use crate::kernel::time::{Day, UtcTime};

/// Number of alternatives that are offered for a full slot.
const ALTERNATIVES: usize = 3;

/// The schedule of a queue at an instant.
#[derive(Debug)]
pub struct Bookable {
    pub now: UtcTime,
    pub queue_id: QueueId,
    pub schedule: Schedule,
}

/// The slot has no capacity left.
#[derive(Debug)]
pub struct Full {
    /// The next slots with capacity; if there are too few, also the last ones before it.
    pub alternatives: Vec<SlotBody>,
}

/// Reserves capacity in a slot.
pub fn reserve(conn: &mut DbConn, bookable: &Bookable, slot: &Slot) -> Result<Result<(), Full>, Error> {
    if store::reserve(conn, bookable.queue_id, slot, bookable.schedule.capacity_of(slot), 1)? {
        return Ok(Ok(()));
    }
    full(conn, bookable, UtcTime::from_jiff(slot.start)).map(Err)
}

/// Checks that a slot has capacity, without reserving it. Creates the row of the slot, so that requests can refer to
/// it.
pub fn check(conn: &mut DbConn, bookable: &Bookable, slot: &Slot) -> Result<Result<(), Full>, Error> {
    if store::reserve(conn, bookable.queue_id, slot, bookable.schedule.capacity_of(slot), 0)? {
        return Ok(Ok(()));
    }
    full(conn, bookable, UtcTime::from_jiff(slot.start)).map(Err)
}

/// Adds a call to a slot that was checked with [`check`], even if the slot is full now.
pub fn reserve_above(conn: &mut DbConn, queue: QueueId, slot_id: &str) -> Result<(), Error> {
    store::reserve_above(conn, queue, slot_id)
}

/// Moves a reservation to the slot of another queue at the same time, even if that slot is full. The slots are changed
/// in the order of their queues to avoid deadlocks.
pub fn change_queue(
    conn: &mut DbConn,
    (old, new): (QueueId, QueueId),
    slot_id: &str,
    period: (UtcTime, UtcTime),
    keep: bool,
) -> Result<(), Error> {
    let add = |conn: &mut DbConn| if keep { store::add_above(conn, new, slot_id, period) } else { Ok(()) };
    if old < new {
        store::release(conn, old, slot_id, 1)?;
        return add(conn);
    }
    add(conn)?;
    store::release(conn, old, slot_id, 1)
}

/// Returns the capacity of all slots of a day.
#[must_use]
pub fn of_day(bookable: &Bookable, date: Date) -> i64 {
    slots::slots_on(&bookable.schedule, date).iter().map(|slot| i64::from(bookable.schedule.capacity_of(slot))).sum()
}

/// Moves a reservation from the `old` slot to the `new` one; each is optional. Without `keep`, the reservation is
/// released if the new slot has capacity.
pub fn change(
    conn: &mut DbConn,
    bookable: &Bookable,
    old: Option<&str>,
    new: Option<&Slot>,
    keep: bool,
) -> Result<Result<(), Full>, Error> {
    if let (Some(old), Some(new)) = (old, new) {
        // Prevents a deadlock of two visitors who move to each other's slot.
        store::lock_slots(conn, bookable.queue_id, [old, &new.slot_id()])?;
    }
    if let Some(new) = new
        && let Err(full) = if keep { reserve(conn, bookable, new)? } else { check(conn, bookable, new)? }
    {
        return Ok(Err(full));
    }
    old.map_or(Ok(()), |old| release(conn, bookable.queue_id, old)).map(Ok)
}

/// Releases capacity in a slot.
pub fn release(conn: &mut DbConn, queue: QueueId, slot_id: &str) -> Result<(), Error> {
    store::release(conn, queue, slot_id, 1)
}

/// Releases capacity in the slots, for one call each time that a slot is in the list; always in the same order to avoid
/// deadlocks.
pub fn release_all(conn: &mut DbConn, slots: Vec<(QueueId, String)>) -> Result<(), Error> {
    let mut calls = BTreeMap::new();
    for slot in slots {
        *calls.entry(slot).or_insert(0) += 1;
    }
    calls.into_iter().try_for_each(|((queue, slot_id), calls)| store::release(conn, queue, &slot_id, calls))
}

/// Returns the slots that are bookable by time from a day on, by default today, for a number of days, by default all.
pub fn list_slots(
    conn: &mut DbConn,
    bookable: &Bookable,
    from: Option<Day>,
    days: Option<i64>,
) -> Result<SlotList, Error> {
    let calendar = &bookable.schedule.calendar;
    let from = from.map_or_else(|| calendar.date_at(bookable.now.to_jiff()), Day::to_jiff);
    let is_wanted = |date: Date| {
        let days_later = from.until(date).map_or(0, |span| i64::from(span.get_days()));
        date >= from && days.is_none_or(|days| days_later < days)
    };
    let data = remaining(conn, bookable)?.into_iter().filter(|slot| is_wanted(slot.date.to_jiff())).collect();
    let zone = calendar.zone.iana_name().unwrap_or("UTC").to_owned();
    Ok(SlotList { queue_id: Some(bookable.queue_id), zone, data })
}

/// Returns the slots inside the horizon that are bookable by time, with their remaining capacity.
pub fn remaining(conn: &mut DbConn, bookable: &Bookable) -> Result<Vec<SlotBody>, Error> {
    let booked = store::booked_since(conn, bookable.queue_id, bookable.now)?;
    let body = |slot: &Slot| {
        let capacity = bookable.schedule.capacity_of(slot);
        SlotBody::new(slot, |id| (capacity - booked.get(id).copied().unwrap_or(0)).max(0))
    };
    Ok(slots::bookable_slots(&bookable.schedule, bookable.now.to_jiff()).iter().map(body).collect())
}

fn full(conn: &mut DbConn, bookable: &Bookable, wanted: UtcTime) -> Result<Full, Error> {
    let slots = remaining(conn, bookable)?;
    let (earlier, later): (Vec<_>, Vec<_>) =
        slots.into_iter().filter(|slot| slot.available).partition(|slot| slot.starts_at < wanted);
    let alternatives = later.into_iter().chain(earlier.into_iter().rev()).take(ALTERNATIVES).collect();
    Ok(Full { alternatives })
}
