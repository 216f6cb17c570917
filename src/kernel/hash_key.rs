//! Keyed hashes of personal data that has to be compared, but not read: networks, blocked phone numbers and logins of
//! erased people.
//!
//! Rule: there are so few IPv4 addresses, phone numbers and likely logins that a plain hash can be reversed by trying
//! all of them. A hash with a secret key (HMAC-SHA-256) cannot, without the key.

use std::fmt;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Length of a key, in bytes.
pub const KEY_BYTES: usize = 32;

/// The secret key of the hashes.
#[derive(Clone)]
pub struct HashKey([u8; KEY_BYTES]);

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey")
    }
}

impl HashKey {
    /// Creates a key from random bytes.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Creates the key that is derived from another secret.
    #[must_use]
    pub fn derived_from(secret: &str) -> Self {
        let mut bytes = [0; KEY_BYTES];
        bytes.copy_from_slice(&Sha256::digest(secret));
        Self(bytes)
    }

    /// Returns the hash of a value in lower-case hexadecimal. The same value has other hashes for other purposes.
    #[must_use]
    pub fn hash(&self, purpose: &str, value: &str) -> String {
        let mut key = [0; 64];
        key[..KEY_BYTES].copy_from_slice(&self.0);
        let mac = Hmac::<Sha256>::new(&key.into()).chain_update(purpose).chain_update([0_u8]).chain_update(value);
        HEXLOWER.encode(&mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_key_purpose_and_value() {
        let key = HashKey::new([1; KEY_BYTES]);
        let hash = key.hash("network", "192.0.2.1/32");
        assert_eq!((hash.len(), &hash), (64, &key.hash("network", "192.0.2.1/32")));
        for other in [
            HashKey::new([2; KEY_BYTES]).hash("network", "192.0.2.1/32"),
            key.hash("number", "192.0.2.1/32"),
            key.hash("network", "192.0.2.2/32"),
            key.hash("network192.0.2.1", "/32"),
        ] {
            assert_ne!(hash, other);
        }
    }

    #[test]
    fn a_derived_key_is_the_same_for_the_same_secret() {
        let of = |secret: &str| HashKey::derived_from(secret).hash("p", "v");
        assert_eq!(of("secret"), of("secret"));
        assert_ne!(of("secret"), of("another"));
        assert_eq!(format!("{:?}", HashKey::derived_from("secret")), "HashKey");
    }
}
