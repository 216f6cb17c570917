//! Working off the queue of one endpoint: batch by batch, four requests at once.
//!
//! Rules: requests are sent outside any transaction; none is begun that its lease might not
//! outlast; results are recorded with the claim of the next batch, and sooner when one request
//! keeps the others waiting.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::settle::{self, Address, Attempted, Batch, Report, Verdict};
use super::store::{self, Claimed};
use crate::clock::World;
use crate::db::Db;
use crate::error::Error;
use crate::ids::WebhookEndpointId;
use crate::time::UtcTime;
use crate::webhooks::outcome;
use crate::webhooks::sender::{OutgoingRequest, Sender};
use crate::webhooks::signature::sign_with_all;

/// Requests at one endpoint at the same time.
const AT_ONCE: usize = 4;
/// More than an attempt can take (15 seconds) and its record.
const ATTEMPT: Duration = Duration::from_secs(18);
/// How long results wait for the rest of their batch.
const PATIENCE: Duration = Duration::from_millis(250);
/// How often, and after which pause, the record of what was sent is tried again.
const RECORD_TRIES: u32 = 10;
const RECORD_PAUSE: Duration = Duration::from_secs(1);

/// What a delivery needs.
#[derive(Clone)]
pub struct Courier {
    pub db: Db,
    pub world: World,
    pub sender: Arc<dyn Sender>,
    /// Rung when the delivery itself has made an event.
    pub committed: Arc<Notify>,
}

/// Endpoints with something due that no worker has leased, by id.
///
/// # Errors
/// Those of the database.
pub async fn due_endpoints(courier: &Courier) -> Result<Vec<WebhookEndpointId>, Error> {
    let now = courier.world.now();
    courier.db.read(move |conn| store::due_endpoints(conn, now)).await
}

/// Sends what is due at an endpoint until nothing is, or until `stopping`; returns how many
/// requests were made.
///
/// # Errors
/// Those of the database; what was sent and not recorded is sent again when its lease has ended.
pub async fn work_off(
    courier: &Courier,
    endpoint: WebhookEndpointId,
    stopping: &watch::Receiver<bool>,
) -> Result<usize, Error> {
    let world = courier.world.clone();
    let mut next = courier.db.write(move |conn| settle::claim(conn, &world, endpoint)).await?;
    let mut made = 0;
    while let Some(batch) = next {
        let mut lane = Lane { courier, endpoint, token: batch.token, done: Vec::new(), made: 0, halted: false };
        next = lane.run(batch, stopping).await?;
        made += lane.made;
    }
    Ok(made)
}

/// One batch on its way.
struct Lane<'a> {
    courier: &'a Courier,
    endpoint: WebhookEndpointId,
    token: i64,
    /// Made, not yet recorded.
    done: Vec<Attempted>,
    made: usize,
    /// The receiver asked for a pause or for an end.
    halted: bool,
}

impl Lane<'_> {
    async fn run(&mut self, batch: Batch, stopping: &watch::Receiver<bool>) -> Result<Option<Batch>, Error> {
        let latest_start = batch.until.unix_micros() - ATTEMPT.as_micros() as i64;
        let mut waiting = batch.deliveries.into_iter();
        let mut sending = JoinSet::new();
        loop {
            while sending.len() < AT_ONCE
                && !self.halted
                && !*stopping.borrow()
                && self.courier.world.now().unix_micros() <= latest_start
                && let Some(claimed) = waiting.next()
            {
                sending.spawn(attempt(self.courier.clone(), batch.address.clone(), claimed));
            }
            match tokio::time::timeout(PATIENCE, sending.join_next()).await {
                Ok(Some(Ok(attempted))) => self.note(attempted),
                Ok(Some(Err(error))) => tracing::error!(%error, "an attempt to deliver failed through a fault of ours"),
                Ok(None) => break,
                Err(_) if !self.done.is_empty() => {
                    self.record(false, false).await?;
                }
                Err(_) => {}
            }
        }
        let go_on = !self.halted && !*stopping.borrow();
        self.record(true, go_on).await
    }

    fn note(&mut self, attempted: Attempted) {
        self.made += 1;
        self.halted |= attempted.ends_batch();
        self.done.push(attempted);
    }

    async fn record(&mut self, finished: bool, go_on: bool) -> Result<Option<Batch>, Error> {
        let attempts = std::mem::take(&mut self.done);
        let disables = attempts.iter().any(|attempted| attempted.verdict == Verdict::Gone);
        let report = Report { endpoint: self.endpoint, token: self.token, attempts, finished, go_on };
        let mut tries = 0;
        loop {
            let (world, report) = (self.courier.world.clone(), report.clone());
            tries += 1;
            match self.courier.db.write(move |conn| settle::record(conn, &world, &report)).await {
                Ok(next) => {
                    if disables {
                        self.courier.committed.notify_one();
                    }
                    return Ok(next);
                }
                Err(error) if tries == RECORD_TRIES => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, endpoint = %self.endpoint, "results of deliveries could not be recorded yet");
                    tokio::time::sleep(RECORD_PAUSE).await;
                }
            }
        }
    }
}

async fn attempt(courier: Courier, address: Arc<Address>, claimed: Claimed) -> Attempted {
    let started_at = courier.world.now();
    let result = courier.sender.send(request(&address, &claimed, started_at)).await;
    metrics::counter!("entente_webhook_attempts_total", "outcome" => outcome::label(&result)).increment(1);
    Attempted::new(&courier.world, &claimed, started_at, courier.world.now(), result)
}

/// The request as Standard Webhooks defines it.
fn request(address: &Address, claimed: &Claimed, now: UtcTime) -> OutgoingRequest {
    let (id, timestamp) = (claimed.event_id.to_string(), now.unix_seconds());
    let signature = sign_with_all(&address.secrets, &id, timestamp, claimed.body.as_bytes());
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signature),
    ];
    OutgoingRequest {
        url: address.url.clone(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: claimed.body.clone().into_bytes(),
    }
}
