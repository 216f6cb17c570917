//! Key sets of a real HTTP server: rotation under load, limits, outages, and files that change.

use std::sync::Mutex;
use std::time::Duration;

use entente::kernel::auth::{IssuerSettings, KeyLocation};
use url::Url;

use super::keys::{Key, KeyFile, KeyServer, ed25519, key_set};
use crate::support::*;

const ISSUER: &str = "https://id.example.com";
const MINUTE: Duration = Duration::from_secs(60);

fn issuer(keys: KeyLocation) -> IssuerSettings {
    IssuerSettings::new(ISSUER, vec!["entente".to_owned()], keys)
}

fn with_keys(app: &TestApp, keys: KeyLocation) -> TestApp {
    app.with_issuers(vec![issuer(keys)])
}

/// Does what the server does every few seconds.
async fn refresh(app: &TestApp) {
    app.state.verifier.refresh_due(app.now()).await;
}

fn token(key: &Key) -> String {
    let exp = start_time().unix_seconds() + 86_400;
    key.token(&json!({"iss": ISSUER, "aud": "entente", "sub": "anna", "scope": "projects:read", "exp": exp}))
}

async fn request(app: &TestApp, key: &Key) -> Reply {
    send(app, token(key)).await
}

async fn send(app: &TestApp, token: String) -> Reply {
    app.anonymous().with_token(token).get("/v1/departments").await
}

async fn expect(app: &TestApp, key: &Key, status: u16) {
    let reply = request(app, key).await;
    assert_eq!(reply.status, status, "{}: {}", key.kid(), reply.text);
}

#[apply(both)]
async fn a_rotation_under_load_refuses_no_request(app: TestApp) {
    let keys: Vec<Key> = (0..6).map(|number| ed25519(&format!("key-{number}"))).collect();
    let server = KeyServer::start(&[&keys[0]]);
    let app = with_keys(&app, KeyLocation::Url(server.url()));
    let newest = Mutex::new(&keys[0]);
    let current = || *newest.lock().unwrap();
    let clients = at_once(50, |_| {
        let (app, current) = (&app, &current);
        async move {
            let mut last = request(app, current()).await;
            for _ in 0..7 {
                assert_eq!(last.status, 200, "{}", last.text);
                last = request(app, current()).await;
            }
            last
        }
    });
    let rotation = async {
        for (number, key) in keys.iter().enumerate().skip(1) {
            for _ in 0..3 {
                expect(&app, current(), 200).await;
            }
            // An issuer publishes a key before it signs with it, and old ones until their tokens have expired.
            app.clock.advance(Duration::from_secs(31));
            server.publish(&keys[..=number].iter().collect::<Vec<_>>());
            *newest.lock().unwrap() = key;
            expect(&app, &keys[0], 200).await;
        }
    };
    let (replies, ()) = futures_util::future::join(clients, rotation).await;
    assert_eq!(with_status(&replies, 200), 50);
    // At the start and for each new key.
    assert!(server.hits() <= keys.len(), "{} requests for {} keys", server.hits(), keys.len());
    assert_eq!(current().kid(), "key-5");
}

#[apply(both)]
async fn many_requests_at_once_fetch_a_new_key_once(app: TestApp) {
    let (old, new) = (ed25519("old"), ed25519("new"));
    let server = KeyServer::start(&[&old]);
    let app = with_keys(&app, KeyLocation::Url(server.url()));
    let first = at_once(20, |_| request(&app, &old)).await;
    assert_eq!((with_status(&first, 200), server.hits()), (20, 1));
    app.clock.advance(MINUTE);
    server.publish(&[&old, &new]);
    let second = at_once(20, |number| request(&app, if number % 2 == 0 { &old } else { &new })).await;
    assert_eq!((with_status(&second, 200), server.hits()), (20, 2));
}

#[apply(both)]
async fn unknown_keys_cause_one_request_in_thirty_seconds(app: TestApp) {
    let (known, forged) = (ed25519("known"), ed25519("forged"));
    let server = KeyServer::start(&[&known]);
    let app = with_keys(&app, KeyLocation::Url(server.url()));
    refresh(&app).await;
    assert_eq!(server.hits(), 1);
    let guess = |number: usize| token(&forged.with(json!({"kid": format!("guess-{number}")})));
    let all = at_once(20, |number| send(&app, guess(number))).await;
    assert_eq!((with_status(&all, 401), server.hits()), (20, 2));
    app.clock.advance(Duration::from_secs(29));
    expect(&app, &forged, 401).await;
    assert_eq!(server.hits(), 2);
    app.clock.advance(Duration::from_secs(1));
    expect(&app, &forged, 401).await;
    expect(&app, &forged, 401).await;
    expect(&app, &known, 200).await;
    assert_eq!(server.hits(), 3);
}

