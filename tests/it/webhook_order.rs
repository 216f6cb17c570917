//! Ordered delivery per subject, and the replay of past events.

use std::time::Duration;

use super::support::receiver::{Received, Receiver};
use super::support::*;
use super::webhooks::{attempts, create_department, create_endpoint, deliveries, drain};

async fn create_ordered_endpoint(app: &TestApp, receiver: &Receiver, on_exhausted: &str) -> Reply {
    let body = json!({
        "url": receiver.url, "event_types": ["department.created", "department.updated"], "ordering": "subject",
        "on_exhausted": on_exhausted, "retry_delays": [0, 10]
    });
    app.admin().post("/v1/webhook-endpoints", body).await.expect(201)
}

async fn rename(app: &TestApp, department: &str, name: &str) {
    app.admin().patch(&format!("/v1/departments/{department}"), "*", json!({"name": name})).await.expect(200);
}

async fn department(app: &TestApp, key: &str) -> String {
    app.admin().post("/v1/departments", json!({"key": key, "name": key})).await.expect(201).id()
}

fn names(received: &[Received]) -> Vec<String> {
    received.iter().map(|one| one.body()["data"]["name"].as_str().unwrap().to_owned()).collect()
}

async fn states(app: &TestApp, endpoint: &Reply) -> Vec<String> {
    let all = deliveries(app, endpoint).await;
    all.iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
}

#[apply(both)]
async fn events_of_a_subject_are_delivered_in_order(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_ordered_endpoint(&app, &receiver, "skip").await;
    receiver.will_respond(&[500]);
    let care = department(&app, "care").await;
    for name in ["one", "two", "three"] {
        rename(&app, &care, name).await;
    }
    assert_eq!(drain(&app).await, 1, "the first one failed and blocks the others");
    assert_eq!(states(&app, &endpoint).await, ["pending", "blocked", "blocked", "blocked"]);
    // Another subject is not blocked.
    department(&app, "legal").await;
    assert_eq!(drain(&app).await, 1);
    app.clock.advance(Duration::from_secs(13));
    assert_eq!(drain(&app).await, 4);
    assert_eq!(names(&receiver.received()), ["care", "legal", "care", "one", "two", "three"]);
}

#[apply(both)]
async fn an_exhausted_delivery_is_skipped(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_ordered_endpoint(&app, &receiver, "skip").await;
    receiver.will_respond(&[500, 500]);
    let care = department(&app, "care").await;
    rename(&app, &care, "next").await;
    drain(&app).await;
    app.clock.advance(Duration::from_secs(13));
    assert_eq!(drain(&app).await, 2);
    assert_eq!(states(&app, &endpoint).await, ["exhausted", "delivered"]);
    assert_eq!(names(&receiver.received()), ["care", "care", "next"]);
}

#[apply(both)]
async fn an_exhausted_delivery_holds_its_subject_until_it_is_redelivered_or_cancelled(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_ordered_endpoint(&app, &receiver, "hold").await;
    let (care, legal) = (department(&app, "care").await, department(&app, "legal").await);
    assert_eq!(drain(&app).await, 2);
    for subject in [&care, &legal] {
        receiver.will_respond(&[500]);
        rename(&app, subject, "bad").await;
        drain(&app).await;
        receiver.will_respond(&[500]);
        app.clock.advance(Duration::from_secs(13));
        drain(&app).await;
        rename(&app, subject, "next").await;
    }
    assert_eq!(drain(&app).await, 0);
    assert_eq!(
        states(&app, &endpoint).await,
        ["delivered", "delivered", "exhausted", "blocked", "exhausted", "blocked"]
    );
    receiver.received();

    let all = deliveries(&app, &endpoint).await;
    let of = |subject: &str, state: &str| {
        let found = all.iter().find(|one| one["subject"] == subject && one["state"] == state).unwrap();
        format!("/v1/webhook-deliveries/{}", found["id"].as_str().unwrap())
    };
    app.admin().act(&format!("{}/redeliver", of(&care, "exhausted"))).await.expect(200);
    assert_eq!(drain(&app).await, 2);
    let cancelled = app.admin().act(&format!("{}/cancel", of(&legal, "exhausted"))).await.expect(200);
    assert_eq!(cancelled.body["state"], "cancelled");
    assert_eq!(drain(&app).await, 1);
    assert_eq!(names(&receiver.received()), ["bad", "next", "next"]);
    let again = app.admin().act(&format!("{}/cancel", of(&care, "blocked"))).await;
    assert_eq!(again.refused(409, "illegal_transition").body["state"], "delivered");
}

