//! What happens to an endpoint that fails, and to what waits for it.

use std::time::Duration;

use super::support::receiver::Receiver;
use super::support::*;
use super::webhooks::{a_department, an_endpoint, deliveries, drain};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
/// More than the jitter of a minute.
const A_MINUTE_AT_MOST: Duration = Duration::from_secs(73);

async fn health(app: &TestApp, endpoint: &Reply) -> Value {
    app.admin().get(&format!("{}/health", endpoint.header("location"))).await.expect(200).body
}

async fn told(app: &TestApp, kind: &str) -> Vec<Value> {
    app.drained_feed().await.into_iter().filter(|event| event["type"] == kind).collect()
}

/// Ten events for a receiver that is down.
async fn failing(app: &TestApp, receiver: &Receiver) -> Reply {
    let endpoint = an_endpoint(app, &receiver.url).await;
    receiver.will_answer(&[500; 1_000]);
    for number in 0..10 {
        a_department(app, &format!("d{number}")).await;
    }
    assert_eq!(drain(app).await, 10);
    endpoint
}

#[apply(both)]
async fn ten_failures_in_a_row_open_the_circuit_and_everything_is_held(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = failing(&app, &receiver).await;
    let ill = health(&app, &endpoint).await;
    assert_eq!(
        (&ill["status"], &ill["circuit"], &ill["consecutive_failures"]),
        (&json!("failing"), &json!("open"), &json!(10))
    );
    assert_eq!(
        (&ill["waiting"], &ill["failing_since"], &ill["last_success_at"]),
        (&json!(10), &json!(app.now()), &Value::Null)
    );
    let event = &told(&app, "webhook_endpoint.failing").await[0];
    assert_eq!((&event["subject"], &event["data"]["circuit"]), (&json!(endpoint.id()), &json!("open")));

    // New events wait, too, and one delivery at a time asks whether the receiver is back.
    a_department(&app, "later").await;
    assert_eq!(drain(&app).await, 0);
    let mut probes = 0;
    for _ in 0..8 {
        app.clock.advance(A_MINUTE_AT_MOST);
        probes += drain(&app).await;
    }
    assert_eq!(probes, 3, "after 1, 2 and 4 minutes");
    receiver.received();

    receiver.will_recover();
    app.clock.advance(2 * HOUR);
    assert_eq!(drain(&app).await, 11);
    let arrived = receiver.received();
    let different: std::collections::HashSet<_> =
        arrived.iter().map(|one| one.header("webhook-id").to_owned()).collect();
    assert_eq!((arrived.len(), different.len()), (11, 11));
    let well = health(&app, &endpoint).await;
    assert_eq!(
        (&well["status"], &well["waiting"], &well["failing_since"]),
        (&json!("healthy"), &json!(0), &Value::Null)
    );
    assert_eq!(told(&app, "webhook_endpoint.recovered").await.len(), 1);
}

