//! Reads and locks the requests of a network.

use diesel::prelude::*;

use crate::callbacks::requests::enums::CallbackState;
use crate::callbacks::requests::rows::CallbackRequest;
use crate::kernel::db::schema::callback_contacts;
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::db::{CachedDsl, DbConn, locks};
use crate::kernel::error::Error;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;
use crate::load_locked;

/// Locks a network, so that its requests are counted one after the other. Take this lock after requests are locked, and
/// before slots.
pub fn lock(conn: &mut DbConn, network_hash: &str) -> Result<(), Error> {
    locks::acquire(conn, &format!("callbacks of network {network_hash}"))
}

/// Lets one transaction cancel the requests of a network at a time: requests of two networks can be linked to each other,
/// and would otherwise be locked in different orders.
pub fn lock_for_cancelling(conn: &mut DbConn) -> Result<(), Error> {
    locks::acquire(conn, "callbacks: cancel a network")
}

/// Returns the number of waiting requests that count for a network, by the start of their slots.
pub fn counted(conn: &mut DbConn, network_hash: &str) -> Result<Vec<(Option<UtcTime>, i64)>, Error> {
    Ok(dsl::callback_requests
        .inner_join(callback_contacts::table)
        .filter(callback_contacts::network_hash.eq(network_hash))
        // Without a bound value, with which SQLite does not use the partial index.
        .filter(callback_contacts::counted)
        // The network of a closed request is erased later.
        .filter(dsl::open_place.is_not_null().or(dsl::state.eq(CallbackState::Quarantined)))
        .group_by(dsl::promised_from)
        .select((dsl::promised_from, diesel::dsl::count_star()))
        .load(conn)?)
}

/// Counts a released request towards the limits of its network.
pub fn count(conn: &mut DbConn, request: CallbackRequestId) -> Result<(), Error> {
    set_counted(conn, request, true)
}

/// Stops counting a request that has lost its capacity.
pub fn stop_counting(conn: &mut DbConn, request: CallbackRequestId) -> Result<(), Error> {
    set_counted(conn, request, false)
}

fn set_counted(conn: &mut DbConn, request: CallbackRequestId, counted: bool) -> Result<(), Error> {
    let with_network = callback_contacts::table
        .filter(callback_contacts::request_id.eq(request))
        .filter(callback_contacts::network_hash.is_not_null());
    diesel::update(with_network).set(callback_contacts::counted.eq(counted)).cached().execute(conn)?;
    Ok(())
}

/// Locks the open and quarantined requests of a network, oldest first.
pub fn lock_waiting(conn: &mut DbConn, network_hash: &str, most: i64) -> Result<Vec<CallbackRequest>, Error> {
    let of_network = callback_contacts::table
        .filter(callback_contacts::network_hash.eq(network_hash))
        .select(callback_contacts::request_id);
    let waiting = dsl::callback_requests
        .filter(dsl::id.eq_any(of_network))
        .filter(dsl::open_place.is_not_null().or(dsl::state.eq(CallbackState::Quarantined)))
        .order(dsl::id)
        .limit(most);
    Ok(load_locked!(conn, waiting.select(CallbackRequest::as_select()))?)
}
