//! API keys: created, used, rotated, revoked.

use std::process::Command;
use std::time::Duration;

use entente::kernel::config::{DatabaseUrl, IntakeSettings, ProofOfWork};

use super::support::client::Client;
use super::support::desk::{PATH, asap, create_request, request_body};
use super::support::pair::text;
use super::support::*;

const KEYS: &str = "/v1/api-keys";
const DAY: Duration = Duration::from_secs(86_400);

/// Creates a key with these scopes, separated by spaces.
pub async fn create_key(app: &TestApp, client: &str, scopes: &str) -> Reply {
    let scopes: Vec<_> = scopes.split(' ').collect();
    app.admin().post(KEYS, json!({"client": client, "scopes": scopes})).await.expect(201)
}

/// Returns a client that sends the key of this response.
pub fn with_key(app: &TestApp, created: &Reply) -> Client {
    app.anonymous().with_token(text(&created.body["key"]).to_owned())
}

async fn read(app: &TestApp, id: &str) -> Value {
    app.admin().get(&format!("{KEYS}/{id}")).await.expect(200).body
}

async fn create_department(client: &Client, key: &str, idempotency_key: &str) -> Reply {
    let request = client.request("POST", "/v1/departments").header("Idempotency-Key", idempotency_key);
    request.json(json!({"key": key, "name": key})).send().await
}

#[apply(both)]
async fn a_key_is_shown_once_and_authenticates_an_application(app: TestApp) {
    let created = create_key(&app, "hr", "projects:read directory:write").await;
    assert_eq!(created.header("location"), format!("{KEYS}/{}", created.id()));
    assert_eq!(created.header("cache-control"), "no-store");
    let key = text(&created.body["key"]).to_owned();
    assert!(key.starts_with(&format!("ent_{}_", created.id().trim_start_matches("key_"))), "{key}");
    let hr = with_key(&app, &created);
    hr.get("/v1/departments").await.expect(200);
    create_department(&hr, "care", "k-1").await.expect(201);
    let person = json!({"display_name": "Jana", "email": "jana@example.com", "login": "jana"});
    hr.post("/v1/people", person).await.expect(201);
    // Only its own scopes.
    hr.get("/v1/audit-entries").await.refused(403, "forbidden");
    hr.get("/v1/me").await.refused(404, "not_found");

    let audit = app.admin().get("/v1/audit-entries?actor=api-key:hr").await.expect(200);
    let actions: Vec<_> = audit.body["data"].as_array().unwrap().iter().map(|entry| text(&entry["action"])).collect();
    assert_eq!(actions, ["department.created", "person.created"]);

    let mut listed = app.admin().get(KEYS).await.expect(200);
    let mut read = app.admin().get(&format!("{KEYS}/{}", created.id())).await.expect(200);
    assert_eq!(listed.body["data"], json!([read.body]));
    let feed = app.drained_feed().await;
    assert_eq!(feed[0]["type"], "api_key.created");
    assert_eq!(feed[0]["data"]["scopes"], json!(["projects:read", "directory:write"]));
    listed.text += &read.text;
    listed.text += &json!(feed).to_string();
    listed.text += &app.admin().get("/v1/audit-entries").await.expect(200).text;
    assert!(!listed.text.contains(&key[31..]), "a response contains the secret");
    read.body["last_used_on"] = Value::Null;
    assert_eq!(created.body["last_used_on"], Value::Null);
    let mut without_key = created.body.clone();
    without_key.as_object_mut().unwrap().remove("key");
    assert_eq!(read.body, without_key);
}

#[apply(both)]
async fn the_last_use_is_recorded_once_a_day(app: TestApp) {
    let created = create_key(&app, "hr", "projects:read").await;
    let (id, hr) = (created.id(), with_key(&app, &created));
    assert_eq!(read(&app, &id).await["last_used_on"], Value::Null);
    hr.get("/v1/departments").await.expect(200);
    assert_eq!(read(&app, &id).await["last_used_on"], "2027-03-30");
    app.record_statements();
    let replies = at_once(10, |_| hr.get("/v1/departments")).await;
    assert_eq!(with_status(&replies, 200), 10);
    assert!(!app.statements().iter().any(|sql| sql.starts_with("UPDATE")), "{:?}", app.statements());
    app.clock.advance(DAY);
    hr.get("/v1/departments").await.expect(200);
    assert_eq!(read(&app, &id).await["last_used_on"], "2027-03-31");
}