#[apply(both)]
async fn one_event_that_is_not_wanted_does_not_stand_for_all(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = an_endpoint(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    app.admin().patch(&path, "*", json!({"retry_delays": [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]})).await.expect(200);
    receiver.will_answer(&[400; 10]);
    a_department(&app, "bad").await;
    for _ in 0..10 {
        assert_eq!(drain(&app).await, 1);
        app.clock.advance(Duration::from_secs(2));
    }
    assert_eq!(health(&app, &endpoint).await["circuit"], "open");
    a_department(&app, "good").await;
    drain(&app).await;
    receiver.received();
    // The first probe asks with the event that waits longest, the next one with another.
    receiver.will_answer(&[400]);
    app.clock.advance(2 * MINUTE);
    assert_eq!(drain(&app).await, 1);
    app.clock.advance(3 * MINUTE);
    assert_eq!(drain(&app).await, 2);
    let keys: Vec<_> = receiver.received().iter().map(|one| one.body()["data"]["key"].clone()).collect();
    assert_eq!(keys[..2], ["bad", "good"]);
    assert_eq!(health(&app, &endpoint).await["circuit"], "closed");
}

#[apply(both)]
async fn what_was_held_flows_oldest_first_and_with_a_limited_rate(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = failing(&app, &receiver).await;
    at_once(60, |number| {
        let admin = app.admin();
        async move { admin.post("/v1/departments", json!({"key": format!("held-{number}"), "name": "x"})).await }
    })
    .await;
    receiver.will_recover();
    receiver.received();
    app.clock.advance(2 * MINUTE);
    let first = drain(&app).await;
    assert_eq!(first, 1 + 32, "the probe and one batch");
    let sequences = |receiver: &mut Receiver| -> Vec<i64> {
        receiver.received().iter().map(|one| one.body()["sequence"].as_i64().unwrap()).collect()
    };
    let newest_of_first = sequences(&mut receiver)[1..].iter().copied().max().unwrap();
    assert_eq!(health(&app, &endpoint).await["status"], "recovering");
    assert_eq!(drain(&app).await, 0);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(drain(&app).await, 32);
    // What comes from now on was not held, so however much it is, it ends when the five are gone.
    at_once(60, |number| {
        let admin = app.admin();
        async move { admin.post("/v1/departments", json!({"key": format!("new-{number}"), "name": "x"})).await }
    })
    .await;
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(drain(&app).await, 32);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(drain(&app).await, 33);
    let rest = sequences(&mut receiver);
    assert!(rest.len() == 97 && rest.iter().all(|sequence| *sequence > newest_of_first), "{newest_of_first}: {rest:?}");
    assert_eq!(health(&app, &endpoint).await["status"], "healthy");
}

#[apply(both)]
async fn it_has_recovered_when_nothing_is_left(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = failing(&app, &receiver).await;
    // With the ten that are held: the probe and a whole batch.
    for number in 0..23 {
        a_department(&app, &format!("held-{number}")).await;
    }
    receiver.will_recover();
    app.clock.advance(2 * MINUTE);
    assert_eq!(drain(&app).await, 33);
    let health = health(&app, &endpoint).await;
    assert_eq!((&health["status"], &health["waiting"]), (&json!("healthy"), &json!(0)));
}

#[apply(both)]
async fn a_single_event_for_a_receiver_that_is_down_is_held_too(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = an_endpoint(&app, &receiver.url).await;
    receiver.will_answer(&[500; 1_000]);
    a_department(&app, "care").await;
    // By the schedule the tenth and last try is after three days; then hourly.
    for _ in 0..100 {
        drain(&app).await;
        app.clock.advance(HOUR);
    }
    assert_eq!(deliveries(&app, &endpoint).await[0]["state"], "pending");
    receiver.will_recover();
    app.clock.advance(2 * HOUR);
    assert_eq!(drain(&app).await, 1);
    assert_eq!(deliveries(&app, &endpoint).await[0]["state"], "delivered");
    let received = receiver.received();
    assert!(received.iter().all(|one| one.bytes == received[0].bytes));
}

#[apply(both)]
async fn five_days_without_success_switch_it_off_and_nothing_is_lost(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = failing(&app, &receiver).await;
    let path = endpoint.header("location").to_owned();
    for _ in 0..125 {
        app.clock.advance(HOUR);
        drain(&app).await;
    }
    let disabled = app.admin().get(&path).await.expect(200);
    assert_eq!((&disabled.body["enabled"], &disabled.body["disabled_reason"]), (&json!(false), &json!("failing")));
    assert_eq!(health(&app, &endpoint).await["status"], "disabled");
    assert_eq!(told(&app, "webhook_endpoint.disabled").await.len(), 1);
    assert_eq!(told(&app, "webhook_endpoint.failing").await.len(), 1);
    receiver.received();

    receiver.will_recover();
    app.clock.advance(HOUR);
    assert_eq!(drain(&app).await, 0);
    app.admin().patch(&path, &disabled.etag(), json!({"enabled": true})).await.expect(200);
    assert_eq!(drain(&app).await, 10);
    assert_eq!(receiver.received().len(), 10);
    assert_eq!(health(&app, &endpoint).await["status"], "healthy");
}

#[apply(both)]
async fn failures_of_some_events_do_not_hold_the_others(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = an_endpoint(&app, &receiver.url).await;
    for number in 0..30 {
        receiver.will_answer(&[500]);
        a_department(&app, &format!("bad-{number}")).await;
        assert_eq!(drain(&app).await, 1);
        a_department(&app, &format!("good-{number}")).await;
        assert_eq!(drain(&app).await, 1);
    }
    let state = health(&app, &endpoint).await;
    assert_eq!(
        (&state["status"], &state["circuit"], &state["waiting"]),
        (&json!("healthy"), &json!("closed"), &json!(30))
    );
}

#[apply(both)]
async fn a_pause_can_be_asked_for_by_a_date(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = an_endpoint(&app, &receiver.url).await;
    // Half an hour after the test begins.
    receiver.will_ask_for_pause(429, "Tue, 30 Mar 2027 07:30:00 GMT");
    a_department(&app, "care").await;
    assert_eq!(drain(&app).await, 1);
    assert_eq!(health(&app, &endpoint).await["paused_until"], "2027-03-30T07:30:00Z");
    app.clock.advance(HOUR / 2 - Duration::from_secs(1));
    assert_eq!(drain(&app).await, 0);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(drain(&app).await, 1);
    assert_eq!(health(&app, &endpoint).await["paused_until"], Value::Null);
}

#[apply(both)]
async fn the_gauges_say_what_waits(app: TestApp) {
    let receiver = Receiver::start();
    failing(&app, &receiver).await;
    app.clock.advance(HOUR);
    entente::integrations::webhooks::gauges::update(&app.state.db, app.state.environment.now()).await.unwrap();
    let text = app.anonymous().get("/metrics").await.expect(200).text;
    // All tests of this process write to the same recorder, so only the names can be told.
    for name in [
        "entente_webhook_deliveries_pending",
        "entente_webhook_oldest_pending_seconds",
        "entente_events_oldest_undispatched_seconds",
        "entente_webhook_endpoints{circuit=\"open\"}",
        "entente_webhook_attempts_total{outcome=\"server_error\"}",
    ] {
        assert!(text.contains(name), "no {name}");
    }
}
