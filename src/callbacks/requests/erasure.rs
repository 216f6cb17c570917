//! Export and erasure of a visitor's personal data.
//!
//! Rules: a person is identified by the number or the e-mail address; an erasure ends open requests,
//! deletes personal data and keeps what the reports count; it cannot be undone.

use serde::Serialize;
use utoipa::ToSchema;

use super::dto::{CallAttemptBody, CallbackRequestBody, GivenConsentBody};
use super::enums::{CallbackState, PromiseStanding};
use super::rows::RequestAndContact;
use super::store::{self, attempts, personal_data};
use super::transitions;
use crate::kernel::audit;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::http::idempotency;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Replaces the wording of a consent.
const ERASED: &str = "[erased]";

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

/// The requests with this number or this address (in lower case), oldest first.
pub fn find_stored(
    conn: &mut DbConn,
    phone_e164: Option<&str>,
    email_key: Option<&str>,
    most: i64,
) -> Result<Vec<HeldRequest>, Error> {
    let found = personal_data::of_person(conn, phone_e164, email_key, most)?;
    let ids: Vec<_> = found.iter().map(|(request, _)| request.id).collect();
    let (tried, given) = (attempts::list_of(conn, &ids)?, store::consents(conn, &ids)?);
    let body = |(request, contact): RequestAndContact| HeldRequest {
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
    Ok(found.into_iter().map(body).collect())
}

/// Erases the personal data of a request and everything derived from it; false when it was erased before.
/// Its slot is added to `slots`: release their places after the last erasure of the transaction, because
/// requests are locked before slots.
pub fn erase(tx: &mut Tx<'_>, id: CallbackRequestId, slots: &mut Vec<String>) -> Result<bool, Error> {
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
    let after = transitions::save(tx, &before, after, types::CALLBACK_REQUEST_ERASED)?;
    transitions::unlink_from(tx, &after)?;
    if waits && transitions::holds_place(&before) {
        slots.extend(before.slot_id);
    }
    personal_data::redact_consents(tx.conn, id, ERASED, tx.now)?;
    personal_data::delete_contact(tx.conn, id)?;
    personal_data::delete_notes(tx.conn, id)?;
    audit::forget_reasons(tx.conn, id.as_str())?;
    idempotency::forget_about(tx.conn, &[id.as_str()])?;
    Ok(true)
}

/// Erases a closed request that is still in this state and was last changed before `limit`; see [`erase`].
pub fn erase_outdated(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    state: CallbackState,
    limit: UtcTime,
    slots: &mut Vec<String>,
) -> Result<bool, Error> {
    match store::lock(tx.conn, id)? {
        Some(found) if found.state == state && found.updated_at < limit => erase(tx, id, slots),
        _ => Ok(false),
    }
}

/// Deletes the networks that closed requests came from; returns how many.
pub fn forget_networks(conn: &mut DbConn) -> Result<usize, Error> {
    personal_data::forget_networks(conn)
}

/// Closed requests that still have personal data, of these states and last changed before their limits; at most
/// `most` of them.
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
        let old = personal_data::closed_before(conn, *state, *before, left)?;
        found.extend(old.into_iter().map(|id| (id, *state, *before)));
    }
    Ok(found)
}
