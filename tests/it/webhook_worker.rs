//! The webhook worker: several workers, crashes, expired leases, shutdown.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use entente::app::worker::{self, Parts};
use entente::integrations::webhooks::dispatcher;
use entente::integrations::webhooks::sender::{OutgoingRequest, SendResult, Sender, Sending};
use entente::kernel::db::{Db, DbOptions};
use entente::kernel::environment::{Clock, Environment, SystemEntropy};
use entente::kernel::stop::{self, Phase};
use entente::kernel::time::UtcTime;
use tokio::sync::Notify;

use super::support::receiver::Receiver;
use super::support::*;
use super::webhooks::{create_department, create_endpoint};

const LEASE: Duration = Duration::from_secs(30);

/// Returns the parts of another process on the same database.
fn other_process(app: &TestApp) -> Parts {
    let mut parts = Parts::of(&app.context);
    parts.delivery.db = Db::open(&DbOptions::new(app.database.url.clone()), None).unwrap();
    parts.delivery.committed = Arc::default();
    parts
}

/// Blocks every request until it is released, then responds with 500.
#[derive(Default)]
struct BlockedSender {
    held: AtomicUsize,
    arrived: Notify,
    release: Notify,
}

impl BlockedSender {
    async fn next_arrival(&self) {
        tokio::time::timeout(Duration::from_secs(20), self.arrived.notified()).await.expect("nothing is being sent");
    }
}

impl Sender for BlockedSender {
    fn send(&self, _: OutgoingRequest) -> Sending<'_> {
        Box::pin(async {
            self.held.fetch_add(1, Ordering::SeqCst);
            self.arrived.notify_one();
            self.release.notified().await;
            SendResult::Responded { status: 500, retry_after: None, body: Vec::new() }
        })
    }
}

/// Returns a worker whose requests are blocked.
fn blocked_worker(app: &TestApp) -> (Arc<BlockedSender>, Parts) {
    let sender = Arc::new(BlockedSender::default());
    let mut parts = other_process(app);
    parts.delivery.sender = sender.clone();
    (sender, parts)
}

async fn create_department_endpoint(app: &TestApp, url: &str) -> Reply {
    let body = json!({"url": url, "event_types": ["department.created", "department.updated"]});
    app.admin().post("/v1/webhook-endpoints", body).await.expect(201)
}

async fn only_delivery(app: &TestApp, endpoint: &Reply) -> Value {
    let list = app.admin().get(&format!("/v1/webhook-endpoints/{}/deliveries", endpoint.id())).await.expect(200);
    list.body["data"][0].clone()
}

#[apply(both)]
async fn parallel_workers_never_deliver_twice(app: TestApp) {
    let (mut one, mut other) = (Receiver::start(), Receiver::start());
    create_endpoint(&app, &one.url).await;
    create_endpoint(&app, &other.url).await;
    let (first, second, third) = (other_process(&app), other_process(&app), Parts::of(&app.context));
    let work = async {
        let sent = tokio::join!(worker::drain(&first), worker::drain(&second), worker::drain(&third));
        sent.0.unwrap() + sent.1.unwrap() + sent.2.unwrap()
    };
    let intake = at_once(50, |number| {
        let admin = app.admin();
        async move { admin.post("/v1/departments", json!({"key": format!("d{number}"), "name": "x"})).await }
    });
    let (early, replies) = tokio::join!(work, intake);
    assert_eq!(with_status(&replies, 201), 50);
    let sent = tokio::join!(worker::drain(&first), worker::drain(&second), worker::drain(&third));
    // A worker skips endpoints that another one is processing; now all of them have finished.
    let rest = worker::drain(&first).await.unwrap();
    assert_eq!(early + sent.0.unwrap() + sent.1.unwrap() + sent.2.unwrap() + rest, 100);
    for receiver in [&mut one, &mut other] {
        let mut times = HashMap::new();
        for received in receiver.received() {
            *times.entry(received.header("webhook-id").to_owned()).or_insert(0) += 1;
        }
        assert_eq!((times.len(), times.values().max()), (50, Some(&1)));
    }
}

#[apply(both)]
async fn deliveries_of_a_crashed_worker_are_sent_after_its_lease(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    create_department(&app, "care").await;
    let (sender, parts) = blocked_worker(&app);
    let crashing = tokio::spawn(async move { worker::drain(&parts).await });
    sender.next_arrival().await;
    crashing.abort();
    assert!(crashing.await.unwrap_err().is_cancelled());

    app.clock.advance(LEASE - Duration::from_secs(1));
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 0);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 1);
    assert_eq!(receiver.received().len(), 1);
    assert_eq!(only_delivery(&app, &endpoint).await["attempts"], 1);
}

