//! Webhook endpoints and deliveries.

use std::time::Duration;

use entente::app::worker::{self, Parts};

use super::support::receiver::{Received, Receiver};
use super::support::*;

const HOUR: Duration = Duration::from_secs(3_600);

/// Creates an endpoint for new departments. The reply contains its secret.
pub async fn create_endpoint(app: &TestApp, url: &str) -> Reply {
    let body = json!({"url": url, "event_types": ["department.created"]});
    app.admin().post("/v1/webhook-endpoints", body).await.expect(201)
}

pub async fn create_department(app: &TestApp, key: &str) -> String {
    app.admin().post("/v1/departments", json!({"key": key, "name": key})).await.expect(201).id()
}

pub async fn drain(app: &TestApp) -> usize {
    worker::drain(&Parts::of(&app.context)).await.unwrap()
}

pub async fn deliveries(app: &TestApp, endpoint: &Reply) -> Vec<Value> {
    let list = app.admin().get(&format!("/v1/webhook-endpoints/{}/deliveries", endpoint.id())).await.expect(200);
    list.body["data"].as_array().unwrap().clone()
}

pub async fn attempts(app: &TestApp, delivery: &Value) -> Vec<Value> {
    let path = format!("/v1/webhook-deliveries/{}/attempts", delivery["id"].as_str().unwrap());
    app.admin().get(&path).await.expect(200).body["data"].as_array().unwrap().clone()
}

pub fn secret(endpoint: &Reply) -> &str {
    endpoint.body["secret"].as_str().unwrap()
}

fn signed_by(received: &Received, secrets: &[&str]) -> bool {
    let expected: Vec<String> = secrets.iter().map(|secret| received.signature(secret)).collect();
    received.header("webhook-signature") == expected.join(" ")
}

#[apply(both)]
async fn an_event_is_delivered_once_and_signed(app: TestApp) {
    let mut receiver = Receiver::start();
    // The reference implementation uses the system clock.
    #[expect(clippy::disallowed_methods, reason = "the reference implementation uses the system clock")]
    app.clock.set(entente::kernel::time::UtcTime::from_jiff(jiff::Timestamp::now()));
    let endpoint = create_endpoint(&app, &receiver.url).await;
    create_department(&app, "care").await;
    assert_eq!(drain(&app).await, 1);
    assert_eq!(drain(&app).await, 0);

    let [received] = &receiver.received()[..] else { panic!("not exactly one") };
    let reference = standardwebhooks::Webhook::new(secret(&endpoint)).unwrap();
    reference.verify(&received.bytes, &received.headers).unwrap();
    let feed = app.admin().get("/v1/events?type=department.created").await.expect(200);
    assert_eq!(received.body(), feed.body["data"][0]);
    assert_eq!(received.header("webhook-id"), feed.body["data"][0]["id"]);
    assert_eq!(received.header("content-type"), "application/json");

    let [delivery] = &deliveries(&app, &endpoint).await[..] else { panic!("not exactly one") };
    assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("delivered"), &json!(1)));
    assert_eq!((&delivery["next_attempt_at"], &delivery["delivered_at"]), (&Value::Null, &json!(app.now())));
    let [attempt] = &attempts(&app, delivery).await[..] else { panic!("not exactly one") };
    assert_eq!((&attempt["outcome"], &attempt["status"]), (&json!("delivered"), &json!(204)));
}

#[apply(both)]
async fn the_secret_is_shown_once_and_rotated_with_an_overlap(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    let read = app.admin().get(&path).await.expect(200);
    assert!(!read.text.contains("whsec_") && !app.admin().get("/v1/webhook-endpoints").await.text.contains("whsec_"));
    assert_eq!(read.header("cache-control"), "no-store");

    let rotated = app.admin().act(&format!("{path}/rotate-secret")).await.expect(200);
    assert_ne!(secret(&rotated), secret(&endpoint));
    create_department(&app, "care").await;
    drain(&app).await;
    assert!(signed_by(&receiver.received()[0], &[secret(&rotated), secret(&endpoint)]));

    app.clock.advance(24 * HOUR);
    create_department(&app, "legal").await;
    drain(&app).await;
    assert!(signed_by(&receiver.received()[0], &[secret(&rotated)]));
    for event in app.drained_feed().await {
        assert!(!event.to_string().contains("whsec_") && !event.to_string().contains("/hook"), "{event}");
    }
}

