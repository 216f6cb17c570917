//! Forged tokens: each is refused, for the reason that is expected.

use entente::kernel::auth::{ActorKind, IssuerSettings, KeyLocation, Refusal};
use jsonwebtoken::{Algorithm, EncodingKey};

use super::keys::{Key, KeyFile, ed25519, encoded, p256, rsa};
use crate::support::desk::{agent_id, person_id};
use crate::support::*;

const ISSUER: &str = "https://id.example.com";
const OTHER_ISSUER: &str = "https://other.example.com";

/// The keys of two issuers, and of an attacker who has keys of their own.
struct World {
    ed: Key,
    rsa: Key,
    ec: Key,
    encrypting: Key,
    leaked: Key,
    other: Key,
    attacker: Key,
    files: [KeyFile; 2],
}

impl World {
    fn new() -> Self {
        let (ed, rsa, ec, other) = (ed25519("ed"), rsa("rsa"), p256("ec"), ed25519("other"));
        let encrypting = p256("enc").with(json!({"use": "enc"}));
        let leaked = ed25519("leaked").with(json!({"d": encoded([7_u8; 32])}));
        let files = [KeyFile::new(&[&ed, &rsa, &ec, &encrypting, &leaked]), KeyFile::new(&[&other])];
        Self { ed, rsa, ec, encrypting, leaked, other, attacker: ed25519("ed"), files }
    }

    fn app(&self, app: &TestApp) -> TestApp {
        let audiences = || vec!["entente".to_owned()];
        let issuers = [(ISSUER, &self.files[0]), (OTHER_ISSUER, &self.files[1])];
        app.with_issuers(
            issuers
                .map(|(issuer, file)| IssuerSettings::new(issuer, audiences(), KeyLocation::File(file.0.clone())))
                .into(),
        )
    }

    /// Returns a token with this header and the right claims and key.
    fn with_header(&self, parameters: Value) -> String {
        self.ed.sign(&merged(self.ed.header(), parameters), &good())
    }

    /// Returns a token with these claims and the right header and key.
    fn with_claims(&self, fields: Value) -> String {
        self.ed.token(&merged(good(), fields))
    }

    fn hmac(&self, secret: &str) -> Key {
        Key { algorithm: Algorithm::HS256, private: EncodingKey::from_secret(secret.as_bytes()), ..self.rsa.clone() }
    }
}

fn merged(mut value: Value, fields: Value) -> Value {
    for (name, field) in fields.as_object().unwrap() {
        value[name] = field.clone();
    }
    value
}

fn good() -> Value {
    let now = start_time().unix_seconds();
    json!({
        "iss": ISSUER, "aud": ["entente"], "sub": "anna", "scope": "projects:read", "azp": "web",
        "iat": now - 60, "exp": now + 300
    })
}

/// Returns a token whose header says that it is not signed.
fn unsigned(algorithm: &str) -> String {
    let header = json!({"alg": algorithm, "typ": "JWT", "kid": "ed"});
    format!("{}.{}.", encoded(header.to_string()), encoded(good().to_string()))
}

/// Returns the parts of a token that is valid.
fn parts(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().unwrap()
}

fn forged_headers(world: &World) -> Vec<(&'static str, String, &'static str)> {
    let World { ed, rsa, ec, attacker, .. } = world;
    let header = |parameters: Value| world.with_header(parameters);
    let by_attacker = |parameters: Value| attacker.sign(&merged(ed.header(), parameters), &good());
    let modulus = rsa.jwk["n"].as_str().unwrap();
    let twice = r#"{"alg": "none", "alg": "EdDSA", "kid": "ed"}"#;
    vec![
        ("alg none", unsigned("none"), "alg"),
        ("alg None", unsigned("nOnE"), "alg"),
        ("no alg", header(json!({"alg": null})), "alg"),
        ("alg with NUL", header(json!({"alg": "EdDSA\u{0}"})), "alg"),
        ("HS256 with the modulus", world.hmac(modulus).token(&good()), "signature"),
        ("HS256 with the key", world.hmac(&rsa.jwk.to_string()).token(&good()), "signature"),
        ("HS256 without a secret", world.hmac("").token(&good()), "signature"),
        ("HS512", header(json!({"alg": "HS512"})), "alg"),
        ("an algorithm that is not accepted", rsa.sign(&merged(rsa.header(), json!({"alg": "PS512"})), &good()), "alg"),
        ("the algorithm of another key", header(json!({"alg": "ES256"})), "alg-of-key"),
        ("the key of another algorithm", ec.sign(&merged(ec.header(), json!({"kid": "ed"})), &good()), "alg-of-key"),
        ("crit", header(json!({"crit": ["exp"]})), "crit"),
        ("empty crit", header(json!({"crit": []})), "crit"),
        ("b64", header(json!({"crit": ["b64"], "b64": false})), "crit"),
        ("typ of a logout token", header(json!({"typ": "logout+jwt"})), "typ"),
        ("typ of a DPoP proof", header(json!({"typ": "dpop+jwt"})), "typ"),
        ("typ is no text", header(json!({"typ": ["JWT"]})), "typ"),
        ("no kid", header(json!({"kid": null})), "kid-missing"),
        ("kid is a number", header(json!({"kid": 1})), "kid-missing"),
        ("kid is a path", header(json!({"kid": "../../../dev/null"})), "kid-unknown"),
        ("kid is SQL", header(json!({"kid": "ed' OR '1'='1"})), "kid-unknown"),
        ("kid is empty", header(json!({"kid": ""})), "kid-unknown"),
        ("kid with NUL", header(json!({"kid": "ed\u{0}"})), "kid-unknown"),
        ("jku", by_attacker(json!({"jku": "https://attacker.example.com/keys"})), "signature"),
        ("jwk", by_attacker(json!({"jwk": attacker.jwk})), "signature"),
        ("x5u", by_attacker(json!({"x5u": "https://attacker.example.com/chain.pem"})), "signature"),
        ("x5c", by_attacker(json!({"x5c": [encoded("certificate")]})), "signature"),
        ("key for encryption", world.encrypting.token(&good()), "kid-unknown"),
        ("published private key", world.leaked.token(&good()), "kid-unknown"),
        ("alg twice", ed.sign_text(twice, &good().to_string()), "header"),
        ("header is an array", ed.sign_text("[]", &good().to_string()), "header"),
        ("header is no JSON", ed.sign_text("{", &good().to_string()), "header"),
    ]
}

