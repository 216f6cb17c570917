//! Tokens: which ones are accepted and rejected. Here, development tokens; in the other files, those of identity
//! providers.

mod algorithms;
mod forged;
mod key_sets;
mod keys;
mod providers;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use entente::kernel::auth::Claims;

use super::support::app::{claims, token};
use super::support::*;

fn encoded(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Returns a token with this header, signed with the right secret.
fn forged(header: Value, claims: &Claims) -> String {
    signed(header, serde_json::to_value(claims).unwrap())
}

fn signed(header: Value, claims: Value) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let signed = format!("{}.{}", encoded(&header), encoded(&claims));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[apply(both)]
async fn an_invalid_token_is_401_with_a_challenge(app: TestApp) {
    let now = start_time().unix_seconds();
    let good = || claims("reader", "projects:read");
    let wrong = [
        ("empty", String::new()),
        ("noise", "a.b.c".into()),
        ("expired", token(&Claims { exp: now - 31, ..good() })),
        ("not yet", token(&Claims { nbf: Some(now + 31), ..good() })),
        ("issuer", token(&Claims { iss: "other".into(), ..good() })),
        ("audience", token(&Claims { aud: "other".into(), ..good() })),
        ("subject", token(&Claims { sub: String::new(), ..good() })),
        (
            "none",
            format!(
                "{}.{}.",
                encoded(&json!({"alg": "none", "typ": "JWT"})),
                encoded(&serde_json::to_value(good()).unwrap())
            ),
        ),
        ("crit", forged(json!({"alg": "HS256", "typ": "JWT", "crit": ["exp"]}), &good())),
        ("typ", forged(json!({"alg": "HS256", "typ": "secevent+jwt"}), &good())),
        ("tampered", token(&good()) + "x"),
        ("long", "x".repeat(9000)),
    ];
    for (name, token) in wrong {
        let reply = app.anonymous().with_token(token).get("/v1/departments").await;
        assert_eq!(reply.status, 401, "{name}: {}", reply.text);
        assert!(reply.header("www-authenticate").starts_with("Bearer"), "{name}");
    }
    // Each reason names its claim, in the detail and in the challenge.
    let with = |claim: &str, value: Value| {
        let mut claims = serde_json::to_value(good()).unwrap();
        claims[claim] = value;
        claims
    };
    let without = |claim: &str| {
        let mut claims = with(claim, Value::Null);
        claims.as_object_mut().unwrap().remove(claim);
        claims
    };
    for (claim, payload) in [
        ("iss", without("iss")),
        ("aud", without("aud")),
        ("sub", without("sub")),
        ("exp", without("exp")),
        ("iss", with("iss", json!("other"))),
        ("aud", with("aud", json!("other"))),
        ("sub", with("sub", json!(7))),
        ("exp", with("exp", json!("soon"))),
        ("exp", with("exp", json!(now - 31))),
        ("nbf", with("nbf", json!(now + 31))),
    ] {
        let token = signed(json!({"alg": "HS256", "typ": "JWT"}), payload.clone());
        let reply = app.anonymous().with_token(token).get("/v1/departments").await.refused(401, "unauthenticated");
        let detail = reply.body["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("`{claim}`")), "{payload}: {detail}");
        let challenge = reply.header("www-authenticate");
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        assert!(challenge.contains(&format!("'{claim}'")), "{challenge}");
    }
    app.anonymous().get("/v1/departments").await.refused(401, "unauthenticated");
    app.anonymous().request("GET", "/v1/departments").header("Authorization", "Basic eDp5").send().await.expect(401);
}

#[apply(both)]
async fn the_leeway_is_thirty_seconds_and_both_token_types_are_accepted(app: TestApp) {
    let now = start_time().unix_seconds();
    let good = || claims("reader", "projects:read");
    let right = [
        token(&good()),
        token(&Claims { exp: now - 29, ..good() }),
        token(&Claims { nbf: Some(now + 30), ..good() }),
        forged(json!({"alg": "HS256", "typ": "at+JWT"}), &good()),
        forged(json!({"alg": "HS256", "typ": "JWT", "jku": "https://evil.example/keys"}), &good()),
    ];
    for token in right {
        app.anonymous().with_token(token).get("/v1/departments").await.expect(200);
    }
}
