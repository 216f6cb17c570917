//! Rotates the secret of a webhook endpoint, and revokes the previous one.

use secrecy::SecretString;

use super::service;
use crate::integrations::webhooks::registry::{self, Endpoint, Keyring};
use crate::integrations::webhooks::signature::SigningKey;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::tx::Tx;
use crate::kernel::vault::Vault;

/// For how many hours the previous secret continues to sign by default.
const DEFAULT_OVERLAP_HOURS: i32 = 24;

/// Creates a new key; the previous one continues to sign for `overlap_hours`.
///
/// # Errors
/// 403, 404.
pub fn rotate_secret(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: WebhookEndpointId,
    overlap_hours: Option<i32>,
) -> Result<(Endpoint, Option<SecretString>), Error> {
    tx.authorize_and_deduplicate(Action::ManageWebhooks, &Relations::default())?;
    let (before, secrets) = registry::lock_with_secrets(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let hours = overlap_hours.unwrap_or(DEFAULT_OVERLAP_HOURS);
    let bytes: [u8; 32] = tx.environment.bytes();
    let mut keyring = Keyring::open(vault, id, &secrets)?;
    keyring.rotate(&bytes, hours > 0);
    registry::reseal(tx.conn, id, &keyring.seal(vault, tx.environment, id)?)?;
    let mut after = before.clone();
    after.previous_secret_until = (hours > 0).then(|| tx.now.plus_seconds(i64::from(hours) * 3_600));
    after.public_key = SigningKey::new(before.signature, bytes.to_vec()).map_err(Error::internal)?.public_text();
    let after = registry::save(tx, types::WEBHOOK_ENDPOINT_SECRET_ROTATED, &before, after)?;
    let secret = service::secret_to_show(after.signature, bytes);
    Ok((after, secret))
}

/// Revokes the previous key, so that only the current one signs.
///
/// # Errors
/// 403, 404.
pub fn revoke_previous(tx: &mut Tx<'_>, vault: &Vault, id: WebhookEndpointId) -> Result<Endpoint, Error> {
    tx.authorize_and_deduplicate(Action::ManageWebhooks, &Relations::default())?;
    let (before, secrets) = registry::lock_with_secrets(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.previous_secret_until.is_none() {
        return Ok(before);
    }
    let mut keyring = Keyring::open(vault, id, &secrets)?;
    keyring.revoke_previous();
    registry::reseal(tx.conn, id, &keyring.seal(vault, tx.environment, id)?)?;
    let after = Endpoint { previous_secret_until: None, ..before.clone() };
    registry::save(tx, types::WEBHOOK_ENDPOINT_SECRET_REVOKED, &before, after)
}
