//! The settings of identity providers: `[[issuers]]` in the configuration file, and one by environment variables.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use url::{Host, Url};

use super::check::Faults;
use super::raw::Raw;
use super::{Deployment, EgressSettings};
use crate::kernel::auth::{ALGORITHMS, ClaimRules, IssuerSettings, KeyLocation, Scope, TypPolicy, algorithm};

/// Deadline for a document of an identity provider.
const DEADLINE: Duration = Duration::from_secs(5);
/// Ports of key sets, in addition to those of the configured URLs.
const PORTS: [u16; 2] = [443, 8443];

/// An issuer as the operator wrote it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIssuer {
    issuer: String,
    #[serde(default = "audiences")]
    audiences: Vec<String>,
    jwks_url: Option<String>,
    jwks_file: Option<PathBuf>,
    /// By default, whether neither URL nor file is set.
    discovery: Option<bool>,
    algorithms: Option<Vec<String>>,
    typ: Option<String>,
    subject_claim: Option<String>,
    scope_claims: Option<Vec<String>>,
    role_claims: Option<Vec<String>>,
    #[serde(default)]
    roles: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    link_by_email: bool,
    #[serde(default)]
    allow_scope_admin: bool,
}

fn audiences() -> Vec<String> {
    vec!["entente".to_owned()]
}

/// Returns the issuers of the file, then that of the variables.
pub(super) fn issuers(raw: &Raw, faults: &mut Faults) -> Vec<IssuerSettings> {
    let of_variables = of_variables(raw);
    let of_file = raw.issuers.iter().enumerate().map(|(index, issuer)| (Names::File(index), issuer));
    let all = of_file.chain(of_variables.iter().map(|issuer| (Names::Variables, issuer)));
    let mut known = BTreeSet::new();
    let mut settings = Vec::new();
    for (names, issuer) in all {
        let mut check = Check { names, deployment: raw.environment, faults: &mut *faults };
        check.require(known.insert(&issuer.issuer), "issuer", "this issuer is configured twice");
        settings.extend(check.issuer(issuer));
    }
    settings
}

/// Returns the issuer that is configured by environment variables, if the location of its keys is among them.
fn of_variables(raw: &Raw) -> Option<RawIssuer> {
    let has_keys = raw.jwt_jwks_file.is_some() || raw.jwt_jwks_url.is_some() || raw.jwt_discovery;
    has_keys.then(|| RawIssuer {
        issuer: raw.jwt_issuer.clone(),
        audiences: vec![raw.jwt_audience.clone()],
        jwks_url: raw.jwt_jwks_url.clone(),
        jwks_file: raw.jwt_jwks_file.clone(),
        discovery: Some(raw.jwt_discovery),
        ..RawIssuer::default()
    })
}

/// Returns where key sets may be fetched from.
pub(super) fn egress(raw: &Raw, issuers: &[IssuerSettings], faults: &mut Faults) -> EgressSettings {
    let is_development = raw.environment == Deployment::Development;
    let networks = &raw.jwt_allowed_networks;
    let mut allowed_networks = faults.private_networks("JWT_ALLOWED_NETWORKS", networks, raw.environment);
    if is_development {
        let loopback: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        allowed_networks.extend(loopback.map(IpNet::from));
    }
    let urls = || {
        issuers.iter().filter_map(|issuer| match &issuer.keys {
            KeyLocation::Url(url) | KeyLocation::Discovery(url) => Some(url),
            KeyLocation::File(_) => None,
        })
    };
    EgressSettings {
        allow_http: is_development,
        allowed_networks,
        // The operator wrote them, so a name of a private network is intended.
        allowed_hosts: urls().filter_map(Url::domain).map(str::to_owned).collect(),
        allowed_ports: PORTS.into_iter().chain(urls().filter_map(Url::port)).collect(),
        timeout: DEADLINE,
    }
}

/// How the settings of an issuer are named in messages.
enum Names {
    Variables,
    /// Of the issuer with this index in the file.
    File(usize),
}

impl Names {
    fn of(&self, field: &str) -> String {
        match (self, field) {
            (Self::File(index), _) => format!("issuers[{index}].{field}"),
            (Self::Variables, "audiences") => "ENTENTE_JWT_AUDIENCE".to_owned(),
            (Self::Variables, _) => format!("ENTENTE_JWT_{}", field.to_ascii_uppercase()),
        }
    }
}

struct Check<'a> {
    names: Names,
    deployment: Deployment,
    faults: &'a mut Faults,
}

