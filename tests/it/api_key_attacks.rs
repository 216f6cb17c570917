//! Attacks on API keys: guessing, forging, and getting more rights than the key has.

use std::time::Duration;

use diesel::prelude::*;
use entente::kernel::db::schema::{api_keys, idempotency_records};
use flate2::Crc;

use super::api_keys::{create_key, with_key};
use super::support::app::{ALL_SCOPES, claims, token};
use super::support::client::Client;
use super::support::pair::{Pair, charter, respond, text};
use super::support::*;

const KEYS: &str = "/v1/api-keys";

/// Returns a key with a matching checksum.
fn forged(start: &str) -> String {
    let mut crc = Crc::new();
    crc.update(start.as_bytes());
    format!("{start}{:08x}", crc.sum())
}

#[apply(both)]
async fn all_wrong_keys_get_the_same_response(app: TestApp) {
    let key = text(&create_key(&app, "hr", ALL_SCOPES).await.body["key"]).to_owned();
    let other = text(&create_key(&app, "crm", ALL_SCOPES).await.body["key"]).to_owned();
    let (id, secret) = (&key[..31], &key[31..83]);
    assert_eq!(forged(&key[..83]), key);
    let wrong_secret = if secret.starts_with('0') { "1" } else { "0" }.to_owned() + &secret[1..];
    let unknown_id = "ent_01m7fgq4e8f4r9v3zk8x2c6b7d_";
    let wrong = [
        ("checksum", format!("{}{}", &key[..83], "00000000")),
        ("short", key[..90].to_owned()),
        ("long", format!("{key}0")),
        ("upper case", forged(&format!("{id}{}", secret.to_uppercase()))),
        ("prefix only", "ent_".to_owned()),
        ("noise", format!("ent_{}", "~".repeat(87))),
        ("unknown id", forged(&format!("{unknown_id}{secret}"))),
        ("wrong secret", forged(&format!("{id}{wrong_secret}"))),
        ("secret of another key", forged(&format!("{id}{}", &other[31..83]))),
        ("empty secret", forged(id)),
        ("id of another kind", forged(&format!("ent_{}_{secret}", "x".repeat(26)))),
        ("long secret", forged(&format!("{id}{}", "0".repeat(8_000)))),
    ];
    let mut responses = Vec::new();
    for (name, key) in wrong {
        let reply = app.anonymous().with_token(key).get("/v1/departments").await;
        let mut body = reply.refused(401, "unauthenticated");
        body.body["request_id"] = Value::Null;
        assert!(body.header("www-authenticate").contains("error=\"invalid_token\""), "{name}");
        responses.push((name, body.body.to_string() + body.header("www-authenticate")));
    }
    let (_, first) = &responses[0];
    for (name, response) in &responses {
        assert_eq!(response, first, "{name}");
    }
    app.anonymous().with_token(key).get("/v1/departments").await.expect(200);
}

#[apply(both)]
async fn a_mistyped_key_is_refused_without_a_read(app: TestApp) {
    let key = text(&create_key(&app, "hr", "projects:read").await.body["key"]).to_owned();
    app.record_statements();
    for mistyped in [key.replace("ent_0", "ent_1"), key[..60].to_owned(), format!("{key}x")] {
        app.anonymous().with_token(mistyped).get("/v1/departments").await.refused(401, "unauthenticated");
    }
    assert_eq!(app.statements(), Vec::<String>::new());
}

#[apply(both)]
async fn only_administrators_manage_keys(app: TestApp) {
    let id = create_key(&app, "hr", "projects:read").await.id();
    let all_but_admin = ALL_SCOPES.trim_end_matches(" admin");
    let strong = with_key(&app, &create_key(&app, "strong", all_but_admin).await);
    for client in [app.caller("jana", all_but_admin), app.service("jana", all_but_admin), strong] {
        for (method, path) in [
            ("GET", KEYS.to_owned()),
            ("GET", format!("{KEYS}/{id}")),
            ("POST", format!("{KEYS}/{id}/rotate")),
            ("DELETE", format!("{KEYS}/{id}")),
            // The scope is checked before it is known whether the key exists.
            ("DELETE", format!("{KEYS}/key_01m7fgq4e8f4r9v3zk8x2c6b7d")),
        ] {
            let refused = client.request(method, &path).send().await.refused(403, "forbidden");
            assert_eq!(refused.body["required_scope"], "admin", "{method} {path}");
        }
        let new = json!({"client": "more", "scopes": ["projects:read"]});
        client.post(KEYS, new).await.refused(403, "forbidden");
    }
    app.anonymous().get(KEYS).await.refused(401, "unauthenticated");
}

#[apply(both)]
async fn scopes_are_validated(app: TestApp) {
    for (scopes, place, code) in [
        (json!([]), "/scopes", "too_few_items"),
        (json!(["root"]), "/scopes/0", "unknown_value"),
        (json!(["admin "]), "/scopes/0", "unknown_value"),
        (json!(["Admin"]), "/scopes/0", "unknown_value"),
        (json!(["projects:read projects:write"]), "/scopes/0", "unknown_value"),
        (json!(["projects:read", "*"]), "/scopes/1", "unknown_value"),
        (json!(["projects:read", "projects:read"]), "/scopes/1", "duplicate_item"),
        (json!("admin"), "/scopes", "wrong_type"),
    ] {
        let reply = app.admin().post(KEYS, json!({"client": "hr", "scopes": scopes})).await;
        reply.refused(422, "validation_failed").violates(place, code);
    }
    for client in ["", "Hr", "-hr", "a b", "é", &"x".repeat(41)] {
        app.admin().post(KEYS, json!({"client": client, "scopes": ["admin"]})).await.refused(422, "validation_failed");
    }
    assert_eq!(app.admin().get(KEYS).await.expect(200).body["data"], json!([]));
}