#[apply(both)]
async fn ordering_can_be_enabled_while_deliveries_are_sent(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_department_endpoint(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    let care = create_department(&app, "care").await;
    for name in ["one", "two"] {
        app.admin().patch(&format!("/v1/departments/{care}"), "*", json!({"name": name})).await.expect(200);
    }
    let (sender, parts) = blocked_worker(&app);
    let working = tokio::spawn(async move { worker::drain(&parts).await });
    while sender.held.load(Ordering::SeqCst) < 3 {
        sender.next_arrival().await;
    }
    app.admin().patch(&path, "*", json!({"ordering": "subject"})).await.expect(200);
    working.abort();
    assert!(working.await.unwrap_err().is_cancelled());
    // The worker has crashed, and its leased deliveries are not ordered yet.
    app.clock.advance(LEASE);
    app.admin().patch(&path, "*", json!({"ordering": "none"})).await.expect(200);
    app.admin().patch(&path, "*", json!({"ordering": "subject"})).await.expect(200);
    let list = app.admin().get(&format!("{path}/deliveries")).await.expect(200);
    let states: Vec<_> =
        list.body["data"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["pending", "blocked", "blocked"]);
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 3);
    let names: Vec<_> = receiver.received().iter().map(|one| one.body()["data"]["name"].clone()).collect();
    assert_eq!(names, ["care", "one", "two"]);
}

#[apply(both)]
async fn failed_deliveries_follow_a_new_ordering(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_department_endpoint(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    let care = create_department(&app, "care").await;
    app.admin().patch(&format!("/v1/departments/{care}"), "*", json!({"name": "one"})).await.expect(200);
    let (sender, parts) = blocked_worker(&app);
    let working = tokio::spawn(async move { worker::drain(&parts).await });
    while sender.held.load(Ordering::SeqCst) < 2 {
        sender.next_arrival().await;
    }
    app.admin().patch(&path, "*", json!({"ordering": "subject"})).await.expect(200);
    sender.release.notify_waiters();
    working.await.unwrap().unwrap();
    let list = app.admin().get(&format!("{path}/deliveries")).await.expect(200);
    let states: Vec<_> =
        list.body["data"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["pending", "blocked"]);
    app.clock.advance(Duration::from_mins(1));
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 2);
    let names: Vec<_> = receiver.received().iter().map(|one| one.body()["data"]["name"].clone()).collect();
    assert_eq!(names, ["care", "one"]);
}

#[apply(both)]
async fn a_result_after_the_lease_has_expired_is_ignored(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    create_department(&app, "care").await;
    let (sender, parts) = blocked_worker(&app);
    let late = tokio::spawn(async move { worker::drain(&parts).await });
    sender.next_arrival().await;
    app.clock.advance(LEASE);
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 1);
    let delivered = only_delivery(&app, &endpoint).await;
    assert_eq!(delivered["state"], "delivered");

    sender.release.notify_one();
    late.await.unwrap().unwrap();
    assert_eq!(only_delivery(&app, &endpoint).await, delivered);
    assert_eq!((receiver.received().len(), sender.held.load(Ordering::SeqCst)), (1, 1));
}

#[apply(both)]
async fn an_endpoint_gets_at_most_four_requests_at_a_time(app: TestApp) {
    create_endpoint(&app, "https://crm.example.com/").await;
    for key in ["a1", "a2", "a3", "a4", "a5", "a6"] {
        create_department(&app, key).await;
    }
    let (sender, parts) = blocked_worker(&app);
    let working = tokio::spawn(async move { worker::drain(&parts).await });
    while sender.held.load(Ordering::SeqCst) < 4 {
        sender.next_arrival().await;
    }
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 0, "the queue has one worker at a time");
    assert_eq!(sender.held.load(Ordering::SeqCst), 4);
    for _ in 0..2 {
        sender.release.notify_one();
        sender.next_arrival().await;
    }
    assert_eq!(sender.held.load(Ordering::SeqCst), 6);
    working.abort();
}

/// Dispatches and claims as a running worker does; returns the numbers of claimed batches and of other endpoints.
async fn dispatch_and_claim(app: &TestApp) -> (usize, usize) {
    let context = Parts::of(&app.context).delivery.batch;
    let dispatched = app.state.db.write(move |conn| dispatcher::dispatch_and_claim(conn, &context)).await.unwrap();
    (dispatched.claimed.len(), dispatched.due.len())
}

#[apply(both)]
async fn deliveries_that_are_claimed_with_their_dispatch_are_sent_after_a_crash(app: TestApp) {
    let mut receiver = Receiver::start();
    create_endpoint(&app, &receiver.url).await;
    create_department(&app, "care").await;
    assert_eq!(dispatch_and_claim(&app).await, (1, 0));
    // The process has crashed before it sent them.
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 0);
    app.clock.advance(LEASE);
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 1);
    assert_eq!(receiver.received().len(), 1);
}

#[apply(both)]
async fn a_dispatch_claims_nothing_for_an_endpoint_with_a_worker(app: TestApp) {
    create_endpoint(&app, "https://crm.example.com/").await;
    create_department(&app, "care").await;
    let (sender, parts) = blocked_worker(&app);
    let working = tokio::spawn(async move { worker::drain(&parts).await });
    sender.next_arrival().await;
    create_department(&app, "nursing").await;
    assert_eq!(dispatch_and_claim(&app).await, (0, 1));
    working.abort();
}

