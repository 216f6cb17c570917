//! Simulates months of crashes and of slow, unreachable, faulty and recovering webhook receivers: the real delivery
//! queue on a real database, with a simulated clock, random numbers and network.
//!
//! Checks that no event is lost, that only committed events are delivered, that duplicates are explained by a fault,
//! that events of a subject are in order if the endpoint requires it, that no two workers send to one receiver at the
//! same time, that retries follow the schedule, and that all endpoints recover. A failure prints its seed;
//! `ENTENTE_TEST_SIMULATION_SEED` repeats one seed, `ENTENTE_TEST_SIMULATION_DAYS` sets the number of simulated days
//! per database.

mod checks;
mod random;
mod receivers;

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use entente::app::scheduler;
use entente::app::worker::{self, Parts};
use entente::integrations::webhooks::deliveries::{self, EndpointWorker};
use entente::integrations::webhooks::dispatcher;
use entente::kernel::error::{Code, Error};
use entente::kernel::events::types;
use entente::kernel::ids::{DepartmentId, WebhookEndpointId, demo_uuid};
use entente::kernel::record::Change;
use entente::kernel::stop;
use entente::kernel::time::UtcTime;

use self::random::{Random, SeededEntropy};
use self::receivers::{Network, Receivers};
use crate::support::*;

/// Number of days per database, and of one simulation.
const DAYS: u64 = 1_000;
const SPAN: u64 = 250;
const SEED: u64 = 0x0e17_e172;

const DAY: Duration = Duration::from_secs(86_400);
/// The last receiver requires ordered events.
const RECEIVERS: usize = 4;
const ORDERED: usize = 1;
const SUBJECTS: u64 = 4;

type Hanging = Pin<Box<dyn Future<Output = Result<usize, Error>>>>;

struct Simulation {
    app: TestApp,
    random: Random,
    receivers: Arc<Receivers>,
    parts: Parts,
    endpoints: Vec<WebhookEndpointId>,
    committed: Vec<String>,
    /// Workers that hang, with their receivers.
    hanging: Vec<(usize, Hanging)>,
    /// Since when a disabled endpoint has missed events.
    off_since: Vec<Option<UtcTime>>,
}

impl Simulation {
    async fn start(app: TestApp, seed: u64) -> Self {
        let app = app.with_entropy(Arc::new(SeededEntropy::new(seed)));
        let receivers = Arc::new(Receivers {
            seen: Default::default(),
            random: Random::new(seed ^ 1),
            clock: app.clock.clone(),
            ordered: (RECEIVERS - ORDERED..RECEIVERS).collect(),
            crashed: Default::default(),
            hung: Default::default(),
            release: Default::default(),
        });
        let mut parts = Parts::of(&app.context);
        parts.delivery.sender = Arc::new(Network(receivers.clone()));
        let mut endpoints = Vec::new();
        for number in 0..RECEIVERS {
            let ordering = if receivers.ordered.contains(&number) { "subject" } else { "none" };
            let body = json!({"url": format!("https://receivers.example.com/{number}"), "event_types": ["department.updated"], "ordering": ordering});
            let made = app.admin().post("/v1/webhook-endpoints", body).await.expect(201);
            endpoints.push(made.id().parse().unwrap());
        }
        Self {
            app,
            random: Random::new(seed),
            receivers,
            parts,
            endpoints,
            committed: Vec::new(),
            hanging: Vec::new(),
            off_since: vec![None; RECEIVERS],
        }
    }

    /// Makes changes, some of which are rolled back.
    async fn change(&mut self) {
        for _ in 0..self.random.below(3) {
            let subject = DepartmentId::from_uuid(demo_uuid(100 + self.random.below(SUBJECTS)));
            let fails = self.random.percent(15);
            let number = self.committed.len();
            let unit = scheduler::unit(&self.app.state.environment, move |tx| {
                let body = json!({"id": subject, "number": number});
                tx.record_change(&Change::updated(types::DEPARTMENT_UPDATED, subject.as_str(), &body, &body)?)?;
                tx.write_changes()?;
                if fails { Err(Code::Conflict.into()) } else { newest(tx.conn) }
            });
            match self.app.state.db.write(unit).await {
                Ok(id) => {
                    // Some events are rejected until all attempts are exhausted.
                    if self.random.percent(2) {
                        let until = self.app.now().plus(6 * DAY);
                        self.receivers.seen.lock().unwrap().poison.insert(id.clone(), until);
                    }
                    self.committed.push(id);
                }
                Err(error) => assert!(fails, "{error}"),
            }
        }
    }

    /// Runs one round of a worker, which may crash or hang.
    async fn work(&mut self) {
        let (db, environment) = (self.app.state.db.clone(), self.app.state.environment.clone());
        let dispatch =
            move |conn: &mut entente::kernel::db::DbConn| dispatcher::dispatch(conn, &environment, environment.now());
        while db.write(dispatch.clone()).await.unwrap().events > 0 {}
        let due = deliveries::due_endpoints(&self.parts.delivery).await.unwrap();
        for (endpoint, _) in due {
            let receiver = self.endpoints.iter().position(|one| *one == endpoint).unwrap();
            let delivery = self.parts.delivery.clone();
            let (keep, running) = stop::channel();
            let mut work: Hanging = Box::pin(async move {
                let _keep = keep;
                EndpointWorker::new(&delivery, endpoint, &running).run().await
            });
            let receivers = self.receivers.clone();
            tokio::select! {
                biased;
                () = receivers.crashed.notified() => {
                    drop(work);
                    receivers.batch_ended(receiver, false);
                    return;
                }
                () = receivers.hung.notified() => {
                    receivers.batch_ended(receiver, false);
                    self.hanging.push((receiver, work));
                    return;
                }
                made = &mut work => {
                    made.unwrap();
                    receivers.batch_ended(receiver, true);
                }
            }
        }
    }

