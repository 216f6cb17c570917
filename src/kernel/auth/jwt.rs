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
use serde_json::Value;

use super::jwks::{self, PublicKey};
use super::{API_KEY_SUBJECT, Actor, ActorKind};
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
    /// The key of the reason, which names the claim and is safe to show to the caller.
    pub fn verify(&self, token: &str, now: UtcTime) -> Result<Actor, &'static str> {
        if token.len() > MAX_TOKEN {
            return Err("detail-token-invalid.too-long");
        }
        check_raw_header(token)?;
        let header = jsonwebtoken::decode_header(token).map_err(|_| "detail-token-invalid.header")?;
        let (key, algorithm) = self.key_for(&header)?;
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The library uses the system clock. The clock of this service is injected, so times are compared below.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Value>(token, key, &validation).map_err(|error| reason(&error))?.claims;
        let claims = read(claims)?;
        let now = now.unix_seconds();
        if claims.exp <= now - LEEWAY {
            return Err("detail-token-invalid.exp");
        }
        if claims.nbf.is_some_and(|not_before| not_before > now + LEEWAY) {
            return Err("detail-token-invalid.nbf");
        }
        if claims.sub.is_empty() || claims.sub.len() > 200 || claims.sub.contains('\0') {
            return Err("detail-token-invalid.sub");
        }
        // `act_` starts the pseudonyms of people in the audit trail.
        if claims.sub == "anonymous"
            || ["system:", "act_", API_KEY_SUBJECT].iter().any(|start| claims.sub.starts_with(start))
        {
            return Err("detail-token-invalid.sub-reserved");
        }
        Ok(actor(claims))
    }

    fn key_for(&self, header: &Header) -> Result<(&DecodingKey, Algorithm), &'static str> {
        if header.alg == Algorithm::HS256 {
            return self.secret.as_ref().map(|key| (key, Algorithm::HS256)).ok_or("detail-token-invalid.alg");
        }
        let kid = header.kid.as_deref().ok_or("detail-token-invalid.kid-missing")?;
        let found = self.keys.get(kid).ok_or("detail-token-invalid.kid-unknown")?;
        if found.algorithm == header.alg {
            Ok((&found.key, found.algorithm))
        } else {
            Err("detail-token-invalid.alg-of-key")
        }
    }
}

fn check_raw_header(token: &str) -> Result<(), &'static str> {
    const UNREADABLE: &str = "detail-token-invalid.header";
    let part = token.split('.').next().unwrap_or_default();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| UNREADABLE)?;
    let header: RawHeader = serde_json::from_slice(&bytes).map_err(|_| UNREADABLE)?;
    if header.crit.is_some() {
        return Err("detail-token-invalid.crit");
    }
    match header.typ.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("jwt" | "at+jwt" | "application/at+jwt") => Ok(()),
        _ => Err("detail-token-invalid.typ"),
    }
}

fn reason(error: &jsonwebtoken::errors::Error) -> &'static str {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidIssuer => "detail-token-invalid.iss",
        ErrorKind::InvalidAudience => "detail-token-invalid.aud",
        ErrorKind::InvalidSignature => "detail-token-invalid.signature",
        ErrorKind::InvalidAlgorithm => "detail-token-invalid.alg",
        ErrorKind::MissingRequiredClaim(claim) => missing(claim),
        _ => "detail-token-invalid.claims",
    }
}

fn missing(claim: &str) -> &'static str {
    match claim {
        "iss" => "detail-token-invalid.iss-missing",
        "aud" => "detail-token-invalid.aud-missing",
        "sub" => "detail-token-invalid.sub-missing",
        "exp" => "detail-token-invalid.exp-missing",
        _ => "detail-token-invalid.claims",
    }
}

/// Reads the claims, whose signature has been verified. The reason names the first claim of the wrong type.
fn read(claims: Value) -> Result<Claims, &'static str> {
    let text = |name: &str| claims.get(name).is_some_and(Value::is_string);
    if let Some(name) = ["iss", "sub"].into_iter().find(|name| !text(name)) {
        return Err(missing(name));
    }
    if claims.get("exp").and_then(Value::as_i64).is_none() {
        return Err(missing("exp"));
    }
    if claims.get("nbf").is_some_and(|nbf| nbf.as_i64().is_none() && !nbf.is_null()) {
        return Err("detail-token-invalid.nbf-form");
    }
    serde_json::from_value(claims).map_err(|_| "detail-token-invalid.claims")
}

fn actor(claims: Claims) -> Actor {
    let scopes = claims.scope.split(' ').filter_map(|name| name.parse().ok()).collect();
    let kind = if claims.client_id.as_deref() == Some(&claims.sub) { ActorKind::Service } else { ActorKind::Person };
    Actor {
        kind,
        subject: claims.sub,
        issuer: Some(claims.iss.into()),
        scopes,
        verified_email: None,
        issued_at: claims.iat,
    }
}

/// Signs a development token.
///
/// # Errors
/// When signing fails.
pub fn mint(secret: &SecretString, claims: &Claims) -> Result<String, String> {
    let key = EncodingKey::from_secret(secret.expose_secret().as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).map_err(|error| error.to_string())
}
