use proptest::prelude::*;
use serde_json::json;

use super::*;

const NOW: i64 = 1_800_000_000;
const NONE: [Scope; 0] = [];
const ADMIN_SCOPES: &str = "openid projects:read admin";

fn rules() -> ClaimRules {
    let roles = [("leads", vec![Scope::ProjectsWrite]), ("entente-admin", vec![Scope::Admin])];
    ClaimRules {
        roles: roles.map(|(role, scopes)| (role.to_owned(), scopes)).into(),
        ..ClaimRules::new("https://id.example.com", vec!["entente".to_owned(), "api://entente".to_owned()])
    }
}

/// Returns valid claims of a person, with these fields.
fn with(fields: Value) -> Value {
    let mut claims = json!({"iss": "https://id.example.com", "aud": "entente", "sub": "anna", "exp": NOW + 60});
    for (name, value) in fields.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn read(fields: Value) -> Result<Actor, &'static str> {
    actor(&with(fields), &rules(), false, NOW)
}

fn scopes_of(fields: Value) -> Vec<Scope> {
    read(fields).unwrap().scopes
}

#[test]
fn each_claim_is_checked() {
    for (fields, reason) in [
        (json!({"exp": null}), "exp-missing"),
        (json!({"exp": "1800000060"}), "exp-missing"),
        (json!({"exp": -1}), "exp-missing"),
        (json!({"exp": 1e30}), "exp-missing"),
        (json!({"exp": 1_800_000_060_000_i64}), "exp-missing"),
        (json!({"exp": NOW - 30}), "exp"),
        (json!({"nbf": NOW + 31}), "nbf"),
        (json!({"nbf": "soon"}), "nbf-form"),
        (json!({"sub": null}), "sub-missing"),
        (json!({"sub": ""}), "sub"),
        (json!({"sub": "a\u{0}"}), "sub"),
        (json!({"sub": "a\n"}), "sub"),
        (json!({"sub": "a".repeat(201)}), "sub"),
        (json!({"sub": "anonymous"}), "sub-reserved"),
        (json!({"sub": "system:cli"}), "sub-reserved"),
        (json!({"sub": "System:cli"}), "sub-reserved"),
        (json!({"sub": "api-key:hr"}), "sub-reserved"),
        (json!({"sub": "a@clients", "gty": "client-credentials", "azp": "api-key:hr"}), "sub-reserved"),
        (json!({"aud": null}), "aud-missing"),
        (json!({"aud": 7}), "aud-missing"),
        (json!({"aud": "ent"}), "aud"),
        (json!({"aud": []}), "aud"),
        (json!({"aud": ["other", 7]}), "aud"),
        (json!({"aud": {"entente": "entente"}}), "aud-missing"),
        (json!({"nonce": "n"}), "id-token"),
    ] {
        let refused = read(fields.clone()).unwrap_err();
        assert_eq!(refused, format!("detail-token-invalid.{reason}"), "{fields}");
    }
}

#[test]
fn times_can_have_fractions_and_thirty_seconds_of_leeway() {
    for fields in [
        json!({"exp": NOW as f64 + 0.75}),
        json!({"exp": NOW - 29}),
        json!({"nbf": NOW + 30}),
        json!({"nbf": null}),
        json!({"aud": ["other", "api://entente"]}),
    ] {
        read(fields.clone()).unwrap_or_else(|reason| panic!("{fields}: {reason}"));
    }
    assert_eq!(read(json!({"iat": 1_799_999_940.5})).unwrap().issued_at, Some(NOW - 60));
    assert_eq!(read(json!({"iat": "now"})).unwrap().issued_at, None);
}

#[test]
fn scopes_are_texts_or_arrays() {
    for fields in [
        json!({"scope": "openid projects:read  callbacks:read"}),
        json!({"scope": ["callbacks:read", "projects:read", "unknown", 7]}),
        json!({"scp": ["projects:read callbacks:read", "projects:read"]}),
        json!({"scope": "projects:read", "scp": "callbacks:read"}),
    ] {
        assert_eq!(scopes_of(fields), [Scope::ProjectsRead, Scope::CallbacksRead]);
    }
}

#[test]
fn only_a_role_makes_a_person_an_administrator() {
    assert_eq!(scopes_of(json!({"scope": ADMIN_SCOPES})), [Scope::ProjectsRead]);
    assert_eq!(scopes_of(json!({"roles": ["admin"], "groups": ["admin"], "permissions": ["admin"]})), NONE);
    assert_eq!(scopes_of(json!({"roles": "entente-admin"})), [Scope::Admin]);
    for place in ["/realm_access", "/resource_access/entente", "/resource_access/api:~1~1entente", ""] {
        let mut claims = with(json!({"realm_access": {}, "resource_access": {"entente": {}, "api://entente": {}}}));
        claims.pointer_mut(place).unwrap()["roles"] = json!(["leads", "entente-admin"]);
        let found = actor(&claims, &rules(), false, NOW).unwrap();
        assert_eq!(found.scopes, [Scope::ProjectsWrite, Scope::Admin], "{place}");
    }
    // Roles of another client.
    assert_eq!(scopes_of(json!({"resource_access": {"other": {"roles": ["entente-admin"]}}})), NONE);
    let trusting = ClaimRules { allow_scope_admin: true, ..rules() };
    let found = actor(&with(json!({"scope": ADMIN_SCOPES})), &trusting, false, NOW).unwrap();
    assert_eq!(found.scopes, [Scope::ProjectsRead, Scope::Admin]);
}