    /// Continues the workers that hung for longer than their leases; their results must be ignored.
    async fn resume_hanging(&mut self) {
        self.receivers.seen.lock().unwrap().waking = true;
        for (receiver, work) in std::mem::take(&mut self.hanging) {
            self.receivers.release.notify_waiters();
            let receivers = self.receivers.clone();
            let mut work = work;
            loop {
                tokio::select! {
                    biased;
                    () = receivers.crashed.notified() => break,
                    () = receivers.hung.notified() => receivers.release.notify_waiters(),
                    ended = &mut work => {
                        ended.unwrap();
                        break;
                    }
                }
                tokio::task::yield_now().await;
            }
            receivers.batch_ended(receiver, false);
            receivers.resumed(receiver);
        }
        self.receivers.seen.lock().unwrap().waking = false;
    }

    /// Acts as the operator: enables disabled endpoints, and replays missed and exhausted events.
    async fn maintain(&mut self, day: u64) {
        let list = self.app.admin().get("/v1/webhook-endpoints?limit=100").await.expect(200);
        for (receiver, endpoint) in list.body["data"].as_array().unwrap().iter().enumerate() {
            if endpoint["enabled"] == false {
                let path = format!("/v1/webhook-endpoints/{}", endpoint["id"].as_str().unwrap());
                self.app.admin().patch(&path, "*", json!({"enabled": true})).await.expect(200);
                self.off_since[receiver].get_or_insert(self.app.now().minus(6 * DAY));
            }
            if let Some(since) = self.off_since[receiver].take() {
                self.replay(receiver, since, "missing").await;
            }
            if day.is_multiple_of(7) {
                self.replay(receiver, self.app.now().minus(25 * DAY), "failed").await;
            }
        }
    }

    async fn replay(&self, receiver: usize, since: UtcTime, selection: &str) {
        let path = format!("/v1/webhook-endpoints/{}/replay", self.endpoints[receiver]);
        self.app.admin().post(&path, json!({"since": since, "selection": selection})).await.expect(200);
    }

    /// Simulates one day.
    async fn simulate_day(&mut self, day: u64) {
        let end = self.app.now().plus(DAY);
        while self.app.now() < end {
            self.change().await;
            self.work().await;
            let seconds = match self.random.below(6) {
                0 => 1 + self.random.below(10),
                1 => 60 + self.random.below(600),
                _ => 3_600 + self.random.below(26_000),
            };
            self.app.clock.advance(Duration::from_secs(seconds));
            if !self.hanging.is_empty() && self.random.percent(50) {
                self.app.clock.advance(Duration::from_secs(31));
                self.work().await;
                self.resume_hanging().await;
            }
        }
        self.maintain(day).await;
        self.check_schedule().await;
        worker::delete_old_events(&self.parts).await.unwrap();
    }

    /// Ends all faults and waits until all deliveries are sent.
    async fn recover(&mut self) {
        self.receivers.seen.lock().unwrap().recovered = true;
        self.app.clock.advance(Duration::from_secs(31));
        self.resume_hanging().await;
        // All delays of the schedule except the longest ones end on the first of these days.
        for day in 0..3 {
            self.maintain(7 * day).await;
            for _ in 0..24 {
                self.work().await;
                self.app.clock.advance(Duration::from_secs(4_000));
            }
        }
    }
}

/// Returns the id of the event that this transaction has recorded.
fn newest(conn: &mut entente::kernel::db::DbConn) -> Result<String, Error> {
    use diesel::prelude::*;
    use entente::kernel::db::schema::events::dsl::{events, id, position};
    Ok(events.order(position.desc()).select(id).limit(1).get_result(conn)?)
}

#[expect(clippy::disallowed_methods, reason = "tests have no settings of their own")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}: {text:?} is not a number")))
}

#[apply(both)]
async fn every_event_is_delivered_despite_faults(app: TestApp) {
    let days = setting("ENTENTE_TEST_SIMULATION_DAYS").unwrap_or(DAYS);
    let seeds: Vec<u64> = match setting("ENTENTE_TEST_SIMULATION_SEED") {
        Some(seed) => vec![seed],
        None => (0..days.div_ceil(SPAN)).map(|number| SEED + number).collect(),
    };
    let mut app = app;
    for seed in seeds {
        let mut simulation = Simulation::start(app.fresh(), seed).await;
        for day in 0..SPAN {
            simulation.simulate_day(day).await;
        }
        simulation.recover().await;
        simulation.check(seed).await;
        app = simulation.app;
    }
}

/// Returns the elements of `all` that are not in `some`.
fn without<'a>(all: impl IntoIterator<Item = &'a String>, some: &HashSet<String>) -> Vec<String> {
    all.into_iter().filter(|one| !some.contains(*one)).cloned().collect()
}
