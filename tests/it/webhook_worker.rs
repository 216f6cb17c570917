//! The worker: several at once, one that dies, one that is late, one that runs by itself.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use entente::app::worker::{self, Parts};
use entente::integrations::webhooks::sender::{OutgoingRequest, SendResult, Sender, Sending};
use entente::kernel::db::{Db, DbOptions};
use tokio::sync::{Notify, watch};

use super::support::receiver::Receiver;
use super::support::*;
use super::webhooks::{a_department, an_endpoint};

const LEASE: Duration = Duration::from_secs(30);

/// Another process on the same database.
fn another(app: &TestApp) -> Parts {
    let mut parts = Parts::of(&app.context);
    parts.delivery.db = Db::open(&DbOptions::new(app.database.url.clone()), None).unwrap();
    parts.delivery.committed = Arc::default();
    parts
}

/// Holds every request until it is let go, then answers 500.
#[derive(Default)]
struct Stuck {
    held: AtomicUsize,
    arrived: Notify,
    release: Notify,
}

impl Stuck {
    async fn next_arrival(&self) {
        tokio::time::timeout(Duration::from_secs(20), self.arrived.notified()).await.expect("nothing is being sent");
    }
}

impl Sender for Stuck {
    fn send(&self, _: OutgoingRequest) -> Sending<'_> {
        Box::pin(async {
            self.held.fetch_add(1, Ordering::SeqCst);
            self.arrived.notify_one();
            self.release.notified().await;
            SendResult::Answered { status: 500, retry_after: None, body: Vec::new() }
        })
    }
}

fn stuck(app: &TestApp) -> (Arc<Stuck>, Parts) {
    let sender = Arc::new(Stuck::default());
    let mut parts = another(app);
    parts.delivery.sender = sender.clone();
    (sender, parts)
}

async fn of_departments(app: &TestApp, url: &str) -> Reply {
    let body = json!({"url": url, "event_types": ["department.created", "department.updated"]});
    app.admin().post("/v1/webhook-endpoints", body).await.expect(201)
}

async fn only_delivery(app: &TestApp, endpoint: &Reply) -> Value {
    let list = app.admin().get(&format!("/v1/webhook-endpoints/{}/deliveries", endpoint.id())).await.expect(200);
    list.body["data"][0].clone()
}

#[apply(both)]
async fn two_workers_never_deliver_twice(app: TestApp) {
    let (mut one, mut other) = (Receiver::start(), Receiver::start());
    an_endpoint(&app, &one.url).await;
    an_endpoint(&app, &other.url).await;
    let (first, second, third) = (another(&app), another(&app), Parts::of(&app.context));
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
    // Whoever found the other at work left the rest to it; by now nobody is.
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
async fn what_a_dead_worker_held_is_sent_when_its_lease_has_ended(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = an_endpoint(&app, &receiver.url).await;
    a_department(&app, "care").await;
    let (sender, parts) = stuck(&app);
    let dying = tokio::spawn(async move { worker::drain(&parts).await });
    sender.next_arrival().await;
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());

    app.clock.advance(LEASE - Duration::from_secs(1));
    assert_eq!(worker::drain(&another(&app)).await.unwrap(), 0);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(worker::drain(&another(&app)).await.unwrap(), 1);
    assert_eq!(receiver.received().len(), 1);
    assert_eq!(only_delivery(&app, &endpoint).await["attempts"], 1);
}