#[apply(both)]
async fn a_retry_sends_the_same_bytes(app: TestApp) {
    let mut receiver = Receiver::start();
    receiver.will_respond(&[500, 302]);
    let endpoint = create_endpoint(&app, &receiver.url).await;
    create_department(&app, "care").await;
    assert_eq!(drain(&app).await, 1);
    app.clock.advance(Duration::from_secs(4));
    assert_eq!(drain(&app).await, 0, "the first retry is due after 5 seconds");
    app.clock.advance(Duration::from_secs(2));
    assert_eq!(drain(&app).await, 1);
    app.clock.advance(Duration::from_secs(360));
    assert_eq!(drain(&app).await, 1);

    let received = receiver.received();
    assert!(received.iter().all(|one| one.bytes == received[0].bytes));
    assert!(received.iter().all(|one| one.header("webhook-id") == received[0].header("webhook-id")));
    assert!(received.iter().all(|one| signed_by(one, &[secret(&endpoint)])));
    let delivery = &deliveries(&app, &endpoint).await[0];
    assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("delivered"), &json!(3)));
    let attempts = attempts(&app, delivery).await;
    let outcomes: Vec<_> = attempts.iter().map(|attempt| attempt["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["server_error", "redirect", "delivered"]);
    assert_eq!((&attempts[0]["number"], &attempts[0]["excerpt"]), (&json!(1), &json!("scripted")));
}

#[apply(both)]
async fn an_exhausted_delivery_can_be_redelivered(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    create_department(&app, "care").await;
    for number in 1..=10 {
        receiver.will_respond(&[500]);
        assert_eq!(drain(&app).await, 1);
        // Other deliveries succeed in between, so the circuit stays closed.
        if number % 3 == 0 {
            create_department(&app, &format!("legal-{number}")).await;
            assert_eq!(drain(&app).await, 1);
        }
        app.clock.advance(30 * HOUR);
    }
    assert_eq!(drain(&app).await, 0);
    let exhausted = format!("/v1/webhook-endpoints/{}/deliveries?state=exhausted", endpoint.id());
    let list = app.admin().get(&exhausted).await.expect(200);
    let id = list.body["data"][0]["id"].as_str().unwrap().to_owned();

    let again = app.admin().act(&format!("/v1/webhook-deliveries/{id}/redeliver")).await.expect(200);
    assert_eq!((&again.body["state"], &again.body["attempts"]), (&json!("pending"), &json!(10)));
    assert_eq!(drain(&app).await, 1);
    let received = receiver.received();
    assert_eq!(received.last().unwrap().header("webhook-id"), received[0].header("webhook-id"));
    let delivery = &deliveries(&app, &endpoint).await[0];
    assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("delivered"), &json!(11)));
}