#[apply(both)]
async fn redelivery_keeps_the_order(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_ordered_endpoint(&app, &receiver, "skip").await;
    receiver.will_respond(&[500]);
    let care = department(&app, "care").await;
    rename(&app, &care, "next").await;
    assert_eq!(drain(&app).await, 1);
    let blocked = deliveries(&app, &endpoint).await[1]["id"].as_str().unwrap().to_owned();
    let again = app.admin().act(&format!("/v1/webhook-deliveries/{blocked}/redeliver")).await.expect(200);
    assert_eq!(again.body["state"], "blocked");
    assert_eq!(drain(&app).await, 0);
    app.clock.advance(Duration::from_secs(13));
    assert_eq!(drain(&app).await, 2);
    assert_eq!(names(&receiver.received()), ["care", "care", "next"]);
}

#[apply(both)]
async fn replayed_events_are_sent_before_newer_events(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_ordered_endpoint(&app, &receiver, "skip").await;
    let path = endpoint.header("location").to_owned();
    receiver.will_respond(&[500, 500]);
    let care = department(&app, "care").await;
    drain(&app).await;
    app.clock.advance(Duration::from_secs(13));
    drain(&app).await;
    receiver.received();
    app.admin().patch(&path, "*", json!({"enabled": false})).await.expect(200);
    rename(&app, &care, "missed").await;
    app.drained_feed().await;
    app.admin().patch(&path, "*", json!({"enabled": true})).await.expect(200);
    rename(&app, &care, "next").await;
    app.drained_feed().await;
    assert_eq!(states(&app, &endpoint).await, ["exhausted", "pending"]);
    let missing = json!({"since": start_time(), "selection": "missing"});
    let replay = app.admin().post(&format!("{path}/replay"), missing).await.expect(200);
    assert_eq!(replay.body["events"], 1);
    // The list is in the order of queueing: the missed event is last, but is sent first.
    assert_eq!(states(&app, &endpoint).await, ["exhausted", "blocked", "pending"]);
    let exhausted = deliveries(&app, &endpoint).await[0]["id"].as_str().unwrap().to_owned();
    app.admin().act(&format!("/v1/webhook-deliveries/{exhausted}/redeliver")).await.expect(200);
    assert_eq!(states(&app, &endpoint).await, ["pending", "blocked", "blocked"]);
    assert_eq!(drain(&app).await, 3);
    assert_eq!(names(&receiver.received()), ["care", "missed", "next"]);
}

#[apply(both)]
async fn the_ordering_can_be_changed_while_deliveries_are_pending(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = create_ordered_endpoint(&app, &receiver, "hold").await;
    let path = endpoint.header("location").to_owned();
    receiver.will_respond(&[500, 500]);
    let care = department(&app, "care").await;
    drain(&app).await;
    app.clock.advance(Duration::from_secs(13));
    drain(&app).await;
    rename(&app, &care, "one").await;
    rename(&app, &care, "two").await;
    assert_eq!(drain(&app).await, 0);
    app.admin().patch(&path, "*", json!({"on_exhausted": "skip"})).await.expect(200);
    assert_eq!(states(&app, &endpoint).await, ["exhausted", "pending", "blocked"]);
    app.admin().patch(&path, "*", json!({"ordering": "none"})).await.expect(200);
    assert_eq!(states(&app, &endpoint).await, ["exhausted", "pending", "pending"]);
    app.admin().patch(&path, "*", json!({"ordering": "subject"})).await.expect(200);
    assert_eq!(states(&app, &endpoint).await, ["exhausted", "pending", "blocked"]);
    app.admin().patch(&path, "*", json!({"ordering": "none"})).await.expect(200);
    app.admin().patch(&path, "*", json!({"ordering": "subject", "on_exhausted": "hold"})).await.expect(200);
    assert_eq!(states(&app, &endpoint).await, ["exhausted", "blocked", "blocked"]);
    app.admin().patch(&path, "*", json!({"ordering": "none"})).await.expect(200);
    assert_eq!(drain(&app).await, 2);
}

