//! The database side of a batch: claim it, record how its attempts ended, give back the rest.
//!
//! Rule: every function here runs in one short transaction that has locked the endpoint.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::Tools;
use super::attempts::{Attempted, Verdict};
use super::payload::{self, Parcel};
use super::store::order;
use super::store::{self, Claimed, Failure};
use crate::integrations::webhooks::breaker::{Circuit, Turn};
use crate::integrations::webhooks::endpoints::store::Endpoint;
use crate::integrations::webhooks::endpoints::{self, Keyring, Ordering};
use crate::integrations::webhooks::outgoing::Address;
use crate::integrations::webhooks::schedule::STANDARD_DELAYS;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::{Meta, Tx};
use crate::kernel::vault::Sealed;

/// Deliveries that are claimed together, so that a commit pays for many.
const BATCH: i64 = 32;
/// The same for records of other systems: as many as are sent at the same time.
const RECORDS: i64 = 4;
/// After an outage one batch is sent in so long.
const RECOVERY_PAUSE: Duration = Duration::from_secs(1);

/// Deliveries of one endpoint in the hands of one worker.
pub struct Batch {
    pub token: i64,
    /// The end of the lease.
    pub until: UtcTime,
    pub address: Arc<Address>,
    /// Before each try.
    pub delays: Arc<[Duration]>,
    pub parcels: Vec<Parcel>,
}

/// Claims what is due at an endpoint; `None` when nothing is, or another worker has it.
pub fn claim(conn: &mut DbConn, tools: &Tools, endpoint: WebhookEndpointId) -> Result<Option<Batch>, Error> {
    match endpoints::store::lock_whole(conn, endpoint)? {
        Some((endpoint, secrets)) => claim_from(conn, tools, endpoint, &secrets),
        None => Ok(None),
    }
}

fn claim_from(conn: &mut DbConn, tools: &Tools, endpoint: Endpoint, secrets: &Sealed) -> Result<Option<Batch>, Error> {
    let now = tools.world.now();
    if endpoint.rests(now) || store::is_leased(conn, endpoint.id, now)? {
        return Ok(None);
    }
    let most = match (endpoint.circuit, endpoint.format.projection()) {
        // A single delivery is enough to see whether the receiver is back.
        (Circuit::Open, _) => 1,
        // What tells of persons is taken up only when it is sent at once.
        (_, Some(_)) => RECORDS,
        _ => BATCH,
    };
    let due = store::due(conn, endpoint.id, endpoint.circuit, now, most)?;
    let endpoint = limit_rate(conn, endpoint, due.first().filter(|_| due.len() as i64 == most), now)?;
    let due = if endpoint.ordering == Ordering::Subject { first_of_each_subject(due) } else { due };
    let (token, until) = (i64::from_le_bytes(tools.world.bytes()), now.plus(tools.timing.lease()));
    let claimed = store::lease(conn, due, token, until)?;
    let mapping = endpoint.mapping()?.unwrap_or_default();
    let (parcels, void) = payload::packed(conn, endpoint.format.projection(), &mapping, claimed)?;
    cancel_void(conn, &endpoint, &void)?;
    if parcels.is_empty() {
        return Ok(None);
    }
    let keyring = Keyring::open(&tools.vault, endpoint.id, secrets)?;
    let address = Arc::new(endpoints::address(&endpoint, &keyring, now)?);
    Ok(Some(Batch { token, until, address, delays: delays(&endpoint)?, parcels }))
}

/// After a worker has died while the order was being introduced, several of a subject can be due.
fn first_of_each_subject(mut due: Vec<Claimed>) -> Vec<Claimed> {
    let mut first: HashMap<String, i64> = HashMap::new();
    for delivery in &due {
        let sequence = first.entry(delivery.subject.clone()).or_insert(delivery.sequence);
        *sequence = delivery.sequence.min(*sequence);
    }
    due.retain(|delivery| first.get(&delivery.subject) == Some(&delivery.sequence));
    due
}

/// What has nothing to tell any more does not keep up its subject.
fn cancel_void(conn: &mut DbConn, endpoint: &Endpoint, void: &[Claimed]) -> Result<(), Error> {
    if void.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = void.iter().map(|delivery| delivery.id).collect();
    store::cancel_these(conn, &ids)?;
    if endpoint.ordering == Ordering::Subject {
        let subjects: Vec<&str> = void.iter().map(|delivery| delivery.subject.as_str()).collect();
        order::release(conn, endpoint.id, endpoint.on_exhausted, &subjects)?;
    }
    Ok(())
}

/// What was held flows with a limited rate, until less is due than could be sent, or what is due came after the outage.
fn limit_rate(
    conn: &mut DbConn,
    mut endpoint: Endpoint,
    oldest_of_many: Option<&Claimed>,
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
        endpoints::store::update(conn, &endpoint)?;
    }
    Ok(endpoint)
}

fn delays(endpoint: &Endpoint) -> Result<Arc<[Duration]>, Error> {
    let seconds = |delay: endpoints::RetryDelay| Duration::from_secs(u64::try_from(delay.0).unwrap_or_default());
    Ok(match endpoint.retry_delays()? {
        Some(own) => own.into_iter().map(seconds).collect(),
        None => STANDARD_DELAYS.into(),
    })
}

/// What is to be written about a batch.
#[derive(Clone)]
pub struct Report {
    pub endpoint: WebhookEndpointId,
    pub token: i64,
    /// In the order in which they ended.
    pub attempts: Vec<Attempted>,
    /// Nothing of the batch is being sent any more: what was not attempted is given back.
    pub finished: bool,
    /// Claim the next batch in the same transaction.
    pub go_on: bool,
}

