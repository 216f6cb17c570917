//! An endpoint as what is sent to it needs it: opened secrets, parsed address.

use url::Url;

use super::keyring::Keyring;
use super::store::Endpoint;
use crate::integrations::webhooks::outgoing::Address;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

/// Where requests to an endpoint go, and how they are signed.
///
/// # Errors
/// When what is stored cannot be read.
pub fn address(endpoint: &Endpoint, keyring: &Keyring, now: UtcTime) -> Result<Address, Error> {
    let overlap = endpoint.previous_secret_until.is_some_and(|until| until > now);
    Ok(Address {
        endpoint: endpoint.id,
        url: Url::parse(&endpoint.url).map_err(Error::internal)?,
        format: endpoint.format,
        keys: keyring.keys(endpoint.signature, overlap)?,
        auth: keyring.auth.clone(),
    })
}
