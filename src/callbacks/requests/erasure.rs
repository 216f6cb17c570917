//! What is held of a visitor, and taking the visitor out.
//!
//! Rules: a person is known by the number or the e-mail address; erasing ends what is still open,
//! deletes what tells of the person and keeps what the reports count; it cannot be undone.

use serde::Serialize;
use utoipa::ToSchema;

use super::attempts::{self, CallAttemptBody};
use super::dto::{CallbackRequestBody, GivenConsentBody};
use super::enums::{CallbackState, PromiseStanding};
use super::store::{self, Whole, consents, contacts, held};
use super::transitions;
use crate::calendar::capacity;
use crate::kernel::audit;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::http::idempotency;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Everything that is held with a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldRequest {
    pub request: CallbackRequestBody,
    /// As the visitor typed it.
    #[schema(required, min_length = 1, max_length = 64, pattern = r"^[^\x00]+$")]
    pub phone_typed: Option<String>,
    /// The network the request came from, until it was closed.
    #[schema(required, max_length = 60, pattern = "^[0-9a-f.:]+/[0-9]+$")]
    pub client_network: Option<String>,
    #[schema(max_items = 3)]
    pub attempts: Vec<CallAttemptBody>,
    #[schema(max_items = 1)]
    pub consents: Vec<GivenConsentBody>,
}

/// The requests of whoever has this number or this address (in lower case), oldest first.
///
/// # Errors
/// Those of the database.
pub fn held_for(
    conn: &mut DbConn,
    phone_e164: Option<&str>,
    email_key: Option<&str>,
    most: i64,
) -> Result<Vec<HeldRequest>, Error> {
    let found = held::of_person(conn, phone_e164, email_key, most)?;
    let ids: Vec<_> = found.iter().map(|(request, _)| request.id).collect();
    let (tried, given) = (attempts::list_of(conn, &ids)?, consents::list(conn, &ids)?);
    let told = |(request, contact): Whole| HeldRequest {
        attempts: tried.iter().filter(|one| one.request_id == request.id).cloned().map(CallAttemptBody::from).collect(),
        consents: given
            .iter()
            .filter(|one| one.request_id == request.id)
            .cloned()
            .map(GivenConsentBody::from)
            .collect(),
        phone_typed: contact.as_ref().map(|contact| contact.phone_typed.clone()),
        client_network: contact.as_ref().and_then(|contact| contact.client_network.clone()),
        request: CallbackRequestBody::from((request, contact)),
    };
    Ok(found.into_iter().map(told).collect())
}

/// Takes the visitor out of a request and of everything that tells of it; false when that was done
/// before. Its seat goes to `seats`, for [`free_seats`] when no request is to be erased any more.
///
/// # Errors
/// Those of the database.
pub fn erase(tx: &mut Tx<'_>, id: CallbackRequestId, seats: &mut Vec<String>) -> Result<bool, Error> {
    let Some(before) = store::lock(tx.conn, id)?.filter(|found| found.erased_at.is_none()) else { return Ok(false) };
    let mut after = before.clone();
    let waits = before.state.is_open() || before.state == CallbackState::Quarantined;
    if waits {
        after.state = CallbackState::Cancelled;
        after.linked_to = None;
        if before.promise == PromiseStanding::Pending {
            after.promise = PromiseStanding::Void;
        }
    }
    after.phone_e164 = None;
    after.erased_at = Some(tx.now);
    let after = transitions::keep(tx, &before, after, types::CALLBACK_REQUEST_ERASED)?;
    transitions::unlink_from(tx, &after)?;
    if waits && transitions::holds_seat(&before) {
        seats.extend(before.slot_id);
    }
    consents::forget(tx.conn, id, tx.now)?;
    contacts::delete(tx.conn, &[id])?;
    attempts::forget_notes(tx.conn, id)?;
    audit::forget_reasons(tx.conn, id.as_str())?;
    idempotency::forget_about(tx.conn, &[id.as_str()])?;
    Ok(true)
}

/// Gives seats back, always in the same order.
///
/// # Errors
/// Those of the database.
pub fn free_seats(tx: &mut Tx<'_>, mut slots: Vec<String>) -> Result<(), Error> {
    slots.sort_unstable();
    slots.iter().try_for_each(|slot| capacity::release(tx.conn, slot))
}

/// What [`erase`] does, for a closed request that is still in this state and has not changed since `limit`.
///
/// # Errors
/// Those of the database.
pub fn erase_outdated(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    state: CallbackState,
    limit: UtcTime,
    seats: &mut Vec<String>,
) -> Result<bool, Error> {
    match store::lock(tx.conn, id)? {
        Some(found) if found.state == state && found.updated_at < limit => erase(tx, id, seats),
        _ => Ok(false),
    }
}

/// Forgets from where closed requests came; returns how many that were.
///
/// # Errors
/// Those of the database.
pub fn forget_networks(conn: &mut DbConn) -> Result<usize, Error> {
    contacts::forget_networks(conn)
}

/// Closed requests whose person is still held, of these states and last changed before `limits`;
/// at most `most` of them.
///
/// # Errors
/// Those of the database.
pub fn outdated(
    conn: &mut DbConn,
    limits: &[(CallbackState, UtcTime)],
    most: i64,
) -> Result<Vec<(CallbackRequestId, CallbackState, UtcTime)>, Error> {
    let mut found = Vec::new();
    for (state, before) in limits {
        let left = most - found.len() as i64;
        if left <= 0 {
            break;
        }
        let old = held::closed_before(conn, *state, *before, left)?;
        found.extend(old.into_iter().map(|id| (id, *state, *before)));
    }
    Ok(found)
}