impl Check<'_> {
    fn report(&mut self, field: &str, what: impl std::fmt::Display) {
        self.faults.report(&self.names.of(field), what);
    }

    fn require(&mut self, holds: bool, field: &str, what: &str) {
        if !holds {
            self.report(field, what);
        }
    }

    fn issuer(&mut self, raw: &RawIssuer) -> Option<IssuerSettings> {
        self.name(&raw.issuer);
        let is_named = !raw.audiences.is_empty() && raw.audiences.iter().all(|audience| !audience.is_empty());
        self.require(is_named, "audiences", "at least one audience is required, and none may be empty");
        let algorithms = raw.algorithms.as_ref().map_or_else(|| ALGORITHMS.to_vec(), |names| self.algorithms(names));
        let typ = match raw.typ.as_deref() {
            None | Some("any") => TypPolicy::Any,
            Some("at+jwt") => TypPolicy::AccessToken,
            Some(other) => {
                self.report("typ", format!("{other:?} is neither any nor at+jwt"));
                TypPolicy::Any
            }
        };
        let claims = self.claims(raw);
        let (keys, keys_setting) = self.keys(raw)?;
        Some(IssuerSettings { keys, keys_setting, algorithms, typ, claims })
    }

    /// Checks `iss`. An issuer that is not a URL is possible.
    fn name(&mut self, issuer: &str) {
        let is_text =
            !issuer.is_empty() && !issuer.contains(|letter: char| letter.is_whitespace() || letter.is_control());
        self.require(is_text, "issuer", "must not be empty or contain spaces");
        if let Ok(url) = Url::parse(issuer)
            && matches!(url.scheme(), "http" | "https")
        {
            self.safe("issuer", &url);
        }
    }

    /// Reports a URL over which keys could be replaced on their way.
    fn safe(&mut self, field: &str, url: &Url) {
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        let is_local = url.scheme() == "http" && is_loopback && self.deployment == Deployment::Development;
        let what = "must be an https URL; http is possible in development only, with an address of this machine";
        self.require(url.scheme() == "https" || is_local, field, what);
        let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        self.require(is_plain, field, "must not contain a user name, a password or a fragment");
    }

    fn keys(&mut self, raw: &RawIssuer) -> Option<(KeyLocation, String)> {
        let discovery = raw.discovery.unwrap_or(raw.jwks_url.is_none() && raw.jwks_file.is_none());
        let (field, location) = match (&raw.jwks_url, &raw.jwks_file, discovery) {
            (Some(url), None, false) => ("jwks_url", KeyLocation::Url(self.url("jwks_url", url)?)),
            (None, Some(path), false) => ("jwks_file", KeyLocation::File(path.clone())),
            (None, None, true) => {
                // OpenID Connect Discovery 1.0 section 4.
                let document = format!("{}/.well-known/openid-configuration", raw.issuer.trim_end_matches('/'));
                let url = Url::parse(&document).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
                if url.is_none() {
                    self.report("issuer", "must be a URL, because its keys are found by discovery");
                }
                ("discovery", KeyLocation::Discovery(url?))
            }
            _ => {
                self.report("discovery", "exactly one of jwks_url, jwks_file and discovery must be set");
                return None;
            }
        };
        Some((location, self.names.of(field)))
    }

    fn url(&mut self, field: &str, text: &str) -> Option<Url> {
        match Url::parse(text) {
            Ok(url) => {
                self.safe(field, &url);
                Some(url)
            }
            Err(error) => {
                self.report(field, format!("{text:?} is not a URL: {error}"));
                None
            }
        }
    }

    fn algorithms(&mut self, names: &[String]) -> Vec<Algorithm> {
        let mut found = Vec::new();
        for name in names {
            match algorithm(name).filter(|one| ALGORITHMS.contains(one)) {
                Some(one) => found.push(one),
                None => self.report(
                    "algorithms",
                    format!("{name:?} is not supported; expected RS256, PS256, ES256, ES384 or EdDSA"),
                ),
            }
        }
        self.require(!names.is_empty(), "algorithms", "at least one algorithm is required");
        found
    }

    fn claims(&mut self, raw: &RawIssuer) -> ClaimRules {
        let mut rules = ClaimRules::new(&raw.issuer, raw.audiences.clone());
        rules.link_by_email = raw.link_by_email;
        rules.allow_scope_admin = raw.allow_scope_admin;
        if let Some(claim) = &raw.subject_claim {
            rules.subject_claim.clone_from(claim);
        }
        if let Some(claims) = &raw.scope_claims {
            rules.scope_claims.clone_from(claims);
        }
        if let Some(claims) = &raw.role_claims {
            rules.role_claims.clone_from(claims);
        }
        self.require(!rules.subject_claim.is_empty(), "subject_claim", "must not be empty");
        for (role, names) in &raw.roles {
            let scopes = names.iter().filter_map(|name| self.scope(role, name)).collect();
            rules.roles.insert(role.clone(), scopes);
        }
        rules
    }

    fn scope(&mut self, role: &str, name: &str) -> Option<Scope> {
        let scope = name.parse::<Scope>().ok();
        if scope.is_none() {
            let known = Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
            self.report("roles", format!("{role:?}: {name:?} is not a scope; expected {known}"));
        }
        scope
    }
}

#[cfg(test)]
#[path = "issuers_tests.rs"]
mod tests;
