//! Seats in slots.
//!
//! Rule: a seat is taken by one conditional statement, so that however many visitors press the
//! button at once, no slot gets more calls than its capacity.

use std::collections::HashMap;

use diesel::prelude::*;

use super::slots::Slot;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::slots::{self, dsl};
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;
use crate::with_backend;

#[derive(Insertable)]
#[diesel(table_name = slots, treat_none_as_default_value = false)]
struct Booking {
    slot_id: String,
    starts_at: UtcTime,
    ends_at: UtcTime,
    capacity: i32,
    booked: i32,
}

/// Takes one of `capacity` seats; whether there was one.
///
/// # Errors
/// Those of the database.
pub fn take(conn: &mut DbConn, slot: &Slot, capacity: i32) -> Result<bool, Error> {
    // QueryDsl does not have the condition of an upsert.
    use diesel::query_dsl::methods::FilterDsl;

    let first = booking(slot, capacity, 1);
    let taken = with_backend!(conn, |conn| diesel::insert_into(slots::table)
        .values(&first)
        .on_conflict(dsl::slot_id)
        .do_update()
        .set((dsl::booked.eq(dsl::booked + 1), dsl::capacity.eq(capacity)))
        .filter(dsl::booked.lt(capacity))
        .execute(conn))?;
    Ok(taken == 1)
}

/// Whether there is a seat, without taking it; the slot can be referred to from then on.
///
/// # Errors
/// Those of the database.
pub fn is_free(conn: &mut DbConn, slot: &Slot, capacity: i32) -> Result<bool, Error> {
    let empty = booking(slot, capacity, 0);
    with_backend!(conn, |conn| diesel::insert_into(slots::table)
        .values(&empty)
        .on_conflict_do_nothing()
        .execute(conn))?;
    let booked: i32 = dsl::slots.filter(dsl::slot_id.eq(slot.slot_id())).select(dsl::booked).get_result(conn)?;
    Ok(booked < capacity)
}

/// Keeps two slots, as far as they are there, for the rest of the transaction, always in the same order.
///
/// # Errors
/// Those of the database.
pub fn keep_both(conn: &mut DbConn, slots: [&str; 2]) -> Result<(), Error> {
    // On SQLite the writer is alone.
    if let DbConn::Postgres(conn) = conn {
        let wanted = dsl::slots.filter(dsl::slot_id.eq_any(slots)).order(dsl::slot_id).select(dsl::slot_id);
        wanted.for_no_key_update().load::<String>(conn)?;
    }
    Ok(())
}

/// Takes one of `capacity` seats of a slot that [`is_free`] has seen; whether there was one.
///
/// # Errors
/// Those of the database.
pub fn take_later(conn: &mut DbConn, slot_id: &str, capacity: i32) -> Result<bool, Error> {
    let free = dsl::slots.filter(dsl::slot_id.eq(slot_id)).filter(dsl::booked.lt(capacity));
    let taken =
        diesel::update(free).set((dsl::booked.eq(dsl::booked + 1), dsl::capacity.eq(capacity))).execute(conn)?;
    Ok(taken == 1)
}

fn booking(slot: &Slot, capacity: i32, booked: i32) -> Booking {
    Booking {
        slot_id: slot.slot_id(),
        starts_at: UtcTime::from_jiff(slot.start),
        ends_at: UtcTime::from_jiff(slot.end),
        capacity,
        booked,
    }
}

/// Gives a seat back.
///
/// # Errors
/// Those of the database.
pub fn release(conn: &mut DbConn, slot_id: &str) -> Result<(), Error> {
    diesel::update(dsl::slots.filter(dsl::slot_id.eq(slot_id))).set(dsl::booked.eq(dsl::booked - 1)).execute(conn)?;
    Ok(())
}

/// The seats taken in slots that start at `from` or later; slots without a booking are absent.
///
/// # Errors
/// Those of the database.
pub fn taken_since(conn: &mut DbConn, from: UtcTime) -> Result<HashMap<String, i32>, Error> {
    let rows: Vec<(String, i32)> =
        dsl::slots.filter(dsl::starts_at.ge(from)).select((dsl::slot_id, dsl::booked)).load(conn)?;
    Ok(rows.into_iter().collect())
}