#[apply(both)]
async fn a_dispatch_leaves_a_failing_endpoint_to_its_worker(app: TestApp) {
    create_endpoint(&app, "https://crm.example.com/").await;
    create_department(&app, "care").await;
    let (sender, parts) = blocked_worker(&app);
    let working = tokio::spawn(async move { worker::drain(&parts).await });
    sender.next_arrival().await;
    sender.release.notify_one();
    working.await.unwrap().unwrap();
    create_department(&app, "nursing").await;
    assert_eq!(dispatch_and_claim(&app).await, (0, 1));
}

/// Returns whether the dispatcher was woken since the last call.
async fn was_woken(app: &TestApp) -> bool {
    tokio::time::timeout(Duration::ZERO, app.state.committed.notified()).await.is_ok()
}

#[apply(both)]
async fn only_events_wake_the_dispatcher(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    create_department(&app, "care").await;
    assert!(was_woken(&app).await);
    assert_eq!(worker::drain(&Parts::of(&app.context)).await.unwrap(), 1);
    assert!(!was_woken(&app).await, "a delivery is no event");
    let delivery = only_delivery(&app, &endpoint).await;
    let redeliver = format!("/v1/webhook-deliveries/{}/redeliver", delivery["id"].as_str().unwrap());
    app.admin().act(&redeliver).await.expect(200);
    assert!(!was_woken(&app).await, "a redelivery is no event");
    create_department(&app, "nursing").await;
    assert!(was_woken(&app).await);
}

async fn expect_end(work: tokio::task::JoinHandle<Result<(), String>>) -> Result<(), String> {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("the worker does not end").unwrap()
}

#[apply(both)]
async fn the_worker_runs_until_it_is_stopped(app: TestApp) {
    let mut receiver = Receiver::start();
    create_endpoint(&app, &receiver.url).await;
    let (stopper, stop) = stop::channel();
    let work = tokio::spawn(worker::run(Parts::of(&app.context), stop));
    create_department(&app, "care").await;
    let first = receiver.wait_for(1).await;
    assert_eq!(first[0].body()["type"], "department.created");
    at_once(20, |number| {
        let admin = app.admin();
        async move { admin.post("/v1/departments", json!({"key": format!("d{number}"), "name": "x"})).await }
    })
    .await;
    receiver.wait_for(20).await;
    stopper.begin(Phase::Stopping);
    expect_end(work).await.unwrap();
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 0, "everything is recorded and no lease is left");
}

#[apply(both)]
async fn a_worker_that_drains_dispatches_events_but_claims_no_deliveries(app: TestApp) {
    let mut receiver = Receiver::start();
    create_endpoint(&app, &receiver.url).await;
    let (stopper, stop) = stop::channel();
    stopper.begin(Phase::Draining);
    let work = tokio::spawn(worker::run(Parts::of(&app.context), stop));
    create_department(&app, "care").await;
    stopper.begin(Phase::Stopping);
    expect_end(work).await.unwrap();
    let feed = app.admin().get("/v1/events?limit=100").await.expect(200);
    let types = feed.body["data"].as_array().unwrap().iter().map(|event| &event["type"]);
    assert_eq!(types.filter(|kind| **kind == "department.created").count(), 1);
    assert_eq!(receiver.received().len(), 0);
    let metrics = app.anonymous().get("/metrics").await.expect(200).text;
    assert!(metrics.contains("entente_worker_last_round_seconds{loop=\"dispatch\"}"), "{metrics}");
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 1);
}

#[apply(both)]
async fn a_worker_at_its_time_limit_releases_the_leases_of_running_attempts(app: TestApp) {
    let mut receiver = Receiver::start();
    create_endpoint(&app, &receiver.url).await;
    let (sender, parts) = blocked_worker(&app);
    let (stopper, stop) = stop::channel();
    let work = tokio::spawn(worker::run(parts, stop));
    create_department(&app, "care").await;
    sender.next_arrival().await;
    stopper.begin(Phase::Stopping);
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 0, "the attempt is still running");
    stopper.begin(Phase::Releasing);
    expect_end(work).await.unwrap();
    assert_eq!(worker::drain(&other_process(&app)).await.unwrap(), 1);
    assert_eq!(receiver.received().len(), 1);
}

/// A clock that panics.
struct FaultyClock;

impl Clock for FaultyClock {
    fn now(&self) -> UtcTime {
        panic!("on purpose")
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

#[apply(both)]
async fn the_worker_ends_when_a_loop_panics(app: TestApp) {
    let mut parts = other_process(&app);
    parts.delivery.batch.environment =
        Environment { clock: Arc::new(FaultyClock), entropy: Arc::new(SystemEntropy::default()) };
    let (_running, stop) = stop::channel();
    let failure = expect_end(tokio::spawn(worker::run(parts, stop))).await.unwrap_err();
    assert!(failure.contains("panicked"), "{failure}");
}
