//! What is secret about an endpoint: its signing keys and the credentials of its receiver, sealed as one.

use data_encoding::HEXLOWER_PERMISSIVE;
use serde::{Deserialize, Serialize};

use crate::integrations::webhooks::auth::WebhookAuth;
use crate::integrations::webhooks::signing::{SignatureKind, SigningKey};
use crate::kernel::environment::World;
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::vault::{Sealed, Vault};

/// The secrets of one endpoint. Not `Debug`.
#[derive(Serialize, Deserialize)]
pub struct Keyring {
    /// In hexadecimal digits, as is the next.
    secret: String,
    /// Signs too, for a while after a rotation.
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

    pub fn seal(&self, vault: &Vault, world: &World, endpoint: WebhookEndpointId) -> Result<Sealed, Error> {
        let plain = serde_json::to_vec(self).map_err(Error::internal)?;
        vault.seal(world, endpoint.as_str(), &plain)
    }

    /// Makes `secret` the one that signs; the present one goes on signing if `overlap`.
    pub fn rotate(&mut self, secret: &[u8], overlap: bool) {
        let present = std::mem::replace(&mut self.secret, HEXLOWER_PERMISSIVE.encode(secret));
        self.previous = overlap.then_some(present);
    }

    pub fn revoke_previous(&mut self) {
        self.previous = None;
    }

    /// The keys that sign, the present one first.
    pub fn keys(&self, kind: SignatureKind, overlap: bool) -> Result<Vec<SigningKey>, Error> {
        let previous = self.previous.as_ref().filter(|_| overlap);
        let key = |text: &String| {
            let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map_err(Error::internal)?;
            SigningKey::new(kind, bytes).map_err(Error::internal)
        };
        std::iter::once(&self.secret).chain(previous).map(key).collect()
    }
}
