//! Algorithms: each key is used with its own algorithms only, and key sets can contain other keys.

use std::sync::Arc;

use entente::kernel::auth::{Actor, AuthSettings, FetchKeys, IssuerSettings, KeyLocation, Refusal, Verifier};
use jsonwebtoken::{Algorithm, EncodingKey};

use super::keys::{Key, KeyFile, ed25519, p256, p384, rsa};
use crate::support::app::{NoFetcher, claims};
use crate::support::*;

fn verifier(file: &KeyFile) -> Result<Verifier, String> {
    let issuers = vec![IssuerSettings::new("entente", vec!["entente".into()], KeyLocation::File(file.0.clone()))];
    let fetcher: Arc<dyn FetchKeys> = Arc::new(NoFetcher);
    Verifier::new(&AuthSettings { issuers, ..AuthSettings::default() }, &fetcher)
}

async fn verify(verifier: &Verifier, key: &Key, kid: Option<&str>) -> Result<Actor, Refusal> {
    let mut header = key.header();
    header["kid"] = json!(kid);
    let token = key.sign(&header, &serde_json::to_value(claims("reader", "projects:read")).unwrap());
    verifier.verify(&token, start_time()).await
}

fn refused(reason: &'static str) -> Refusal {
    Refusal::Invalid(reason)
}

#[tokio::test]
async fn each_algorithm_is_accepted_with_its_own_key_only() {
    let rsa = rsa("rsa");
    let pss = Key { algorithm: Algorithm::PS256, ..rsa.clone() };
    let keys = [ed25519("ed"), p256("ec"), p384("ec384"), rsa.clone()];
    let file = KeyFile::new(&keys.iter().collect::<Vec<_>>());
    let verifier = verifier(&file).unwrap();
    for key in keys.iter().chain([&pss]) {
        assert_eq!(verify(&verifier, key, Some(key.kid())).await.unwrap().subject, "reader");
        let unnamed = verify(&verifier, key, None).await.unwrap_err();
        assert_eq!(unnamed, refused("detail-token-invalid.kid-missing"));
        let unknown = verify(&verifier, key, Some("other")).await.unwrap_err();
        assert_eq!(unknown, refused("detail-token-invalid.kid-unknown"));
        for other in keys.iter().filter(|other| other.kid() != key.kid()) {
            let confused = verify(&verifier, key, Some(other.kid())).await.unwrap_err();
            assert_eq!(confused, refused("detail-token-invalid.alg-of-key"));
        }
    }
    // Another key of the same type, with a known `kid`.
    let stranger = verify(&verifier, &ed25519("ed"), Some("ed")).await.unwrap_err();
    assert_eq!(stranger, refused("detail-token-invalid.signature"));
    // The public key must not work as an HMAC secret (RFC 8725 section 2.1).
    let public = EncodingKey::from_secret(rsa.jwk["n"].as_str().unwrap().as_bytes());
    let hmac = Key { algorithm: Algorithm::HS256, private: public, ..rsa };
    assert_eq!(verify(&verifier, &hmac, Some("rsa")).await.unwrap_err(), refused("detail-token-invalid.alg"));
}

#[tokio::test]
async fn a_key_is_used_as_it_is_declared() {
    let rsa = rsa("rsa");
    let pss = Key { algorithm: Algorithm::PS256, ..rsa.clone() };
    let file = KeyFile::new(&[&rsa.with(json!({"alg": "PS256"}))]);
    let only_pss = verifier(&file).unwrap();
    verify(&only_pss, &pss, Some("rsa")).await.unwrap();
    assert_eq!(verify(&only_pss, &rsa, Some("rsa")).await.unwrap_err(), refused("detail-token-invalid.alg-of-key"));
    let (signs, encrypts) = (ed25519("signs"), p256("encrypts"));
    let declared = [signs.with(json!({"use": "sig", "alg": "EdDSA"})), encrypts.with(json!({"use": "enc"}))];
    let file = KeyFile::new(&[&declared[0], &declared[1]]);
    let verifier = verifier(&file).unwrap();
    verify(&verifier, &signs, Some("signs")).await.unwrap();
    let confused = verify(&verifier, &encrypts, Some("encrypts")).await.unwrap_err();
    assert_eq!(confused, refused("detail-token-invalid.kid-unknown"));
}

#[test]
fn a_file_without_usable_keys_is_refused_at_the_start() {
    for text in [
        r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
        r#"{"keys": [{"kty": "oct", "kid": "s", "k": "c2VjcmV0"}]}"#,
        r#"{"keys": []}"#,
        "not JSON",
    ] {
        let file = KeyFile::new(&[]);
        file.write(text);
        let refused = verifier(&file).err().unwrap();
        assert!(refused.contains("issuers") && refused.contains(&*file.0.to_string_lossy()), "{refused}");
    }
    let missing = KeyFile(std::env::temp_dir().join("entente-no-such-file.json"));
    assert!(verifier(&missing).err().unwrap().contains("entente-no-such-file.json"));
}