#[apply(both)]
async fn a_key_expires(app: TestApp) {
    let body = |expires_at: &str| json!({"client": "hr", "scopes": ["projects:read"], "expires_at": expires_at});
    for past in ["2027-03-30T07:00:00Z", "2026-01-01T00:00:00Z"] {
        app.admin().post(KEYS, body(past)).await.expect(422).violates("/expires_at", "in_the_past");
    }
    let created = app.admin().post(KEYS, body("2027-03-30T08:00:00Z")).await.expect(201);
    let hr = with_key(&app, &created);
    app.clock.advance(Duration::from_secs(3_599));
    hr.get("/v1/departments").await.expect(200);
    app.clock.advance(Duration::from_secs(1));
    let refused = hr.request("GET", "/v1/departments").header("Accept-Language", "en").send().await;
    assert_eq!(
        refused.refused(401, "unauthenticated").body["detail"],
        "The token is not valid: the API key has expired."
    );
    // An expired key can be rotated; the new one has the same lifetime.
    let rotated = app.admin().act(&format!("{KEYS}/{}/rotate", created.id())).await.expect(201);
    assert_eq!(rotated.body["expires_at"], "2027-03-30T09:00:00Z");
    hr.get("/v1/departments").await.refused(401, "unauthenticated");
    with_key(&app, &rotated).get("/v1/departments").await.expect(200);
}

#[apply(both)]
async fn both_keys_of_a_rotation_are_valid_during_the_overlap(app: TestApp) {
    let first = create_key(&app, "hr", "projects:read directory:write").await;
    let path = format!("{KEYS}/{}/rotate", first.id());
    app.admin().post(&path, json!({"overlap_hours": 169})).await.expect(422).violates("/overlap_hours", "too_large");
    let second = app.admin().post(&path, json!({"overlap_hours": 2})).await.expect(201);
    assert_ne!((second.id(), &second.body["key"]), (first.id(), &first.body["key"]));
    assert_eq!((&second.body["client"], &second.body["scopes"]), (&first.body["client"], &first.body["scopes"]));
    assert_eq!((&second.body["expires_at"], &second.body["replaced_at"]), (&Value::Null, &Value::Null));
    let replaced = read(&app, &first.id()).await;
    assert_eq!(replaced["replaced_at"], "2027-03-30T07:00:00Z");
    assert_eq!(replaced["expires_at"], "2027-03-30T09:00:00Z");
    let (old, new) = (with_key(&app, &first), with_key(&app, &second));

    // Both keys are the same caller.
    let created = create_department(&old, "care", "k-1").await.expect(201);
    let again = create_department(&new, "care", "k-1").await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), again.id()), ("true", created.id()));
    create_department(&new, "sales", "k-1").await.refused(422, "idempotency_mismatch");
    create_department(&new, "sales", "k-2").await.expect(201);
    let audit = app.admin().get("/v1/audit-entries?actor=api-key:hr").await.expect(200);
    assert_eq!(audit.body["data"].as_array().unwrap().len(), 2);

    app.clock.advance(Duration::from_secs(7_200));
    old.get("/v1/departments").await.refused(401, "unauthenticated");
    new.get("/v1/departments").await.expect(200);
    app.admin().act(&path).await.refused(409, "conflict");
    // Without an overlap, the replaced key ends at once.
    let path = format!("{KEYS}/{}/rotate", second.id());
    let third = app.admin().post(&path, json!({"overlap_hours": 0})).await.expect(201);
    new.get("/v1/departments").await.refused(401, "unauthenticated");
    with_key(&app, &third).get("/v1/departments").await.expect(200);
    let kinds: Vec<_> = app.drained_feed().await.iter().map(|event| text(&event["type"]).to_owned()).collect();
    let rotation = ["api_key.rotated", "api_key.created"];
    assert_eq!(kinds[..3], ["api_key.created", rotation[0], rotation[1]]);
    assert_eq!(kinds[kinds.len() - 2..], rotation);
}

