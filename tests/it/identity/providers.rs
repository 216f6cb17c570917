//! Tokens as identity providers issue them (`samples/`, signed with a key of the tests), with the settings of the
//! recipes in docs/authentication.md.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use entente::kernel::auth::{ActorKind, IssuerSettings, KeyLocation, Refusal, Scope};
use entente::kernel::config::Settings;

use super::keys::{Key, KeyFile, rsa};
use crate::support::*;

const ADMIN_SCOPE: [Scope; 1] = [Scope::Admin];
const STAFF: &[Scope] = &[Scope::ProjectsRead, Scope::ProjectsWrite];
const HR: &[Scope] = &[Scope::ProjectsRead, Scope::DirectoryWrite];
const STAFF_AND_AGENT: &[Scope] =
    &[Scope::ProjectsRead, Scope::ProjectsWrite, Scope::CallbacksRead, Scope::CallbacksWork];

/// What a token must be.
enum Expected {
    /// With this subject and these scopes.
    Person(&'static str, &'static [Scope]),
    Application(&'static str, &'static [Scope]),
    Refused(&'static str),
}

use Expected::{Application, Person, Refused};

/// A recipe, by its heading, with its samples.
const RECIPES: [(&str, &[(&str, Expected)]); 5] = [
    (
        "Keycloak",
        &[
            ("keycloak-user", Person("f5a3c1d2-7b64-4c1e-9a52-3e8d6f0b9a77", STAFF_AND_AGENT)),
            ("keycloak-service-account", Application("hr", HR)),
            ("keycloak-id-token", Refused("id-token")),
        ],
    ),
    (
        "Microsoft Entra ID",
        &[
            ("entra-user", Person("9e3b7f10-4c5d-4e6f-8a9b-0c1d2e3f4a5b", STAFF)),
            ("entra-app", Application("b7c8d9e0-1111-4222-8333-444455556666", HR)),
            ("entra-id-token", Refused("id-token")),
        ],
    ),
    (
        "Okta",
        &[
            ("okta-user", Person("anna@example.com", STAFF)),
            ("okta-machine", Application("0oa9p3c7hJkLmNbVc5d7", HR)),
            ("okta-id-token", Refused("id-token")),
        ],
    ),
    (
        "Auth0",
        &[
            ("auth0-user", Person("auth0|64f1c2d3e4b5a697886f5e4d", STAFF)),
            ("auth0-machine", Application("Kp4iKoV1lXqRtMx8cLr3kYbWn7dHs2gU", HR)),
            ("auth0-machine-rfc9068", Application("Kp4iKoV1lXqRtMx8cLr3kYbWn7dHs2gU", HR)),
            ("auth0-id-token", Refused("id-token")),
        ],
    ),
    ("Other providers", &[("hydra-machine", Application("crm", HR)), ("hydra-user", Person("anna", STAFF))]),
];

/// An operation for each scope that needs no role, except `webhooks:manage`.
const READS: [(Scope, &str); 4] = [
    (Scope::ProjectsRead, "/v1/departments"),
    (Scope::CallbacksRead, "/v1/callback-requests"),
    (Scope::AuditRead, "/v1/audit-entries"),
    (Scope::Admin, "/v1/api-keys"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the first TOML block under a heading of docs/authentication.md.
fn recipe(heading: &str) -> String {
    let page = std::fs::read_to_string(root().join("docs/authentication.md")).unwrap();
    let section = page.split("\n## ").find(|section| section.starts_with(&format!("{heading}\n"))).unwrap();
    let block = section.split("```toml\n").nth(1).unwrap_or_else(|| panic!("{heading} has no TOML"));
    block.split("```").next().unwrap().to_owned()
}

/// Returns the settings of a recipe in production.
fn settings(heading: &str) -> Settings {
    let recipe = recipe(heading);
    let environment = if recipe.contains("environment =") { "" } else { "environment = \"production\"\n" };
    let keys = format!("encryption_keys = \"{}=\"\n", "A".repeat(43));
    Settings::from_toml(&format!("{environment}{keys}{recipe}")).unwrap_or_else(|error| panic!("{heading}: {error}"))
}

struct Sample {
    header: Value,
    payload: Value,
}

impl Sample {
    fn read(name: &str) -> Self {
        let path = root().join(format!("tests/it/identity/samples/{name}.json"));
        let mut text: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        Self { header: text["header"].take(), payload: text["payload"].take() }
    }

    fn key(&self) -> Key {
        assert_eq!(self.header["alg"], "RS256");
        rsa(self.header["kid"].as_str().unwrap())
    }

    fn token(&self) -> String {
        self.key().sign(&self.header, &self.payload)
    }

    /// Returns the token with a scope that only applications can use, and without roles.
    fn with_scope(&self, scope: &str) -> String {
        let mut payload = self.payload.clone();
        for claim in ["roles", "groups", "realm_access", "resource_access"] {
            payload.as_object_mut().unwrap().remove(claim);
        }
        payload["scope"] = json!(scope);
        self.key().sign(&self.header, &payload)
    }
}

/// Returns the issuer of a recipe, with the keys of its samples in a file.
fn issuer(heading: &str, samples: &[(&str, Expected)]) -> (IssuerSettings, KeyFile) {
    let keys: BTreeMap<String, Key> =
        samples.iter().map(|(name, _)| Sample::read(name).key()).map(|key| (key.kid().to_owned(), key)).collect();
    let file = KeyFile::new(&keys.values().collect::<Vec<_>>());
    let mut found = settings(heading).auth.issuers;
    assert_eq!(found.len(), 1);
    let keys = KeyLocation::File(file.0.clone());
    (IssuerSettings { keys, ..found.remove(0) }, file)
}

#[apply(both)]
async fn tokens_of_each_provider_are_what_they_must_be(app: TestApp) {
    for (heading, samples) in RECIPES {
        let (issuer, _file) = issuer(heading, samples);
        let name = issuer.claims.issuer.clone();
        let app = app.with_issuers(vec![issuer]);
        for (sample, expected) in samples {
            let token = Sample::read(sample);
            let (kind, subject, scopes) = match expected {
                Refused(reason) => {
                    is_refused(&app, sample, &token.token(), reason).await;
                    continue;
                }
                Person(subject, scopes) => (ActorKind::Person, subject, scopes),
                Application(subject, scopes) => (ActorKind::Service, subject, scopes),
            };
            let actor = app.state.verifier.verify(&token.token(), start_time()).await.unwrap();
            assert_eq!(
                (actor.kind, actor.subject.as_str(), actor.scopes.as_slice()),
                (kind, *subject, *scopes),
                "{sample}"
            );
            assert_eq!((actor.issuer, actor.verified_email), (Some(name.clone()), None), "{sample}");
            assert_eq!(actor.issued_at, Some(start_time().unix_seconds() - 60), "{sample}");
            has_scopes(&app, sample, &token.token(), scopes).await;
            // For applications and administrators.
            let caller = app.anonymous().with_token(token.with_scope("webhooks:manage"));
            let reply = caller.get("/v1/webhook-endpoints").await;
            assert_eq!(reply.status, if kind == ActorKind::Service { 200 } else { 403 }, "{sample}: {}", reply.text);
            assert!(reply.body.get("required_scope").is_none(), "{sample}");
        }
    }
}

async fn is_refused(app: &TestApp, sample: &str, token: &str, reason: &str) {
    let refusal = app.state.verifier.verify(token, start_time()).await.unwrap_err();
    let Refusal::Invalid(found) = refusal else { panic!("{sample}: {refusal:?}") };
    assert_eq!(found, format!("detail-token-invalid.{reason}"), "{sample}");
    let reply =
        app.anonymous().with_token(token.to_owned()).get("/v1/departments").await.refused(401, "unauthenticated");
    let challenge = "Bearer realm=\"entente\", error=\"invalid_token\", error_description=\"it is an ID token or a \
                     refresh token. Send the access token.\"";
    assert_eq!(reply.header("www-authenticate"), challenge, "{sample}");
}

async fn has_scopes(app: &TestApp, sample: &str, token: &str, scopes: &[Scope]) {
    let caller = app.anonymous().with_token(token.to_owned());
    for (scope, path) in READS {
        let reply = caller.get(path).await;
        if scopes.contains(&scope) {
            assert_eq!(reply.status, 200, "{sample}: {path}: {}", reply.text);
        } else {
            let reply = reply.refused(403, "forbidden");
            assert_eq!(reply.body["required_scope"], scope.as_str(), "{sample}: {path}");
            let challenge = reply.header("www-authenticate");
            assert!(challenge.contains("error=\"insufficient_scope\""), "{sample}: {challenge}");
        }
    }
    let department = json!({"key": "legal", "name": "Legal"});
    let reply = caller.post("/v1/departments", department).await;
    let expected = if scopes.contains(&Scope::DirectoryWrite) { [201, 409] } else { [403, 403] };
    assert!(expected.contains(&reply.status), "{sample}: {}", reply.text);
}

#[test]
fn every_sample_is_used() {
    let used: BTreeSet<String> =
        RECIPES.iter().flat_map(|(_, samples)| samples.iter()).map(|(name, _)| format!("{name}.json")).collect();
    let folder = std::fs::read_dir(root().join("tests/it/identity/samples")).unwrap();
    let stored: BTreeSet<String> = folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(used, stored);
}

#[test]
fn recipes_make_administrators_by_a_role_only() {
    for (heading, _) in RECIPES {
        let settings = settings(heading);
        let issuer = &settings.auth.issuers[0];
        assert!(!issuer.claims.allow_scope_admin && !issuer.claims.link_by_email, "{heading}");
        assert!(issuer.claims.roles.values().any(|scopes| *scopes == ADMIN_SCOPE), "{heading}");
        assert!(matches!(issuer.keys, KeyLocation::Discovery(_)), "{heading}");
    }
}

#[test]
fn the_recipe_without_a_provider_accepts_no_tokens() {
    let settings = settings("No identity provider");
    assert!(settings.auth.issuers.is_empty() && settings.auth.secret.is_none());
}

/// Variants that providers have, or had, or can be configured to have.
#[apply(both)]
async fn variants_of_tokens_are_accepted(app: TestApp) {
    let (issuer, _file) = issuer("Other providers", RECIPES[4].1);
    let app = app.with_issuers(vec![issuer]);
    let of = |fields: Value| {
        let mut sample = Sample::read("hydra-user");
        for (name, value) in fields.as_object().unwrap() {
            sample.payload[name] = value.clone();
        }
        sample
    };
    let mut without_typ = of(json!({}));
    without_typ.header.as_object_mut().unwrap().remove("typ");
    let mut lower_case = of(json!({}));
    lower_case.header["typ"] = json!("jwt");
    let mut media_type = of(json!({"nonce": "n"}));
    media_type.header["typ"] = json!("application/at+jwt");
    for (name, sample) in [
        ("scope in an array", of(json!({"scope": ["projects:read"], "scp": null}))),
        ("scope as text", of(json!({"scope": "projects:read", "scp": null}))),
        ("exp with a fraction", of(json!({"exp": start_time().unix_seconds() as f64 + 60.25}))),
        ("iat in the future", of(json!({"iat": start_time().unix_seconds() + 5}))),
        ("one audience", of(json!({"aud": "entente"}))),
        ("several audiences", of(json!({"aud": ["account", "entente"]}))),
        ("no typ", without_typ),
        ("typ in lower case", lower_case),
        ("an access token with a nonce", media_type),
        ("nonce of Keycloak", of(json!({"typ": "Bearer", "nonce": "n"}))),
    ] {
        let reply = app.anonymous().with_token(sample.token()).get("/v1/departments").await;
        assert_eq!(reply.status, 200, "{name}: {}", reply.text);
    }
}