#[test]
fn an_application_has_its_scopes_and_roles() {
    let crm = |fields: Value| {
        let mut claims = with(fields);
        claims["client_id"] = json!("anna");
        actor(&claims, &rules(), false, NOW).unwrap()
    };
    let found = crm(json!({"scope": ADMIN_SCOPES}));
    assert_eq!((found.kind, found.scopes.as_slice()), (ActorKind::Service, &[Scope::ProjectsRead, Scope::Admin][..]));
    assert_eq!(crm(json!({"roles": ["callbacks:read"]})).scopes, [Scope::CallbacksRead]);
    assert_eq!(crm(json!({"roles": ["leads"]})).scopes, [Scope::ProjectsWrite]);
    // Realm roles and groups are not defined for this service, so their names mean nothing here.
    assert_eq!(crm(json!({"realm_access": {"roles": ["admin"]}, "groups": ["admin"]})).scopes, NONE);
}

#[test]
fn a_claim_can_be_a_name_or_a_pointer() {
    let mut rules = rules();
    rules.role_claims = vec!["https://entente.example/roles".to_owned(), "/app/0/groups".to_owned()];
    rules.subject_claim = "/user/login".to_owned();
    let of = |fields: Value| actor(&with(fields), &rules, false, NOW);
    let user = json!({"login": "anna.n"});
    let found = of(json!({"user": user, "https://entente.example/roles": ["leads"]})).unwrap();
    assert_eq!((found.subject.as_str(), found.scopes.as_slice()), ("anna.n", &[Scope::ProjectsWrite][..]));
    let found = of(json!({"user": user, "app": [{"groups": ["leads"]}], "roles": ["entente-admin"]})).unwrap();
    assert_eq!(found.scopes, [Scope::ProjectsWrite]);
    assert_eq!(of(json!({})).unwrap_err(), "detail-token-invalid.subject-missing");
    assert_eq!(of(json!({"user": {"login": "system:x"}})).unwrap_err(), "detail-token-invalid.sub-reserved");
}

#[test]
fn an_email_address_is_returned_only_if_it_is_verified_and_the_issuer_is_trusted_with_it() {
    let trusting = ClaimRules { link_by_email: true, ..rules() };
    let email = |rules: &ClaimRules, fields: Value| actor(&with(fields), rules, false, NOW).unwrap().verified_email;
    let anna = || Some("anna@example.com".to_owned());
    let verified = json!({"email": "anna@example.com", "email_verified": true});
    assert_eq!(email(&trusting, verified.clone()), anna());
    assert_eq!(email(&rules(), verified), None);
    assert_eq!(email(&trusting, json!({"email": "anna@example.com", "xms_edov": "1"})), anna());
    for wrong in [
        json!({"email": "anna@example.com"}),
        json!({"email": "anna@example.com", "email_verified": "true"}),
        json!({"email": "anna@example.com", "email_verified": false, "xms_edov": 0}),
        json!({"email": "anna", "email_verified": true}),
        json!({"email": "anna@example.com\u{0}", "email_verified": true}),
        json!({"email": ["anna@example.com"], "email_verified": true}),
        json!({"email": "anna@example.com", "email_verified": true, "client_id": "anna"}),
    ] {
        assert_eq!(email(&trusting, wrong.clone()), None, "{wrong}");
    }
}

#[test]
fn a_person_of_entra_is_identified_by_oid() {
    let rules = ClaimRules::new("https://login.microsoftonline.com/t/v2.0", vec!["entente".to_owned()]);
    let user = json!({"sub": "pairwise", "oid": "9e3b", "azp": "web", "scp": "access_as_user"});
    assert_eq!(actor(&with(user), &rules, false, NOW).unwrap().subject, "9e3b");
    let without = json!({"sub": "pairwise", "azp": "web", "scp": "access_as_user"});
    assert_eq!(actor(&with(without), &rules, false, NOW).unwrap_err(), "detail-token-invalid.subject-missing");
}

proptest! {
    #[test]
    fn no_scopes_make_a_person_an_administrator(words in proptest::collection::vec("admin|projects:read|[a-z]{1,6}", 0..6)) {
        let texts = scopes_of(json!({"scope": words.join(" "), "scp": words}));
        prop_assert!(!texts.contains(&Scope::Admin), "{:?}", texts);
    }

    #[test]
    fn claims_of_any_type_do_not_panic(number in any::<f64>(), text in "\\PC{0,40}", name in "exp|nbf|iat|aud|sub|scope|roles|email") {
        for value in [json!(number), json!(text), json!([text]), json!({"a": number})] {
            let mut fields = json!({});
            fields[name.as_str()] = value;
            let _ = read(fields);
        }
    }
}