#[apply(both)]
async fn a_rotation_never_extends_the_replaced_key(app: TestApp) {
    let expires_at = "2027-03-30T08:00:00Z";
    let body = json!({"client": "hr", "scopes": ["projects:read"], "expires_at": expires_at});
    let first = app.admin().post(KEYS, body).await.expect(201);
    let path = format!("{KEYS}/{}/rotate", first.id());
    let past = json!({"expires_at": "2027-03-30T07:00:00Z"});
    app.admin().post(&path, past).await.expect(422).violates("/expires_at", "in_the_past");
    let second = app.admin().post(&path, json!({"expires_at": "2028-01-01T00:00:00Z"})).await.expect(201);
    assert_eq!(second.body["expires_at"], "2028-01-01T00:00:00Z");
    assert_eq!(read(&app, &first.id()).await["expires_at"], expires_at);
}

#[apply(both)]
async fn a_revoked_key_is_refused_at_the_next_request(app: TestApp) {
    let first = create_key(&app, "hr", "projects:read").await;
    let second = app.admin().act(&format!("{KEYS}/{}/rotate", first.id())).await.expect(201);
    let (old, new) = (with_key(&app, &first), with_key(&app, &second));
    for client in [&old, &new] {
        client.get("/v1/departments").await.expect(200);
    }
    let path = format!("{KEYS}/{}", second.id());
    app.admin().delete(&path).await.expect(204);
    new.get("/v1/departments").await.refused(401, "unauthenticated");
    old.get("/v1/departments").await.expect(200);
    app.admin().delete(&path).await.refused(404, "not_found");
    app.admin().get(&path).await.refused(404, "not_found");
    app.admin().act(&format!("{path}/rotate")).await.refused(404, "not_found");
    // The application can get a new key.
    create_key(&app, "hr", "projects:read").await;
    let last = app.drained_feed().await;
    assert!(last.iter().any(|event| event["type"] == "api_key.revoked" && event["subject"] == second.id()));
}

