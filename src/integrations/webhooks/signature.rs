//! Signatures of outgoing webhooks, as Standard Webhooks defines them
//! (<https://www.standardwebhooks.com>, symmetric scheme `v1`).
//!
//! What is signed is `id.timestamp.body` with HMAC-SHA256. The bytes signed are
//! the bytes sent: callers store a body once and never serialise it again.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;

/// Starts the text form of every secret.
const PREFIX: &str = "whsec_";
/// Length of a secret in bytes: at least 192 bits, at most one block of SHA-256.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;
const BLOCK: usize = 64;

/// A shared secret of 24 to 64 bytes. `Debug` never shows it; memory is cleared on drop.
pub struct SigningSecret(SecretSlice<u8>);

/// Why bytes or a text are not a signing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretFault {
    /// The text does not begin with `whsec_`.
    Prefix,
    /// What follows `whsec_` is not canonical, padded base64 (RFC 4648 section 4).
    Encoding,
    /// Shorter than 24 or longer than 64 bytes.
    Length,
}

impl fmt::Display for SecretFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prefix => "a signing secret begins with whsec_",
            Self::Encoding => "a signing secret is base64 after whsec_",
            Self::Length => "a signing secret has 24 to 64 bytes",
        })
    }
}

impl std::error::Error for SecretFault {}

impl SigningSecret {
    /// A new secret from 32 bytes of a cryptographic random generator.
    pub fn from_random(random: [u8; 32]) -> Self {
        Self(random.to_vec().into())
    }

    /// A secret from its raw bytes, as kept (encrypted) in storage.
    ///
    /// # Errors
    /// [`SecretFault::Length`] unless there are 24 to 64 bytes.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, SecretFault> {
        let secret = SecretSlice::from(bytes);
        if LENGTHS.contains(&secret.expose_secret().len()) { Ok(Self(secret)) } else { Err(SecretFault::Length) }
    }

    /// Reads the text form `whsec_<base64>`.
    ///
    /// # Errors
    /// A [`SecretFault`], which never contains the text.
    pub fn parse(text: &str) -> Result<Self, SecretFault> {
        let encoded = text.strip_prefix(PREFIX).ok_or(SecretFault::Prefix)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| SecretFault::Encoding)?;
        Self::from_bytes(bytes)
    }

    /// The text form `whsec_<base64>`, to be shown once to the receiver's owner.
    pub fn to_text(&self) -> SecretString {
        format!("{PREFIX}{}", STANDARD.encode(self.expose_bytes())).into()
    }

    /// The raw bytes, to be encrypted for storage.
    pub fn expose_bytes(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// The signature `v1,<base64>` of one message; `timestamp_unix` in seconds.
    pub fn sign(&self, id: &str, timestamp_unix: i64, body: &[u8]) -> String {
        self.sign_content(&signed_content(id, timestamp_unix, body))
    }

    /// The signature of [`signed_content`].
    pub fn sign_content(&self, content: &[u8]) -> String {
        // HMAC itself pads a short key with zeros to one block (RFC 2104), so padding
        // here changes nothing and leaves no length that could be refused.
        let mut key = [0; BLOCK];
        for (to, from) in key.iter_mut().zip(self.expose_bytes()) {
            *to = *from;
        }
        let mac = Hmac::<Sha256>::new(&key.into()).chain_update(content);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret([redacted])")
    }
}

/// The exact bytes that are signed: `id.timestamp.body`.
///
/// `id` must hold no full stop, or two messages could share their signed bytes;
/// the ids of this service never do.
pub fn signed_content(id: &str, timestamp_unix: i64, body: &[u8]) -> Vec<u8> {
    let mut content = format!("{id}.{timestamp_unix}.").into_bytes();
    content.extend_from_slice(body);
    content
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};
    use reqwest::header::{HeaderMap, HeaderValue};
    use standardwebhooks::Webhook;

    use super::*;
    use crate::integrations::webhooks::signing::{SigningKey, signatures};

    /// The reference implementation, holding the same secret.
    fn reference(secret: &SigningSecret) -> Webhook {
        Webhook::new(secret.to_text().expose_secret()).unwrap()
    }

    #[test]
    fn matches_the_published_example() {
        // Test vector of the Standard Webhooks libraries.
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the reference library asks the machine for the time")]
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
    fn refuses_what_is_not_a_secret() {
        let text = |length: usize| format!("whsec_{}", STANDARD.encode(vec![7; length]));
        for length in [24, 32, 64] {
            assert!(SigningSecret::parse(&text(length)).is_ok(), "{length}");
        }
        for length in [0, 1, 23, 65, 200] {
            let fault = SigningSecret::parse(&text(length)).err();
            assert_eq!(fault, Some(SecretFault::Length), "{length}");
        }
        let good = text(32);
        let cases = [
            (good.replacen("whsec_", "", 1), SecretFault::Prefix),
            (good.replacen("whsec_", "WHSEC_", 1), SecretFault::Prefix),
            (format!(" {good}"), SecretFault::Prefix),
            (format!("{good} "), SecretFault::Encoding),
            (good.trim_end_matches('=').to_owned(), SecretFault::Encoding),
            (good.replacen("_B", "_-", 1), SecretFault::Encoding),
        ];
        for (text, expected) in cases {
            assert_eq!(SigningSecret::parse(&text).err(), Some(expected), "{text}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = SigningSecret::from_bytes(b"twenty-four-bytes-secret".to_vec()).unwrap();
        assert_eq!(format!("{secret:?}"), "SigningSecret([redacted])");
    }

    proptest! {
        #[test]
        fn agrees_with_the_reference(
            bytes in vec(any::<u8>(), 24..=64),
            id in "[a-z]{3}_[0-9a-z]{1,26}",
            timestamp in 0_i64..253_402_300_799,
            body in ".{0,200}",
        ) {
            let secret = SigningSecret::from_bytes(bytes.clone()).unwrap();
            let expected = reference(&secret).sign(&id, timestamp, body.as_bytes()).unwrap();
            prop_assert_eq!(secret.sign(&id, timestamp, body.as_bytes()), expected);

            let again = SigningSecret::parse(secret.to_text().expose_secret()).unwrap();
            prop_assert_eq!(again.expose_bytes(), &bytes[..]);
        }

        #[test]
        fn parsing_never_panics(text in "(whsec_)?.{0,100}") {
            if let Ok(secret) = SigningSecret::parse(&text) {
                let again = secret.to_text();
                prop_assert_eq!(again.expose_secret(), text);
            }
        }
    }
}
