//! A JSON Web Key Set (RFC 7517): the public keys of an identity provider. Pure.
//!
//! Rules: a key that is not understood is skipped, so that a provider can add keys of a new kind. Used are public keys
//! with a `kid`, whose `use`, `key_ops` and `alg` allow it: RSA of 2048 to 4096 bits, P-256, P-384 and Ed25519.
//! Symmetric keys are never used. The key decides with which algorithms it is used, never the token.

use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::Value;

use super::jwt;

/// Sizes of RSA keys, in bytes.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=512;
/// Most bytes of a public exponent.
const MAX_EXPONENT: usize = 4;

/// A public key.
pub struct PublicKey {
    algorithms: Vec<Algorithm>,
    pub key: DecodingKey,
}

impl PublicKey {
    /// Returns whether the key can be used with this algorithm.
    #[must_use]
    pub fn permits(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }
}

/// The keys that can be used, by `kid`. Several keys of different kinds can have the same `kid` (RFC 7517 section 4.5).
#[derive(Default)]
pub struct KeySet(HashMap<String, Vec<PublicKey>>);

impl KeySet {
    /// Reads a key set.
    ///
    /// # Errors
    /// When the bytes are not a key set, or when it contains no key that can be used.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let set: Value = serde_json::from_slice(bytes).map_err(|error| format!("it is not JSON: {error}"))?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or("it is not a key set: the array keys is missing")?;
        let mut found = Self::default();
        for (kid, key) in keys.iter().filter_map(public_key) {
            found.0.entry(kid).or_default().push(key);
        }
        if found.0.is_empty() {
            return Err(format!("it contains no key that can be used, among {} keys", keys.len()));
        }
        Ok(found)
    }

    /// Returns the keys with this `kid`.
    #[must_use]
    pub fn with_kid(&self, kid: &str) -> &[PublicKey] {
        self.0.get(kid).map_or(&[], Vec::as_slice)
    }

    /// Returns the number of keys.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}

/// Reads a key (RFC 7517 section 4, RFC 7518 section 6, RFC 8037); `None` if it cannot be used.
fn public_key(jwk: &Value) -> Option<(String, PublicKey)> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let kid = text("kid").filter(|kid| !kid.is_empty())?;
    // A private key is not secret any more when it is published.
    if jwk.get("d").is_some() || !is_for_signatures(jwk) {
        return None;
    }
    let (possible, key): (&[Algorithm], _) = match (text("kty")?, text("crv")) {
        ("RSA", _) => (&[Algorithm::RS256, Algorithm::PS256], rsa(text("n")?, text("e")?)?),
        ("EC", Some("P-256")) => (&[Algorithm::ES256], ec(text("x")?, text("y")?, 32)?),
        ("EC", Some("P-384")) => (&[Algorithm::ES384], ec(text("x")?, text("y")?, 48)?),
        ("OKP", Some("Ed25519")) => (&[Algorithm::EdDSA], ed25519(text("x")?)?),
        _ => return None,
    };
    let algorithms = match jwk.get("alg") {
        None | Some(Value::Null) => possible.to_vec(),
        Some(alg) => {
            let only = alg.as_str().and_then(jwt::algorithm)?;
            possible.iter().copied().filter(|one| *one == only).collect()
        }
    };
    // Fails for a point that is not on the curve.
    let is_valid = algorithms.first().is_some_and(|first| crypto::verify("", &[], &key, *first).is_ok());
    is_valid.then(|| (kid.to_owned(), PublicKey { algorithms, key }))
}

/// Returns whether the key is meant for the verification of signatures.
fn is_for_signatures(jwk: &Value) -> bool {
    let has_use = match jwk.get("use") {
        None | Some(Value::Null) => true,
        Some(value) => value == "sig",
    };
    let has_operation = match jwk.get("key_ops") {
        None | Some(Value::Null) => true,
        Some(operations) => {
            operations.as_array().is_some_and(|operations| operations.iter().any(|one| one == "verify"))
        }
    };
    has_use && has_operation
}

fn rsa(modulus: &str, exponent: &str) -> Option<DecodingKey> {
    let (modulus, exponent) = (decoded(modulus)?, decoded(exponent)?);
    // Some providers write a zero byte before the modulus.
    let start = modulus.iter().position(|byte| *byte != 0)?;
    let modulus = modulus.get(start..)?;
    let is_valid = RSA_BYTES.contains(&modulus.len()) && (1..=MAX_EXPONENT).contains(&exponent.len());
    is_valid.then(|| DecodingKey::from_rsa_raw_components(modulus, &exponent))
}

