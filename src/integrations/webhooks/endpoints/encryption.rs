//! Keeping the secrets of endpoints under the present key.
//!
//! Rule: a service does not start without a key for what is stored, because it could not sign; what is sealed with an older
//! key, or was stored before there were keys, is sealed anew at the start, so that the old key can then be taken away.

use super::keyring::Keyring;
use super::store;
use crate::kernel::db::{Db, DbConn};
use crate::kernel::environment::World;
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::vault::Vault;

/// Seals everything with the present key; returns how many endpoints that were.
///
/// # Errors
/// When a key is missing; says which.
pub async fn seal_all(db: &Db, world: &World, vault: &std::sync::Arc<Vault>) -> Result<usize, String> {
    let current = vault.current().to_owned();
    let old = db.read(move |conn| store::sealed_otherwise(conn, &current)).await.map_err(|error| error.to_string())?;
    if let Some(missing) = old.iter().filter_map(|(_, key)| key.as_ref()).find(|key| !vault.knows(key)) {
        return Err(format!("secrets of webhook endpoints are sealed with the key {missing}, which is not here"));
    }
    for (id, _) in &old {
        let (id, world, vault) = (*id, world.clone(), vault.clone());
        db.write(move |conn| seal_one(conn, &world, &vault, id)).await.map_err(|error| error.to_string())?;
    }
    Ok(old.len())
}

fn seal_one(conn: &mut DbConn, world: &World, vault: &Vault, id: WebhookEndpointId) -> Result<(), Error> {
    let Some((_, secrets)) = store::lock_whole(conn, id)? else { return Ok(()) };
    let keyring = Keyring::open(vault, id, &secrets)?;
    store::reseal(conn, id, &keyring.seal(vault, world, id)?)
}
