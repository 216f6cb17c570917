//! Options of webhook endpoints: signatures, secret rotation, CloudEvents, retry schedules; test messages; encryption
//! of secrets.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};

use super::support::app::VAULT_KEY;
use super::support::receiver::{Received, Receiver};
use super::support::*;
use super::webhooks::{attempts, create_department, create_endpoint, deliveries, drain, secret};

const HOUR: Duration = Duration::from_secs(3_600);

fn verified(received: &Received, public: &str, signature: &str) -> bool {
    let content = [
        received.header("webhook-id"),
        received.header("webhook-timestamp"),
        &String::from_utf8_lossy(&received.bytes),
    ]
    .join(".");
    let key = BASE64_STANDARD.decode(public.strip_prefix("whpk_").unwrap()).unwrap();
    let signature = BASE64_STANDARD.decode(signature.strip_prefix("v1a,").unwrap()).unwrap();
    UnparsedPublicKey::new(&ED25519, key).verify(content.as_bytes(), &signature).is_ok()
}

#[apply(both)]
async fn ed25519_signatures_are_verified_with_the_public_key(app: TestApp) {
    let mut receiver = Receiver::start();
    let body = json!({"url": receiver.url, "event_types": ["department.created"], "signature": "ed25519"});
    let endpoint = app.admin().post("/v1/webhook-endpoints", body).await.expect(201);
    assert_eq!(endpoint.body["secret"], Value::Null);
    let first = endpoint.body["public_key"].as_str().unwrap();
    create_department(&app, "care").await;
    drain(&app).await;
    let received = receiver.received();
    assert!(verified(&received[0], first, received[0].header("webhook-signature")));

    let rotated = app.admin().act(&format!("{}/rotate-secret", endpoint.header("location"))).await.expect(200);
    let second = rotated.body["public_key"].as_str().unwrap();
    create_department(&app, "legal").await;
    drain(&app).await;
    let received = &receiver.received()[0];
    let signatures: Vec<&str> = received.header("webhook-signature").split(' ').collect();
    assert_eq!(signatures.len(), 2);
    assert!(verified(received, second, signatures[0]) && verified(received, first, signatures[1]));
    assert!(!verified(received, first, signatures[0]));
}

#[apply(both)]
async fn the_overlap_of_a_secret_rotation_is_configurable(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    let rotate = format!("{path}/rotate-secret");
    let now = app.admin().post(&rotate, json!({"overlap_hours": 0})).await.expect(200);
    assert_eq!(now.body["previous_secret_until"], Value::Null);
    create_department(&app, "a1").await;
    drain(&app).await;
    assert_eq!(receiver.received()[0].header("webhook-signature").split(' ').count(), 1);

    let week = app.admin().post(&rotate, json!({"overlap_hours": 168})).await.expect(200);
    app.clock.advance(167 * HOUR);
    create_department(&app, "a2").await;
    drain(&app).await;
    let received = &receiver.received()[0];
    let both = format!("{} {}", received.signature(secret(&week)), received.signature(secret(&now)));
    assert_eq!(received.header("webhook-signature"), both);
    let revoked = app.admin().act(&format!("{path}/revoke-previous-secret")).await.expect(200);
    assert_eq!(revoked.etag(), app.admin().get(&path).await.expect(200).etag());
    assert_eq!(revoked.body["previous_secret_until"], Value::Null);
    create_department(&app, "a3").await;
    drain(&app).await;
    let received = &receiver.received()[0];
    assert_eq!(received.header("webhook-signature"), received.signature(secret(&week)));
    app.admin().act(&format!("{path}/revoke-previous-secret")).await.expect(200);
    app.admin().post(&rotate, json!({"overlap_hours": 169})).await.expect(422).violates("/overlap_hours", "too_large");
    for event in app.drained_feed().await {
        assert!(!event.to_string().contains("whsec_"), "{event}");
    }
}

