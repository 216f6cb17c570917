//! Secrets at rest: what has to be read again (signing keys, credentials of receivers) is stored encrypted.
//!
//! Rules: AES-256-GCM (NIST SP 800-38D) with a random nonce, bound to the record it belongs to, so that nothing can be
//! moved from one record to another; each sealed text names its key by the start of the key's SHA-256; the first key
//! seals, all of them open, so that a key can be replaced without a pause.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use data_encoding::HEXLOWER;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::kernel::environment::Environment;
use crate::kernel::error::Error;

/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// Bytes of the hash that name a key.
const ID_BYTES: usize = 4;

/// Starts a sealed text; no JSON does.
const TEXT: &str = "sealed:";

/// The keys of this installation.
pub struct Vault {
    keys: Vec<(String, LessSafeKey)>,
}

/// Something as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which key opens it; none for what was stored before there were keys.
    pub key: Option<String>,
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({:?})", self.key)
    }
}

impl Vault {
    /// From keys of 32 bytes in base64, the one that seals first.
    ///
    /// # Errors
    /// Says which one is no key, by its number.
    pub fn new(keys: &[SecretString]) -> Result<Self, String> {
        let read = |(number, text): (usize, &SecretString)| {
            let wrong =
                || format!("key {}: 32 bytes in base64 are needed, such as of: openssl rand -base64 32", number + 1);
            let bytes = BASE64_STANDARD.decode(text.expose_secret().trim()).map_err(|_| wrong())?;
            let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| wrong())?;
            Ok((HEXLOWER.encode(&Sha256::digest(&bytes)[..ID_BYTES]), LessSafeKey::new(key)))
        };
        let keys = keys.iter().enumerate().map(read).collect::<Result<Vec<_>, String>>()?;
        if keys.is_empty() { Err("a key is needed".to_owned()) } else { Ok(Self { keys }) }
    }

    /// A fresh key, as it is configured.
    #[must_use]
    pub fn fresh_key(environment: &Environment) -> String {
        BASE64_STANDARD.encode(environment.bytes::<KEY_BYTES>())
    }

    /// The name of the key that seals.
    #[must_use]
    pub fn current(&self) -> &str {
        self.keys.first().map_or("", |(id, _)| id)
    }

    /// Whether what this key sealed can be opened.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.keys.iter().any(|(id, _)| id == key)
    }

    /// Encrypts what belongs to the record `about`.
    ///
    /// # Errors
    /// When the cipher refuses, which is a fault of ours.
    pub fn seal(&self, environment: &Environment, about: &str, plain: &[u8]) -> Result<Sealed, Error> {
        let Some((id, key)) = self.keys.first() else { return Err(Error::internal("the vault has no key")) };
        let nonce = environment.bytes::<NONCE_LEN>();
        let mut text = plain.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut text)
            .map_err(|_| Error::internal("a secret could not be sealed"))?;
        Ok(Sealed { key: Some(id.clone()), bytes: [&nonce[..], &text].concat() })
    }

    /// [`Vault::seal`] for a text, as a text.
    ///
    /// # Errors
    /// When the cipher refuses, which is a fault of ours.
    pub fn seal_text(&self, environment: &Environment, about: &str, plain: &str) -> Result<String, Error> {
        let Sealed { key, bytes } = self.seal(environment, about, plain.as_bytes())?;
        Ok(format!("{TEXT}{}:{}", key.unwrap_or_default(), BASE64_STANDARD.encode(bytes)))
    }

    /// Opens a text that was sealed for the record `about`; any other text is itself.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn open_text(&self, about: &str, text: &str) -> Result<String, Error> {
        let Some((key, encoded)) = text.strip_prefix(TEXT).and_then(|rest| rest.split_once(':')) else {
            return Ok(text.to_owned());
        };
        let bytes = BASE64_STANDARD.decode(encoded).map_err(Error::internal)?;
        let plain = self.open(about, &Sealed { key: Some(key.to_owned()), bytes })?;
        String::from_utf8(plain).map_err(Error::internal)
    }

    /// Decrypts what was sealed for the record `about`.
    ///
    /// # Errors
    /// When the key is not there, or the bytes are not what was sealed for this record.
    pub fn open(&self, about: &str, sealed: &Sealed) -> Result<Vec<u8>, Error> {
        let Some(name) = &sealed.key else { return Ok(sealed.bytes.clone()) };
        let Some((_, key)) = self.keys.iter().find(|(id, _)| id == name) else {
            return Err(Error::internal(format!("a secret is sealed with the key {name}, which is not configured")));
        };
        let broken = || Error::internal("a sealed secret is broken");
        let (nonce, text) = sealed.bytes.split_first_chunk::<NONCE_LEN>().ok_or_else(broken)?;
        let mut text = text.to_vec();
        let plain = key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(about), &mut text)
            .map_err(|_| broken())?;
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
    fn a_replaced_key_still_opens_and_a_removed_one_does_not() {
        let environment = Environment::system();
        let old = Vault::new(&[key(1)]).unwrap();
        let sealed = old.seal(&environment, "whe_1", b"secret").unwrap();
        let both = Vault::new(&[key(2), key(1)]).unwrap();
        assert_eq!(both.open("whe_1", &sealed).unwrap(), b"secret");
        assert!(both.knows(old.current()) && both.current() != old.current());
        let new = Vault::new(&[key(2)]).unwrap();
        assert!(new.open("whe_1", &sealed).is_err() && !new.knows(old.current()));
        let plain = Sealed { key: None, bytes: b"as before".to_vec() };
        assert_eq!(new.open("whe_1", &plain).unwrap(), b"as before");
    }

    #[test]
    fn only_keys_are_keys() {
        for wrong in ["", "c2hvcnQ=", "no base64 at all, but long enough for it"] {
            assert!(Vault::new(&[key(1), wrong.into()]).err().unwrap().starts_with("key 2"));
        }
        assert!(Vault::new(&[]).is_err());
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_only_unchanged_and_in_its_place(
            plain in proptest::collection::vec(any::<u8>(), 0..200), at: prop::sample::Index, bit in 0_u8..8,
        ) {
            let (environment, vault) = (Environment::system(), Vault::new(&[key(1)]).unwrap());
            let sealed = vault.seal(&environment, "whe_1", &plain).unwrap();
            prop_assert_eq!(&vault.open("whe_1", &sealed).unwrap(), &plain);
            prop_assert!(vault.open("whe_2", &sealed).is_err());
            let text = String::from_utf8_lossy(&plain);
            let kept = vault.seal_text(&environment, "key", &text).unwrap();
            prop_assert_eq!(vault.open_text("key", &kept).unwrap(), text);
            prop_assert!(vault.open_text("other", &kept).is_err());
            prop_assert_eq!(vault.open_text("key", "{\"a\":1}").unwrap(), "{\"a\":1}");
            let mut changed = sealed.clone();
            let place = at.index(changed.bytes.len());
            changed.bytes[place] ^= 1 << bit;
            prop_assert!(vault.open("whe_1", &changed).is_err());
        }
    }
}
