use std::path::Path;

use super::super::Settings;
use super::*;

fn read(text: &str) -> Result<Settings, String> {
    Settings::from_toml(text)
}

fn first(text: &str) -> IssuerSettings {
    read(text).unwrap().auth.issuers.remove(0)
}

#[test]
fn an_issuer_needs_only_its_name() {
    let found = first("[[issuers]]\nissuer = \"https://id.example.com/\"\n");
    let document = Url::parse("https://id.example.com/.well-known/openid-configuration").unwrap();
    assert_eq!((found.keys, found.typ), (KeyLocation::Discovery(document), TypPolicy::Any));
    assert_eq!(
        (&*found.claims.issuer, found.claims.audiences.as_slice()),
        ("https://id.example.com/", &["entente".to_owned()][..])
    );
    assert_eq!(found.claims.subject_claim, "sub");
    assert!(!found.claims.link_by_email && !found.claims.allow_scope_admin);
    let entra = first("[[issuers]]\nissuer = \"https://login.microsoftonline.com/t/v2.0\"\n");
    assert_eq!(entra.claims.subject_claim, "oid");
}

#[test]
fn all_settings_of_an_issuer_are_read() {
    let found = first(
        r#"
        [[issuers]]
        issuer = "entente-test"
        audiences = ["a", "b"]
        jwks_file = "/etc/keys.json"
        algorithms = ["ES384", "EdDSA"]
        typ = "at+jwt"
        subject_claim = "login"
        scope_claims = ["permissions"]
        role_claims = ["/app/roles"]
        link_by_email = true
        allow_scope_admin = true
        [issuers.roles]
        "Entente Admins" = ["admin"]
        staff = ["projects:read", "projects:write"]
        "#,
    );
    assert_eq!(found.keys, KeyLocation::File(Path::new("/etc/keys.json").into()));
    assert_eq!((found.keys_setting.as_str(), found.typ), ("issuers[0].jwks_file", TypPolicy::AccessToken));
    assert_eq!(found.algorithms, [Algorithm::ES384, Algorithm::EdDSA]);
    let claims = found.claims;
    assert_eq!(claims.audiences, ["a", "b"]);
    assert_eq!(
        (claims.subject_claim.as_str(), claims.scope_claims.as_slice()),
        ("login", &["permissions".to_owned()][..])
    );
    assert_eq!(claims.role_claims, ["/app/roles"]);
    assert_eq!(claims.roles["Entente Admins"], [Scope::Admin]);
    assert_eq!(claims.roles["staff"], [Scope::ProjectsRead, Scope::ProjectsWrite]);
    assert!(claims.link_by_email && claims.allow_scope_admin);
}

#[test]
fn one_issuer_can_be_set_by_variables() {
    let variables = |text: &str| read(&format!("jwt_issuer = \"https://id.example.com\"\n{text}"));
    assert!(variables("").unwrap().auth.issuers.is_empty());
    for (text, setting) in [
        ("jwt_jwks_file = \"keys.json\"", "ENTENTE_JWT_JWKS_FILE"),
        ("jwt_jwks_url = \"https://id.example.com/keys\"", "ENTENTE_JWT_JWKS_URL"),
        ("jwt_discovery = true", "ENTENTE_JWT_DISCOVERY"),
    ] {
        let found = variables(text).unwrap().auth.issuers.remove(0);
        assert_eq!(found.keys_setting, setting);
        assert_eq!(found.claims.audiences, ["entente"]);
    }
    let both = variables("jwt_discovery = true\n[[issuers]]\nissuer = \"https://other.example.com\"\n").unwrap();
    assert_eq!(both.auth.issuers.len(), 2);
}

#[test]
fn each_fault_names_its_setting() {
    let issuer = |fields: &str| format!("[[issuers]]\nissuer = \"https://id.example.com\"\n{fields}\n");
    for (text, setting) in [
        ("[[issuers]]\nissuer = \"\"\njwks_file = \"k\"".to_owned(), "issuers[0].issuer"),
        ("[[issuers]]\nissuer = \"no url\"".to_owned(), "issuers[0].issuer"),
        ("[[issuers]]\nissuer = \"http://id.example.com\"".to_owned(), "issuers[0].issuer"),
        (issuer("") + &issuer(""), "issuers[1].issuer"),
        (issuer("audiences = []"), "issuers[0].audiences"),
        (issuer("audiences = [\"\"]"), "issuers[0].audiences"),
        (issuer("jwks_url = \"keys\""), "issuers[0].jwks_url"),
        (issuer("jwks_url = \"http://id.example.com/keys\""), "issuers[0].jwks_url"),
        (issuer("jwks_url = \"https://user@id.example.com/keys\""), "issuers[0].jwks_url"),
        (issuer("jwks_url = \"https://id.example.com/keys\"\njwks_file = \"k\""), "issuers[0].discovery"),
        (issuer("discovery = false"), "issuers[0].discovery"),
        (issuer("discovery = true\njwks_file = \"k\""), "issuers[0].discovery"),
        (issuer("algorithms = [\"HS256\"]"), "issuers[0].algorithms"),
        (issuer("algorithms = [\"none\"]"), "issuers[0].algorithms"),
        (issuer("algorithms = []"), "issuers[0].algorithms"),
        (issuer("typ = \"JWT\""), "issuers[0].typ"),
        (issuer("subject_claim = \"\""), "issuers[0].subject_claim"),
        (issuer("roles = { staff = [\"projects\"] }"), "issuers[0].roles"),
        (issuer("unknown = 1"), "unknown"),
        ("jwt_jwks_url = \"http://id.example.com/keys\"".to_owned(), "ENTENTE_JWT_JWKS_URL"),
        ("jwt_discovery = true".to_owned(), "ENTENTE_JWT_ISSUER"),
        ("jwt_allowed_networks = \"x\"".to_owned(), "ENTENTE_JWT_ALLOWED_NETWORKS"),
    ] {
        let message = read(&text).unwrap_err();
        assert!(message.contains(setting), "{text}\n{message}");
    }
}

#[test]
fn plain_http_is_possible_on_this_machine_in_development_only() {
    let production = format!("environment = \"production\"\nencryption_keys = \"{}\"\n", "A".repeat(43) + "=");
    for host in ["localhost:8081", "keycloak.localhost", "127.0.0.1:8081", "[::1]:8081"] {
        let issuer = format!("[[issuers]]\nissuer = \"http://{host}/realms/company\"\n");
        let settings = read(&issuer).unwrap();
        assert!(settings.key_egress.allow_http);
        let refused = read(&(production.clone() + &issuer)).unwrap_err();
        assert!(refused.contains("issuers[0].issuer"), "{refused}");
    }
    let settings = read(&(production + "[[issuers]]\nissuer = \"https://id.example.com:9443\"\n")).unwrap();
    assert!(!settings.key_egress.allow_http && settings.key_egress.allowed_networks.is_empty());
    assert_eq!(settings.key_egress.allowed_ports, [443, 8443, 9443]);
}
