use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::is_application;

#[test]
fn each_kind_of_evidence_is_enough() {
    for claims in [
        json!({"sub": "crm", "client_id": "crm"}),
        json!({"sub": "0oa1", "cid": "0oa1", "scp": ["callbacks:read"]}),
        json!({"sub": "crm@clients", "azp": "crm"}),
        json!({"sub": "crm@clients", "client_id": "crm"}),
        json!({"sub": "crm@clients", "gty": "client-credentials"}),
        json!({"sub": "f5a3", "idtyp": "app"}),
        json!({"sub": "f5a3", "client_id": "crm", "preferred_username": "service-account-crm"}),
        json!({"sub": "f5a3", "client_id": "Crm", "preferred_username": "service-account-crm"}),
    ] {
        assert!(is_application(&claims, false), "{claims}");
    }
    let app = json!({"sub": "9e3b", "oid": "9e3b", "roles": ["callbacks:read"]});
    assert!(is_application(&app, true));
    assert!(!is_application(&app, false));
}

#[test]
fn what_a_person_can_have_is_no_evidence() {
    for claims in [
        json!({"sub": "anna", "client_id": "crm", "azp": "crm", "cid": "crm"}),
        json!({"sub": "anna@clients", "azp": "crm"}),
        json!({"sub": "@clients", "azp": ""}),
        json!({"sub": "anna", "gty": "password"}),
        json!({"sub": "anna", "gty": ["client-credentials"]}),
        json!({"sub": "anna", "idtyp": "user"}),
        json!({"sub": "anna", "preferred_username": "service-account-crm"}),
        json!({"sub": "anna", "client_id": "web", "preferred_username": "service-account-crm"}),
        json!({"sub": "", "client_id": ""}),
        json!({"client_id": null, "sub": null}),
        json!({"client_id": "crm"}),
    ] {
        assert!(!is_application(&claims, false), "{claims}");
    }
    assert!(!is_application(&json!({"sub": "a", "oid": "a", "scp": "access_as_user"}), true));
    assert!(!is_application(&json!({"sub": "pairwise", "oid": "a"}), true));
    assert!(!is_application(&json!({"sub": "a", "oid": "a"}), false));
}

/// The rule again, as a list of facts.
fn evidence(claims: &Value, is_entra: bool) -> bool {
    let of = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
    let (sub, client, azp) = (of("sub"), of("client_id"), of("azp"));
    let facts = [
        client == sub,
        of("cid") == sub,
        !azp.is_empty() && sub == format!("{azp}@clients"),
        !client.is_empty() && sub == format!("{client}@clients"),
        of("gty") == "client-credentials",
        of("idtyp") == "app",
        is_entra && of("oid") == sub && claims["scp"].is_null(),
        !client.is_empty() && of("preferred_username") == format!("service-account-{client}"),
        !client.is_empty() && of("preferred_username") == format!("service-account-{}", client.to_lowercase()),
    ];
    !sub.is_empty() && facts.contains(&true)
}

const NAMES: [&str; 9] = ["sub", "client_id", "cid", "azp", "oid", "gty", "idtyp", "preferred_username", "scp"];

fn value() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        "anna",
        "crm",
        "Crm",
        "anna@clients",
        "crm@clients",
        "@clients",
        "app",
        "user",
        "password",
        "client-credentials",
        "service-account-crm",
        "service-account-",
        "Service-account-crm",
    ];
    prop_oneof![
        8 => prop::sample::select(texts.to_vec()).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!(7)),
        1 => Just(json!(["crm"])),
    ]
}

proptest! {
    #[test]
    fn no_claims_are_those_of_an_application_without_evidence(
        claims in proptest::collection::btree_map(prop::sample::select(NAMES.to_vec()), value(), 0..9),
        is_entra in any::<bool>(),
    ) {
        let claims: Map<String, Value> = claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let claims = Value::Object(claims);
        prop_assert_eq!(is_application(&claims, is_entra), evidence(&claims, is_entra), "{}", claims);
    }
}
