//! Tokens of an identity provider, verified with its static key set: RS256, ES256 and EdDSA, and key confusion attacks.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use entente::kernel::auth::{Actor, Verifier};
use entente::kernel::config::AuthSettings;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::traits::PublicKeyParts;

use super::support::app::claims;
use super::support::*;

/// A private key with its entry in the key set.
struct Key {
    algorithm: Algorithm,
    private: EncodingKey,
    jwk: Value,
}

fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn ed25519() -> Key {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let public = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap().public_key().as_ref().to_vec();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": text(&public)});
    Key { algorithm: Algorithm::EdDSA, private: EncodingKey::from_ed_der(document.as_ref()), jwk }
}

fn p256() -> Key {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
    // An uncompressed point: 0x04, x, y.
    let point = pair.public_key().as_ref().to_vec();
    let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "ec", "x": text(&point[1..33]), "y": text(&point[33..])});
    Key { algorithm: Algorithm::ES256, private: EncodingKey::from_ec_der(document.as_ref()), jwk }
}

fn rsa() -> Key {
    let private = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    let jwk = json!({"kty": "RSA", "kid": "rsa", "n": text(&private.n().to_bytes_be()), "e": text(&private.e().to_bytes_be())});
    let der = private.to_pkcs1_der().unwrap();
    Key { algorithm: Algorithm::RS256, private: EncodingKey::from_rsa_der(der.as_bytes()), jwk }
}

/// A temporary file, deleted when it is dropped.
struct KeySetFile(PathBuf);

impl KeySetFile {
    fn new(keys: &Value) -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let name = format!("entente-keys-{}-{}.json", std::process::id(), COUNTER.fetch_add(1, Ordering::SeqCst));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, json!({"keys": keys}).to_string()).unwrap();
        Self(path)
    }

    fn verifier(&self) -> Result<Verifier, String> {
        let audience = "entente".to_owned();
        Verifier::new(&AuthSettings {
            issuer: audience.clone(),
            audience,
            secret: None,
            jwks_file: Some(self.0.clone()),
        })
    }
}

impl Drop for KeySetFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn verify(
    verifier: &Verifier,
    algorithm: Algorithm,
    kid: Option<&str>,
    key: &EncodingKey,
) -> Result<Actor, &'static str> {
    let header = Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) };
    let token = jsonwebtoken::encode(&header, &claims("reader", "projects:read"), key).unwrap();
    verifier.verify(&token, start_time())
}

#[test]
fn each_algorithm_is_accepted_with_its_own_key_only() {
    let keys = [ed25519(), p256(), rsa()];
    let verifier = KeySetFile::new(&keys.iter().map(|key| key.jwk.clone()).collect()).verifier().unwrap();
    for key in &keys {
        let kid = key.jwk["kid"].as_str();
        assert_eq!(verify(&verifier, key.algorithm, kid, &key.private).unwrap().subject, "reader");
        assert_eq!(
            verify(&verifier, key.algorithm, None, &key.private).unwrap_err(),
            "detail-token-invalid.kid-missing"
        );
        assert_eq!(
            verify(&verifier, key.algorithm, Some("other"), &key.private).unwrap_err(),
            "detail-token-invalid.kid-unknown"
        );
        for other in keys.iter().filter(|other| other.jwk["kid"] != key.jwk["kid"]) {
            let refused = verify(&verifier, key.algorithm, other.jwk["kid"].as_str(), &key.private).unwrap_err();
            assert_eq!(refused, "detail-token-invalid.alg-of-key");
        }
    }
    // Another key of the same type, with a known `kid`.
    assert_eq!(
        verify(&verifier, Algorithm::EdDSA, Some("ed"), &ed25519().private).unwrap_err(),
        "detail-token-invalid.signature"
    );
    // The public key must not work as an HMAC secret (RFC 8725 section 2.1).
    let public = EncodingKey::from_secret(keys[2].jwk["n"].as_str().unwrap().as_bytes());
    assert_eq!(verify(&verifier, Algorithm::HS256, Some("rsa"), &public).unwrap_err(), "detail-token-invalid.alg");
}

#[test]
fn an_unsafe_key_set_is_rejected_at_startup() {
    let nameless = json!([{"kty": "OKP", "crv": "Ed25519", "x": text(&[7; 32])}]);
    let secret = json!([{"kty": "oct", "kid": "s", "k": text(&[7; 32])}]);
    for (keys, reason) in [(nameless, "kid"), (secret, "only RSA"), (json!([]), "empty")] {
        let refused = KeySetFile::new(&keys).verifier().err().unwrap();
        assert!(refused.contains(reason), "{refused}");
    }
}
