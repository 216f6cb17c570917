//! Numbers that are blocked at the request of their owners, and the key of their hashes.

use std::sync::Arc;

use diesel::prelude::*;
use entente::kernel::db::schema::{blocked_numbers, installation_secrets};
use entente::kernel::environment::Environment;
use entente::kernel::hash_key::HashKey;
use entente::kernel::installation_key::InstallationKey;
use entente::kernel::vault::Vault;
use secrecy::SecretString;

use super::abuse::{ids_in_state, reason};
use super::support::app::{ISSUER, VAULT_KEY};
use super::support::desk::*;
use super::support::*;

const BLOCKED: &str = "/v1/blocked-numbers";

#[apply(both)]
async fn a_blocked_number_is_never_called(app: TestApp) {
    let open = create_request(&app, 1, window("11:00-12:00")).await.expect(201);
    let worker = agent(&app, "a").await;
    let blocked = worker.post(BLOCKED, json!({"phone": "601 100 001"})).await.expect(201);
    assert_eq!(read_request(&app, &open).await["state"], "cancelled");
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 3);
    let known = worker.post(BLOCKED, json!({"phone": "00420 601 100 001"})).await.refused(409, "already_exists");
    assert_eq!(known.body["blocked_number_id"], json!(blocked.id()));
    worker.post(BLOCKED, json!({"phone": "call me"})).await.expect(422);
    app.caller("reader", "callbacks:read")
        .post(BLOCKED, json!({"phone": "601 100 002"}))
        .await
        .refused(403, "forbidden");

    let notations =
        ["601100001", "+420 601 100 001", "00420601100001", "420601100001", "601\u{a0}100\u{a0}001", "(601) 100-001"];
    let mut quarantined = Vec::new();
    for (number, phone) in notations.into_iter().enumerate() {
        let mut body = request_body(1, window("11:00-12:00"));
        body["phone"] = json!(phone);
        let request = app.anonymous().request("POST", PATH).header("X-Forwarded-For", &format!("192.0.2.{number}"));
        quarantined.push(request.json(body).send().await.expect(201));
    }
    quarantined.push(app.service("website", "callbacks:create").post(PATH, request_body(1, asap())).await.expect(201));
    for receipt in &quarantined {
        assert_eq!(reason(&app, receipt).await, "blocked_number");
        worker.act(&format!("{PATH}/{}/release", receipt.id())).await.refused(409, "conflict");
        worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.refused(409, "illegal_transition");
    }
    worker.act(&format!("{PATH}/next")).await.refused(404, "nothing_to_claim");
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 3);
    create_request(&app, 2, asap()).await.expect(201);

    // The number is stored as a hash only.
    let list = worker.get(BLOCKED).await.expect(200);
    assert_eq!(list.body["data"], json!([blocked.body]));
    let stored: Vec<String> = app
        .state
        .db
        .read(|conn| Ok(blocked_numbers::table.select(blocked_numbers::number_hash).load(conn)?))
        .await
        .unwrap();
    assert!(stored.len() == 1 && stored[0].len() == 64 && !stored[0].contains("601100001"), "{stored:?}");
    let feed = app.drained_feed().await;
    assert!(feed.iter().any(|event| event["type"] == "blocked_number.created"), "{feed:?}");
    assert!(!format!("{feed:?}").contains("601100001"));

    worker.delete(&format!("{BLOCKED}/{}", blocked.id())).await.expect(204);
    worker.delete(&format!("{BLOCKED}/{}", blocked.id())).await.refused(404, "not_found");
    worker.act(&format!("{PATH}/{}/release", quarantined[0].id())).await.expect(200);
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 2);
}

#[apply(both)]
async fn a_number_that_is_blocked_during_a_request_is_not_called(app: TestApp) {
    let worker = agent(&app, "a").await;
    for number in 0..5 {
        let phone = request_body(number, asap())["phone"].clone();
        let request = |turn: usize| match turn {
            10 => worker.request("POST", BLOCKED).json(json!({"phone": phone})),
            _ => {
                let address = format!("198.51.100.{turn}");
                let request = app.anonymous().request("POST", PATH).header("X-Forwarded-For", &address);
                request.json(request_body(number, asap()))
            }
        };
        let replies = at_once(20, |turn| {
            let (first, again) = (request(turn), request(turn));
            async move {
                // A busy machine is no fault: nothing was changed, and the request can be repeated.
                match first.send().await {
                    busy if busy.status == 503 => again.send().await,
                    reply => reply,
                }
            }
        })
        .await;
        assert_eq!(with_status(&replies, 201), 20, "{:?}", replies.iter().find(|reply| reply.status != 201));
        assert_eq!(ids_in_state(&app, "queued_asap").await, Vec::<String>::new());
    }
}