#[apply(both)]
async fn one_of_many_parallel_rotations_succeeds(app: TestApp) {
    let first = create_key(&app, "hr", "projects:read").await;
    let path = format!("{KEYS}/{}/rotate", first.id());
    let replies = at_once(20, |_| {
        let (admin, path) = (app.admin(), path.clone());
        async move { admin.act(&path).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 19));
    assert_eq!(app.admin().get(KEYS).await.expect(200).body["data"].as_array().unwrap().len(), 2);
    let second = replies.iter().find(|reply| reply.status == 201).unwrap();
    for key in [&first, second] {
        with_key(&app, key).get("/v1/departments").await.expect(200);
    }
}

#[apply(both)]
async fn an_application_has_one_key(app: TestApp) {
    let replies = at_once(20, |_| {
        let admin = app.admin();
        async move { admin.post(KEYS, json!({"client": "hr", "scopes": ["projects:read"]})).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 19));
    let refused = replies.into_iter().find(|reply| reply.status == 409).unwrap().refused(409, "already_exists");
    assert_eq!(refused.body["conflicting_field"], "/client");
    create_key(&app, "crm", "projects:read").await;
}

#[apply(both)]
async fn an_application_submits_requests_of_its_visitors(app: TestApp) {
    let work = ProofOfWork { keys: vec![SECRET.into()], max_number: 20 };
    let limits = IntakeSettings { per_address_per_minute: 1, proof_of_work: Some(work), ..IntakeSettings::default() };
    let app = app.with_intake(limits);
    let website = with_key(&app, &create_key(&app, "website", "callbacks:create").await);
    for number in 1..4 {
        website.post(PATH, request_body(number, asap())).await.expect(201);
    }
    let repeat = || website.request("POST", PATH).header("Idempotency-Key", "k-1").json(request_body(4, asap())).send();
    let (first, again) = (repeat().await.expect(201), repeat().await.expect(201));
    assert_eq!((again.id(), again.header("idempotent-replayed")), (first.id(), "true"));
    let audit = app.admin().get("/v1/audit-entries?actor=api-key:website").await.expect(200);
    assert_eq!(audit.body["data"].as_array().unwrap().len(), 4);
    // It can do nothing else.
    website.get("/v1/callback-requests").await.refused(403, "forbidden");
    // Other callers are visitors.
    let crm = with_key(&app, &create_key(&app, "crm", "callbacks:read").await);
    crm.post(PATH, request_body(5, asap())).await.violates("/proof_of_work", "required");
    crm.post(PATH, request_body(5, asap())).await.refused(429, "too_many_requests");
    create_request(&app, 5, asap()).await.refused(429, "too_many_requests");
    // A person is a visitor, too, whatever scopes the token has.
    app.admin().post(PATH, request_body(5, asap())).await.refused(429, "too_many_requests");
    // An application notices that its key is not valid any more.
    app.admin().delete(&format!("{KEYS}/{}", list_first(&app).await)).await.expect(204);
    website.post(PATH, request_body(6, asap())).await.refused(401, "unauthenticated");
}

#[apply(both)]
async fn a_token_that_is_not_valid_does_not_make_a_visitor(app: TestApp) {
    let submit = |authorization: &'static str| {
        let request = app.anonymous().request("POST", PATH).header("Authorization", authorization);
        request.json(request_body(1, asap())).send()
    };
    for authorization in ["Bearer guess", "bearer guess", "Bearer"] {
        submit(authorization).await.refused(401, "unauthenticated");
    }
    // Other schemes are for a proxy, not for this service.
    submit("Basic eDp5").await.expect(201);
}

async fn list_first(app: &TestApp) -> String {
    text(&app.admin().get(KEYS).await.expect(200).body["data"][0]["id"]).to_owned()
}

/// The first key of an installation without an identity provider.
#[apply(both)]
async fn the_command_line_creates_keys_for_the_running_service(app: TestApp) {
    let folder = std::env::temp_dir();
    let url = match &app.database.url {
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_entente"));
        // The tests have variables that are no settings.
        command.env_clear().env("ENTENTE_DATABASE_URL", &url).current_dir(&folder).args(arguments);
        let output = command.output().unwrap();
        let streams = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.success(), streams[0].trim().to_owned(), streams[1].clone())
    };
    let (created, key, _) = run(&["api-key", "create", "first", "--scope", "admin"]);
    assert!(created);
    let first = app.anonymous().with_token(key.clone());
    let id = list_first(&app).await;
    let hr = json!({"client": "hr", "scopes": ["directory:write"]});
    first.post(KEYS, hr).await.expect(201);
    let audit = app.admin().get("/v1/audit-entries?actor=system:cli").await.expect(200);
    assert_eq!(audit.body["data"][0]["subject"], json!(id));

    let (_, list, _) = run(&["api-key", "list"]);
    assert!(
        list.starts_with(&format!("{id}  first  admin  last used ")) && list.contains("  hr  directory:write"),
        "{list}"
    );
    assert!(!list.contains(&key[31..]));
    let (created, _, message) = run(&["api-key", "create", "first", "--scope", "admin"]);
    assert!(!created && message.contains("already has an API key"), "{message}");
    for wrong in [&["create", "Upper", "--scope", "admin"][..], &["create", "x", "--scope", "root"], &["create", "x"]] {
        assert!(!run(&[&["api-key"][..], wrong].concat()).0, "{wrong:?}");
    }
    let (rotated, new, _) = run(&["api-key", "rotate", &id, "--overlap-hours", "0"]);
    assert!(rotated && new != key);
    app.anonymous().with_token(new).get(KEYS).await.expect(200);
    let keys = app.admin().get(KEYS).await.expect(200).body["data"].clone();
    let hr = text(&keys.as_array().unwrap().iter().find(|key| key["client"] == "hr").unwrap()["id"]);
    assert!(run(&["api-key", "revoke", hr]).0);
    app.admin().get(&format!("{KEYS}/{hr}")).await.refused(404, "not_found");
}
