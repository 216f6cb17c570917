//! The keys that sign for an endpoint: a shared secret (HMAC) or a key pair (Ed25519).
//!
//! Source: Standard Webhooks (<https://www.standardwebhooks.com>), `v1` and `v1a`. Both sign the same bytes,
//! `id.timestamp.body`; with Ed25519 (RFC 8032) the receiver needs only the public key and cannot forge.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair};

use super::signature::{SecretFault, SigningSecret, signed_content};

crate::text_enum! {
    /// How what is sent to an endpoint is signed.
    pub enum SignatureKind {
        /// HMAC-SHA256 with a secret that both sides know: `v1,...`.
        HmacSha256,
        /// Ed25519; the receiver has the public key only: `v1a,...`.
        Ed25519,
    }
}

/// Starts the text form of a public key.
const PUBLIC_PREFIX: &str = "whpk_";

/// Signs for an endpoint.
pub enum SigningKey {
    Hmac(SigningSecret),
    // Boxed, because it is several times as large.
    Ed25519(Box<Ed25519KeyPair>),
}

impl SigningKey {
    /// A key of this kind from what is stored: the secret, or the 32 bytes of the seed.
    ///
    /// # Errors
    /// [`SecretFault::Length`].
    pub fn new(kind: SignatureKind, bytes: Vec<u8>) -> Result<Self, SecretFault> {
        match kind {
            SignatureKind::HmacSha256 => SigningSecret::from_bytes(bytes).map(Self::Hmac),
            SignatureKind::Ed25519 => Ed25519KeyPair::from_seed_unchecked(&bytes)
                .map(|pair| Self::Ed25519(Box::new(pair)))
                .map_err(|_| SecretFault::Length),
        }
    }

    /// One signature of the content, with its version before it.
    fn sign(&self, content: &[u8]) -> String {
        match self {
            Self::Hmac(secret) => secret.sign_content(content),
            Self::Ed25519(pair) => format!("v1a,{}", BASE64_STANDARD.encode(pair.sign(content))),
        }
    }

    /// The public key as text; none for a shared secret.
    #[must_use]
    pub fn public_text(&self) -> Option<String> {
        match self {
            Self::Hmac(_) => None,
            Self::Ed25519(pair) => Some(format!("{PUBLIC_PREFIX}{}", BASE64_STANDARD.encode(pair.public_key()))),
        }
    }
}

/// The header `webhook-signature`: one signature per key, separated by spaces.
///
/// While a secret is rotated both the new and the old one sign, so the receiver may change over at any moment of the
/// overlap. `timestamp` in Unix seconds.
#[must_use]
pub fn signatures(keys: &[SigningKey], id: &str, timestamp: i64, body: &[u8]) -> String {
    let content = signed_content(id, timestamp, body);
    let signatures: Vec<String> = keys.iter().map(|key| key.sign(&content)).collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ring::signature::{ED25519, UnparsedPublicKey};

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

    proptest! {
        #[test]
        fn the_public_key_verifies_what_was_signed_and_nothing_else(seed: [u8; 32], body in proptest::collection::vec(any::<u8>(), 0..300), at: prop::sample::Index) {
            let key = SigningKey::new(SignatureKind::Ed25519, seed.to_vec()).unwrap();
            let public = BASE64_STANDARD.decode(&key.public_text().unwrap()["whpk_".len()..]).unwrap();
            let header = signatures(&[key], "evt_1", 1_800_000_000, &body);
            let signature = BASE64_STANDARD.decode(header.strip_prefix("v1a,").unwrap()).unwrap();
            let mut content = signed_content("evt_1", 1_800_000_000, &body);
            let public = UnparsedPublicKey::new(&ED25519, public);
            prop_assert!(public.verify(&content, &signature).is_ok());
            let place = at.index(content.len());
            content[place] ^= 1;
            prop_assert!(public.verify(&content, &signature).is_err());
        }
    }
}