#[apply(both)]
async fn events_are_sent_as_cloudevents(app: TestApp) {
    let mut receiver = Receiver::start();
    let body = json!({"url": receiver.url, "event_types": ["department.created"], "format": "cloudevents"});
    let endpoint = app.admin().post("/v1/webhook-endpoints", body).await.expect(201);
    create_department(&app, "care").await;
    drain(&app).await;
    let [received] = &receiver.received()[..] else { panic!("not exactly one") };
    assert_eq!(received.header("content-type"), "application/cloudevents+json; charset=utf-8");
    assert_eq!(received.header("webhook-signature"), received.signature(secret(&endpoint)));
    let event = app.admin().get("/v1/events?type=department.created").await.expect(200).body["data"][0].clone();
    assert_eq!(
        received.body(),
        json!({
            "specversion": "1.0", "id": event["id"], "source": "urn:entente", "type": "department.created",
            "subject": event["subject"], "time": event["timestamp"], "datacontenttype": "application/json",
            "sequence": format!("{:020}", event["sequence"].as_i64().unwrap()), "subjectsequence": format!("{:020}", 1),
            "requestid": event["request_id"], "data": event["data"]
        })
    );
}

#[apply(both)]
async fn an_endpoint_has_its_own_retry_schedule(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    let path = endpoint.header("location").to_owned();
    app.admin().patch(&path, "*", json!({"retry_delays": [0, 100]})).await.expect(200);
    receiver.will_respond(&[500, 500]);
    create_department(&app, "care").await;
    assert_eq!(drain(&app).await, 1);
    app.clock.advance(Duration::from_secs(99));
    assert_eq!(drain(&app).await, 0);
    app.clock.advance(Duration::from_secs(22));
    assert_eq!(drain(&app).await, 1);
    assert_eq!(deliveries(&app, &endpoint).await[0]["state"], "exhausted");
    app.admin()
        .patch(&path, "*", json!({"retry_delays": []}))
        .await
        .expect(422)
        .violates("/retry_delays", "too_few_items");
    let standard = app.admin().patch(&path, "*", json!({"retry_delays": null})).await.expect(200);
    assert_eq!(standard.body["retry_delays"], Value::Null);
}

#[apply(both)]
async fn a_test_message_shows_the_signed_bytes(app: TestApp) {
    let mut receiver = Receiver::start();
    let endpoint = create_endpoint(&app, &receiver.url).await;
    let path = format!("{}/test", endpoint.header("location"));
    let auth = json!({"auth": {"kind": "header", "name": "X-Key", "value": "s3cret"}, "enabled": false});
    app.admin().patch(endpoint.header("location"), "*", auth).await.expect(200);
    let ping = app.admin().request("POST", &path).header("Idempotency-Key", "one").send().await.expect(200);
    let again = app.admin().request("POST", &path).header("Idempotency-Key", "one").send().await.expect(200);
    assert_eq!((&ping.body, again.header("idempotent-replayed")), (&again.body, "true"));
    let [received] = &receiver.received()[..] else { panic!("not exactly one") };
    assert_eq!(
        (&ping.body["delivered"], &ping.body["outcome"], &ping.body["status"]),
        (&json!(true), &json!("delivered"), &json!(204))
    );
    assert_eq!(ping.body["body"].as_str().unwrap().as_bytes(), received.bytes);
    assert_eq!(received.header("x-key"), "s3cret");
    assert!(!ping.text.contains("s3cret"));
    let content = [
        received.header("webhook-id"),
        received.header("webhook-timestamp"),
        &String::from_utf8_lossy(&received.bytes),
    ]
    .join(".");
    assert_eq!(ping.body["signed_content"], content);
    assert_eq!(received.header("webhook-signature"), received.signature(secret(&endpoint)));
    let sent =
        ping.body["sent_headers"].as_array().unwrap().iter().find(|one| one["name"] == "webhook-signature").unwrap();
    assert_eq!(sent["value"], received.header("webhook-signature"));
    assert_eq!(
        (&received.body()["type"], &received.body()["sequence"]),
        (&json!("webhook_endpoint.pinged"), &json!(0))
    );
    assert!(app.drained_feed().await.iter().all(|event| event["type"] != "webhook_endpoint.pinged"));

    receiver.will_respond(&[401]);
    let refused = app.admin().act(&path).await.expect(200);
    assert_eq!(
        (&refused.body["delivered"], &refused.body["outcome"], &refused.body["excerpt"]),
        (&json!(false), &json!("client_error"), &json!("scripted"))
    );
    app.person("reader").act(&path).await.refused(403, "forbidden");
    let crm = app
        .admin()
        .post("/v1/webhook-endpoints", json!({"url": receiver.url, "format": "zammad-ticket"}))
        .await
        .expect(201);
    app.admin().act(&format!("{}/test", crm.header("location"))).await.refused(409, "conflict");
}

