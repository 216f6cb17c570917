//! Claims a batch: leases due deliveries of an endpoint and prepares them for sending.
//!
//! Rule: all functions of this module run in one short transaction that has locked the endpoint.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::context::BatchContext;
use super::payload::{self, OutgoingDelivery};
use super::store;
use super::store::leases::{self, ClaimedDelivery, DueEndpoint, Lease};
use super::store::order;
use crate::integrations::webhooks::circuit_breaker::Circuit;
use crate::integrations::webhooks::message::Target;
use crate::integrations::webhooks::registry::{self, Endpoint, Keyring, Ordering, RetryDelay};
use crate::integrations::webhooks::schedule::STANDARD_DELAYS;
use crate::kernel::db::{DbConn, durability};
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;
use crate::kernel::vault::Sealed;

/// Most deliveries that are claimed together, so that one commit covers many.
const BATCH: i64 = 32;
/// The same for records for other systems: as many as are sent concurrently.
const RECORDS: i64 = 4;
/// The pause between two batches while an endpoint recovers.
const RECOVERY_PAUSE: Duration = Duration::from_secs(1);

/// Deliveries of one endpoint that one worker has leased.
pub struct Batch {
    pub lease: Lease,
    pub target: Arc<Target>,
    /// The retry schedule of the endpoint.
    pub delays: Arc<[Duration]>,
    pub deliveries: Vec<OutgoingDelivery>,
}

/// Claims due deliveries of an endpoint; `None` when nothing is due or another worker has a lease.
pub fn claim(conn: &mut DbConn, context: &BatchContext, endpoint: WebhookEndpointId) -> Result<Option<Batch>, Error> {
    // A lease that is lost in a crash has the effect of a worker that stopped: its deliveries are sent again.
    durability::commit_asynchronously(conn)?;
    match registry::lock_with_secrets(conn, endpoint)? {
        Some((endpoint, secrets)) => claim_locked(conn, context, endpoint, &secrets),
        None => Ok(None),
    }
}

/// Claims due deliveries of those of the endpoints whose last attempt succeeded and that no worker serves now, without
/// waiting for any of them; returns the batches and the other endpoints.
///
/// Rule: this runs in the transaction of the dispatcher, which no endpoint may block. Therefore, records for other
/// systems, which are created when they are claimed, are left to the workers, and so is an endpoint with an error.
pub fn claim_idle(
    conn: &mut DbConn,
    context: &BatchContext,
    due: Vec<DueEndpoint>,
) -> Result<(Vec<Batch>, Vec<DueEndpoint>), Error> {
    let (mut claimed, mut others) = (Vec::new(), Vec::new());
    for (endpoint, has_failed) in due {
        let batch = if has_failed { Ok(None) } else { claim_if_idle(conn, context, endpoint) };
        match batch {
            Ok(Some(batch)) => claimed.push(batch),
            Ok(None) => others.push((endpoint, has_failed)),
            Err(error @ Error::Database(_)) => return Err(error),
            Err(error) => tracing::error!(%error, endpoint_id = %endpoint, "failed to claim webhooks"),
        }
    }
    Ok((claimed, others))
}

fn claim_if_idle(
    conn: &mut DbConn,
    context: &BatchContext,
    endpoint: WebhookEndpointId,
) -> Result<Option<Batch>, Error> {
    // Without the lock first, because the lock would delay the worker that has the lease.
    if leases::is_leased(conn, endpoint, context.environment.now())? {
        return Ok(None);
    }
    match registry::try_lock_with_secrets(conn, endpoint)? {
        Some((endpoint, secrets)) if endpoint.format.projection().is_none() => {
            claim_locked(conn, context, endpoint, &secrets)
        }
        _ => Ok(None),
    }
}