/// Returns another handle to the key of the installation, with these encryption keys.
fn installation_key(app: &TestApp, keys: &[&str]) -> Arc<InstallationKey> {
    let keys: Vec<SecretString> = keys.iter().map(|key| (*key).into()).collect();
    let (db, environment) = (app.state.db.clone(), app.state.environment.clone());
    Arc::new(InstallationKey::new(db, environment, Arc::new(Vault::new(&keys).unwrap())))
}

/// Returns the hash of a value with the key of the installation, with these encryption keys.
async fn hash_with(app: &TestApp, keys: &[&str]) -> (Arc<InstallationKey>, String) {
    let key = installation_key(app, keys);
    let used = key.clone();
    let read: Result<HashKey, _> = app.state.db.write(move |conn| used.read_or_create(conn)).await;
    (key, read.map(|key| key.hash("test", "value")).unwrap_or_default())
}

/// Returns the number of stored keys.
async fn stored_keys(app: &TestApp) -> i64 {
    app.state.db.read(|conn| Ok(installation_secrets::table.count().get_result(conn)?)).await.unwrap()
}

#[apply(both)]
async fn a_refused_request_creates_no_key(app: TestApp) {
    let (reader, worker) = (app.caller("reader", "callbacks:read"), agent(&app, "a").await);
    let release = format!("{PATH}/cbr_01kdvdna00e008000000000001/release");
    let erase = format!("/v1/people/{}/erase", person_id(&app, "jana").await);
    reader.post(BLOCKED, json!({"phone": "601 100 001"})).await.refused(403, "forbidden");
    reader.act(&release).await.refused(403, "forbidden");
    reader.act(&erase).await.refused(403, "forbidden");
    app.anonymous().post(BLOCKED, json!({"phone": "601 100 001"})).await.refused(401, "unauthenticated");
    assert_eq!(stored_keys(&app).await, 0);
    // Refused after the permission check, so the key is rolled back.
    worker.post(BLOCKED, json!({"phone": "call me"})).await.expect(422);
    worker.act(&release).await.refused(404, "not_found");
    app.admin().act(&erase).await.refused(409, "illegal_transition");
    let mut body = request_body(1, asap());
    body["phone"] = json!("call me");
    app.anonymous().post(PATH, body).await.expect(422);
    assert_eq!(stored_keys(&app).await, 0);

    // The process did not remember a key that was rolled back: others can read what it stores.
    worker.post(BLOCKED, json!({"phone": "601 100 001"})).await.expect(201);
    assert_eq!(stored_keys(&app).await, 1);
    let stored: String = app
        .state
        .db
        .read(|conn| Ok(blocked_numbers::table.select(blocked_numbers::number_hash).get_result(conn)?))
        .await
        .unwrap();
    let key = installation_key(&app, &[VAULT_KEY]).find().await.unwrap().unwrap();
    assert_eq!(stored, key.hash("number", "+420601100001"));
}

#[apply(both)]
async fn replicas_that_create_the_key_at_once_have_the_same_key(app: TestApp) {
    agent(&app, "a").await;
    let replicas: Vec<_> = (0..4).map(|_| app.replica(ISSUER)).collect();
    let callers: Vec<_> = replicas.iter().map(|replica| replica.caller("a", "callbacks:read callbacks:work")).collect();
    // With another key, the number would have another hash, and would be blocked twice.
    let replies = at_once(20, |turn| {
        let request = callers[turn % callers.len()].request("POST", BLOCKED).json(json!({"phone": "601 100 001"}));
        async move { request.send().await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 19));
    assert_eq!(stored_keys(&app).await, 1);
    // Each of them remembers the key that is stored.
    for caller in &callers {
        caller.post(BLOCKED, json!({"phone": "601 100 001"})).await.refused(409, "already_exists");
    }
}

#[apply(both)]
async fn hashes_stay_the_same_when_encryption_keys_are_replaced(app: TestApp) {
    let new = Vault::fresh_key(&Environment::system());
    let (first, second) = tokio::join!(hash_with(&app, &[VAULT_KEY]), hash_with(&app, &[VAULT_KEY]));
    assert!(first.1.len() == 64 && first.1 == second.1);
    // Not readable with another key only, until the key is encrypted again at a start with both keys.
    assert_eq!(hash_with(&app, &[new.as_str()]).await.1, "");
    let (both, hash) = hash_with(&app, &[new.as_str(), VAULT_KEY]).await;
    assert_eq!(hash, first.1);
    both.seal().await.unwrap();
    assert_eq!(hash_with(&app, &[new.as_str()]).await.1, first.1);
    assert_eq!(hash_with(&app, &[VAULT_KEY]).await.1, "");
}
