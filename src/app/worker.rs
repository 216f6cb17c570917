//! Background work: records what time brings, gives events their sequence, delivers webhooks, tidies
//! up. Runs beside the server or alone, in any number of processes on one database.
//!
//! Rules: nothing here ends the process; a fault is logged and tried again after a pause. When
//! asked to stop it claims nothing more, finishes what it is sending and gives back the rest.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::{Id as TaskId, JoinSet};
use tokio::time::{Instant, sleep};

use crate::app::context::Context;
use crate::app::scheduler;
use crate::callbacks::requests;
use crate::integrations::webhooks::breaker::Circuit;
use crate::integrations::webhooks::deliveries::{self, Courier, Timing, Tools};
use crate::integrations::webhooks::endpoints;
use crate::integrations::webhooks::{dispatcher, event_retention};
use crate::kernel::config::Settings;
use crate::kernel::error::Error;
use crate::kernel::events;
use crate::kernel::http::idempotency;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;
use crate::privacy;

/// How often somebody else's commit is looked for; our own ring.
const DISPATCH_POLL: Duration = Duration::from_millis(250);
/// How late a retry can be.
const DELIVERY_POLL: Duration = Duration::from_secs(1);
/// How late the scheduler may notice that something is due.
const SCHEDULE_POLL: Duration = Duration::from_secs(1);
/// Pause after a fault.
const FAULT_PAUSE: Duration = Duration::from_secs(1);
/// Between two rounds of tidying.
const HOUSEKEEPING: Duration = Duration::from_mins(1);
/// How old the gauges may be.
const MEASURE_POLL: Duration = Duration::from_secs(15);
/// Endpoints that are served at the same time: those that answer, and, in a room of their own, those that failed last or
/// keep their lane waiting, so that dead receivers leave the others their room.
const LANES: usize = 64;
const FAILING_LANES: usize = 192;
/// A lane that is open for longer moves to the other room.
const QUICK: Duration = Duration::from_millis(250);

/// What the worker needs.
#[derive(Clone)]
pub struct Parts {
    pub courier: Courier,
    /// How long events are kept.
    pub events_kept: Duration,
}

impl Parts {
    /// From what the handlers share, with the usual times.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        let (state, outbound) = (&context.state, &context.outbound);
        let tools = Tools { world: state.world.clone(), vault: state.vault.clone(), timing: Timing::default() };
        let courier = Courier {
            db: state.db.clone(),
            tools,
            sender: outbound.sender.clone(),
            tokens: outbound.tokens.clone(),
            committed: state.committed.clone(),
        };
        Self { courier, events_kept: Duration::from_hours(30 * 24) }
    }

    /// The same with the times that the operator has set.
    #[must_use]
    pub fn with(mut self, settings: &Settings) -> Self {
        self.courier.tools.timing = Timing { attempt: settings.egress.timeout };
        self.events_kept = settings.events_kept;
        self
    }
}

/// Works until `stopping` becomes true.
pub async fn run(parts: Parts, stopping: watch::Receiver<bool>) {
    let sequenced = Notify::new();
    tokio::join!(
        schedule(&parts.courier, stopping.clone()),
        dispatch(&parts.courier, &sequenced, stopping.clone()),
        deliver(&parts.courier, &sequenced, stopping.clone()),
        measure(&parts.courier, stopping.clone()),
        tidy(&parts, stopping),
    );
}

/// Does everything that is due at this moment and returns how many requests were sent.
///
/// # Errors
/// Those of the database.
pub async fn drain(parts: &Parts) -> Result<usize, Error> {
    let (_running, stopping) = watch::channel(false);
    let courier = &parts.courier;
    let mut sent = 0;
    while scheduler::run_once(&courier.db, &courier.tools.world).await? > 0 {}
    loop {
        let dispatched = dispatch_once(courier).await?;
        let due = deliveries::due_endpoints(courier).await?;
        if dispatched == 0 && due.is_empty() {
            return Ok(sent);
        }
        let lanes = due.into_iter().map(|(endpoint, _)| deliveries::work_off(courier, endpoint, &stopping));
        sent += futures_util::future::try_join_all(lanes).await?.into_iter().sum::<usize>();
    }
}