#[apply(both)]
async fn a_410_response_disables_the_endpoint(app: TestApp) {
    let mut receiver = Receiver::start();
    receiver.will_respond(&[410]);
    let endpoint = create_endpoint(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    create_department(&app, "care").await;
    assert_eq!(drain(&app).await, 1);
    let disabled = app.admin().get(&path).await.expect(200);
    assert_eq!((&disabled.body["enabled"], &disabled.body["disabled_reason"]), (&json!(false), &json!("gone")));
    let feed = app.drained_feed().await;
    let event = feed.iter().find(|event| event["type"] == "webhook_endpoint.disabled").unwrap();
    assert_eq!(event["data"]["origin"], receiver.url.trim_end_matches("/hook"));

    create_department(&app, "legal").await;
    assert_eq!(drain(&app).await, 0);
    let delivery = &deliveries(&app, &endpoint).await[0];
    assert_eq!(delivery["state"], "exhausted");
    let redeliver = format!("/v1/webhook-deliveries/{}/redeliver", delivery["id"].as_str().unwrap());
    app.admin().act(&redeliver).await.refused(409, "conflict");

    let enabled = app.admin().patch(&path, &disabled.etag(), json!({"enabled": true})).await.expect(200);
    assert_eq!(enabled.body["disabled_reason"], Value::Null);
    app.admin().act(&redeliver).await.expect(200);
    create_department(&app, "sales").await;
    assert_eq!(drain(&app).await, 2);
    assert_eq!(receiver.received().len(), 3);
}

#[apply(both)]
async fn a_failing_receiver_does_not_affect_others(app: TestApp) {
    let (mut healthy, mut failing) = (Receiver::start(), Receiver::start());
    failing.will_respond(&[500, 500]);
    create_endpoint(&app, &healthy.url).await;
    create_endpoint(&app, &failing.url).await;
    create_department(&app, "care").await;
    assert_eq!(drain(&app).await, 2);
    app.clock.advance(Duration::from_secs(10));
    assert_eq!(drain(&app).await, 1);
    assert_eq!((healthy.received().len(), failing.received().len()), (1, 2));
}

#[apply(both)]
async fn retry_after_pauses_the_endpoint(app: TestApp) {
    let mut receiver = Receiver::start();
    receiver.will_request_pause(503, "3600");
    create_endpoint(&app, &receiver.url).await;
    create_department(&app, "care").await;
    assert_eq!(drain(&app).await, 1);
    create_department(&app, "legal").await;
    app.clock.advance(HOUR - Duration::from_secs(1));
    assert_eq!(drain(&app).await, 0, "the pause applies to the whole endpoint");
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(drain(&app).await, 2);
    assert_eq!(receiver.received().len(), 3);
}

#[apply(both)]
async fn only_subscribed_event_types_are_sent(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    let renamed = app.admin().get("/v1/departments?key=marketing").await.expect(200);
    let department = format!("/v1/departments/{}", renamed.body["data"][0]["id"].as_str().unwrap());
    app.admin().patch(&department, "*", json!({"name": "Marketing and brand"})).await.expect(200);
    assert_eq!(drain(&app).await, 0);

    let everything = app.admin().patch(&path, &endpoint.etag(), json!({"event_types": []})).await.expect(200);
    app.admin().patch(&path, &endpoint.etag(), json!({"event_types": []})).await.refused(412, "stale_version");
    let same =
        app.admin().patch(&path, &everything.etag(), json!({"event_types": [], "url": receiver.url})).await.expect(200);
    assert_eq!(same.etag(), everything.etag());
    app.admin().patch(&department, "*", json!({"name": "Marketing"})).await.expect(200);
    assert_eq!(drain(&app).await, 2);
    let kinds: Vec<_> = receiver.received().iter().map(|one| one.body()["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["webhook_endpoint.updated", "department.updated"]);
}

#[apply(both)]
async fn a_deleted_endpoint_receives_nothing(app: TestApp) {
    let mut receiver = Receiver::start();
    receiver.will_respond(&[500]);
    let endpoint = create_endpoint(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    create_department(&app, "care").await;
    assert_eq!(drain(&app).await, 1);
    let delivery = deliveries(&app, &endpoint).await[0]["id"].as_str().unwrap().to_owned();
    app.admin().delete(&path).await.expect(204);
    app.clock.advance(HOUR);
    create_department(&app, "legal").await;
    assert_eq!(drain(&app).await, 0);
    assert_eq!(receiver.received().len(), 1);
    for gone in [path.clone(), format!("{path}/deliveries")] {
        app.admin().get(&gone).await.refused(404, "not_found");
    }
    app.admin().delete(&path).await.refused(404, "not_found");
    let refused = app.admin().act(&format!("/v1/webhook-deliveries/{delivery}/redeliver")).await;
    assert_eq!(refused.refused(409, "illegal_transition").body["state"], "cancelled");
    assert_eq!(app.admin().get("/v1/webhook-endpoints").await.expect(200).body["data"], json!([]));
}

#[apply(both)]
async fn forbidden_destinations_are_rejected(app: TestApp) {
    let cases = [
        ("https://10.0.0.1/", "address"),
        ("https://[::1]/", "address"),
        ("https://169.254.169.254/latest/meta-data", "address"),
        ("https://2130706433.example.com:22/", "port"),
        ("https://user:secret@crm.example.com/", "userinfo"),
        ("https://crm.example.com/#part", "fragment"),
        ("ftp://crm.example.com/", "pattern_mismatch"),
    ];
    let admin = app.admin();
    for (url, code) in cases {
        admin.post("/v1/webhook-endpoints", json!({"url": url})).await.expect(422).violates("/url", code);
    }
    let unknown =
        json!({"url": "https://crm.example.com/", "event_types": ["department.created", "department.painted"]});
    admin.post("/v1/webhook-endpoints", unknown).await.expect(422).violates("/event_types/1", "unknown_value");
    let created = admin.post("/v1/webhook-endpoints", json!({"url": "https://CRM.example.com:443"})).await.expect(201);
    assert_eq!(created.body["url"], "https://crm.example.com/");
    let path = created.header("location").to_owned();
    admin.patch(&path, "*", json!({"url": "https://192.168.1.1/"})).await.expect(422).violates("/url", "address");
}

#[apply(both)]
async fn webhooks_need_the_scope_and_an_administrator_or_application(app: TestApp) {
    let endpoint = create_endpoint(&app, "https://crm.example.com/").await;
    let path = endpoint.header("location").to_owned();
    let person = app.person("reader");
    for refused in [
        person.get("/v1/webhook-endpoints").await,
        person.get(&path).await,
        person.get(&format!("{path}/deliveries")).await,
        person.act(&format!("{path}/rotate-secret")).await,
        person.delete(&path).await,
    ] {
        assert_eq!(refused.refused(403, "forbidden").body["required_scope"], "webhooks:manage");
    }
    // Events are about all projects, so a person must be an administrator to receive them.
    app.caller("reader", "webhooks:manage").get(&path).await.refused(403, "forbidden");
    app.caller("reader", "webhooks:manage").get("/v1/events").await.refused(403, "forbidden");
    app.service("crm", "webhooks:manage").get(&path).await.expect(200);
}