#[apply(both)]
async fn an_endpoint_gets_an_order_while_it_is_sent_to(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = of_departments(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    let care = a_department(&app, "care").await;
    for name in ["one", "two"] {
        app.admin().patch(&format!("/v1/departments/{care}"), "*", json!({"name": name})).await.expect(200);
    }
    let (sender, parts) = stuck(&app);
    let working = tokio::spawn(async move { worker::drain(&parts).await });
    while sender.held.load(Ordering::SeqCst) < 3 {
        sender.next_arrival().await;
    }
    app.admin().patch(&path, "*", json!({"ordering": "subject"})).await.expect(200);
    working.abort();
    assert!(working.await.unwrap_err().is_cancelled());
    // The worker is dead, and what it held has got no order yet.
    app.clock.advance(LEASE);
    app.admin().patch(&path, "*", json!({"ordering": "none"})).await.expect(200);
    app.admin().patch(&path, "*", json!({"ordering": "subject"})).await.expect(200);
    let list = app.admin().get(&format!("{path}/deliveries")).await.expect(200);
    let states: Vec<_> =
        list.body["data"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["pending", "blocked", "blocked"]);
    assert_eq!(worker::drain(&another(&app)).await.unwrap(), 3);
    let names: Vec<_> = receiver.received().iter().map(|one| one.body()["data"]["name"].clone()).collect();
    assert_eq!(names, ["care", "one", "two"]);
}

#[apply(both)]
async fn what_was_in_hand_falls_into_line_when_it_failed(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = of_departments(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    let care = a_department(&app, "care").await;
    app.admin().patch(&format!("/v1/departments/{care}"), "*", json!({"name": "one"})).await.expect(200);
    let (sender, parts) = stuck(&app);
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
    assert_eq!(worker::drain(&another(&app)).await.unwrap(), 2);
    let names: Vec<_> = receiver.received().iter().map(|one| one.body()["data"]["name"].clone()).collect();
    assert_eq!(names, ["care", "one"]);
}

#[apply(both)]
async fn a_result_that_comes_after_its_lease_changes_nothing(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = an_endpoint(&app, &receiver.url).await;
    a_department(&app, "care").await;
    let (sender, parts) = stuck(&app);
    let late = tokio::spawn(async move { worker::drain(&parts).await });
    sender.next_arrival().await;
    app.clock.advance(LEASE);
    assert_eq!(worker::drain(&another(&app)).await.unwrap(), 1);
    let delivered = only_delivery(&app, &endpoint).await;
    assert_eq!(delivered["state"], "delivered");

    sender.release.notify_one();
    late.await.unwrap().unwrap();
    assert_eq!(only_delivery(&app, &endpoint).await, delivered);
    assert_eq!((receiver.received().len(), sender.held.load(Ordering::SeqCst)), (1, 1));
}

#[apply(both)]
async fn at_most_four_requests_at_one_endpoint(app: TestApp) {
    an_endpoint(&app, "https://crm.example.com/").await;
    for key in ["a1", "a2", "a3", "a4", "a5", "a6"] {
        a_department(&app, key).await;
    }
    let (sender, parts) = stuck(&app);
    let working = tokio::spawn(async move { worker::drain(&parts).await });
    while sender.held.load(Ordering::SeqCst) < 4 {
        sender.next_arrival().await;
    }
    assert_eq!(worker::drain(&another(&app)).await.unwrap(), 0, "the queue has one worker at a time");
    assert_eq!(sender.held.load(Ordering::SeqCst), 4);
    for _ in 0..2 {
        sender.release.notify_one();
        sender.next_arrival().await;
    }
    assert_eq!(sender.held.load(Ordering::SeqCst), 6);
    working.abort();
}

#[apply(both)]
async fn it_runs_by_itself_and_stops_when_asked(app: TestApp) {
    let mut receiver = Receiver::start();
    an_endpoint(&app, &receiver.url).await;
    let (stop, stopping) = watch::channel(false);
    let work = tokio::spawn(worker::run(Parts::of(&app.context), stopping));
    a_department(&app, "care").await;
    let first = receiver.wait_for(1).await;
    assert_eq!(first[0].body()["type"], "department.created");
    at_once(20, |number| {
        let admin = app.admin();
        async move { admin.post("/v1/departments", json!({"key": format!("d{number}"), "name": "x"})).await }
    })
    .await;
    receiver.wait_for(20).await;
    stop.send_replace(true);
    tokio::time::timeout(Duration::from_secs(20), work).await.unwrap().unwrap();
    assert_eq!(worker::drain(&another(&app)).await.unwrap(), 0, "everything is recorded and no lease is left");
}
