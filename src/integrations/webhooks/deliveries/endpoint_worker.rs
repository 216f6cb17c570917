//! Working off the queue of one endpoint: batch by batch, four requests at once.
//!
//! Rules: requests are sent outside any transaction; none is begun that its lease might not
//! outlast; results are recorded with the claim of the next batch, and sooner when one request
//! keeps the others waiting; whoever has had its turn makes room for the next.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::attempts::{Attempted, Verdict};
use super::payload::Parcel;
use super::settle::{self, Batch, Report};
use super::{Courier, store};
use crate::integrations::webhooks::auth::AuthKind;
use crate::integrations::webhooks::outcome;
use crate::integrations::webhooks::outgoing::{self, Address, Message};
use crate::integrations::webhooks::sender::{SendResult, reason};
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;

/// Requests at one endpoint at the same time.
const AT_ONCE: usize = 4;
/// How long results wait for the rest of their batch.
const PATIENCE: Duration = Duration::from_millis(250);
/// After so long an endpoint lets others have the lane, before it goes on.
const TURN: Duration = Duration::from_secs(1);
/// How often, and after which pause, the record of what was sent is tried again.
const RECORD_TRIES: u32 = 10;
const RECORD_PAUSE: Duration = Duration::from_secs(1);

/// Endpoints with something due that no worker has leased, by id, with whether they have failed last.
///
/// # Errors
/// Those of the database.
pub async fn due_endpoints(courier: &Courier) -> Result<Vec<(WebhookEndpointId, bool)>, Error> {
    let now = courier.tools.world.now();
    courier.db.read(move |conn| store::due_endpoints(conn, now)).await
}

/// Sends what is due at an endpoint until nothing is, its turn is over, a batch has a failure in it, or `stopping`; returns
/// how many requests were made. After a failure the endpoint is due again, among those that have failed.
///
/// # Errors
/// Those of the database; what was sent and not recorded is sent again when its lease has ended.
pub async fn work_off(
    courier: &Courier,
    endpoint: WebhookEndpointId,
    stopping: &watch::Receiver<bool>,
) -> Result<usize, Error> {
    let tools = courier.tools.clone();
    let mut next = courier.db.write(move |conn| settle::claim(conn, &tools, endpoint)).await?;
    let (mut made, began) = (0, Instant::now());
    while let Some(batch) = next {
        let mut lane = Lane {
            courier,
            endpoint,
            token: batch.token,
            began,
            done: Vec::new(),
            made: 0,
            halted: false,
            failed: false,
        };
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
    began: Instant,
    /// Made, not yet recorded.
    done: Vec<Attempted>,
    made: usize,
    /// The receiver asked for a pause or for an end, or its token server gave no token.
    halted: bool,
    /// An attempt of the batch failed.
    failed: bool,
}

impl Lane<'_> {
    async fn run(&mut self, batch: Batch, stopping: &watch::Receiver<bool>) -> Result<Option<Batch>, Error> {
        let latest_start = batch.until.unix_micros() - self.courier.tools.timing.margin().as_micros() as i64;
        let mut waiting = batch.parcels.into_iter();
        let mut sending = JoinSet::new();
        loop {
            while sending.len() < AT_ONCE
                && !self.halted
                && !*stopping.borrow()
                && self.courier.tools.world.now().unix_micros() <= latest_start
                && waiting.len() > 0
            {
                let asked = self.courier.tools.world.now();
                let proof = self.proof(&batch.address, asked).await;
                // A token may have taken its time; when nothing at all can be sent with it, that is a failure too.
                let late = self.courier.tools.world.now().unix_micros() > latest_start;
                let useless = proof.is_none() || (late && self.made == 0 && sending.is_empty());
                let Some(parcel) = waiting.next().filter(|_| !late || useless) else { break };
                let sent = Sent { address: batch.address.clone(), delays: batch.delays.clone(), parcel };
                match proof.filter(|_| !useless) {
                    Some(proof) => drop(sending.spawn(attempt(self.courier.clone(), sent, proof))),
                    None => {
                        self.halted = true;
                        self.note(sent.judged(self.courier, asked, &SendResult::Failed { reason: reason::TOKEN }));
                    }
                }
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
        let go_on = !self.halted && !self.failed && self.began.elapsed() < TURN && !*stopping.borrow();
        self.record(true, go_on).await
    }

    /// The header that proves the service to the receiver, if it wants one; nothing when no token was given.
    async fn proof(&self, address: &Address, now: UtcTime) -> Option<Option<(String, String)>> {
        let Courier { tokens, sender, .. } = self.courier;
        tokens.header(&**sender, address.endpoint, &address.auth, now).await.ok()
    }

    fn note(&mut self, attempted: Attempted) {
        self.made += 1;
        self.halted |= attempted.ends_batch();
        self.failed |= attempted.verdict != Verdict::Delivered;
        self.done.push(attempted);
    }

    async fn record(&mut self, finished: bool, go_on: bool) -> Result<Option<Batch>, Error> {
        let attempts = std::mem::take(&mut self.done);
        let report = Report { endpoint: self.endpoint, token: self.token, attempts, finished, go_on };
        let mut tries = 0;
        loop {
            let (tools, report) = (self.courier.tools.clone(), report.clone());
            tries += 1;
            match self.courier.db.write(move |conn| settle::record(conn, &tools, &report)).await {
                Ok(next) => {
                    // The endpoint may have taken a turn, which is an event.
                    self.courier.committed.notify_one();
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

/// A parcel that is being sent.
struct Sent {
    address: Arc<Address>,
    delays: Arc<[Duration]>,
    parcel: Parcel,
}

impl Sent {
    fn judged(&self, courier: &Courier, started: UtcTime, result: &SendResult) -> Attempted {
        let format = self.address.format;
        metrics::counter!("entente_webhook_attempts_total", "outcome" => outcome::label(result, format)).increment(1);
        let world = &courier.tools.world;
        Attempted::new(world, &self.parcel.delivery, (started, world.now()), (format, &self.delays), result)
    }
}

async fn attempt(courier: Courier, sent: Sent, proof: Option<(String, String)>) -> Attempted {
    let started = courier.tools.world.now();
    let Parcel { delivery, body } = &sent.parcel;
    let message = Message { id: delivery.event_id, subject: &delivery.subject, body };
    let result = courier.sender.send(outgoing::request(&sent.address, &message, proof, started)).await;
    let refused = matches!(result, SendResult::Answered { status: 401, .. });
    if refused && sent.address.auth.kind == AuthKind::Oauth2ClientCredentials {
        courier.tokens.forget(sent.address.endpoint);
    }
    sent.judged(&courier, started, &result)
}
