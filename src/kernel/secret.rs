//! Bearer secrets for a single resource: the callback request of a visitor, the calendar feed of an agent.
//!
//! Rule: a secret has 256 random bits and is shown once. Only its SHA-256 is stored, without a salt, because the secret
//! cannot be guessed. Secrets are compared in constant time.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::kernel::environment::Environment;

/// Generates a secret.
pub fn fresh(environment: &Environment) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(environment.bytes::<32>())
}

/// Returns the hash of a secret, which is stored in its place.
pub fn fingerprint(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token))
}

/// Returns whether `token` is the secret with the hash `stored`.
pub fn fits(token: &str, stored: &str) -> bool {
    fingerprint(token).as_bytes().ct_eq(stored.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_matches_its_own_hash_only() {
        let environment = Environment::system();
        let (one, other) = (fresh(&environment), fresh(&environment));
        assert_eq!(one.len(), 43);
        assert!(fits(&one, &fingerprint(&one)));
        assert!(!fits(&other, &fingerprint(&one)));
        assert!(!fits("", &fingerprint(&one)));
    }
}