/// Records a report; returns the next batch when one was asked for and is there.
pub fn record(conn: &mut DbConn, tools: &Tools, report: &Report) -> Result<Option<Batch>, Error> {
    // All that was on its way to a deleted endpoint is cancelled.
    let Some((before, secrets)) = endpoints::store::lock_whole(conn, report.endpoint)? else { return Ok(None) };
    let now = tools.world.now();
    let (after, turns) = judged(&before, report);
    record_attempts(conn, report, &before, &after, now)?;
    let freed = if report.finished { store::free(conn, report.endpoint, report.token, now)? } else { Vec::new() };
    if before.ordering == Ordering::Subject {
        keep_in_order(conn, report, &before, &freed, now)?;
    }
    let mut after = keep(conn, tools, before, after, &turns, report)?;
    if report.finished && after.circuit == Circuit::Recovering && !store::is_any_pending(conn, after.id)? {
        after.set_breaker(after.breaker().recovered());
        endpoints::store::update(conn, &after)?;
    }
    if report.go_on { claim_from(conn, tools, after, &secrets) } else { Ok(None) }
}

/// Lets go what waited for the attempts, and lets wait what is due again behind something else of its subject: there is
/// such when the endpoint was not in order yet as the batch was claimed.
fn keep_in_order(
    conn: &mut DbConn,
    report: &Report,
    endpoint: &Endpoint,
    freed: &[String],
    now: UtcTime,
) -> Result<(), Error> {
    let subjects: Vec<&str> = report.attempts.iter().map(|attempted| attempted.subject.as_str()).collect();
    let failed = report.attempts.iter().filter(|attempted| attempted.verdict != Verdict::Delivered);
    let due_again: Vec<&str> = failed.map(|attempted| &attempted.subject).chain(freed).map(String::as_str).collect();
    if !subjects.is_empty() {
        order::release(conn, endpoint.id, endpoint.on_exhausted, &subjects)?;
    }
    if !due_again.is_empty() {
        order::hold_back(conn, endpoint.id, endpoint.on_exhausted, Some(&due_again), now)?;
    }
    Ok(())
}

/// What the attempts say of the endpoint.
fn judged(before: &Endpoint, report: &Report) -> (Endpoint, Vec<Turn>) {
    let (mut after, mut turns) = (before.clone(), Vec::new());
    for attempted in &report.attempts {
        let success = attempted.verdict == Verdict::Delivered;
        let (breaker, turn) = after.breaker().after(success, attempted.ended_at, attempted.random);
        after.set_breaker(breaker);
        turns.extend(turn);
        if success {
            after.last_success_at = after.last_success_at.max(Some(attempted.ended_at));
        } else {
            after.last_failure_at = after.last_failure_at.max(Some(attempted.ended_at));
        }
        if let Verdict::Failed { pause: Some(until), .. } = attempted.verdict {
            after.paused_until = after.paused_until.max(Some(until));
        }
    }
    (after, turns)
}

/// Stores the endpoint, with events for the turns it has taken.
fn keep(
    conn: &mut DbConn,
    tools: &Tools,
    before: Endpoint,
    after: Endpoint,
    turns: &[Turn],
    report: &Report,
) -> Result<Endpoint, Error> {
    if report.attempts.is_empty() {
        return Ok(before);
    }
    let (actor, meta) = (Actor::system("webhooks"), Meta::background("webhooks"));
    let now = tools.world.now();
    let mut tx = Tx { conn, now, actor: &actor, meta: &meta, world: &tools.world };
    let gone = report.attempts.iter().any(|attempted| attempted.verdict == Verdict::Gone);
    if gone && before.enabled {
        return endpoints::disable_gone(&mut tx, &before, after);
    }
    // A probe that fails after an endpoint was disabled says nothing new.
    let mut kept = after;
    let mut last = before.clone();
    for turn in turns.iter().filter(|_| before.enabled) {
        kept = endpoints::take_turn(&mut tx, &last, kept, *turn)?;
        last = kept.clone();
    }
    if kept != last {
        endpoints::store::update(tx.conn, &kept)?;
    }
    Ok(kept)
}

fn record_attempts(
    conn: &mut DbConn,
    report: &Report,
    before: &Endpoint,
    after: &Endpoint,
    now: UtcTime,
) -> Result<(), Error> {
    let arrived: Vec<_> = report
        .attempts
        .iter()
        .filter(|attempted| attempted.verdict == Verdict::Delivered)
        .map(|attempted| attempted.delivery)
        .collect();
    let mut held = Vec::new();
    if !arrived.is_empty() {
        held = store::delivered(conn, &arrived, report.token, now)?;
    }
    for attempted in &report.attempts {
        let failure = match attempted.verdict {
            Verdict::Delivered => continue,
            Verdict::Gone => Failure::Exhausted,
            // Nothing is given up while the receiver is down: whether it takes this event cannot be known.
            Verdict::Failed { .. } if before.circuit == Circuit::Open => Failure::Held(now),
            Verdict::Failed { next: Some(next), .. } => Failure::Again(next),
            Verdict::Failed { next: None, .. } if after.circuit == Circuit::Open => Failure::Held(now),
            Verdict::Failed { next: None, .. } => Failure::Exhausted,
        };
        if store::failed(conn, attempted.delivery, report.token, failure, now)? {
            held.push(attempted.delivery);
        }
    }
    let rows: Vec<_> = report
        .attempts
        .iter()
        .filter(|attempted| held.contains(&attempted.delivery))
        .map(|attempted| attempted.row.clone())
        .collect();
    if rows.len() < report.attempts.len() {
        tracing::warn!(endpoint = %report.endpoint, lost = report.attempts.len() - rows.len(), "a lease had ended, or its delivery was erased or cancelled, before its results came");
    }
    store::insert_attempts(conn, &rows)
}
