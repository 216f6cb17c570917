//! Signatures of webhooks, as defined in Standard Webhooks (<https://www.standardwebhooks.com>): `v1` with a shared
//! secret (HMAC-SHA256) and `v1a` with a key pair (Ed25519, RFC 8032), with which the receiver cannot forge signatures,
//! because it has only the public key.
//!
//! Rule: the signed content is `id.timestamp.body`, and the signed body is the one that is sent: callers serialise a
//! body once and store the bytes.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use ring::signature::{Ed25519KeyPair, KeyPair};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;

/// Prefix of the text form of a secret.
const SECRET_PREFIX: &str = "whsec_";
/// Prefix of the text form of a public key.
const PUBLIC_PREFIX: &str = "whpk_";
/// Length of a secret in bytes: at least 192 bits, at most one block of SHA-256.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;
const BLOCK: usize = 64;

crate::text_enum! {
    /// How requests to an endpoint are signed: `hmac_sha256` (`v1` signatures with a shared secret) or `ed25519` (`v1a`
    /// signatures with a key pair, of which the receiver has only the public key).
    pub enum SignatureKind {
        HmacSha256,
        Ed25519,
    }
}

/// A key that signs the requests to an endpoint.
pub enum SigningKey {
    Hmac(SigningSecret),
    // Boxed, because it is several times as large as the other variant.
    Ed25519(Box<Ed25519KeyPair>),
}

impl SigningKey {
    /// Creates a key of this kind from the stored bytes: the secret, or the 32 bytes of the seed.
    ///
    /// # Errors
    /// [`InvalidLength`].
    pub fn new(kind: SignatureKind, bytes: Vec<u8>) -> Result<Self, InvalidLength> {
        match kind {
            SignatureKind::HmacSha256 => SigningSecret::from_bytes(bytes).map(Self::Hmac),
            SignatureKind::Ed25519 => Ed25519KeyPair::from_seed_unchecked(&bytes)
                .map(|pair| Self::Ed25519(Box::new(pair)))
                .map_err(|_| InvalidLength),
        }
    }

    /// Returns one signature of the content, prefixed with its version.
    fn sign(&self, content: &[u8]) -> String {
        match self {
            Self::Hmac(secret) => secret.sign(content),
            Self::Ed25519(pair) => format!("v1a,{}", BASE64_STANDARD.encode(pair.sign(content))),
        }
    }

    /// Returns the public key as text; `None` for a shared secret.
    #[must_use]
    pub fn public_text(&self) -> Option<String> {
        match self {
            Self::Hmac(_) => None,
            Self::Ed25519(pair) => Some(format!("{PUBLIC_PREFIX}{}", BASE64_STANDARD.encode(pair.public_key()))),
        }
    }
}

/// A shared secret for HMAC-SHA256, of 24 to 64 bytes. `Debug` never prints it; its memory is cleared on drop.
pub struct SigningSecret(SecretSlice<u8>);

/// The error for bytes that are not a signing secret, because there are not 24 to 64 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidLength;

impl fmt::Display for InvalidLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a signing secret has 24 to 64 bytes")
    }
}

impl std::error::Error for InvalidLength {}

impl SigningSecret {
    /// Creates a secret from 32 bytes of a cryptographic random number generator.
    pub fn from_random(random: [u8; 32]) -> Self {
        Self(random.to_vec().into())
    }

    /// Creates a secret from its raw bytes, which are stored encrypted.
    ///
    /// # Errors
    /// [`InvalidLength`] unless there are 24 to 64 bytes.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, InvalidLength> {
        let secret = SecretSlice::from(bytes);
        if LENGTHS.contains(&secret.expose_secret().len()) { Ok(Self(secret)) } else { Err(InvalidLength) }
    }

    /// Returns the text form `whsec_<base64>`, which the API returns once.
    pub fn to_text(&self) -> SecretString {
        format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(self.expose_bytes())).into()
    }

    fn expose_bytes(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// Returns the signature `v1,<base64>` of [`signed_content`].
    fn sign(&self, content: &[u8]) -> String {
        // HMAC itself pads a short key with zeros to one block (RFC 2104), so this padding does not change the result,
        // and the key always has a valid length.
        let mut key = [0; BLOCK];
        for (to, from) in key.iter_mut().zip(self.expose_bytes()) {
            *to = *from;
        }
        let mac = Hmac::<Sha256>::new(&key.into()).chain_update(content);
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret([redacted])")
    }
}

/// Returns the value of the header `webhook-signature`: one signature per key, separated by spaces.
///
/// During the overlap of a rotation there is a signature by both the new and the old secret, so that the receiver can
/// switch at any moment. `timestamp` is in Unix seconds.
#[must_use]
pub fn signatures(keys: &[SigningKey], id: &str, timestamp: i64, body: &[u8]) -> String {
    let content = signed_content(id, timestamp, body);
    let signatures: Vec<String> = keys.iter().map(|key| key.sign(&content)).collect();
    signatures.join(" ")
}

