//! The secrets of an endpoint: its signing keys and the credentials for its receiver, encrypted together.
//!
//! Rule: the service does not start without the encryption keys of the stored secrets, because it could not sign;
//! secrets that are encrypted with an older key, or not encrypted, are encrypted with the current key at the start, so
//! that the old key can then be removed.

use std::sync::Arc;

use data_encoding::HEXLOWER_PERMISSIVE;
use serde::{Deserialize, Serialize};
use url::Url;

use super::store::{self, Endpoint};
use crate::integrations::webhooks::auth::WebhookAuth;
use crate::integrations::webhooks::message::Target;
use crate::integrations::webhooks::signature::{SignatureKind, SigningKey};
use crate::kernel::db::{Db, DbConn};
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;
use crate::kernel::vault::{Sealed, Vault};

/// The secrets of an endpoint. It is not `Debug`, so that they are never logged.
#[derive(Serialize, Deserialize)]
pub struct Keyring {
    /// The secret that signs, in hexadecimal digits.
    secret: String,
    /// The previous secret, in hexadecimal digits, which also signs for a while after a rotation.
    previous: Option<String>,
    pub auth: WebhookAuth,
}

impl Keyring {
    pub fn new(secret: &[u8], auth: WebhookAuth) -> Self {
        Self { secret: HEXLOWER_PERMISSIVE.encode(secret), previous: None, auth }
    }

    pub fn open(vault: &Vault, endpoint: WebhookEndpointId, sealed: &Sealed) -> Result<Self, Error> {
        let plain = vault.open(endpoint.as_str(), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Error::internal("the secrets of an endpoint cannot be read"))
    }

    pub fn seal(&self, vault: &Vault, environment: &Environment, endpoint: WebhookEndpointId) -> Result<Sealed, Error> {
        let plain = serde_json::to_vec(self).map_err(Error::internal)?;
        vault.seal(environment, endpoint.as_str(), &plain)
    }

    /// Replaces the secret that signs. With `overlap`, the current one continues to sign.
    pub fn rotate(&mut self, secret: &[u8], overlap: bool) {
        let current = std::mem::replace(&mut self.secret, HEXLOWER_PERMISSIVE.encode(secret));
        self.previous = overlap.then_some(current);
    }

    pub fn revoke_previous(&mut self) {
        self.previous = None;
    }

    /// Returns the URL, the signing keys and the credentials for requests to the endpoint.
    pub fn target(&self, endpoint: &Endpoint, now: UtcTime) -> Result<Target, Error> {
        let overlap = endpoint.previous_secret_until.is_some_and(|until| until > now);
        Ok(Target {
            endpoint: endpoint.id,
            url: Url::parse(&endpoint.url).map_err(Error::internal)?,
            format: endpoint.format,
            keys: self.keys(endpoint.signature, overlap)?,
            auth: self.auth.clone(),
        })
    }

    /// Returns the keys that sign, the current one first.
    fn keys(&self, kind: SignatureKind, overlap: bool) -> Result<Vec<SigningKey>, Error> {
        let previous = self.previous.as_ref().filter(|_| overlap);
        let key = |text: &String| {
            let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map_err(Error::internal)?;
            SigningKey::new(kind, bytes).map_err(Error::internal)
        };
        std::iter::once(&self.secret).chain(previous).map(key).collect()
    }
}

/// Encrypts the secrets of all endpoints with the current key; returns how many were encrypted with another key or with
/// none.
///
/// # Errors
/// A message with the name of a missing key, or the error of the database.
pub async fn seal_all(db: &Db, environment: &Environment, vault: &Arc<Vault>) -> Result<usize, String> {
    let old = check_keys(db, vault).await?;
    for id in &old {
        let (id, environment, vault) = (*id, environment.clone(), vault.clone());
        db.write(move |conn| seal_one(conn, &environment, &vault, id)).await.map_err(|error| error.to_string())?;
    }
    Ok(old.len())
}

/// Checks that the secrets of all endpoints can be decrypted. Returns the endpoints whose secrets are not encrypted
/// with the current key.
///
/// # Errors
/// The key that is not configured, or the error of the database.
pub async fn check_keys(db: &Db, vault: &Vault) -> Result<Vec<WebhookEndpointId>, String> {
    let current = vault.current().to_owned();
    let old =
        db.read(move |conn| store::sealed_with_other_key(conn, &current)).await.map_err(|error| error.to_string())?;
    if let Some(missing) = old.iter().filter_map(|(_, key)| key.as_ref()).find(|key| !vault.knows(key)) {
        return Err(format!("webhook endpoint secrets are encrypted with the key {missing}, which is not configured"));
    }
    Ok(old.into_iter().map(|(id, _)| id).collect())
}

fn seal_one(conn: &mut DbConn, environment: &Environment, vault: &Vault, id: WebhookEndpointId) -> Result<(), Error> {
    let Some((_, secrets)) = store::lock_with_secrets(conn, id)? else { return Ok(()) };
    let keyring = Keyring::open(vault, id, &secrets)?;
    store::reseal(conn, id, &keyring.seal(vault, environment, id)?)
}
