//! JSON Web Tokens (RFC 7519, RFC 8725, RFC 9068).
//!
//! Rules:
//! - `exp`, `iss`, `aud` and `sub` are required and `nbf` is checked, with a leeway of 30 seconds.
//! - `typ` must be `JWT` or `at+jwt`; `crit` is rejected; `jku`, `jwk` and `x5u` are ignored.
//! - A token has at most 8 KiB.
//! - HS256 is accepted with the development secret only; otherwise the algorithm is that of the key in the set.

use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::jwks::{self, PublicKey};
use super::{Actor, ActorKind};
use crate::kernel::config::AuthSettings;
use crate::kernel::time::UtcTime;

const MAX_TOKEN: usize = 8 * 1024;
const LEEWAY: i64 = 30;

/// The claims that this service reads.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: serde_json::Value,
    pub sub: String,
    pub exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Scopes, separated by spaces (RFC 8693 section 4.2).
    #[serde(default)]
    pub scope: String,
    /// Equal to `sub` for client credentials (RFC 9068 section 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// Verifies the tokens of one issuer for one audience.
pub struct Verifier {
    issuer: String,
    audience: String,
    secret: Option<DecodingKey>,
    keys: HashMap<String, PublicKey>,
}

#[derive(Deserialize)]
struct RawHeader {
    typ: Option<String>,
    crit: Option<serde_json::Value>,
}

impl Verifier {
    /// Creates a verifier from the settings.
    ///
    /// # Errors
    /// When the key set cannot be loaded.
    pub fn new(settings: &AuthSettings) -> Result<Self, String> {
        let keys = settings.jwks_file.as_deref().map(jwks::load).transpose()?.unwrap_or_default();
        let secret = settings.secret.as_ref().map(|secret| DecodingKey::from_secret(secret.expose_secret().as_bytes()));
        Ok(Self { issuer: settings.issuer.clone(), audience: settings.audience.clone(), secret, keys })
    }

    /// Verifies a token and returns its actor.
    ///
    /// # Errors
    /// A short reason that is safe to show to the caller.
    pub fn verify(&self, token: &str, now: UtcTime) -> Result<Actor, &'static str> {
        if token.len() > MAX_TOKEN {
            return Err("it is too long");
        }
        check_raw_header(token)?;
        let header = jsonwebtoken::decode_header(token).map_err(|_| "its header cannot be read")?;
        let (key, algorithm) = self.key_for(&header)?;
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The library uses the system clock. The clock of this service is injected, so times are compared below.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation).map_err(|error| reason(&error))?.claims;
        let now = now.unix_seconds();
        if claims.exp <= now - LEEWAY {
            return Err("it has expired");
        }
        if claims.nbf.is_some_and(|not_before| not_before > now + LEEWAY) {
            return Err("it is not valid yet");
        }
        if claims.sub.is_empty() || claims.sub.len() > 200 || claims.sub.contains('\0') {
            return Err("its subject is empty or too long");
        }
        if claims.sub == "anonymous" || claims.sub.starts_with("system:") {
            return Err("its subject is a name of this service");
        }
        Ok(actor(claims))
    }

    fn key_for(&self, header: &Header) -> Result<(&DecodingKey, Algorithm), &'static str> {
        if header.alg == Algorithm::HS256 {
            return self.secret.as_ref().map(|key| (key, Algorithm::HS256)).ok_or("its algorithm is not accepted");
        }
        let kid = header.kid.as_deref().ok_or("it names no key")?;
        let found = self.keys.get(kid).ok_or("its key is unknown")?;
        if found.algorithm == header.alg {
            Ok((&found.key, found.algorithm))
        } else {
            Err("its algorithm is not that of its key")
        }
    }
}

fn check_raw_header(token: &str) -> Result<(), &'static str> {
    const UNREADABLE: &str = "its header cannot be read";
    let part = token.split('.').next().unwrap_or_default();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| UNREADABLE)?;
    let header: RawHeader = serde_json::from_slice(&bytes).map_err(|_| UNREADABLE)?;
    if header.crit.is_some() {
        return Err("it has critical extensions");
    }
    match header.typ.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("jwt" | "at+jwt" | "application/at+jwt") => Ok(()),
        _ => Err("its type is neither JWT nor at+jwt"),
    }
}

fn reason(error: &jsonwebtoken::errors::Error) -> &'static str {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidIssuer => "its issuer is not accepted",
        ErrorKind::InvalidAudience => "it is for another audience",
        ErrorKind::InvalidSignature => "its signature is wrong",
        ErrorKind::MissingRequiredClaim(_) => "a required claim is missing",
        _ => "it cannot be read",
    }
}

fn actor(claims: Claims) -> Actor {
    let scopes = claims.scope.split(' ').filter_map(|name| name.parse().ok()).collect();
    let kind = if claims.client_id.as_deref() == Some(&claims.sub) { ActorKind::Service } else { ActorKind::Person };
    Actor { kind, subject: claims.sub, scopes }
}

/// Signs a development token.
///
/// # Errors
/// When signing fails.
pub fn mint(secret: &SecretString, claims: &Claims) -> Result<String, String> {
    let key = EncodingKey::from_secret(secret.expose_secret().as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).map_err(|error| error.to_string())
}
