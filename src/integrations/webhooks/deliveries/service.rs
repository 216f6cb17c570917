//! Lists, redelivers and cancels deliveries.

use super::rows::{AttemptRow, Delivery};
use super::state::DeliveryState;
use super::store;
use super::store::order;
use crate::integrations::webhooks::registry::{self, Ordering};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::{DeliveryId, WebhookEndpointId};
use crate::kernel::page::Page;
use crate::kernel::tx::Tx;

/// Returns a page of the deliveries to an endpoint.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    endpoint: WebhookEndpointId,
    state: Option<DeliveryState>,
    page: &Page,
) -> Result<Vec<Delivery>, Error> {
    authz::require(actor, Action::ManageWebhooks, &Relations::default())?;
    registry::require(conn, endpoint)?;
    store::list(conn, endpoint, state, page)
}

/// Returns a page of the attempts of a delivery.
///
/// # Errors
/// 403, 404.
pub fn attempts(conn: &mut DbConn, actor: &Actor, id: DeliveryId, page: &Page) -> Result<Vec<AttemptRow>, Error> {
    authz::require(actor, Action::ManageWebhooks, &Relations::default())?;
    store::find(conn, id)?.ok_or_else(Error::not_found)?;
    store::attempts(conn, id, page)
}

/// Restarts the retry schedule of a delivery. A delivery that a worker is sending at this moment does not change.
///
/// # Errors
/// 403, also when the format contains data of visitors and the caller cannot read callback requests; 404; 409 when the
/// endpoint is deleted or disabled.
pub fn redeliver(tx: &mut Tx<'_>, id: DeliveryId) -> Result<Delivery, Error> {
    tx.authorize_and_deduplicate(Action::ManageWebhooks, &Relations::default())?;
    let delivery = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let Some(endpoint) = registry::lock(tx.conn, delivery.endpoint_id)? else {
        return Err(Problem::illegal_transition(
            "delivery",
            DeliveryState::Cancelled.as_str(),
            "redeliver_webhook_delivery",
            &[],
        )
        .into());
    };
    registry::require_readable(tx.actor, endpoint.format)?;
    if !endpoint.enabled {
        return Err(endpoint_disabled());
    }
    match endpoint.ordering {
        Ordering::None => store::restart(tx.conn, &[id], DeliveryState::Pending, tx.now)?,
        Ordering::Subject => {
            store::restart(tx.conn, &[id], DeliveryState::Blocked, tx.now)?;
            order::restore_order(tx.conn, endpoint.id, endpoint.on_exhausted, &[&delivery.subject], tx.now)?;
        }
    }
    store::find(tx.conn, id)?.ok_or_else(Error::not_found)
}

/// Cancels a delivery. A request that a worker is sending at this moment may still arrive.
///
/// # Errors
/// 403, 404; 409 when the delivery is already delivered or cancelled.
pub fn cancel(tx: &mut Tx<'_>, id: DeliveryId) -> Result<Delivery, Error> {
    tx.authorize_and_deduplicate(Action::ManageWebhooks, &Relations::default())?;
    let delivery = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let endpoint = registry::lock(tx.conn, delivery.endpoint_id)?;
    if !store::cancel(tx.conn, id)? {
        let found = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
        return Err(Problem::illegal_transition(
            "delivery",
            found.state.as_str(),
            "cancel_webhook_delivery",
            &["redeliver_webhook_delivery"],
        )
        .into());
    }
    if let Some(endpoint) = endpoint.filter(|endpoint| endpoint.ordering == Ordering::Subject) {
        order::unblock_first(tx.conn, endpoint.id, endpoint.on_exhausted, &[&delivery.subject])?;
    }
    store::find(tx.conn, id)?.ok_or_else(Error::not_found)
}

/// Returns the problem for queueing deliveries for a disabled endpoint.
pub fn endpoint_disabled() -> Error {
    Problem::new(Code::Conflict).because("detail-endpoint-disabled").into()
}