fn ec(x: &str, y: &str, bytes: usize) -> Option<DecodingKey> {
    let is_valid = decoded(x)?.len() == bytes && decoded(y)?.len() == bytes;
    is_valid.then(|| DecodingKey::from_ec_components(x, y).ok()).flatten()
}

fn ed25519(x: &str) -> Option<DecodingKey> {
    let is_valid = decoded(x)?.len() == 32;
    is_valid.then(|| DecodingKey::from_ed_components(x).ok()).flatten()
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Public keys of RFC 7517 appendix A.1, RFC 7515 appendix A.3 and RFC 8037 appendix A.2.
    fn ec_key() -> Value {
        json!({"kty": "EC", "crv": "P-256", "kid": "ec",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"})
    }

    fn ed_key() -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    }

    fn rsa_key(bytes: usize) -> Value {
        let mut modulus = vec![0xab; bytes];
        modulus[bytes - 1] = 0x01;
        json!({"kty": "RSA", "kid": "rsa", "n": BASE64_URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB"})
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key[name] = value;
        key
    }

    fn parse(keys: &[Value]) -> Result<KeySet, String> {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes())
    }

    fn algorithms(key: Value) -> Vec<Algorithm> {
        let kid = key["kid"].as_str().unwrap().to_owned();
        let set = parse(&[key]).unwrap();
        set.with_kid(&kid).iter().flat_map(|key| key.algorithms.clone()).collect()
    }

    #[test]
    fn a_key_has_the_algorithms_of_its_kind_or_the_one_that_it_names() {
        assert_eq!(algorithms(rsa_key(256)), [Algorithm::RS256, Algorithm::PS256]);
        assert_eq!(algorithms(with(rsa_key(256), "alg", json!("PS256"))), [Algorithm::PS256]);
        assert_eq!(algorithms(ec_key()), [Algorithm::ES256]);
        assert_eq!(algorithms(ed_key()), [Algorithm::EdDSA]);
        assert_eq!(algorithms(with(ed_key(), "alg", json!("Ed25519"))), [Algorithm::EdDSA]);
        let for_signatures = with(with(ec_key(), "use", json!("sig")), "key_ops", json!(["verify"]));
        assert_eq!(algorithms(for_signatures), [Algorithm::ES256]);
    }

    #[test]
    fn keys_that_are_not_understood_are_skipped() {
        let skipped = [
            with(ec_key(), "use", json!("enc")),
            with(ec_key(), "use", json!(7)),
            with(ec_key(), "key_ops", json!(["deriveKey"])),
            with(ec_key(), "alg", json!("ECDH-ES")),
            with(ec_key(), "alg", json!("ES384")),
            with(ec_key(), "crv", json!("secp256k1")),
            with(ec_key(), "crv", json!("P-384")),
            with(ec_key(), "x", json!("AAAA")),
            // Not on the curve.
            with(ec_key(), "y", json!("4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyQ")),
            with(ec_key(), "d", json!("870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE")),
            with(ec_key(), "kid", json!("")),
            with(ed_key(), "x", json!("AAAA")),
            with(ed_key(), "crv", json!("X25519")),
            with(rsa_key(256), "alg", json!("RSA-OAEP")),
            with(rsa_key(256), "alg", json!("HS256")),
            with(rsa_key(256), "e", json!("")),
            rsa_key(128),
            rsa_key(1024),
            json!({"kty": "oct", "kid": "s", "k": "c2VjcmV0", "alg": "HS256"}),
            json!({"kty": "new", "kid": "n"}),
            json!("key"),
            json!(null),
        ];
        let without_kid = json!({"kty": "OKP", "crv": "Ed25519", "x": ed_key()["x"]});
        for key in skipped.iter().chain([&without_kid]) {
            assert!(parse(std::slice::from_ref(key)).is_err(), "{key}");
            assert_eq!(parse(&[key.clone(), ed_key()]).unwrap().count(), 1, "{key}");
        }
    }

    #[test]
    fn a_set_without_usable_keys_is_refused() {
        for text in ["", "[]", "{}", r#"{"keys": {}}"#, r#"{"keys": []}"#] {
            assert!(KeySet::parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn keys_of_several_kinds_can_have_the_same_kid() {
        let set = parse(&[with(ec_key(), "kid", json!("k")), with(ed_key(), "kid", json!("k"))]).unwrap();
        let both = [Algorithm::ES256, Algorithm::EdDSA];
        assert!(both.iter().all(|one| set.with_kid("k").iter().filter(|key| key.permits(*one)).count() == 1));
        assert!(set.with_kid("other").is_empty());
    }
}
