//! Exports and erases the personal data of visitors.
//!
//! Rules: a visitor is identified by phone number or e-mail address; an erasure cancels open requests, deletes
//! personal data, with what visitors said about their calls, and keeps the other data that the reports count; it cannot
//! be undone.

use serde::Serialize;
use utoipa::ToSchema;

use super::dto::{CallBody, CallbackRequestBody, GivenConsentBody};
use super::enums::{CallbackState, PromiseStatus};
use super::rows::RequestAndContact;
use super::store::{self, calls, personal_data};
use super::transitions;
use crate::callbacks::consent_wordings;
use crate::kernel::audit;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::http::idempotency;
use crate::kernel::ids::{CallbackRequestId, QueueId};
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Replaces the wording of a consent.
const ERASED: &str = "[erased]";

/// A callback request with all personal data that is stored with it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExportedCallbackRequest {
    /// The request with its contact data.
    pub request: CallbackRequestBody,
    /// The phone number as the visitor typed it; null after erasure.
    #[schema(required, min_length = 1, max_length = 64, pattern = r"^[^\x00]+$")]
    pub phone_typed: Option<String>,
    /// Keyed hash of the network that the request came from; null if an application submitted it, and after it was
    /// closed. The network itself is not stored.
    #[schema(required, min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub network_hash: Option<String>,
    /// Keyed hash of the largest network that the visitor can own: the same for IPv4, that of the /48 for IPv6. Null
    /// when `network_hash` is null.
    #[schema(required, min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub wide_network_hash: Option<String>,
    /// The calls with their notes.
    #[schema(max_items = 100)]
    pub calls: Vec<CallBody>,
    /// Consents that the visitor gave in addition to the request.
    #[schema(max_items = 1)]
    pub consents: Vec<GivenConsentBody>,
}

/// Returns the requests with this number or this e-mail address (in lower case), oldest first.
pub fn find_stored(
    conn: &mut DbConn,
    phone_e164: Option<&str>,
    email_key: Option<&str>,
    most: i64,
) -> Result<Vec<ExportedCallbackRequest>, Error> {
    let found = personal_data::of_person(conn, phone_e164, email_key, most)?;
    let ids: Vec<_> = found.iter().map(|(request, _)| request.id).collect();
    let (calls, consents) = (calls::list_of(conn, &ids)?, store::consents(conn, &ids)?);
    let body = |(request, contact): RequestAndContact| ExportedCallbackRequest {
        calls: calls.iter().filter(|one| one.request_id == request.id).cloned().map(CallBody::from).collect(),
        consents: consents
            .iter()
            .filter(|one| one.request_id == request.id)
            .cloned()
            .map(GivenConsentBody::from)
            .collect(),
        phone_typed: contact.as_ref().map(|contact| contact.phone_typed.clone()),
        network_hash: contact.as_ref().and_then(|contact| contact.network_hash.clone()),
        wide_network_hash: contact.as_ref().and_then(|contact| contact.wide_network_hash.clone()),
        request: CallbackRequestBody::from((request, contact)),
    };
    Ok(found.into_iter().map(body).collect())
}

/// Erases the personal data of a request and everything derived from it; returns false if it was erased before. If
/// capacity was reserved for the request, its slot is added to `slots`. Release these slots after the last erasure of
/// the transaction, because requests are locked before slots.
pub fn erase(tx: &mut Tx<'_>, id: CallbackRequestId, slots: &mut Vec<(QueueId, String)>) -> Result<bool, Error> {
    let Some(before) = store::lock(tx.conn, id)?.filter(|found| found.erased_at.is_none()) else { return Ok(false) };
    let mut after = before.clone();
    let waits = before.state.is_open() || before.state == CallbackState::Quarantined;
    if waits {
        after.state = CallbackState::Cancelled;
        after.linked_to = None;
        if before.promise == PromiseStatus::Pending {
            after.promise = PromiseStatus::Void;
        }
    }
    (after.phone_e164, after.called_on_time) = (None, None);
    after.erased_at = Some(tx.now);
    let after = transitions::save(tx, &before, after, types::CALLBACK_REQUEST_ERASED)?;
    transitions::unlink_from(tx, &after)?;
    if waits && transitions::has_capacity(&before) {
        slots.extend(before.slot_id.map(|slot_id| (before.queue_id, slot_id)));
    }
    personal_data::redact_consents(tx.conn, id, (ERASED, &consent_wordings::sha256(ERASED)), tx.now)?;
    personal_data::delete_contact(tx.conn, id)?;
    personal_data::delete_notes(tx.conn, id)?;
    // The redaction includes the changes of this transaction.
    tx.write_changes()?;
    audit::redact_reasons(tx.conn, id.as_str())?;
    idempotency::delete_about(tx.conn, &[id.as_str()])?;
    Ok(true)
}

/// Erases a request with [`erase`] if it is still in this state and was last changed before `limit`.
pub fn erase_outdated(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    state: CallbackState,
    limit: UtcTime,
    slots: &mut Vec<(QueueId, String)>,
) -> Result<bool, Error> {
    match store::lock(tx.conn, id)? {
        Some(found) if found.state == state && found.updated_at < limit => erase(tx, id, slots),
        _ => Ok(false),
    }
}

/// Erases the networks of closed requests; returns how many.
pub fn delete_networks(conn: &mut DbConn) -> Result<usize, Error> {
    personal_data::delete_networks(conn)
}

/// Returns requests that still have personal data, are in one of these states and were last changed before its limit;
/// at most `most`.
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