#[apply(both)]
async fn secrets_are_encrypted_at_rest(app: TestApp) {
    let body = json!({"url": "https://crm.example.com/", "auth": {"kind": "basic", "username": "u", "password": "correct horse"}});
    let endpoint = app.admin().post("/v1/webhook-endpoints", body).await.expect(201);
    let plain = BASE64_STANDARD.decode(secret(&endpoint).strip_prefix("whsec_").unwrap()).unwrap();
    use diesel::prelude::*;
    use entente::kernel::db::schema::webhook_endpoints::dsl::{sealed, sealed_with, webhook_endpoints};
    let stored: (Option<Vec<u8>>, Option<String>) =
        app.state.db.read(|conn| Ok(webhook_endpoints.select((sealed, sealed_with)).get_result(conn)?)).await.unwrap();
    let bytes = stored.0.unwrap();
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    assert!(!holds(&plain) && !holds(b"correct horse") && !holds(data_encoding::HEXLOWER.encode(&plain).as_bytes()));
    assert_eq!(stored.1.as_deref(), Some(app.state.vault.current()));

    // A new key, with and without the old one.
    let (db, environment) = (&app.state.db, &app.state.environment);
    let new = entente::kernel::vault::Vault::fresh_key(environment);
    let vault = |keys: &[&str]| {
        std::sync::Arc::new(
            entente::kernel::vault::Vault::new(&keys.iter().map(|key| (*key).into()).collect::<Vec<_>>()).unwrap(),
        )
    };
    let refused =
        entente::integrations::webhooks::registry::seal_all(db, environment, &vault(&[&new])).await.unwrap_err();
    assert!(refused.contains(app.state.vault.current()), "{refused}");
    let both = vault(&[&new, VAULT_KEY]);
    assert_eq!(entente::integrations::webhooks::registry::seal_all(db, environment, &both).await.unwrap(), 1);
    assert_eq!(entente::integrations::webhooks::registry::seal_all(db, environment, &vault(&[&new])).await.unwrap(), 0);
}

#[apply(both)]
async fn secrets_in_stored_responses_are_encrypted(app: TestApp) {
    use diesel::prelude::*;
    use entente::kernel::db::schema::idempotency_records::dsl::{body, idempotency_records};

    let make = |key: &'static str| {
        app.admin()
            .request("POST", "/v1/webhook-endpoints")
            .header("Idempotency-Key", key)
            .json(json!({"url": "https://crm.example.com/"}))
    };
    let made = make("one").send().await.expect(201);
    let again = make("one").send().await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), secret(&again)), ("true", secret(&made)));
    let rotate = format!("{}/rotate-secret", made.header("location"));
    app.admin().request("POST", &rotate).header("Idempotency-Key", "two").send().await.expect(200);
    let stored: Vec<String> = app.state.db.read(|conn| Ok(idempotency_records.select(body).load(conn)?)).await.unwrap();
    assert_eq!(stored.len(), 2);
    assert!(stored.iter().all(|text| text.starts_with("sealed:") && !text.contains("whsec")), "{stored:?}");
}

#[apply(both)]
async fn host_names_are_checked_by_their_addresses_when_saved(app: TestApp) {
    let admin = app.admin();
    for name in ["inside", "metadata", "mapped"] {
        let body = json!({"url": format!("https://{name}.example.com/hook")});
        admin.post("/v1/webhook-endpoints", body).await.expect(422).violates("/url", "address");
    }
    let unknown = admin
        .post(
            "/v1/webhook-endpoints",
            json!({"url": "https://nowhere.example.com/hook", "event_types": ["department.created"]}),
        )
        .await
        .expect(201);
    admin
        .patch(unknown.header("location"), "*", json!({"url": "https://inside.example.com/"}))
        .await
        .expect(422)
        .violates("/url", "address");
    create_department(&app, "care").await;
    assert_eq!(drain(&app).await, 1);
    assert_eq!(attempts(&app, &deliveries(&app, &unknown).await[0]).await[0]["outcome"], "dns");
    // Callers who may not manage webhooks do not learn how host names resolve.
    let body = json!({"url": "https://inside.example.com/hook"});
    app.person("reader").post("/v1/webhook-endpoints", body).await.refused(403, "forbidden");
}
