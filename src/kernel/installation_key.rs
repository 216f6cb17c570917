//! The key of keyed hashes: random, created once per installation, and stored encrypted in the database.
//!
//! Rule: all replicas use the same key, and it does not change when the encryption keys are replaced. Otherwise stored
//! hashes, such as those of blocked numbers, would no longer match.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use diesel::prelude::*;
use tokio::sync::OnceCell;

use crate::kernel::db::schema::installation_secrets::{self, dsl};
use crate::kernel::db::{Db, DbConn};
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::hash_key::{HashKey, KEY_BYTES};
use crate::kernel::vault::Vault;
use crate::with_backend;

/// The name of the key in the table, which is authenticated with the ciphertext.
const NAME: &str = "hash_key";

/// The key of this installation. It is read from the database at its first use.
pub struct InstallationKey {
    db: Db,
    environment: Environment,
    vault: Arc<Vault>,
    key: OnceCell<HashKey>,
}

impl InstallationKey {
    /// Creates a handle to the key in this database.
    #[must_use]
    pub fn new(db: Db, environment: Environment, vault: Arc<Vault>) -> Self {
        Self { db, environment, vault, key: OnceCell::new() }
    }

    /// Returns the key, which is created if it does not exist.
    ///
    /// # Errors
    /// 503 when the database is busy, 500 when the key cannot be decrypted.
    pub async fn get(&self) -> Result<HashKey, Error> {
        self.key.get_or_try_init(|| self.read_or_create()).await.cloned()
    }

    /// Returns the key, if it exists.
    ///
    /// # Errors
    /// 503 when the database is busy, 500 when the key cannot be decrypted.
    pub async fn find(&self) -> Result<Option<HashKey>, Error> {
        if let Some(key) = self.key.get() {
            return Ok(Some(key.clone()));
        }
        match self.db.read(read).await? {
            Some(stored) => self.key.get_or_try_init(|| async { self.decrypt(&stored) }).await.cloned().map(Some),
            None => Ok(None),
        }
    }

    /// Encrypts the key with the current encryption key, if it was encrypted with another one.
    ///
    /// # Errors
    /// 500 when the key cannot be decrypted, for example because its encryption key is not configured any more.
    pub async fn seal(&self) -> Result<(), Error> {
        let (environment, vault) = (self.environment.clone(), self.vault.clone());
        self.db
            .write(move |conn| {
                let Some(stored) = read(conn)?.filter(|stored| !vault.is_current(stored)) else { return Ok(()) };
                let value = vault.seal_text(&environment, NAME, &vault.open_text(NAME, &stored)?)?;
                diesel::update(dsl::installation_secrets.filter(dsl::name.eq(NAME)))
                    .set(dsl::value.eq(value))
                    .execute(conn)?;
                Ok(())
            })
            .await
    }

    async fn read_or_create(&self) -> Result<HashKey, Error> {
        let (environment, vault) = (self.environment.clone(), self.vault.clone());
        let stored = self
            .db
            .write(move |conn| match read(conn)? {
                Some(stored) => Ok(stored),
                None => {
                    let fresh = HEXLOWER.encode(&environment.bytes::<KEY_BYTES>());
                    insert(conn, &vault.seal_text(&environment, NAME, &fresh)?)?;
                    // Another replica may have created it first.
                    read(conn)?.ok_or_else(|| Error::internal("the hash key was not stored"))
                }
            })
            .await?;
        self.decrypt(&stored)
    }

    fn decrypt(&self, stored: &str) -> Result<HashKey, Error> {
        let text = self.vault.open_text(NAME, stored)?;
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(Error::internal)?;
        let bytes: [u8; KEY_BYTES] =
            bytes.try_into().map_err(|_| Error::internal("the hash key has the wrong length"))?;
        Ok(HashKey::new(bytes))
    }
}

fn read(conn: &mut DbConn) -> Result<Option<String>, Error> {
    let value = dsl::installation_secrets.filter(dsl::name.eq(NAME)).select(dsl::value);
    Ok(value.get_result(conn).optional()?)
}

fn insert(conn: &mut DbConn, value: &str) -> Result<(), Error> {
    let row = (dsl::name.eq(NAME), dsl::value.eq(value));
    let insert = diesel::insert_into(installation_secrets::table).values(row);
    with_backend!(conn, |conn| insert.on_conflict_do_nothing().execute(conn))?;
    Ok(())
}
