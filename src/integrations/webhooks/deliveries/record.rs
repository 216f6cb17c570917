//! Records a batch: the outcomes of its attempts, the circuit of its endpoint and the order of its subjects; then
//! claims the next batch.
//!
//! Rule: all functions of this module run in one short transaction that has locked the endpoint.

use super::attempt::{Attempt, Verdict};
use super::claim::{self, Batch};
use super::context::BatchContext;
use super::records;
use super::store;
use super::store::leases::{self, Failure, Lease};
use super::store::order;
use crate::integrations::webhooks::circuit_breaker::{Circuit, Transition};
use crate::integrations::webhooks::registry::{self, Endpoint, Ordering};
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::{Meta, Tx};

/// The outcomes of a batch to record.
#[derive(Clone)]
pub struct BatchReport {
    pub endpoint: WebhookEndpointId,
    pub lease: Lease,
    /// In the order in which they ended.
    pub attempts: Vec<Attempt>,
    /// Whether the batch is finished.
    pub finished: bool,
    /// Whether deliveries of the batch were not attempted, so that the lease on them is released.
    pub release: bool,
    /// Whether to claim the next batch in the same transaction.
    pub claim_next: bool,
}

impl BatchReport {
    fn delivered(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|attempt| attempt.verdict == Verdict::Delivered)
    }

    fn failed(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|attempt| attempt.verdict != Verdict::Delivered)
    }
}

/// The result of recording a batch.
#[derive(Default)]
pub struct Recorded {
    /// The next batch, if it was claimed and anything is due.
    pub next: Option<Batch>,
    /// Whether the endpoint has changed, which is an event.
    pub event: bool,
    /// How many deliveries became exhausted.
    pub exhausted: u64,
}

/// Records the outcomes of a batch; with `claim_next`, also claims the next batch.
pub fn record(conn: &mut DbConn, context: &BatchContext, report: &BatchReport) -> Result<Recorded, Error> {
    // The deliveries of a deleted endpoint are already cancelled.
    let Some((before, secrets)) = registry::lock_with_secrets(conn, report.endpoint)? else {
        return Ok(Recorded::default());
    };
    let now = context.environment.now();
    let (after, transitions) = apply_attempts(&before, &report.attempts);
    let (exhausted, recorded) = record_attempts(conn, report, &before, &after, now)?;
    let referenced = records::apply(conn, context, &before, &recorded)?;
    let released = if report.release { leases::release(conn, report.endpoint, report.lease, now)? } else { Vec::new() };
    if before.ordering == Ordering::Subject {
        restore_order(conn, report, &before, &released, now)?;
    }
    let (mut after, event) = save_endpoint(conn, context, before, after, &transitions, report)?;
    if report.finished && after.circuit == Circuit::Recovering && !leases::is_any_pending(conn, after.id)? {
        after.set_breaker(after.breaker().recovered());
        registry::update(conn, &after)?;
    }
    let next = if report.claim_next { claim::claim_locked(conn, context, after, &secrets)? } else { None };
    Ok(Recorded { next, event: event || referenced, exhausted })
}

/// Applies the attempts to the endpoint; returns it with the transitions of its circuit.
fn apply_attempts(before: &Endpoint, attempts: &[Attempt]) -> (Endpoint, Vec<Transition>) {
    let (mut after, mut transitions) = (before.clone(), Vec::new());
    for attempt in attempts {
        let success = attempt.verdict == Verdict::Delivered;
        let (breaker, transition) = after.breaker().after(success, attempt.ended_at, attempt.random);
        after.set_breaker(breaker);
        transitions.extend(transition);
        if success {
            after.last_success_at = after.last_success_at.max(Some(attempt.ended_at));
        } else {
            after.last_failure_at = after.last_failure_at.max(Some(attempt.ended_at));
        }
        if let Verdict::Failed { pause: Some(until), .. } = attempt.verdict {
            after.paused_until = after.paused_until.max(Some(until));
        }
    }
    (after, transitions)
}

