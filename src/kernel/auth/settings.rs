//! Which tokens are accepted: the identity providers, and what the claims of their tokens mean.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jsonwebtoken::Algorithm;
use secrecy::SecretString;
use url::Url;

use super::Scope;

/// The algorithms that are accepted unless the settings name others.
pub const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];

/// Which tokens are accepted.
#[derive(Debug, Clone, Default)]
pub struct AuthSettings {
    /// `iss` of development tokens.
    pub issuer: String,
    /// `aud` of development tokens.
    pub audience: String,
    /// The secret that verifies HS256 tokens. Development only.
    pub secret: Option<SecretString>,
    /// The identity providers. Each `iss` occurs once.
    pub issuers: Vec<IssuerSettings>,
}

/// An identity provider.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    pub keys: KeyLocation,
    /// Name of the setting that has the location of the keys, for messages.
    pub keys_setting: String,
    /// Algorithms with which tokens can be signed. HS256 is never among them.
    pub algorithms: Vec<Algorithm>,
    pub typ: TypPolicy,
    pub claims: ClaimRules,
}

/// Where the key set of an issuer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyLocation {
    File(PathBuf),
    Url(Url),
    /// The URL of the discovery document (OpenID Connect Discovery 1.0), whose `jwks_uri` is the URL of the key set.
    Discovery(Url),
}

/// Which values of the header parameter `typ` are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypPolicy {
    /// None, `JWT` or `at+jwt`.
    Any,
    /// `at+jwt` only (RFC 9068).
    AccessToken,
}

/// What the claims of an issuer mean. A claim is the name of a field, or a JSON Pointer (RFC 6901) if it starts with a
/// slash.
#[derive(Debug, Clone)]
pub struct ClaimRules {
    /// `iss` of the tokens.
    pub issuer: Arc<str>,
    /// Of the values of `aud`, at least one must be among these.
    pub audiences: Vec<String>,
    /// The claim that identifies a person.
    pub subject_claim: String,
    /// Claims with names of scopes: a text separated by spaces, or an array.
    pub scope_claims: Vec<String>,
    /// Claims with names of roles or groups: a text that is one name, or an array.
    pub role_claims: Vec<String>,
    /// Claims with roles that were defined for this service, which can be names of scopes in tokens of applications.
    pub application_role_claims: Vec<String>,
    /// The scopes of each role.
    pub roles: BTreeMap<String, Vec<Scope>>,
    /// Whether a person without a login can be found by an e-mail address that the issuer has verified.
    pub link_by_email: bool,
    /// Whether `admin` among the scopes makes a person an administrator. Otherwise only a role does.
    pub allow_scope_admin: bool,
    /// Whether the issuer is Microsoft Entra ID, whose `oid` identifies people and applications.
    pub is_entra: bool,
}

impl ClaimRules {
    /// Returns the default rules for an issuer.
    #[must_use]
    pub fn new(issuer: &str, audiences: Vec<String>) -> Self {
        let is_entra = is_entra(issuer);
        // Entra ID; Auth0; client roles of Keycloak.
        let of_clients = audiences.iter().map(|audience| format!("/resource_access/{}/roles", escaped(audience)));
        let own_roles: Vec<_> = ["roles", "permissions"].map(str::to_owned).into_iter().chain(of_clients).collect();
        // Realm roles of Keycloak; Okta.
        let shared_roles = ["/realm_access/roles", "groups"].map(str::to_owned);
        Self {
            issuer: issuer.into(),
            subject_claim: if is_entra { "oid" } else { "sub" }.to_owned(),
            scope_claims: ["scope", "scp"].map(str::to_owned).into(),
            role_claims: own_roles.iter().cloned().chain(shared_roles).collect(),
            application_role_claims: own_roles,
            roles: BTreeMap::new(),
            link_by_email: false,
            allow_scope_admin: false,
            is_entra,
            audiences,
        }
    }
}

impl IssuerSettings {
    /// Returns the default settings for an issuer.
    #[must_use]
    pub fn new(issuer: &str, audiences: Vec<String>, keys: KeyLocation) -> Self {
        Self {
            keys,
            keys_setting: "issuers".to_owned(),
            algorithms: ALGORITHMS.to_vec(),
            typ: TypPolicy::Any,
            claims: ClaimRules::new(issuer, audiences),
        }
    }
}

/// Returns whether an issuer is Microsoft Entra ID: its clouds, tokens of version 1, and external tenants.
fn is_entra(issuer: &str) -> bool {
    const HOSTS: [&str; 4] = [
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
        "sts.windows.net",
    ];
    let url = Url::parse(issuer).ok();
    url.as_ref().and_then(Url::host_str).is_some_and(|host| HOSTS.contains(&host) || host.ends_with(".ciamlogin.com"))
}

/// Returns a name as a part of a JSON Pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_entra_by_its_host_only() {
        for issuer in
            ["https://login.microsoftonline.com/t/v2.0", "https://sts.windows.net/t/", "https://a.ciamlogin.com/t"]
        {
            assert!(is_entra(issuer), "{issuer}");
        }
        for issuer in
            ["entente", "https://id.example.com/login.microsoftonline.com", "https://sts.windows.net.example.com/"]
        {
            assert!(!is_entra(issuer), "{issuer}");
        }
    }

    #[test]
    fn roles_of_the_audience_are_found_at_any_name() {
        let rules = ClaimRules::new("https://id.example.com", vec!["api://a~b".to_owned()]);
        let claims = serde_json::json!({"resource_access": {"api://a~b": {"roles": ["x"]}}});
        assert!(rules.role_claims.iter().any(|claim| claims.pointer(claim).is_some()), "{:?}", rules.role_claims);
    }
}
