//! The key pair that signs evidence (Ed25519, RFC 8032): created once per installation, at its first use, and stored
//! encrypted in the database.
//!
//! Rule: it never changes, also when the encryption keys are replaced, so that files of different years have the same
//! public key.

use std::fmt;

use data_encoding::HEXLOWER;
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::kernel::db::Db;
use crate::kernel::error::Error;
use crate::kernel::installation_key::{insert, read};
use crate::kernel::state::AppState;
use crate::kernel::vault::Vault;

/// The name of the key in the table, which is authenticated with the ciphertext.
const NAME: &str = "evidence_key";
/// Length of the seed, in bytes.
const SEED_BYTES: usize = 32;

/// The key pair of this installation.
pub struct EvidenceKey(Ed25519KeyPair);

impl fmt::Debug for EvidenceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EvidenceKey")
    }
}

impl EvidenceKey {
    /// Creates the key pair of a seed.
    ///
    /// # Errors
    /// 500 unless the seed has 32 bytes.
    pub fn from_seed(seed: &[u8]) -> Result<Self, Error> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed);
        pair.map(Self).map_err(|_| Error::internal("the evidence key has the wrong length"))
    }

    /// Returns the key pair of this installation. Creates it if it does not exist. Call it after the permission check.
    ///
    /// # Errors
    /// 503 when the database is busy, 500 when the key cannot be decrypted.
    pub async fn of(app: &AppState) -> Result<Self, Error> {
        if let Some(stored) = app.db.read(|conn| read(conn, NAME)).await? {
            return Self::decrypt(&app.vault, &stored);
        }
        let (environment, vault) = (app.environment.clone(), app.vault.clone());
        let stored = app
            .db
            .write(move |conn| {
                let fresh = HEXLOWER.encode(&environment.bytes::<SEED_BYTES>());
                insert(conn, NAME, &vault.seal_text(&environment, NAME, &fresh)?)?;
                // That of another replica, if it was faster.
                read(conn, NAME)?.ok_or_else(|| Error::internal("the evidence key was not stored"))
            })
            .await?;
        Self::decrypt(&app.vault, &stored)
    }

    /// Checks that the key can be decrypted, if it exists.
    ///
    /// # Errors
    /// 500 when it cannot.
    pub async fn check(db: &Db, vault: &Vault) -> Result<(), Error> {
        match db.read(|conn| read(conn, NAME)).await? {
            Some(stored) => Self::decrypt(vault, &stored).map(drop),
            None => Ok(()),
        }
    }

    fn decrypt(vault: &Vault, stored: &str) -> Result<Self, Error> {
        let text = vault.open_text(NAME, stored)?;
        Self::from_seed(&HEXLOWER.decode(text.as_bytes()).map_err(Error::internal)?)
    }

    /// Returns the public key in lower-case hexadecimal.
    #[must_use]
    pub fn public_key(&self) -> String {
        HEXLOWER.encode(self.0.public_key().as_ref())
    }

    /// Returns the signature of a message in lower-case hexadecimal.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        HEXLOWER.encode(self.0.sign(message).as_ref())
    }
}