/// Claims due deliveries of an endpoint that is already locked.
pub fn claim_locked(
    conn: &mut DbConn,
    context: &BatchContext,
    endpoint: Endpoint,
    secrets: &Sealed,
) -> Result<Option<Batch>, Error> {
    let now = context.environment.now();
    if endpoint.is_paused(now) || leases::is_leased(conn, endpoint.id, now)? {
        return Ok(None);
    }
    let limit = batch_size(&endpoint);
    let due = leases::due(conn, endpoint.id, endpoint.circuit, now, limit)?;
    let endpoint = limit_rate(conn, endpoint, due.first().filter(|_| due.len() as i64 == limit), now)?;
    let due = if endpoint.ordering == Ordering::Subject { first_of_each_subject(due) } else { due };
    let lease =
        Lease { token: i64::from_le_bytes(context.environment.bytes()), until: now.plus(context.timing.lease()) };
    let claimed = leases::lease(conn, due, lease)?;
    let mapping = endpoint.mapping()?.unwrap_or_default();
    let (deliveries, without_content) =
        payload::with_content(conn, endpoint.id, endpoint.format.projection(), &mapping, claimed)?;
    cancel_without_content(conn, &endpoint, &without_content)?;
    if deliveries.is_empty() {
        return Ok(None);
    }
    let target = Keyring::open(&context.vault, endpoint.id, secrets)?.target(&endpoint, now)?;
    Ok(Some(Batch { lease, target: Arc::new(target), delays: delays(&endpoint)?, deliveries }))
}

fn batch_size(endpoint: &Endpoint) -> i64 {
    match (endpoint.circuit, endpoint.format.projection()) {
        // A single delivery is the probe.
        (Circuit::Open, _) => 1,
        // A record with personal data is claimed only if it is sent at once, so that it is not outdated when it is
        // sent.
        (_, Some(_)) => RECORDS,
        _ => BATCH,
    }
}

/// Keeps the first delivery of each subject. Several can be due if a worker stopped while the ordering was being
/// changed.
fn first_of_each_subject(mut due: Vec<ClaimedDelivery>) -> Vec<ClaimedDelivery> {
    let mut first: HashMap<String, i64> = HashMap::new();
    for delivery in &due {
        let sequence = first.entry(delivery.subject.clone()).or_insert(delivery.sequence);
        *sequence = delivery.sequence.min(*sequence);
    }
    due.retain(|delivery| first.get(&delivery.subject) == Some(&delivery.sequence));
    due
}

/// Cancels deliveries that have no content any more, so that they do not block their subject.
fn cancel_without_content(conn: &mut DbConn, endpoint: &Endpoint, deliveries: &[ClaimedDelivery]) -> Result<(), Error> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = deliveries.iter().map(|delivery| delivery.id).collect();
    store::cancel_these(conn, &ids)?;
    if endpoint.ordering == Ordering::Subject {
        let subjects: Vec<&str> = deliveries.iter().map(|delivery| delivery.subject.as_str()).collect();
        order::unblock_first(conn, endpoint.id, endpoint.on_exhausted, &subjects)?;
    }
    Ok(())
}

/// Limits the rate of a recovering endpoint, until less than a full batch is due or the due deliveries are newer than
/// the outage.
fn limit_rate(
    conn: &mut DbConn,
    mut endpoint: Endpoint,
    oldest_of_many: Option<&ClaimedDelivery>,
    now: UtcTime,
) -> Result<Endpoint, Error> {
    if endpoint.circuit == Circuit::Recovering {
        let since = endpoint.recovering_since;
        let caught_up = oldest_of_many.is_none_or(|oldest| since.is_some_and(|since| oldest.created_at > since));
        if caught_up {
            endpoint.set_breaker(endpoint.breaker().recovered());
        } else {
            endpoint.paused_until = Some(now.plus(RECOVERY_PAUSE));
        }
        registry::update(conn, &endpoint)?;
    }
    Ok(endpoint)
}

fn delays(endpoint: &Endpoint) -> Result<Arc<[Duration]>, Error> {
    let seconds = |delay: RetryDelay| Duration::from_secs(u64::try_from(delay.0).unwrap_or_default());
    Ok(match endpoint.retry_delays()? {
        Some(own) => own.into_iter().map(seconds).collect(),
        None => STANDARD_DELAYS.into(),
    })
}
