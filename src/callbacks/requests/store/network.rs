//! Reads and locks the requests of a network.

use diesel::dsl::{case_when, count_star};
use diesel::prelude::*;

use crate::callbacks::requests::enums::CallbackState;
use crate::callbacks::requests::network_hashes::NetworkHashes;
use crate::callbacks::requests::rows::CallbackRequest;
use crate::kernel::db::schema::callback_contacts;
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::db::{CachedDsl, DbConn, locks};
use crate::kernel::error::Error;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;
use crate::load_locked;

/// The waiting requests in slots with the same start that count for a network.
#[derive(Debug, Clone, Queryable)]
pub struct Counted {
    /// `None` for calls as soon as possible.
    pub start: Option<UtcTime>,
    /// Those of the wide network.
    pub in_wide_network: i64,
    /// Those of the network itself.
    pub in_network: i64,
}

/// Locks a wide network, and with it each of its networks, so that their requests are counted one after the other. Take
/// this lock after requests are locked, and before slots.
pub fn lock(conn: &mut DbConn, hashes: &NetworkHashes) -> Result<(), Error> {
    locks::acquire(conn, &format!("callbacks of network {}", hashes.wide))
}

/// Lets one transaction cancel the requests of a network at a time: requests of two networks can be linked to each
/// other, and would otherwise be locked in different orders.
pub fn lock_for_cancelling(conn: &mut DbConn) -> Result<(), Error> {
    locks::acquire(conn, "callbacks: cancel a network")
}

/// Counts the waiting requests of a network and of its wide network in one statement, by the start of their slots.
pub fn counted(conn: &mut DbConn, hashes: &NetworkHashes) -> Result<Vec<Counted>, Error> {
    let of_network =
        case_when(callback_contacts::network_hash.eq(hashes.network.as_str()), callback_contacts::request_id);
    Ok(dsl::callback_requests
        .inner_join(callback_contacts::table)
        .filter(callback_contacts::wide_network_hash.eq(hashes.wide.as_str()))
        // Without a bound value, with which SQLite does not use the partial index.
        .filter(callback_contacts::counted)
        // The network of a closed request is erased later.
        .filter(dsl::open_place.is_not_null().or(dsl::state.eq(CallbackState::Quarantined)))
        .group_by(dsl::promised_from)
        .select((dsl::promised_from, count_star(), diesel::dsl::count(of_network)))
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
