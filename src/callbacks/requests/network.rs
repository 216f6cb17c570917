//! The requests of one network: checks its limits, and cancels all of them.
//!
//! Rules: a network is known by a keyed hash only; the share of a day is that of the wide network; the requests that
//! count are read under a lock of the wide network, so that concurrent requests do not exceed a limit together.

use super::cancel_several::cancel_several;
use super::dto::CancelledCallbackRequests;
use super::enums::{CancelReason, QuarantineReason};
use super::network_hashes::NetworkHashes;
use super::network_limits::{self, Usage};
use super::rows::CallbackRequest;
use super::store::{self, network};
use super::transitions;
use crate::calendar::capacity::{self, Bookable};
use crate::calendar::slots::Slot;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::config::NetworkLimits;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::tx::Tx;

/// Maximum number of requests that are cancelled at once.
pub const MOST_CANCELLED: usize = 1_000;

/// Returns why one more request of a network, in `slot` or as soon as possible, exceeds its limits. Locks the wide
/// network; call it after requests are locked and before capacity is reserved.
pub fn exceeded(
    conn: &mut DbConn,
    limits: NetworkLimits,
    hashes: &NetworkHashes,
    bookable: &Bookable,
    slot: Option<&Slot>,
) -> Result<Option<QuarantineReason>, Error> {
    if !network_limits::is_limited(limits) {
        return Ok(None);
    }
    network::lock(conn, hashes)?;
    let counted = network::counted(conn, hashes)?;
    let is_on_day = |slot: &Slot, start: jiff::Timestamp| bookable.schedule.calendar.date_at(start) == slot.date;
    let on_day = counted
        .iter()
        .filter(|one| slot.zip(one.start.as_ref()).is_some_and(|(slot, start)| is_on_day(slot, start.to_jiff())));
    let usage = Usage {
        open: counted.iter().map(|one| one.in_network).sum(),
        on_day: on_day.map(|one| one.in_wide_network).sum(),
    };
    let day_capacity = slot.map(|slot| capacity::of_day(bookable, slot.date));
    Ok(network_limits::exceeded(limits, usage, day_capacity))
}

/// Returns whether the wide network of a request has its share of the day of `slot`, to which the visitor moves the
/// request. Moving it within a day, or moving a request without capacity, changes nothing.
pub fn exceeds_day_share(
    conn: &mut DbConn,
    limits: NetworkLimits,
    request: &CallbackRequest,
    bookable: &Bookable,
    slot: Option<&Slot>,
) -> Result<bool, Error> {
    // The request itself is one of the open ones.
    let limits = NetworkLimits { open: 0, ..limits };
    let date = request.promised_from.map(|start| bookable.schedule.calendar.date_at(start.to_jiff()));
    let is_other_day = slot.is_some_and(|slot| date != Some(slot.date));
    if !is_other_day || transitions::is_without_capacity(request) || !network_limits::is_limited(limits) {
        return Ok(false);
    }
    match store::contact(conn, request.id)?.and_then(NetworkHashes::of_contact) {
        Some(hashes) => Ok(exceeded(conn, limits, &hashes, bookable, slot)?.is_some()),
        None => Ok(false),
    }
}

/// Cancels the open and quarantined requests of the network that a request came from, as abuse.
///
/// # Errors
/// 403, 404; 409 if the network of the request is not known.
pub fn cancel_all(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<CancelledCallbackRequests, Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    let (_, contact) = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let network_hash = contact
        .and_then(|contact| contact.network_hash)
        .ok_or_else(|| Problem::new(Code::Conflict).because("detail-no-network"))?;
    network::lock_for_cancelling(tx.conn)?;
    let mut requests = network::lock_waiting(tx.conn, &network_hash, MOST_CANCELLED as i64 + 1)?;
    let has_more = requests.len() > MOST_CANCELLED;
    requests.truncate(MOST_CANCELLED);
    cancel_several(tx, &requests, CancelReason::Abuse)?;
    Ok(CancelledCallbackRequests { ids: requests.iter().map(|request| request.id).collect(), has_more })
}