/// Whether to end; also when nobody is left who could say so.
fn is_stopping(stopping: &watch::Receiver<bool>) -> bool {
    *stopping.borrow() || stopping.has_changed().is_err()
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that nobody is left who could say so.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Follows the clock.
async fn schedule(courier: &Courier, mut stopping: watch::Receiver<bool>) {
    while !is_stopping(&stopping) {
        let pause = match scheduler::run_once(&courier.db, &courier.tools.world).await {
            Ok(0) => SCHEDULE_POLL,
            Ok(_) => {
                courier.committed.notify_one();
                continue;
            }
            Err(error) => {
                tracing::error!(%error, "what is due could not be looked for");
                FAULT_PAUSE
            }
        };
        tokio::select! {
            () = stopped(&mut stopping) => {}
            () = sleep(pause) => {}
        }
    }
}

async fn dispatch(courier: &Courier, sequenced: &Notify, mut stopping: watch::Receiver<bool>) {
    loop {
        let pause = match dispatch_once(courier).await {
            Ok(0) => DISPATCH_POLL,
            Ok(_) => {
                sequenced.notify_one();
                continue;
            }
            Err(error) => {
                tracing::error!(%error, "events could not be dispatched");
                FAULT_PAUSE
            }
        };
        if is_stopping(&stopping) {
            return;
        }
        tokio::select! {
            () = stopped(&mut stopping) => {}
            () = courier.committed.notified() => {}
            () = sleep(pause) => {}
        }
    }
}

/// Sequences one batch of events; returns how many.
async fn dispatch_once(courier: &Courier) -> Result<usize, Error> {
    // An idle service should not write.
    if !courier.db.read(dispatcher::is_waiting).await? {
        return Ok(0);
    }
    let world = courier.tools.world.clone();
    courier.db.write(move |conn| dispatcher::dispatch(conn, &world, world.now())).await
}

/// Keeps a lane open for each endpoint with something due.
async fn deliver(courier: &Courier, sequenced: &Notify, mut stopping: watch::Receiver<bool>) {
    let mut lanes = JoinSet::new();
    let mut rooms = [Room::of(LANES), Room::of(FAILING_LANES)];
    while !is_stopping(&stopping) {
        match deliveries::due_endpoints(courier).await {
            Ok(due) => {
                let [quick, slow] = &mut rooms;
                quick.give_slow_ones_to(slow);
                let served: HashSet<_> = rooms.iter().flat_map(Room::served).collect();
                let due = due.into_iter().filter(|(endpoint, _)| !served.contains(endpoint));
                let (failing, answering): (Vec<_>, Vec<_>) = due.partition(|(_, has_failed)| *has_failed);
                for (index, due) in [answering, failing].into_iter().enumerate() {
                    // Slow ones that were moved over do not make the house larger.
                    let places = (LANES + FAILING_LANES).saturating_sub(lanes.len());
                    let room = &mut rooms[index];
                    for endpoint in room.next(due.into_iter().map(|(endpoint, _)| endpoint).collect(), places) {
                        let lane = lanes.spawn(lane(courier.clone(), endpoint, stopping.clone()));
                        room.open.insert(lane.id(), (endpoint, Instant::now()));
                    }
                }
            }
            Err(error) => {
                tracing::error!(%error, "due webhooks could not be looked for");
                sleep(FAULT_PAUSE).await;
            }
        }
        tokio::select! {
            () = stopped(&mut stopping) => {}
            () = sequenced.notified() => {}
            Some(ended) = lanes.join_next_with_id() => {
                let task = ended.map_or_else(|error| error.id(), |(task, ())| task);
                for room in &mut rooms {
                    room.open.remove(&task);
                }
            }
            () = sleep(if rooms[0].is_full() { QUICK } else { DELIVERY_POLL }) => {}
        }
    }
    while lanes.join_next().await.is_some() {}
}

/// Lanes of a kind.
struct Room {
    most: usize,
    open: HashMap<TaskId, (WebhookEndpointId, Instant)>,
    last: Option<WebhookEndpointId>,
}

impl Room {
    fn of(most: usize) -> Self {
        Self { most, open: HashMap::new(), last: None }
    }

    fn served(&self) -> impl Iterator<Item = WebhookEndpointId> {
        self.open.values().map(|(endpoint, _)| *endpoint)
    }

    fn is_full(&self) -> bool {
        self.open.len() >= self.most
    }

    fn give_slow_ones_to(&mut self, other: &mut Self) {
        let now = Instant::now();
        other.open.extend(self.open.extract_if(|_, (_, since)| now.duration_since(*since) > QUICK));
    }

    /// Those of the due endpoints, none of which has a lane, that get one of the `places` now.
    fn next(&mut self, due: Vec<WebhookEndpointId>, places: usize) -> Vec<WebhookEndpointId> {
        let mut next = in_turn(due, self.last);
        next.truncate(self.most.saturating_sub(self.open.len()).min(places));
        self.last = next.last().copied().or(self.last);
        next
    }
}

/// The endpoints beginning behind the one that was served last, so that each gets its turn.
fn in_turn(mut due: Vec<WebhookEndpointId>, last: Option<WebhookEndpointId>) -> Vec<WebhookEndpointId> {
    if let Some(last) = last {
        let behind = due.partition_point(|endpoint| *endpoint <= last);
        due.rotate_left(behind);
    }
    due
}

async fn lane(courier: Courier, endpoint: WebhookEndpointId, stopping: watch::Receiver<bool>) {
    if let Err(error) = deliveries::work_off(&courier, endpoint, &stopping).await {
        tracing::error!(%error, %endpoint, "webhooks could not be delivered");
        // The endpoint is due again at once.
        sleep(FAULT_PAUSE).await;
    }
}

async fn tidy(parts: &Parts, mut stopping: watch::Receiver<bool>) {
    while !is_stopping(&stopping) {
        if let Err(error) = tidy_once(parts).await {
            tracing::error!(%error, "tidying up failed");
        }
        tokio::select! {
            () = stopped(&mut stopping) => {}
            () = sleep(HOUSEKEEPING) => {}
        }
    }
}

async fn tidy_once(parts: &Parts) -> Result<(), Error> {
    let courier = &parts.courier;
    let (db, world) = (&courier.db, &courier.tools.world);
    let now = world.now();
    db.write(move |conn| {
        idempotency::forget_old(conn, now)?;
        requests::scheduled::delete_expired_challenges(conn, now)?;
        requests::erasure::forget_networks(conn)
    })
    .await?;
    db.write(scheduler::unit(world, requests::scheduled::flag_closed_days)).await?;
    if db.write(scheduler::unit(world, requests::scheduled::unassign_silent)).await? > 0 {
        courier.committed.notify_one();
    }
    let mut erased = 0;
    loop {
        match db.write(scheduler::unit(world, privacy::erase_outdated)).await? {
            0 => break,
            some => erased += some,
        }
    }
    if erased > 0 {
        db.scrub().await?;
        courier.committed.notify_one();
    }
    forget_events(parts).await
}

/// Forgets events that are over their time.
///
/// # Errors
/// Those of the database.
pub async fn forget_events(parts: &Parts) -> Result<(), Error> {
    let db = &parts.courier.db;
    let before = parts.courier.tools.world.now().minus(parts.events_kept);
    while db.read(move |conn| event_retention::is_waiting(conn, before)).await?
        && db.write(move |conn| event_retention::remove_expired(conn, before)).await? > 0
    {}
    Ok(())
}

async fn measure(courier: &Courier, mut stopping: watch::Receiver<bool>) {
    while !is_stopping(&stopping) {
        if let Err(error) = measure_once(courier).await {
            tracing::error!(%error, "the gauges could not be read");
        }
        tokio::select! {
            () = stopped(&mut stopping) => {}
            () = sleep(MEASURE_POLL) => {}
        }
    }
}

/// Sets the gauges of events and webhooks.
///
/// # Errors
/// Those of the database.
pub async fn measure_once(courier: &Courier) -> Result<(), Error> {
    let now = courier.tools.world.now();
    let age = |since: Option<UtcTime>| since.map_or(0.0, |since| since.seconds_until(now));
    let (pending, oldest, circuits, unsequenced) = courier
        .db
        .read(|conn| {
            let oldest = deliveries::oldest_waiting(conn)?.into_iter().flatten().min();
            Ok((
                deliveries::count_pending(conn)?,
                oldest,
                endpoints::circuits(conn)?,
                events::oldest_unsequenced(conn)?,
            ))
        })
        .await?;
    metrics::gauge!("entente_webhook_deliveries_pending").set(pending as f64);
    metrics::gauge!("entente_webhook_oldest_pending_seconds").set(age(oldest));
    metrics::gauge!("entente_events_oldest_undispatched_seconds").set(age(unsequenced));
    for circuit in Circuit::ALL {
        let count = circuits.iter().filter(|(enabled, one)| *enabled && one == circuit).count();
        metrics::gauge!("entente_webhook_endpoints", "circuit" => circuit.as_str()).set(count as f64);
    }
    let disabled = circuits.iter().filter(|(enabled, _)| !enabled).count();
    metrics::gauge!("entente_webhook_endpoints", "circuit" => "disabled").set(disabled as f64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn endpoint(number: u128) -> WebhookEndpointId {
        WebhookEndpointId::from_uuid(uuid::Uuid::from_u128(number))
    }

    proptest! {
        #[test]
        fn everyone_gets_a_turn(count in 1_u128..20, rounds in 1_usize..60, lanes in 1_usize..5) {
            let due: Vec<_> = (0..count).map(endpoint).collect();
            let mut served = HashMap::<_, usize>::new();
            let mut room = Room::of(lanes);
            for _ in 0..rounds {
                for one in room.next(due.clone(), lanes) {
                    *served.entry(one).or_default() += 1;
                }
            }
            let counts = due.iter().map(|one| served.get(one).copied().unwrap_or_default());
            let (least, most) = (counts.clone().min().unwrap(), counts.max().unwrap());
            prop_assert!(most - least <= 1, "{served:?}");
        }
    }
}