/// An application that writes the directory could give a person its own name as the login.
#[apply(both)]
async fn a_key_is_never_a_person(app: TestApp) {
    let pair = Pair::prepared(&app).await;
    let hr = with_key(&app, &create_key(&app, "hr", ALL_SCOPES).await);
    // It becomes the sponsor of a side by name only.
    let path = format!("/v1/people/{}", pair.cio);
    let etag = app.admin().get(&path).await.expect(200).etag();
    hr.patch(&path, &etag, json!({"login": "api-key:hr"})).await.expect(200);
    hr.get("/v1/me/inbox").await.refused(404, "not_found");
    app.person("cmo").act(&pair.at("propose")).await.expect(200);
    let approval = pair.open(&app, "charter").await;
    respond(&hr, &approval, "approve").await.refused(403, "forbidden");
    respond(&hr, &approval, "reject").await.refused(403, "forbidden");
    // Delegations are for sponsors.
    let side = format!("sides/{}/delegations", pair.platform);
    let delegation = json!({"delegate_person_id": pair.ina, "valid_from": "2027-03-30", "valid_to": "2027-04-30"});
    hr.post(&pair.at(&side), delegation).await.refused(403, "forbidden");
    // A project needs people as sponsors, and the application is not in the directory.
    let draft = charter(&pair.brand, &pair.platform, &pair.cmo, "key_01m7fgq4e8f4r9v3zk8x2c6b7d");
    hr.post("/v1/projects", draft).await.refused(422, "validation_failed");
    assert_eq!(pair.open(&app, "charter").await["responses"], approval["responses"]);
}

#[apply(both)]
async fn no_token_is_an_api_key(app: TestApp) {
    create_key(&app, "hr", "directory:write projects:read").await;
    // An identity provider cannot issue a token for the application with the key.
    let mut claims = claims("api-key:hr", ALL_SCOPES);
    app.anonymous().with_token(token(&claims)).get("/v1/departments").await.refused(401, "unauthenticated");
    claims.client_id = Some("api-key:hr".into());
    app.anonymous().with_token(token(&claims)).get("/v1/departments").await.refused(401, "unauthenticated");
    // An application with a token and the same name is another caller.
    let create = |client: Client, name: &'static str| async move {
        let request = client.request("POST", "/v1/departments").header("Idempotency-Key", "k-1");
        request.json(json!({"key": name, "name": name})).send().await
    };
    let other = text(&app.admin().get(KEYS).await.expect(200).body["data"][0]["id"]).to_owned();
    let rotated = app.admin().act(&format!("{KEYS}/{other}/rotate")).await.expect(201);
    let first = create(with_key(&app, &rotated), "one").await.expect(201);
    let second = create(app.service("hr", ALL_SCOPES), "two").await.expect(201);
    assert_ne!(first.id(), second.id());
}

/// A stored response contains the new key. Only the same administrator gets it again, and only with the same body.
#[apply(both)]
async fn a_replayed_creation_needs_the_permission_again(app: TestApp) {
    let create = |client: Client| async move {
        let request = client.request("POST", KEYS).header("Idempotency-Key", "k-1");
        request.json(json!({"client": "hr", "scopes": ["projects:read"]})).send().await
    };
    let first = create(app.admin()).await.expect(201);
    assert_eq!(create(app.admin()).await.expect(201).body, first.body);
    create(app.caller("admin", "projects:read")).await.refused(403, "forbidden");
    create(app.caller("other", ALL_SCOPES)).await.refused(409, "already_exists");
    // The database contains neither the key nor its secret.
    let stored = app.state.db.read(|conn| {
        let hashes: Vec<String> = api_keys::table.select(api_keys::secret_sha256).load(conn)?;
        let bodies: Vec<String> = idempotency_records::table.select(idempotency_records::body).load(conn)?;
        Ok([hashes, bodies].concat().join("\n"))
    });
    let (stored, key) = (stored.await.unwrap(), text(&first.body["key"]));
    assert!(stored.len() > 64 && !stored.contains(&key[31..83]));
}

#[apply(both)]
async fn an_expired_or_revoked_key_gets_no_stored_response(app: TestApp) {
    let created = create_key(&app, "hr", "directory:write").await;
    let hr = with_key(&app, &created);
    let send = || {
        let request = hr.request("POST", "/v1/departments").header("Idempotency-Key", "k-1");
        request.json(json!({"key": "care", "name": "Care"})).send()
    };
    send().await.expect(201);
    send().await.expect(201);
    app.admin().post(&format!("{KEYS}/{}/rotate", created.id()), json!({"overlap_hours": 1})).await.expect(201);
    app.clock.advance(Duration::from_secs(3_600));
    send().await.refused(401, "unauthenticated");
    app.admin().delete(&format!("{KEYS}/{}", created.id())).await.expect(204);
    send().await.refused(401, "unauthenticated");
}
