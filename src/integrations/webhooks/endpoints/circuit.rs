//! Recording what delivery attempts reveal about an endpoint, and disabling it.
//!
//! Rule: the row is locked, and `after` is stored with the change.

use super::delivery_options::DisabledReason;
use super::service::save;
use super::store::Endpoint;
use crate::integrations::webhooks::circuit_breaker::Transition;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::tx::Tx;

/// Records a transition of the circuit; disables the endpoint when it had no success for too long.
pub fn record_transition(
    tx: &mut Tx<'_>,
    before: &Endpoint,
    after: Endpoint,
    transition: Transition,
) -> Result<Endpoint, Error> {
    match transition {
        Transition::Opened => save(tx, types::WEBHOOK_ENDPOINT_FAILING, before, after),
        Transition::Recovered => save(tx, types::WEBHOOK_ENDPOINT_RECOVERED, before, after),
        Transition::GivenUp => disable(tx, before, after, DisabledReason::Failing),
    }
}

/// Disables an endpoint whose receiver wants no more events (410).
pub fn disable_gone(tx: &mut Tx<'_>, before: &Endpoint, after: Endpoint) -> Result<Endpoint, Error> {
    disable(tx, before, after, DisabledReason::Gone)
}

fn disable(tx: &mut Tx<'_>, before: &Endpoint, after: Endpoint, reason: DisabledReason) -> Result<Endpoint, Error> {
    let after = Endpoint { enabled: false, disabled_reason: Some(reason), ..after };
    save(tx, types::WEBHOOK_ENDPOINT_DISABLED, before, after)
}