#[apply(both)]
async fn changing_to_hold_blocks_pending_deliveries(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = create_ordered_endpoint(&app, &receiver, "skip").await;
    let path = endpoint.header("location").to_owned();
    receiver.will_respond(&[500, 500, 500]);
    let care = department(&app, "care").await;
    drain(&app).await;
    app.clock.advance(Duration::from_secs(13));
    drain(&app).await;
    rename(&app, &care, "next").await;
    rename(&app, &care, "last").await;
    assert_eq!(drain(&app).await, 1);
    assert_eq!(states(&app, &endpoint).await, ["exhausted", "pending", "blocked"]);
    app.admin().patch(&path, "*", json!({"on_exhausted": "hold"})).await.expect(200);
    assert_eq!(states(&app, &endpoint).await, ["exhausted", "blocked", "blocked"]);
    app.clock.advance(Duration::from_secs(13));
    assert_eq!(drain(&app).await, 0);
    let list = deliveries(&app, &endpoint).await;
    assert_eq!(
        (&list[0]["event_type"], &list[1]["event_type"]),
        (&json!("department.created"), &json!("department.updated"))
    );
    app.admin().act(&format!("/v1/webhook-deliveries/{}/cancel", list[0]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(drain(&app).await, 2);
}

#[apply(both)]
async fn parallel_changes_are_delivered_in_order(app: TestApp) {
    let mut receiver = Receiver::start();
    create_ordered_endpoint(&app, &receiver, "skip").await;
    let care = department(&app, "care").await;
    let changes = at_once(30, |number| {
        let (admin, path) = (app.admin(), format!("/v1/departments/{care}"));
        async move { admin.patch(&path, "*", json!({"name": format!("name {number}")})).await }
    });
    let working = async {
        for _ in 0..10 {
            drain(&app).await;
        }
    };
    let (replies, ()) = tokio::join!(changes, working);
    assert_eq!(with_status(&replies, 200), 30);
    drain(&app).await;
    let numbers: Vec<i64> =
        receiver.received().iter().map(|one| one.body()["subject_sequence"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=31).collect::<Vec<_>>());
}

#[apply(both)]
async fn past_events_are_replayed_to_one_endpoint(app: TestApp) {
    let (mut one, mut other) = (Receiver::start(), Receiver::start());
    let other_endpoint = create_endpoint(&app, &other.url).await;
    create_department(&app, "before").await;
    drain(&app).await;
    let endpoint = create_endpoint(&app, &one.url).await;
    let replay = format!("{}/replay", endpoint.header("location"));
    one.will_respond(&[410]);
    create_department(&app, "refused").await;
    drain(&app).await;
    app.admin().patch(endpoint.header("location"), "*", json!({"enabled": true})).await.expect(200);
    app.clock.advance(Duration::from_secs(1));
    create_department(&app, "arrived").await;
    drain(&app).await;
    let first = one.received();
    other.received();

    let since = start_time();
    let replay_body =
        |selection: &str, dry_run: bool| json!({"since": since, "selection": selection, "dry_run": dry_run});
    for (selection, expected) in [("failed", 1), ("missing", 1), ("all", 3)] {
        let counted = app.admin().post(&replay, replay_body(selection, true)).await.expect(200);
        assert_eq!(
            (&counted.body["events"], &counted.body["complete"]),
            (&json!(expected), &json!(true)),
            "{selection}"
        );
    }
    assert_eq!(drain(&app).await, 0, "a dry run sends nothing");
    let narrow = json!({"since": since, "until": app.now(), "selection": "all", "event_types": ["department.created"], "dry_run": true});
    assert_eq!(app.admin().post(&replay, narrow).await.expect(200).body["events"], 2);
    app.admin()
        .post(&replay, json!({"since": app.now(), "until": since}))
        .await
        .expect(422)
        .violates("/until", "not_after_start");

    let sent = app.admin().post(&replay, replay_body("all", false)).await.expect(200);
    assert_eq!((&sent.body["dry_run"], &sent.body["events"]), (&json!(false), &json!(3)));
    assert_eq!(drain(&app).await, 3);
    let again = one.received();
    let keys: Vec<_> = again.iter().map(|one| one.body()["data"]["key"].as_str().unwrap().to_owned()).collect();
    assert_eq!(keys.len(), 3);
    for key in ["before", "refused", "arrived"] {
        assert!(keys.contains(&key.to_owned()), "{keys:?}");
    }
    let id = |received: &Received| received.header("webhook-id").to_owned();
    assert!(
        first.iter().all(|earlier| again.iter().any(|later| id(later) == id(earlier) && later.bytes == earlier.bytes))
    );
    assert!(other.received().is_empty(), "other endpoints receive nothing");
    let calls = attempts(&app, &deliveries(&app, &endpoint).await[0]).await;
    assert_eq!(calls.len(), 2);
    assert_eq!(app.admin().post(&replay, replay_body("failed", false)).await.expect(200).body["events"], 0);

    app.admin().patch(other_endpoint.header("location"), "*", json!({"enabled": false})).await.expect(200);
    let refused = format!("{}/replay", other_endpoint.header("location"));
    app.admin().post(&refused, replay_body("all", true)).await.refused(409, "conflict");
}
