//! Reads and writes the bookings of slots.

use std::collections::HashMap;

use diesel::prelude::*;

use super::slots::Slot;
use crate::kernel::db::schema::slots;
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::QueueId;
use crate::kernel::time::UtcTime;
use crate::with_backend;

#[derive(Insertable)]
#[diesel(table_name = slots, treat_none_as_default_value = false)]
struct BookedSlot {
    queue_id: QueueId,
    slot_id: String,
    starts_at: UtcTime,
    ends_at: UtcTime,
    capacity: i32,
    booked: i32,
}

impl BookedSlot {
    fn new(queue_id: QueueId, slot: &Slot, capacity: i32, booked: i32) -> Self {
        Self {
            queue_id,
            slot_id: slot.slot_id(),
            starts_at: UtcTime::from_jiff(slot.start),
            ends_at: UtcTime::from_jiff(slot.end),
            capacity,
            booked,
        }
    }
}

/// Selects the row of a slot.
macro_rules! of_slot {
    ($queue:expr, $slot_id:expr) => {
        slots::table.filter(slots::queue_id.eq($queue)).filter(slots::slot_id.eq($slot_id))
    };
}

/// Reserves capacity for this number of calls in a slot; returns false if the slot is full. With 0, it only checks that
/// the slot has capacity and creates its row, with the same statement, so that both take the same time.
pub fn reserve(conn: &mut DbConn, queue: QueueId, slot: &Slot, capacity: i32, calls: i32) -> Result<bool, Error> {
    // The filter of an upsert is not in QueryDsl.
    use diesel::query_dsl::methods::FilterDsl;

    if capacity < calls.max(1) {
        // The first booking is not checked by the filter.
        return Ok(false);
    }
    let first = BookedSlot::new(queue, slot, capacity, calls);
    let reserved = with_backend!(conn, |conn| diesel::insert_into(slots::table)
        .values(&first)
        .on_conflict((slots::queue_id, slots::slot_id))
        .do_update()
        .set((slots::booked.eq(slots::booked + calls), slots::capacity.eq(capacity)))
        .filter(slots::booked.lt(capacity))
        .cached()
        .execute(conn))?;
    Ok(reserved == 1)
}

/// Adds a call to a slot whose row exists, even if the slot is full.
pub fn reserve_above(conn: &mut DbConn, queue: QueueId, slot_id: &str) -> Result<(), Error> {
    // Both are raised, so that the slot is never overbooked. The next booking sets the capacity again.
    diesel::update(of_slot!(queue, slot_id))
        .set((slots::booked.eq(slots::booked + 1), slots::capacity.eq(slots::capacity + 1)))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Adds a call to a slot of a queue, even if the slot is full, and creates its row if necessary.
pub fn add_above(
    conn: &mut DbConn,
    queue_id: QueueId,
    slot_id: &str,
    (starts_at, ends_at): (UtcTime, UtcTime),
) -> Result<(), Error> {
    let first = BookedSlot { queue_id, slot_id: slot_id.to_owned(), starts_at, ends_at, capacity: 1, booked: 1 };
    with_backend!(conn, |conn| diesel::insert_into(slots::table)
        .values(&first)
        .on_conflict((slots::queue_id, slots::slot_id))
        .do_update()
        .set((slots::booked.eq(slots::booked + 1), slots::capacity.eq(slots::capacity + 1)))
        .cached()
        .execute(conn))?;
    Ok(())
}

/// Locks the existing rows of two slots of a queue, always in the same order to avoid deadlocks.
pub fn lock_slots(conn: &mut DbConn, queue: QueueId, slot_ids: [&str; 2]) -> Result<(), Error> {
    // SQLite has only one writer.
    if let DbConn::Postgres(conn) = conn {
        let of_queue = slots::table.filter(slots::queue_id.eq(queue)).filter(slots::slot_id.eq_any(slot_ids));
        let wanted = of_queue.order(slots::slot_id).select(slots::slot_id);
        wanted.for_no_key_update().load::<String>(conn)?;
    }
    Ok(())
}

/// Releases the capacity of this number of calls.
pub fn release(conn: &mut DbConn, queue: QueueId, slot_id: &str, calls: i32) -> Result<(), Error> {
    diesel::update(of_slot!(queue, slot_id)).set(slots::booked.eq(slots::booked - calls)).cached().execute(conn)?;
    Ok(())
}

/// Returns the number of bookings in slots of a queue that start at `from` or later; slots without a row are absent.
pub fn booked_since(conn: &mut DbConn, queue: QueueId, from: UtcTime) -> Result<HashMap<String, i32>, Error> {
    let booked = slots::table.filter(slots::queue_id.eq(queue)).filter(slots::starts_at.ge(from));
    let rows: Vec<(String, i32)> =
        with_backend!(conn, |conn| booked.select((slots::slot_id, slots::booked)).load(conn))?;
    Ok(rows.into_iter().collect())
}
