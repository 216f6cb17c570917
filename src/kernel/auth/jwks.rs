//! A static JSON Web Key Set (RFC 7517): the public keys of the identity provider, read from a file.
//!
//! Rules: the key determines the algorithm, never the token; RS256, ES256 and EdDSA are supported; symmetric keys are
//! rejected; every key needs a `kid`.

use std::collections::HashMap;
use std::path::Path;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey};

/// A public key and the only algorithm it may be used with.
pub struct PublicKey {
    pub algorithm: Algorithm,
    pub key: DecodingKey,
}

/// Reads a key set.
///
/// # Errors
/// When the file cannot be read, is not a key set, or contains a key that is not supported.
pub fn load(path: &Path) -> Result<HashMap<String, PublicKey>, String> {
    let text = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let set: JwkSet = serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    if set.keys.is_empty() {
        return Err(format!("{}: the key set is empty", path.display()));
    }
    set.keys.iter().map(public_key).collect()
}

fn public_key(jwk: &Jwk) -> Result<(String, PublicKey), String> {
    let kid = jwk.common.key_id.clone().ok_or("a key has no kid")?;
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        _ => return Err(format!("key {kid}: only RSA, P-256 and Ed25519 keys are supported")),
    };
    let key = DecodingKey::from_jwk(jwk).map_err(|error| format!("key {kid}: {error}"))?;
    Ok((kid, PublicKey { algorithm, key }))
}
