//! The key of keyed hashes: random, created once per installation, and stored encrypted in the database.
//!
//! Rules:
//! - All replicas use the same key, and it does not change when the encryption keys are replaced. Otherwise stored
//!   hashes, such as those of blocked numbers, would no longer match.
//! - The key is created in the transaction of the first change that needs it, after the permission check, so that a
//!   refused request writes nothing. A process remembers a key only after the commit.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use data_encoding::HEXLOWER;
use diesel::prelude::*;

use crate::kernel::auth::Actor;
use crate::kernel::db::schema::installation_secrets::{self, dsl};
use crate::kernel::db::{Db, DbConn};
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::hash_key::{HashKey, KEY_BYTES};
use crate::kernel::http::response::Response;
use crate::kernel::state::AppState;
use crate::kernel::tx::{Meta, Tx};
use crate::kernel::vault::Vault;
use crate::with_backend;

/// The name of the key in the table, which is authenticated with the ciphertext.
const NAME: &str = "hash_key";

/// The key of this installation. It is read from the database at its first use.
pub struct InstallationKey {
    db: Db,
    environment: Environment,
    vault: Arc<Vault>,
    /// A key that is committed.
    key: OnceLock<HashKey>,
}

impl InstallationKey {
    /// Creates a handle to the key in this database.
    #[must_use]
    pub fn new(db: Db, environment: Environment, vault: Arc<Vault>) -> Self {
        Self { db, environment, vault, key: OnceLock::new() }
    }

    /// Runs a write like [`AppState::write`], with access to the key.
    ///
    /// # Errors
    /// The error of `work`, or 503 when the database is busy.
    pub async fn write<F>(
        self: &Arc<Self>,
        app: &AppState,
        actor: Actor,
        meta: Meta,
        mut work: F,
    ) -> Result<Response, Error>
    where
        F: FnMut(&mut Tx<'_>, &KeyInTransaction) -> Result<Response, Error> + Send + 'static,
    {
        let key = KeyInTransaction { installation: self.clone(), found: Arc::default() };
        let found = key.found.clone();
        let response = app
            .write(actor, meta, move |tx| {
                // A transaction that is retried was rolled back, with the key that it created.
                *locked(&key.found) = None;
                work(tx, &key)
            })
            .await?;
        if let Some(committed) = locked(&found).take() {
            self.key.get_or_init(|| committed);
        }
        Ok(response)
    }

    /// Reads the key in the open transaction, and creates it if it does not exist. The key is not remembered, because
    /// the transaction can be rolled back.
    ///
    /// # Errors
    /// 500 when the key cannot be decrypted, or the error of the database.
    pub fn read_or_create(&self, conn: &mut DbConn) -> Result<HashKey, Error> {
        if let Some(stored) = read(conn, NAME)? {
            return self.decrypt(&stored);
        }
        let fresh = HEXLOWER.encode(&self.environment.bytes::<KEY_BYTES>());
        // Waits until another replica that is creating the key commits or rolls back.
        insert(conn, NAME, &self.vault.seal_text(&self.environment, NAME, &fresh)?)?;
        let stored = read(conn, NAME)?.ok_or_else(|| Error::internal("the hash key was not stored"))?;
        self.decrypt(&stored)
    }

    /// Returns the key, if it exists.
    ///
    /// # Errors
    /// 503 when the database is busy, 500 when the key cannot be decrypted.
    pub async fn find(&self) -> Result<Option<HashKey>, Error> {
        if let Some(key) = self.key.get() {
            return Ok(Some(key.clone()));
        }
        match self.db.read(|conn| read(conn, NAME)).await? {
            Some(stored) => {
                let key = self.decrypt(&stored)?;
                Ok(Some(self.key.get_or_init(|| key).clone()))
            }
            None => Ok(None),
        }
    }

    /// Encrypts the secrets of this installation with the current encryption key, if they were encrypted with another
    /// one.
    ///
    /// # Errors
    /// 500 when a secret cannot be decrypted, for example because its encryption key is not configured any more.
    pub async fn seal(&self) -> Result<(), Error> {
        let (environment, vault) = (self.environment.clone(), self.vault.clone());
        self.db
            .write(move |conn| {
                let secrets: Vec<(String, String)> =
                    dsl::installation_secrets.order(dsl::name).select((dsl::name, dsl::value)).load(conn)?;
                for (name, stored) in secrets.iter().filter(|(_, stored)| !vault.is_current(stored)) {
                    let value = vault.seal_text(&environment, name, &vault.open_text(name, stored)?)?;
                    diesel::update(dsl::installation_secrets.filter(dsl::name.eq(name)))
                        .set(dsl::value.eq(value))
                        .execute(conn)?;
                }
                Ok(())
            })
            .await
    }

    fn decrypt(&self, stored: &str) -> Result<HashKey, Error> {
        let text = self.vault.open_text(NAME, stored)?;
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(Error::internal)?;
        let bytes: [u8; KEY_BYTES] =
            bytes.try_into().map_err(|_| Error::internal("the hash key has the wrong length"))?;
        Ok(HashKey::new(bytes))
    }
}

/// The key of an installation in one write.
pub struct KeyInTransaction {
    installation: Arc<InstallationKey>,
    /// The key that the transaction read or created.
    found: Arc<Mutex<Option<HashKey>>>,
}

impl KeyInTransaction {
    /// Returns the key; the first use in a process reads or creates it in the open transaction. Call it after the
    /// permission check and before any lock, because a transaction that creates the key makes others wait.
    ///
    /// # Errors
    /// 500 when the key cannot be decrypted, or the error of the database.
    pub fn get(&self, conn: &mut DbConn) -> Result<HashKey, Error> {
        if let Some(key) = self.installation.key.get() {
            return Ok(key.clone());
        }
        let key = self.installation.read_or_create(conn)?;
        *locked(&self.found) = Some(key.clone());
        Ok(key)
    }
}

fn locked(found: &Mutex<Option<HashKey>>) -> MutexGuard<'_, Option<HashKey>> {
    found.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns a secret of this installation as it is stored, encrypted.
pub fn read(conn: &mut DbConn, name: &str) -> Result<Option<String>, Error> {
    let value = dsl::installation_secrets.filter(dsl::name.eq(name)).select(dsl::value);
    Ok(value.get_result(conn).optional()?)
}

/// Stores an encrypted secret of this installation, unless it exists. Waits for another transaction that stores it.
pub fn insert(conn: &mut DbConn, name: &str, value: &str) -> Result<(), Error> {
    let row = (dsl::name.eq(name), dsl::value.eq(value));
    let insert = diesel::insert_into(installation_secrets::table).values(row);
    with_backend!(conn, |conn| insert.on_conflict_do_nothing().execute(conn))?;
    Ok(())
}
