//! The database side of a batch: claim it, record how its attempts ended, give back the rest.
//!
//! Rule: every function here runs in one short transaction that has locked the endpoint.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::store::{self, Attempt, Claimed};
use crate::auth::Actor;
use crate::clock::World;
use crate::db::DbConn;
use crate::error::Error;
use crate::ids::{DeliveryId, WebhookEndpointId};
use crate::time::UtcTime;
use crate::tx::{Meta, Tx};
use crate::webhooks::endpoints;
use crate::webhooks::endpoints::store::Target;
use crate::webhooks::outcome::{self, Outcome};
use crate::webhooks::schedule;
use crate::webhooks::sender::SendResult;
use crate::webhooks::signature::SigningSecret;

/// Deliveries that are claimed together, so that a commit pays for many.
const BATCH: i64 = 32;
/// How long a batch belongs to the worker that claimed it.
pub const LEASE: Duration = Duration::from_secs(30);

/// Where a batch goes.
pub struct Address {
    pub url: Url,
    /// All of them sign: the present one first.
    pub secrets: Vec<SigningSecret>,
}

/// Deliveries of one endpoint in the hands of one worker.
pub struct Batch {
    pub token: i64,
    /// The end of the lease.
    pub until: UtcTime,
    pub address: Arc<Address>,
    pub deliveries: Vec<Claimed>,
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Delivered,
    /// To be repeated at `next`, or given up; the whole endpoint pauses until `pause`.
    Failed {
        next: Option<UtcTime>,
        pause: Option<UtcTime>,
    },
    /// The receiver wants nothing more.
    Gone,
}

/// An attempt that has been made.
#[derive(Clone)]
pub struct Attempted {
    pub delivery: DeliveryId,
    pub verdict: Verdict,
    row: Attempt,
}

impl Attempted {
    /// Judges the result of the attempt that ended at `now`.
    pub fn new(world: &World, claimed: &Claimed, started_at: UtcTime, now: UtcTime, result: SendResult) -> Self {
        let outcome = outcome::label(&result).to_owned();
        let verdict = match outcome::classify(&result, now.to_jiff()) {
            Outcome::Delivered => Verdict::Delivered,
            Outcome::Gone => Verdict::Gone,
            Outcome::Failed { retry_after } => {
                let tries = u32::try_from(claimed.tries).unwrap_or(u32::MAX).saturating_add(1);
                let delay = schedule::next_delay(tries, u64::from_le_bytes(world.bytes()));
                let asked = retry_after.unwrap_or_default();
                Verdict::Failed {
                    next: delay.map(|delay| now.plus(delay.max(asked))),
                    pause: retry_after.map(|asked| now.plus(asked)),
                }
            }
        };
        let (status, excerpt) = match result {
            SendResult::Answered { status, body_excerpt, .. } => (Some(i32::from(status)), Some(body_excerpt)),
            SendResult::Refused(_) | SendResult::Failed { .. } => (None, None),
        };
        let duration_ms = ((now.unix_micros() - started_at.unix_micros()) / 1_000).max(0);
        let (id, number) = (world.new_id(), claimed.attempts.saturating_add(1));
        let row = Attempt { id, delivery_id: claimed.id, number, started_at, duration_ms, outcome, status, excerpt };
        Self { delivery: claimed.id, verdict, row }
    }

    /// Whether nothing more should be sent to the endpoint for now.
    pub fn ends_batch(&self) -> bool {
        matches!(self.verdict, Verdict::Gone | Verdict::Failed { pause: Some(_), .. })
    }
}

/// Claims what is due at an endpoint; `None` when nothing is, or another worker has it.
pub fn claim(conn: &mut DbConn, world: &World, endpoint: WebhookEndpointId) -> Result<Option<Batch>, Error> {
    match endpoints::store::lock_target(conn, endpoint)? {
        Some(target) => claim_from(conn, world, endpoint, target),
        None => Ok(None),
    }
}

fn claim_from(
    conn: &mut DbConn,
    world: &World,
    endpoint: WebhookEndpointId,
    target: Target,
) -> Result<Option<Batch>, Error> {
    let now = world.now();
    if !target.enabled || target.paused_until.is_some_and(|until| until > now) {
        return Ok(None);
    }
    if store::is_leased(conn, endpoint, now)? {
        return Ok(None);
    }
    let deliveries = store::due(conn, endpoint, now, BATCH)?;
    if deliveries.is_empty() {
        return Ok(None);
    }
    let (token, until) = (i64::from_le_bytes(world.bytes()), now.plus(LEASE));
    let ids: Vec<_> = deliveries.iter().map(|claimed| claimed.id).collect();
    store::lease(conn, &ids, token, until)?;
    let address = Arc::new(address(target, now)?);
    Ok(Some(Batch { token, until, address, deliveries }))
}

fn address(target: Target, now: UtcTime) -> Result<Address, Error> {
    let previous = target.previous_secret.filter(|_| target.previous_secret_until.is_some_and(|until| until > now));
    let secrets = [target.secret, previous]
        .into_iter()
        .flatten()
        .map(|bytes| SigningSecret::from_bytes(bytes).map_err(Error::internal))
        .collect::<Result<_, _>>()?;
    Ok(Address { url: Url::parse(&target.url).map_err(Error::internal)?, secrets })
}

/// What is to be written about a batch.
#[derive(Clone)]
pub struct Report {
    pub endpoint: WebhookEndpointId,
    pub token: i64,
    pub attempts: Vec<Attempted>,
    /// Nothing of the batch is being sent any more: what was not attempted is given back.
    pub finished: bool,
    /// Claim the next batch in the same transaction.
    pub go_on: bool,
}

/// Records a report; returns the next batch when one was asked for and is there.
pub fn record(conn: &mut DbConn, world: &World, report: &Report) -> Result<Option<Batch>, Error> {
    let target = endpoints::store::lock_target(conn, report.endpoint)?;
    let now = world.now();
    record_attempts(conn, report, now)?;
    if report.finished {
        store::free(conn, report.endpoint, report.token, now)?;
    }
    let pause = report.attempts.iter().filter_map(|attempted| match attempted.verdict {
        Verdict::Failed { pause, .. } => pause,
        Verdict::Delivered | Verdict::Gone => None,
    });
    if let Some(until) = pause.max() {
        endpoints::store::pause(conn, report.endpoint, until)?;
    }
    if report.attempts.iter().any(|attempted| attempted.verdict == Verdict::Gone) {
        let (actor, meta) = (Actor::system("webhooks"), Meta::background("webhooks"));
        endpoints::disable_gone(&mut Tx { conn, now, actor: &actor, meta: &meta, world }, report.endpoint)?;
    }
    match target {
        Some(target) if report.go_on => claim_from(conn, world, report.endpoint, target),
        _ => Ok(None),
    }
}

fn record_attempts(conn: &mut DbConn, report: &Report, now: UtcTime) -> Result<(), Error> {
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
        let next = match attempted.verdict {
            Verdict::Delivered => continue,
            Verdict::Failed { next, .. } => next,
            Verdict::Gone => None,
        };
        if store::failed(conn, attempted.delivery, report.token, next, now)? {
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
        tracing::warn!(endpoint = %report.endpoint, lost = report.attempts.len() - rows.len(), "a lease had ended before its results came");
    }
    store::insert_attempts(conn, &rows)
}
