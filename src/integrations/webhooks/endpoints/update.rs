//! Updates webhook endpoints.

use url::Url;

use super::dto::WebhookEndpointPatch;
use super::{mapping, service};
use crate::integrations::webhooks::auth::{AuthKind, WebhookAuth};
use crate::integrations::webhooks::deliveries;
use crate::integrations::webhooks::registry::{self, Endpoint, Keyring};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::events::sequence;
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::merge_patch::apply;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::tx::Tx;
use crate::kernel::vault::{Sealed, Vault};

/// Updates an endpoint. The caller has checked a new URL.
///
/// # Errors
/// 403, 404, 412, 428; 422 for event types that the format does not accept, for an invalid mapping, or when a new
/// receiver needs credentials.
pub fn update(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: WebhookEndpointId,
    patch: &WebhookEndpointPatch,
) -> Result<Endpoint, Error> {
    tx.authorize_and_deduplicate(Action::ManageWebhooks, &Relations::default())?;
    if patch.ordering.is_some() || patch.on_exhausted.is_some() {
        // Without the lock, the dispatcher could queue an event with the old ordering at this moment.
        sequence::lock(tx.conn)?;
    }
    let (before, secrets) = registry::lock_with_secrets(tx.conn, id)?.ok_or_else(Error::not_found)?;
    IfMatch::check(tx.meta.if_match.as_ref(), before.version)?;
    registry::require_readable(tx.actor, before.format)?;
    require_credentials_for_new_receiver(&before, patch)?;
    let mut after = patched(&before, patch)?;
    if patch.enabled == Some(true) {
        after.disabled_reason = None;
        after.paused_until = None;
        after.set_breaker(before.breaker().enabled_at(tx.now));
    }
    let credentials_changed = match &patch.auth {
        Some(auth) => replace_credentials(tx, vault, id, &secrets, auth)?,
        None => false,
    };
    if after == before && !credentials_changed {
        return Ok(before);
    }
    let after = registry::save(tx, types::WEBHOOK_ENDPOINT_UPDATED, &before, after)?;
    deliveries::apply_ordering(tx.conn, &before, &after)?;
    Ok(after)
}

/// Replaces the credentials; returns whether they changed.
fn replace_credentials(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: WebhookEndpointId,
    secrets: &Sealed,
    auth: &WebhookAuth,
) -> Result<bool, Error> {
    let mut keyring = Keyring::open(vault, id, secrets)?;
    if keyring.auth == *auth {
        return Ok(false);
    }
    keyring.auth = auth.clone();
    registry::reseal(tx.conn, id, &keyring.seal(vault, tx.environment, id)?)?;
    Ok(true)
}

fn patched(before: &Endpoint, patch: &WebhookEndpointPatch) -> Result<Endpoint, Error> {
    let WebhookEndpointPatch {
        url,
        description,
        event_types,
        enabled,
        ordering,
        on_exhausted,
        retry_delays,
        system,
        auth,
        mapping,
        filter,
    } = patch.clone();
    let mut after = before.clone();
    apply(&mut after.url, url);
    apply(&mut after.description, description);
    apply(
        &mut after.event_types,
        event_types.map(|types| service::event_types_json(before.format, types)).transpose()?,
    );
    apply(&mut after.enabled, enabled);
    if let Some(ordering) = ordering {
        service::check_ordering(before.format, ordering)?;
    }
    apply(&mut after.ordering, ordering);
    apply(&mut after.on_exhausted, on_exhausted);
    apply(&mut after.retry_delays, retry_delays.map(|delays| service::json(delays.as_ref())).transpose()?);
    apply(&mut after.system, system.map(|system| system.map(|name| name.to_string())));
    apply(&mut after.auth_kind, auth.map(|auth| auth.kind));
    if let Some(mapping) = &mapping {
        mapping::check(before.format, mapping.as_ref())?;
    }
    apply(&mut after.mapping, mapping.map(|mapping| service::json(mapping.as_ref())).transpose()?);
    apply(&mut after.content_filter, filter.map(|filter| service::json(filter.as_ref())).transpose()?);
    Ok(after)
}

/// Rejects a URL with another origin without new credentials, so that credentials are never sent to another receiver.
fn require_credentials_for_new_receiver(before: &Endpoint, patch: &WebhookEndpointPatch) -> Result<(), Error> {
    let Some(url) = patch.url.as_deref().filter(|_| before.auth_kind != AuthKind::None && patch.auth.is_none()) else {
        return Ok(());
    };
    let origin = |url: &str| Url::parse(url).map(|url| url.origin()).map_err(Error::internal);
    if origin(url)? == origin(&before.url)? {
        return Ok(());
    }
    let text = Text::new("violation-own-credentials");
    Err(Error::violation(Violation::at("/auth", "required", text)))
}
