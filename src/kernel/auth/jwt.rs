//! JSON Web Tokens (RFC 7519, RFC 8725): their parts and their signature. `claims` reads what they say.
//!
//! Rules:
//! - A token has at most 8 KiB, and each field of its header and of its claims once.
//! - `crit` is refused; `jku`, `jwk`, `x5u` and `x5c` are ignored: keys come from the settings only.
//! - `typ` must be absent, `JWT` or `at+jwt`.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, crypto};
use secrecy::{ExposeSecret, SecretString};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

const MAX_TOKEN: usize = 8 * 1024;
const NO_TOKEN: &str = "detail-token-invalid.form";

/// The claims of a development token.
#[derive(Debug, Serialize)]
pub struct Claims {
    pub iss: String,
    pub aud: Value,
    pub sub: String,
    pub exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Scopes, separated by spaces (RFC 8693 section 4.2).
    pub scope: String,
    /// Equal to `sub` for client credentials (RFC 9068 section 2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// A token whose signature has not been verified yet.
pub struct Unverified<'a> {
    pub algorithm: Algorithm,
    pub kid: Option<String>,
    /// Whether the header says that this is an access token (`at+jwt`, RFC 9068 section 2.1).
    pub is_access_token: bool,
    /// Always an object.
    pub claims: Value,
    signed: &'a str,
    signature: &'a str,
}

impl<'a> Unverified<'a> {
    /// Reads the parts of a token.
    ///
    /// # Errors
    /// The key of the reason, which is safe to show to the caller.
    pub fn read(token: &'a str) -> Result<Self, &'static str> {
        if token.len() > MAX_TOKEN {
            return Err("detail-token-invalid.too-long");
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(NO_TOKEN)?;
        let (header, claims) = signed.split_once('.').ok_or(NO_TOKEN)?;
        // Five parts are an encrypted token (RFC 7516).
        if claims.contains('.') {
            return Err(NO_TOKEN);
        }
        let header = object(header).ok_or("detail-token-invalid.header")?;
        if header.contains_key("crit") {
            return Err("detail-token-invalid.crit");
        }
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        let is_access_token = match text("typ").map(str::to_ascii_lowercase).as_deref() {
            Some("at+jwt" | "application/at+jwt") => true,
            Some("jwt") => false,
            None if header.get("typ").is_none_or(Value::is_null) => false,
            _ => return Err("detail-token-invalid.typ"),
        };
        let algorithm = text("alg").and_then(algorithm).ok_or("detail-token-invalid.alg")?;
        let claims = object(claims).ok_or("detail-token-invalid.claims")?;
        let kid = text("kid").map(str::to_owned);
        Ok(Self { algorithm, kid, is_access_token, claims: Value::Object(claims), signed, signature })
    }

    /// Returns whether this key signed the token.
    #[must_use]
    pub fn is_signed_by(&self, key: &DecodingKey) -> bool {
        crypto::verify(self.signature, self.signed.as_bytes(), key, self.algorithm).unwrap_or(false)
    }
}

/// Returns an algorithm that the service knows. `Ed25519` is the newer name of `EdDSA` with this curve (RFC 9864).
pub fn algorithm(name: &str) -> Option<Algorithm> {
    Some(match name {
        "RS256" => Algorithm::RS256,
        "PS256" => Algorithm::PS256,
        "ES256" => Algorithm::ES256,
        "ES384" => Algorithm::ES384,
        "EdDSA" | "Ed25519" => Algorithm::EdDSA,
        "HS256" => Algorithm::HS256,
        _ => return None,
    })
}

/// Reads a part of a token.
fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice::<Object>(&bytes).ok().map(|object| object.0)
}

/// A JSON object in which no field occurs twice, because another reader could use the other value.
struct Object(Map<String, Value>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Object, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = fields.next_entry::<String, Value>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a field occurs twice"));
            }
        }
        Ok(Object(object))
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
