//! The circuit breaker of webhook endpoints: failing, held deliveries, recovery.

use std::time::Duration;

use super::support::receiver::Receiver;
use super::support::*;
use super::webhooks::{create_department, create_endpoint, deliveries, drain};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
/// One minute plus the largest jitter.
const MINUTE_WITH_JITTER: Duration = Duration::from_secs(73);

async fn health(app: &TestApp, endpoint: &Reply) -> Value {
    app.admin().get(&format!("{}/health", endpoint.header("location"))).await.expect(200).body
}

async fn events_of_type(app: &TestApp, kind: &str) -> Vec<Value> {
    app.drained_feed().await.into_iter().filter(|event| event["type"] == kind).collect()
}

/// Creates an endpoint with ten events that its receiver rejects.
async fn failing_endpoint(app: &TestApp, receiver: &Receiver) -> Reply {
    let endpoint = create_endpoint(app, &receiver.url).await;
    receiver.will_respond(&[500; 1_000]);
    for number in 0..10 {
        create_department(app, &format!("d{number}")).await;
    }
    assert_eq!(drain(app).await, 10);
    endpoint
}

#[apply(both)]
async fn ten_consecutive_failures_open_the_circuit_and_hold_all_deliveries(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = failing_endpoint(&app, &receiver).await;
    let failing = health(&app, &endpoint).await;
    assert_eq!(
        (&failing["status"], &failing["circuit"], &failing["consecutive_failures"]),
        (&json!("failing"), &json!("open"), &json!(10))
    );
    assert_eq!(
        (&failing["waiting"], &failing["failing_since"], &failing["last_success_at"]),
        (&json!(10), &json!(app.now()), &Value::Null)
    );
    let event = &events_of_type(&app, "webhook_endpoint.failing").await[0];
    assert_eq!((&event["subject"], &event["data"]["circuit"]), (&json!(endpoint.id()), &json!("open")));

    // New events are held too; one delivery at a time probes the receiver.
    create_department(&app, "later").await;
    assert_eq!(drain(&app).await, 0);
    let mut probes = 0;
    for _ in 0..8 {
        app.clock.advance(MINUTE_WITH_JITTER);
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
    let healthy = health(&app, &endpoint).await;
    assert_eq!(
        (&healthy["status"], &healthy["waiting"], &healthy["failing_since"]),
        (&json!("healthy"), &json!(0), &Value::Null)
    );
    assert_eq!(events_of_type(&app, "webhook_endpoint.recovered").await.len(), 1);
}

#[apply(both)]
async fn a_single_rejected_event_does_not_keep_the_circuit_open(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    app.admin().patch(&path, "*", json!({"retry_delays": [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]})).await.expect(200);
    receiver.will_respond(&[400; 10]);
    create_department(&app, "bad").await;
    for _ in 0..10 {
        assert_eq!(drain(&app).await, 1);
        app.clock.advance(Duration::from_secs(2));
    }
    assert_eq!(health(&app, &endpoint).await["circuit"], "open");
    create_department(&app, "good").await;
    drain(&app).await;
    receiver.received();
    // The first probe sends the oldest event, the next probe another one.
    receiver.will_respond(&[400]);
    app.clock.advance(2 * MINUTE);
    assert_eq!(drain(&app).await, 1);
    app.clock.advance(3 * MINUTE);
    assert_eq!(drain(&app).await, 2);
    let keys: Vec<_> = receiver.received().iter().map(|one| one.body()["data"]["key"].clone()).collect();
    assert_eq!(keys[..2], ["bad", "good"]);
    assert_eq!(health(&app, &endpoint).await["circuit"], "closed");
}

#[apply(both)]
async fn held_deliveries_are_sent_oldest_first_at_a_limited_rate(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = failing_endpoint(&app, &receiver).await;
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
    // New events are not held, so the recovery ends when the last five held deliveries are sent.
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
async fn an_endpoint_has_recovered_when_all_held_deliveries_are_sent(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = failing_endpoint(&app, &receiver).await;
    // Together with the ten held deliveries: the probe and one full batch.
    for number in 0..23 {
        create_department(&app, &format!("held-{number}")).await;
    }
    receiver.will_recover();
    app.clock.advance(2 * MINUTE);
    assert_eq!(drain(&app).await, 33);
    let health = health(&app, &endpoint).await;
    assert_eq!((&health["status"], &health["waiting"]), (&json!("healthy"), &json!(0)));
}

#[apply(both)]
async fn a_single_event_is_held_while_the_receiver_is_down(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    receiver.will_respond(&[500; 1_000]);
    create_department(&app, "care").await;
    // The schedule ends with the tenth attempt after three days; then one probe per hour follows.
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
async fn an_endpoint_is_disabled_after_five_days_and_loses_no_events(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = failing_endpoint(&app, &receiver).await;
    let path = endpoint.header("location").to_owned();
    for _ in 0..125 {
        app.clock.advance(HOUR);
        drain(&app).await;
    }
    let disabled = app.admin().get(&path).await.expect(200);
    assert_eq!((&disabled.body["enabled"], &disabled.body["disabled_reason"]), (&json!(false), &json!("failing")));
    assert_eq!(health(&app, &endpoint).await["status"], "disabled");
    assert_eq!(events_of_type(&app, "webhook_endpoint.disabled").await.len(), 1);
    assert_eq!(events_of_type(&app, "webhook_endpoint.failing").await.len(), 1);
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
async fn failures_of_some_events_do_not_hold_others(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    for number in 0..30 {
        receiver.will_respond(&[500]);
        create_department(&app, &format!("bad-{number}")).await;
        assert_eq!(drain(&app).await, 1);
        create_department(&app, &format!("good-{number}")).await;
        assert_eq!(drain(&app).await, 1);
    }
    let state = health(&app, &endpoint).await;
    assert_eq!(
        (&state["status"], &state["circuit"], &state["waiting"]),
        (&json!("healthy"), &json!("closed"), &json!(30))
    );
}

#[apply(both)]
async fn retry_after_accepts_a_date(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    // Half an hour after the start of the test.
    receiver.will_request_pause(429, "Tue, 30 Mar 2027 07:30:00 GMT");
    create_department(&app, "care").await;
    assert_eq!(drain(&app).await, 1);
    assert_eq!(health(&app, &endpoint).await["paused_until"], "2027-03-30T07:30:00Z");
    app.clock.advance(HOUR / 2 - Duration::from_secs(1));
    assert_eq!(drain(&app).await, 0);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(drain(&app).await, 1);
    assert_eq!(health(&app, &endpoint).await["paused_until"], Value::Null);
}

#[apply(both)]
async fn metrics_report_pending_deliveries(app: TestApp) {
    let receiver = Receiver::start();
    failing_endpoint(&app, &receiver).await;
    app.clock.advance(HOUR);
    entente::app::gauges::update(&app.state.db, app.state.environment.now()).await.unwrap();
    let text = app.anonymous().get("/metrics").await.expect(200).text;
    // All tests of this process share one recorder, so only the names can be checked.
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