#[apply(both)]
async fn keys_are_refreshed_every_ten_minutes(app: TestApp) {
    let (removed, kept) = (ed25519("removed"), ed25519("kept"));
    let server = KeyServer::start(&[&removed, &kept]);
    let app = with_keys(&app, KeyLocation::Url(server.url()));
    refresh(&app).await;
    expect(&app, &removed, 200).await;
    server.publish(&[&kept]);
    app.clock.advance(9 * MINUTE);
    refresh(&app).await;
    assert_eq!(server.hits(), 1);
    expect(&app, &removed, 200).await;
    app.clock.advance(MINUTE);
    refresh(&app).await;
    refresh(&app).await;
    assert_eq!(server.hits(), 2);
    expect(&app, &kept, 200).await;
    expect(&app, &removed, 401).await;
}

#[apply(both)]
async fn an_outage_keeps_the_last_keys(app: TestApp) {
    let (known, new) = (ed25519("known"), ed25519("new"));
    let server = KeyServer::start(&[&known]);
    let app = with_keys(&app, KeyLocation::Url(server.url()));
    refresh(&app).await;
    let too_long = " ".repeat(600 * 1024);
    for outage in ["status", r#"{"keys": []}"#, "not JSON", too_long.as_str()] {
        match outage {
            "status" => server.fail(),
            text => server.publish_text(text),
        }
        app.clock.advance(10 * MINUTE);
        refresh(&app).await;
        let hits = server.hits();
        refresh(&app).await;
        assert_eq!(server.hits(), hits, "repeated too early");
        expect(&app, &known, 200).await;
        // It may be a key that could not be fetched, so it is not the fault of the caller.
        let reply = request(&app, &new).await.refused(503, "unavailable");
        assert_eq!(reply.header("retry-after"), "30");
        assert!(reply.body["detail"].as_str().unwrap().contains("issuer"), "{}", reply.text);
        app.clock.advance(Duration::from_secs(30));
        server.publish(&[&known]);
        refresh(&app).await;
        expect(&app, &known, 200).await;
        app.clock.advance(MINUTE);
        expect(&app, &new, 401).await;
    }
}

#[apply(both)]
async fn the_service_starts_without_its_identity_provider(app: TestApp) {
    let key = ed25519("key");
    let server = KeyServer::start(&[&key]);
    server.fail();
    let app = with_keys(&app, KeyLocation::Url(server.url()));
    refresh(&app).await;
    for _ in 0..2 {
        let reply = request(&app, &key).await.refused(503, "unavailable");
        assert_eq!((reply.header("retry-after"), reply.header("www-authenticate")), ("30", ""));
    }
    let created =
        app.admin().post("/v1/api-keys", json!({"client": "hr", "scopes": ["projects:read"]})).await.expect(201);
    let api_key = created.body["key"].as_str().unwrap().to_owned();
    app.anonymous().with_token(api_key).get("/v1/departments").await.expect(200);
    server.publish(&[&key]);
    app.clock.advance(Duration::from_secs(30));
    let all = at_once(20, |_| request(&app, &key)).await;
    assert_eq!(with_status(&all, 200), 20);
}

#[apply(both)]
async fn a_server_that_is_not_there_is_503(app: TestApp) {
    let key = ed25519("key");
    let url = KeyServer::start(&[]).url();
    let inside = Url::parse("http://inside.example.com/keys").unwrap();
    for location in [KeyLocation::Url(url), KeyLocation::Url(inside)] {
        let app = with_keys(&app, location);
        request(&app, &key).await.refused(503, "unavailable");
    }
}

#[apply(both)]
async fn a_file_is_read_again_when_it_changes(app: TestApp) {
    let (old, new) = (ed25519("old"), ed25519("new"));
    let file = KeyFile::new(&[&old]);
    let app = with_keys(&app, KeyLocation::File(file.0.clone()));
    expect(&app, &old, 200).await;
    // A token with the new key can arrive before the file is checked.
    file.write(&key_set(&[&old, &new]).to_string());
    expect(&app, &new, 200).await;
    file.write(&key_set(&[&new]).to_string());
    refresh(&app).await;
    expect(&app, &new, 200).await;
    expect(&app, &old, 401).await;
    // A broken file keeps the last keys.
    file.write("{");
    refresh(&app).await;
    expect(&app, &new, 200).await;
    file.write(&key_set(&[&old]).to_string());
    app.clock.advance(Duration::from_secs(30));
    refresh(&app).await;
    expect(&app, &old, 200).await;
    expect(&app, &new, 401).await;
}

#[apply(both)]
async fn the_key_set_is_found_by_discovery(app: TestApp) {
    let key = ed25519("key");
    let server = KeyServer::start(&[&key]);
    let document = Url::parse(&format!("{}/.well-known/openid-configuration", server.base)).unwrap();
    server.set_issuer(ISSUER);
    let right = with_keys(&app, KeyLocation::Discovery(document.clone()));
    expect(&right, &key, 200).await;
    assert_eq!(server.hits(), 1);
    // The document of another issuer.
    server.set_issuer("https://attacker.example.com");
    let wrong = with_keys(&app, KeyLocation::Discovery(document));
    request(&wrong, &key).await.refused(503, "unavailable");
    assert_eq!(server.hits(), 1);
}
