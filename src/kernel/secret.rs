//! Secrets that open one thing to whoever has them: a visitor's request, an agent's calendar.
//!
//! Rule: 256 random bits, shown once; only the SHA-256 is stored (a hash without salt is enough
//! for a secret that cannot be guessed); compared in constant time.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::kernel::environment::Environment;

/// A fresh secret, as it is shown.
pub fn fresh(environment: &Environment) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(environment.bytes::<32>())
}

/// What is stored of a secret.
pub fn fingerprint(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token))
}

/// Whether `token` is the secret of this fingerprint.
pub fn fits(token: &str, stored: &str) -> bool {
    fingerprint(token).as_bytes().ct_eq(stored.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_its_own_fingerprint_only() {
        let environment = Environment::system();
        let (one, other) = (fresh(&environment), fresh(&environment));
        assert_eq!(one.len(), 43);
        assert!(fits(&one, &fingerprint(&one)));
        assert!(!fits(&other, &fingerprint(&one)));
        assert!(!fits("", &fingerprint(&one)));
    }
}
