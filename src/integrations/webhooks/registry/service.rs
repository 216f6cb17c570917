//! Reads stored endpoints and records their changes.

use super::delivery_options::DisabledReason;
use super::event::EndpointEvent;
use super::store::{self, Endpoint};
use crate::integrations::webhooks::circuit_breaker::Transition;
use crate::integrations::webhooks::format::WebhookFormat;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Returns an endpoint; the caller has been authorised already.
///
/// # Errors
/// 404.
pub fn require(conn: &mut DbConn, id: WebhookEndpointId) -> Result<Endpoint, Error> {
    store::find(conn, id)?.ok_or_else(Error::not_found)
}

/// Rejects a format that contains data of visitors, unless the caller can read callback requests.
///
/// # Errors
/// 403.
pub fn require_readable(actor: &Actor, format: WebhookFormat) -> Result<(), Error> {
    match format.projection() {
        Some(_) => authz::require(actor, Action::ReadCallbacks, &Relations::default()),
        None => Ok(()),
    }
}

/// Stores a changed endpoint, whose row is locked, and records the event.
pub fn save(tx: &mut Tx<'_>, event: &'static str, before: &Endpoint, after: Endpoint) -> Result<Endpoint, Error> {
    let after = Endpoint { version: before.version + 1, updated_at: tx.now, ..after };
    store::update(tx.conn, &after)?;
    let (old, new) = (EndpointEvent::try_from(before)?, EndpointEvent::try_from(&after)?);
    tx.record_change(&Change::updated(event, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Records a transition of the circuit; disables the endpoint when there was no success for too long.
pub fn record_transition(
    tx: &mut Tx<'_>,
    before: &Endpoint,
    after: Endpoint,
    transition: Transition,
) -> Result<Endpoint, Error> {
    match transition {
        Transition::Opened => save(tx, types::WEBHOOK_ENDPOINT_FAILING, before, after),
        Transition::Recovered => save(tx, types::WEBHOOK_ENDPOINT_RECOVERED, before, after),
        Transition::Disabled => disable(tx, before, after, DisabledReason::Failing),
    }
}

/// Disables an endpoint whose receiver does not accept events any more (410).
pub fn disable_gone(tx: &mut Tx<'_>, before: &Endpoint, after: Endpoint) -> Result<Endpoint, Error> {
    disable(tx, before, after, DisabledReason::Gone)
}

fn disable(tx: &mut Tx<'_>, before: &Endpoint, after: Endpoint, reason: DisabledReason) -> Result<Endpoint, Error> {
    let after = Endpoint { enabled: false, disabled_reason: Some(reason), ..after };
    save(tx, types::WEBHOOK_ENDPOINT_DISABLED, before, after)
}