fn forged_claims(world: &World) -> Vec<(&'static str, String, &'static str)> {
    let World { ed, ec, other, attacker, .. } = world;
    let (now, claims) = (start_time().unix_seconds(), |fields: Value| world.with_claims(fields));
    let header = ed.header().to_string();
    let twice = good().to_string().replacen('{', r#"{"sub": "admin", "#, 1);
    vec![
        ("issuer with a slash", claims(json!({"iss": format!("{ISSUER}/")})), "iss"),
        ("issuer in capitals", claims(json!({"iss": "https://ID.example.com"})), "iss"),
        ("issuers", claims(json!({"iss": [ISSUER]})), "iss-missing"),
        ("no issuer", claims(json!({"iss": null})), "iss-missing"),
        ("development issuer", claims(json!({"iss": "entente"})), "iss"),
        ("another issuer's name", claims(json!({"iss": OTHER_ISSUER})), "kid-unknown"),
        ("another issuer's key", other.sign(&ed.header(), &good()), "signature"),
        ("another issuer's kid", other.token(&good()), "kid-unknown"),
        ("attacker's key", attacker.token(&good()), "signature"),
        ("other audiences", claims(json!({"aud": ["other", "entente-web"]})), "aud"),
        ("part of the audience", claims(json!({"aud": "ent"})), "aud"),
        ("audience in an array", claims(json!({"aud": [["entente"]]})), "aud"),
        ("no audience", claims(json!({"aud": null})), "aud-missing"),
        ("no exp", claims(json!({"exp": null})), "exp-missing"),
        ("expired", claims(json!({"exp": now - 30})), "exp"),
        ("negative exp", claims(json!({"exp": -1})), "exp-missing"),
        ("huge exp", claims(json!({"exp": u64::MAX})), "exp-missing"),
        ("exp in milliseconds", claims(json!({"exp": (now + 300) * 1000})), "exp-missing"),
        ("exp as text", claims(json!({"exp": (now + 300).to_string()})), "exp-missing"),
        ("not yet valid", claims(json!({"nbf": now + 31})), "nbf"),
        ("nbf as text", claims(json!({"nbf": now.to_string()})), "nbf-form"),
        ("no subject", claims(json!({"sub": ""})), "sub"),
        ("NUL in the subject", claims(json!({"sub": "admin\u{0}"})), "sub"),
        ("long subject", claims(json!({"sub": "a".repeat(201)})), "sub"),
        ("visitor", claims(json!({"sub": "anonymous"})), "sub-reserved"),
        ("part of the service", claims(json!({"sub": "system:scheduler"})), "sub-reserved"),
        ("API key", claims(json!({"sub": "api-key:hr"})), "sub-reserved"),
        (
            "API key as client",
            claims(json!({"sub": "x", "gty": "client-credentials", "azp": "api-key:hr"})),
            "sub-reserved",
        ),
        ("ID token", claims(json!({"nonce": "n"})), "id-token"),
        ("refresh token", claims(json!({"typ": "Refresh"})), "id-token"),
        ("subject twice", ed.sign_text(&header, &twice), "claims"),
        ("claims are an array", ed.sign_text(&header, &format!("[{}]", good())), "claims"),
        ("claims are no JSON", ed.sign_text(&header, "{'sub': 'anna'}"), "claims"),
        ("signature of the wrong key type", ec.sign(&ed.header(), &good()), "signature"),
    ]
}

fn forged_forms(world: &World) -> Vec<(&'static str, String, &'static str)> {
    let (ed, ec) = (world.ed.token(&good()), world.ec.token(&good()));
    let [header, claims, signature] = parts(&ed);
    let [ec_header, ec_claims, _] = parts(&ec);
    let more = encoded(merged(good(), json!({"scope": "admin"})).to_string());
    let long = world.with_claims(json!({"padding": "x".repeat(6_200)}));
    vec![
        ("too long", long, "too-long"),
        ("two parts", format!("{header}.{claims}"), "form"),
        ("no dots", format!("{header}{claims}{signature}"), "form"),
        ("five parts", format!("{ed}.{claims}.{signature}"), "form"),
        ("no signature", format!("{header}.{claims}."), "signature"),
        ("padded signature", format!("{ed}=="), "signature"),
        ("longer signature", format!("{ed}AA"), "signature"),
        ("changed claims", format!("{header}.{more}.{signature}"), "signature"),
        ("signature of zeros", format!("{ec_header}.{ec_claims}.{}", encoded([0_u8; 64])), "signature"),
        (
            "signature in DER",
            format!("{ec_header}.{ec_claims}.{}", encoded([0x30_u8, 6, 2, 1, 1, 2, 1, 1])),
            "signature",
        ),
        ("standard base64", format!("+/+/.{claims}.{signature}"), "header"),
    ]
}

#[apply(both)]
async fn forged_tokens_are_refused(app: TestApp) {
    let world = World::new();
    let app = world.app(&app);
    app.anonymous().with_token(world.ed.token(&good())).get("/v1/departments").await.expect(200);
    let forged = [forged_headers(&world), forged_claims(&world), forged_forms(&world)].concat();
    assert!(forged.len() > 60);
    for (name, token, reason) in forged {
        let refusal = app.state.verifier.verify(&token, start_time()).await.unwrap_err();
        let Refusal::Invalid(found) = refusal else { panic!("{name}: {refusal:?}") };
        assert_eq!(found, format!("detail-token-invalid.{reason}"), "{name}");
        let reply = app.anonymous().with_token(token).get("/v1/departments").await;
        assert_eq!((reply.status, &reply.body["code"]), (401, &json!("unauthenticated")), "{name}: {}", reply.text);
        let challenge = reply.header("www-authenticate");
        let start = "Bearer realm=\"entente\", error=\"invalid_token\", error_description=\"";
        assert!(challenge.starts_with(start) && challenge.is_ascii(), "{name}: {challenge}");
    }
}

#[apply(both)]
async fn people_do_not_become_applications_or_administrators(app: TestApp) {
    let world = World::new();
    let app = world.app(&app);
    for fields in [
        json!({"client_id": "web", "cid": "web"}),
        // The client has the name of another person.
        json!({"client_id": "bara", "azp": "bara"}),
        json!({"sub": "anna@clients", "azp": "web"}),
        json!({"gty": "password"}),
        json!({"idtyp": "user"}),
        json!({"oid": "anna"}),
        json!({"preferred_username": "service-account-web"}),
        json!({"client_id": "web", "preferred_username": "service-account-crm"}),
        json!({"roles": ["admin"], "groups": ["admin"], "permissions": ["admin"], "realm_access": {"roles": ["admin"]}}),
        json!({"admin": true, "scopes": ["admin"], "role": "admin"}),
    ] {
        let token = world.with_claims(merged(json!({"scope": "admin webhooks:manage projects:read"}), fields.clone()));
        let actor = app.state.verifier.verify(&token, start_time()).await.unwrap();
        assert_eq!(actor.kind, ActorKind::Person, "{fields}");
        assert!(actor.subject.starts_with("anna"), "{fields}");
        let person = app.anonymous().with_token(token);
        person.get("/v1/departments").await.expect(200);
        // For applications and administrators.
        let refused = person.get("/v1/webhook-endpoints").await.refused(403, "forbidden");
        assert!(refused.body.get("required_scope").is_none(), "{fields}");
        let refused = person.get("/v1/api-keys").await.refused(403, "forbidden");
        assert_eq!(refused.body["required_scope"], "admin", "{fields}");
    }
}

/// An application can have the name of a person as its client.
#[apply(both)]
async fn an_application_with_the_login_of_an_agent_is_not_this_agent(app: TestApp) {
    let agent = agent_id(&app, "anna").await;
    let path = format!("/v1/agents/{agent}/calendar-link");
    let scopes = "projects:read callbacks:read callbacks:work";
    let application = app.service("anna", scopes);
    application.act(&path).await.refused(403, "forbidden");
    application.act("/v1/callback-requests/next").await.refused(403, "forbidden");
    person_id(&app, "bara").await;
    app.caller("bara", scopes).act(&path).await.refused(403, "forbidden");
    app.caller("anna", scopes).act(&path).await.expect(200);
}
