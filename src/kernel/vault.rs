//! Encryption at rest for secrets that the service has to read again: signing keys and credentials of receivers.
//!
//! Rules:
//! - AES-256-GCM (NIST SP 800-38D) with a random nonce. The record id is authenticated too, so that a ciphertext cannot
//!   be moved to another record.
//! - Each ciphertext has the id of its key: the first bytes of the key's SHA-256.
//! - The first key encrypts and every key decrypts, so that keys can be rotated without downtime.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use data_encoding::HEXLOWER;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::kernel::environment::Environment;
use crate::kernel::error::Error;

/// Length of a key, in bytes.
const KEY_BYTES: usize = 32;
/// Length of a key id, in bytes of the hash.
const ID_BYTES: usize = 4;

/// Prefix of encrypted text. No JSON text starts with it.
const TEXT_PREFIX: &str = "sealed:";

/// The encryption keys of this installation.
pub struct Vault {
    keys: Vec<(String, LessSafeKey)>,
}

/// An encrypted value as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Id of the key; `None` for a plain value that was stored before encryption was introduced.
    pub key: Option<String>,
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({:?})", self.key)
    }
}

impl Vault {
    /// Creates a vault from keys of 32 bytes in base64. The first key encrypts.
    ///
    /// # Errors
    /// A message with the number of the key that is not valid, or when there is no key.
    pub fn new(keys: &[SecretString]) -> Result<Self, String> {
        let read = |(number, text): (usize, &SecretString)| {
            let invalid =
                || format!("key {}: expected 32 bytes in base64, as printed by: openssl rand -base64 32", number + 1);
            let bytes = BASE64_STANDARD.decode(text.expose_secret().trim()).map_err(|_| invalid())?;
            let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| invalid())?;
            Ok((HEXLOWER.encode(&Sha256::digest(&bytes)[..ID_BYTES]), LessSafeKey::new(key)))
        };
        let keys = keys.iter().enumerate().map(read).collect::<Result<Vec<_>, String>>()?;
        if keys.is_empty() { Err("at least one key is required".to_owned()) } else { Ok(Self { keys }) }
    }

    /// Generates a key in the form of the configuration.
    #[must_use]
    pub fn fresh_key(environment: &Environment) -> String {
        BASE64_STANDARD.encode(environment.bytes::<KEY_BYTES>())
    }

    /// Returns the id of the key that encrypts.
    #[must_use]
    pub fn current(&self) -> &str {
        self.keys.first().map_or("", |(id, _)| id)
    }

    /// Returns whether the key with this id is configured.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.keys.iter().any(|(id, _)| id == key)
    }

    /// Returns whether text from [`Vault::seal_text`] is encrypted with the key that encrypts.
    #[must_use]
    pub fn is_current(&self, text: &str) -> bool {
        let sealed = text.strip_prefix(TEXT_PREFIX).and_then(|rest| rest.split_once(':'));
        sealed.is_some_and(|(key, _)| key == self.current())
    }

    /// Encrypts a value of the record `about`.
    ///
    /// # Errors
    /// 500 when there is no key or encryption fails.
    pub fn seal(&self, environment: &Environment, about: &str, plain: &[u8]) -> Result<Sealed, Error> {
        let Some((id, key)) = self.keys.first() else { return Err(Error::internal("the vault has no key")) };
        let nonce = environment.bytes::<NONCE_LEN>();
        let mut text = plain.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut text)
            .map_err(|_| Error::internal("failed to encrypt a secret"))?;
        Ok(Sealed { key: Some(id.clone()), bytes: [&nonce[..], &text].concat() })
    }

    /// Encrypts text with [`Vault::seal`] and returns the ciphertext as text.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub fn seal_text(&self, environment: &Environment, about: &str, plain: &str) -> Result<String, Error> {
        let Sealed { key, bytes } = self.seal(environment, about, plain.as_bytes())?;
        Ok(format!("{TEXT_PREFIX}{}:{}", key.unwrap_or_default(), BASE64_STANDARD.encode(bytes)))
    }

    /// Decrypts text of the record `about` that [`Vault::seal_text`] returned. Returns any other text unchanged.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn open_text(&self, about: &str, text: &str) -> Result<String, Error> {
        let Some((key, encoded)) = text.strip_prefix(TEXT_PREFIX).and_then(|rest| rest.split_once(':')) else {
            return Ok(text.to_owned());
        };
        let bytes = BASE64_STANDARD.decode(encoded).map_err(Error::internal)?;
        let plain = self.open(about, &Sealed { key: Some(key.to_owned()), bytes })?;
        String::from_utf8(plain).map_err(Error::internal)
    }

    /// Decrypts a value of the record `about`.
    ///
    /// # Errors
    /// 500 when the key is not configured, or the value was not encrypted for this record.
    pub fn open(&self, about: &str, sealed: &Sealed) -> Result<Vec<u8>, Error> {
        let Some(name) = &sealed.key else { return Ok(sealed.bytes.clone()) };
        let Some((_, key)) = self.keys.iter().find(|(id, _)| id == name) else {
            return Err(Error::internal(format!("a secret is encrypted with the key {name}, which is not configured")));
        };
        let corrupt = || Error::internal("an encrypted secret is corrupt");
        let (nonce, text) = sealed.bytes.split_first_chunk::<NONCE_LEN>().ok_or_else(corrupt)?;
        let mut text = text.to_vec();
        let plain = key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(about), &mut text)
            .map_err(|_| corrupt())?;
        Ok(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(byte: u8) -> SecretString {
        BASE64_STANDARD.encode([byte; KEY_BYTES]).into()
    }

    #[test]
    fn a_replaced_key_still_decrypts_and_a_removed_one_does_not() {
        let environment = Environment::system();
        let old = Vault::new(&[key(1)]).unwrap();
        let sealed = old.seal(&environment, "whe_1", b"secret").unwrap();
        let both = Vault::new(&[key(2), key(1)]).unwrap();
        let text = old.seal_text(&environment, "key", "secret").unwrap();
        assert!(old.is_current(&text) && !both.is_current(&text) && !old.is_current("secret"));
        assert_eq!(both.open("whe_1", &sealed).unwrap(), b"secret");
        assert!(both.knows(old.current()) && both.current() != old.current());
        let new = Vault::new(&[key(2)]).unwrap();
        assert!(new.open("whe_1", &sealed).is_err() && !new.knows(old.current()));
        let plain = Sealed { key: None, bytes: b"as before".to_vec() };
        assert_eq!(new.open("whe_1", &plain).unwrap(), b"as before");
    }

    #[test]
    fn malformed_keys_are_rejected() {
        for wrong in ["", "c2hvcnQ=", "no base64 at all, but long enough for it"] {
            assert!(Vault::new(&[key(1), wrong.into()]).err().unwrap().starts_with("key 2"));
        }
        assert!(Vault::new(&[]).is_err());
    }

    proptest! {
        #[test]
        fn a_ciphertext_decrypts_only_unchanged_and_for_its_record(
            plain in proptest::collection::vec(any::<u8>(), 0..200), at: prop::sample::Index, bit in 0_u8..8,
        ) {
            let (environment, vault) = (Environment::system(), Vault::new(&[key(1)]).unwrap());
            let sealed = vault.seal(&environment, "whe_1", &plain).unwrap();
            prop_assert_eq!(&vault.open("whe_1", &sealed).unwrap(), &plain);
            prop_assert!(vault.open("whe_2", &sealed).is_err());
            let text = String::from_utf8_lossy(&plain);
            let stored = vault.seal_text(&environment, "key", &text).unwrap();
            prop_assert_eq!(vault.open_text("key", &stored).unwrap(), text);
            prop_assert!(vault.open_text("other", &stored).is_err());
            prop_assert_eq!(vault.open_text("key", "{\"a\":1}").unwrap(), "{\"a\":1}");
            let mut changed = sealed.clone();
            let place = at.index(changed.bytes.len());
            changed.bytes[place] ^= 1 << bit;
            prop_assert!(vault.open("whe_1", &changed).is_err());
        }
    }
}