/// Returns the exact bytes that are signed: `id.timestamp.body`.
///
/// `id` must not contain a full stop, or two different messages could have the same signed bytes; the ids of this
/// service never contain one.
pub fn signed_content(id: &str, timestamp_unix: i64, body: &[u8]) -> Vec<u8> {
    let mut content = format!("{id}.{timestamp_unix}.").into_bytes();
    content.extend_from_slice(body);
    content
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};
    use reqwest::header::{HeaderMap, HeaderValue};
    use ring::signature::{ED25519, UnparsedPublicKey};
    use standardwebhooks::Webhook;

    use super::*;

    /// Returns the reference implementation with the same secret.
    fn reference(secret: &SigningSecret) -> Webhook {
        Webhook::new(secret.to_text().expose_secret()).unwrap()
    }

    #[test]
    fn matches_the_published_example() {
        // Test vector of the Standard Webhooks libraries.
        let secret =
            SigningSecret::from_bytes(BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()).unwrap();
        assert_eq!(
            secret.sign(&signed_content("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#)),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the reference library reads the system clock")]
    fn a_receiver_accepts_either_secret_during_rotation() {
        let (new, old) = (SigningSecret::from_random([1; 32]), SigningSecret::from_random([2; 32]));
        let other = SigningSecret::from_random([3; 32]);
        let now = jiff::Timestamp::now().as_second();
        let body = r#"{"type":"project.activated"}"#.as_bytes();

        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", HeaderValue::from_static("evt_1"));
        headers.insert("webhook-timestamp", now.into());
        let [newer, older, foreign] = [&new, &old, &other].map(reference);
        let signature = signatures(&[SigningKey::Hmac(new), SigningKey::Hmac(old)], "evt_1", now, body);
        headers.insert("webhook-signature", signature.parse().unwrap());

        assert!(newer.verify(body, &headers).is_ok());
        assert!(older.verify(body, &headers).is_ok());
        assert!(foreign.verify(body, &headers).is_err());
        assert!(newer.verify(b"changed", &headers).is_err());
    }

    #[test]
    fn matches_the_first_vector_of_rfc_8032() {
        let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
        let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let key = SigningKey::new(SignatureKind::Ed25519, seed).unwrap();
        let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assert_eq!(key.public_text().unwrap(), format!("whpk_{}", BASE64_STANDARD.encode(public)));
        let signature = hex(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        );
        assert_eq!(key.sign(b""), format!("v1a,{}", BASE64_STANDARD.encode(signature)));
    }

    #[test]
    fn a_secret_has_24_to_64_bytes() {
        for length in [24, 32, 64] {
            assert!(SigningSecret::from_bytes(vec![7; length]).is_ok(), "{length}");
        }
        for length in [0, 1, 23, 65, 200] {
            assert_eq!(SigningSecret::from_bytes(vec![7; length]).err(), Some(InvalidLength), "{length}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = SigningSecret::from_bytes(b"twenty-four-bytes-secret".to_vec()).unwrap();
        assert_eq!(format!("{secret:?}"), "SigningSecret([redacted])");
    }

    proptest! {
        #[test]
        fn the_public_key_verifies_only_the_signed_content(seed: [u8; 32], body in vec(any::<u8>(), 0..300), at: prop::sample::Index) {
            let key = SigningKey::new(SignatureKind::Ed25519, seed.to_vec()).unwrap();
            let public = BASE64_STANDARD.decode(&key.public_text().unwrap()["whpk_".len()..]).unwrap();
            let header = signatures(&[key], "evt_1", 1_800_000_000, &body);
            let signature = BASE64_STANDARD.decode(header.strip_prefix("v1a,").unwrap()).unwrap();
            let mut content = signed_content("evt_1", 1_800_000_000, &body);
            let public = UnparsedPublicKey::new(&ED25519, public);
            prop_assert!(public.verify(&content, &signature).is_ok());
            let position = at.index(content.len());
            content[position] ^= 1;
            prop_assert!(public.verify(&content, &signature).is_err());
        }

        #[test]
        fn matches_the_reference_implementation(
            bytes in vec(any::<u8>(), 24..=64),
            id in "[a-z]{3}_[0-9a-z]{1,26}",
            timestamp in 0_i64..253_402_300_799,
            body in ".{0,200}",
        ) {
            let secret = SigningSecret::from_bytes(bytes.clone()).unwrap();
            let expected = reference(&secret).sign(&id, timestamp, body.as_bytes()).unwrap();
            prop_assert_eq!(secret.sign(&signed_content(&id, timestamp, body.as_bytes())), expected);
            prop_assert_eq!(secret.expose_bytes(), &bytes[..]);
        }
    }
}