/// Records the attempts of deliveries that are still leased; returns how many of the deliveries became exhausted, and
/// the recorded attempts.
fn record_attempts<'a>(
    conn: &mut DbConn,
    report: &'a BatchReport,
    before: &Endpoint,
    after: &Endpoint,
    now: UtcTime,
) -> Result<(u64, Vec<&'a Attempt>), Error> {
    let delivered: Vec<_> = report.delivered().map(|attempt| attempt.delivery).collect();
    let (mut leased, mut exhausted) = (Vec::new(), 0);
    if !delivered.is_empty() {
        leased = leases::record_delivered(conn, &delivered, report.lease, now)?;
    }
    for attempt in report.failed() {
        let failure = failure(attempt.verdict, before.circuit, after.circuit, now);
        if leases::record_failed(conn, attempt.delivery, report.lease, failure, now)? {
            leased.push(attempt.delivery);
            exhausted += u64::from(failure == Failure::Exhausted);
        }
    }
    let recorded: Vec<&Attempt> = report.attempts.iter().filter(|attempt| leased.contains(&attempt.delivery)).collect();
    let rows: Vec<_> = recorded.iter().map(|attempt| attempt.row.clone()).collect();
    let discarded = report.attempts.len() - rows.len();
    if discarded > 0 {
        tracing::warn!(
            endpoint_id = %report.endpoint,
            discarded,
            "webhook attempts discarded, lease expired or delivery cancelled or erased"
        );
    }
    store::insert_attempts(conn, &rows)?;
    Ok((exhausted, recorded))
}

/// Returns the consequence of a failed attempt for its delivery, given the circuit before and after the batch.
fn failure(verdict: Verdict, before: Circuit, after: Circuit, now: UtcTime) -> Failure {
    match verdict {
        // No delivery is exhausted while the receiver is down, because it is unknown whether it would accept this
        // event.
        Verdict::Failed { .. } if before == Circuit::Open => Failure::Held(now),
        Verdict::Failed { next: Some(next), .. } => Failure::Retry(next),
        Verdict::Failed { next: None, .. } if after == Circuit::Open => Failure::Held(now),
        Verdict::Failed { next: None, .. } | Verdict::Gone | Verdict::Delivered => Failure::Exhausted,
    }
}

/// Unblocks the deliveries that waited for the attempts, and blocks deliveries that are due again behind an earlier
/// delivery of their subject, which can exist if the ordering of the endpoint was changed after the claim.
fn restore_order(
    conn: &mut DbConn,
    report: &BatchReport,
    endpoint: &Endpoint,
    released: &[String],
    now: UtcTime,
) -> Result<(), Error> {
    let subjects: Vec<&str> = report.attempts.iter().map(|attempt| attempt.subject.as_str()).collect();
    let due_again: Vec<&str> =
        report.failed().map(|attempt| &attempt.subject).chain(released).map(String::as_str).collect();
    if !subjects.is_empty() {
        order::unblock_first(conn, endpoint.id, endpoint.on_exhausted, &subjects)?;
    }
    if !due_again.is_empty() {
        order::block_behind_earlier(conn, endpoint.id, endpoint.on_exhausted, Some(&due_again), now)?;
    }
    Ok(())
}

/// Stores the endpoint and records an event for each transition; also returns whether there was one.
fn save_endpoint(
    conn: &mut DbConn,
    context: &BatchContext,
    before: Endpoint,
    after: Endpoint,
    transitions: &[Transition],
    report: &BatchReport,
) -> Result<(Endpoint, bool), Error> {
    if report.attempts.is_empty() {
        return Ok((before, false));
    }
    let (actor, meta) = (Actor::system("webhooks"), Meta::background("webhooks"));
    let gone = report.attempts.iter().any(|attempt| attempt.verdict == Verdict::Gone);
    Tx::run(conn, &actor, &meta, &context.environment, |tx| {
        if gone && before.enabled {
            let disabled = registry::disable_gone(tx, &before, after)?;
            return Ok((disabled, tx.recorded));
        }
        // A probe that fails after the endpoint was disabled changes nothing.
        let mut current = after;
        let mut stored = before.clone();
        for transition in transitions.iter().filter(|_| before.enabled) {
            current = registry::record_transition(tx, &stored, current, *transition)?;
            stored = current.clone();
        }
        if current != stored {
            registry::update(tx.conn, &current)?;
        }
        Ok((current, tx.recorded))
    })
}
