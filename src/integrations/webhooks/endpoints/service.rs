//! What can be done with webhook endpoints, and by whom.

use secrecy::SecretString;
use url::Url;

use super::dto::{EndpointNotice, NewWebhookEndpoint, WebhookEndpointPatch};
use super::enums::{OnExhausted, Ordering};
use super::keyring::Keyring;
pub use super::store::Endpoint;
use super::{mapping, store};
use crate::integrations::projections::{FieldMapping, ProjectionFormat};
use crate::integrations::webhooks::auth::{AuthKind, WebhookAuth};
use crate::integrations::webhooks::breaker::{Breaker, Circuit, Turn};
use crate::integrations::webhooks::deliveries;
use crate::integrations::webhooks::dispatcher;
use crate::integrations::webhooks::signature::SigningSecret;
use crate::integrations::webhooks::signing::{SignatureKind, SigningKey};
use crate::integrations::webhooks::wire::WebhookFormat;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};
use crate::kernel::events::{EventTypeName, types};
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::merge_patch::apply;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::system_name::SystemName;
use crate::kernel::tx::Tx;
use crate::kernel::vault::Vault;

/// How long a rotated secret goes on signing when nothing else is said, in hours.
const OVERLAP_HOURS: i32 = 24;

/// Adds an endpoint at an address that is permitted; also returns its secret, if it is a shared one.
///
/// # Errors
/// 403; 422 for types that the format cannot tell.
pub fn create(
    tx: &mut Tx<'_>,
    vault: &Vault,
    new: &NewWebhookEndpoint,
) -> Result<(Endpoint, Option<SecretString>), Error> {
    tx.admit(Action::ManageWebhooks, &Facts::default())?;
    let (format, signature) =
        (new.format.unwrap_or(WebhookFormat::Event), new.signature.unwrap_or(SignatureKind::HmacSha256));
    require_readable(tx.actor, format)?;
    mapping::check(format, new.mapping.as_ref())?;
    let bytes: [u8; 32] = tx.world.bytes();
    let auth = new.auth.clone().unwrap_or(WebhookAuth::NONE);
    let mut endpoint = Endpoint {
        id: tx.new_id(),
        url: new.url.clone(),
        description: new.description.clone(),
        event_types: kept(format, new.event_types.clone().unwrap_or_default())?,
        enabled: new.enabled.unwrap_or(true),
        disabled_reason: None,
        paused_until: None,
        previous_secret_until: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
        format,
        signature,
        public_key: SigningKey::new(signature, bytes.to_vec()).map_err(Error::internal)?.public_text(),
        ordering: new.ordering.unwrap_or(Ordering::None),
        on_exhausted: new.on_exhausted.unwrap_or(OnExhausted::Skip),
        retry_delays: json(new.retry_delays.as_ref())?,
        system: new.system.as_ref().map(SystemName::to_string),
        auth_kind: auth.kind,
        mapping: json(new.mapping.as_ref())?,
        circuit: Circuit::Closed,
        failures: 0,
        failing_since: None,
        probes: 0,
        probe_at: None,
        recovering_since: None,
        last_success_at: None,
        last_failure_at: None,
    };
    endpoint.set_breaker(Breaker::NEW);
    let secrets = Keyring::new(&bytes, auth).seal(vault, tx.world, endpoint.id)?;
    store::insert(tx.conn, &endpoint, &secrets)?;
    let notice = EndpointNotice::try_from(&endpoint)?;
    tx.record(&Change::created(types::WEBHOOK_ENDPOINT_CREATED, endpoint.id.as_str(), &notice)?)?;
    let shown = shown(signature, bytes);
    Ok((endpoint, shown))
}

/// One page of endpoints.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, page: &Page) -> Result<Vec<Endpoint>, Error> {
    authz::require(actor, Action::ManageWebhooks, &Facts::default())?;
    store::list(conn, page)
}

/// One endpoint.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: WebhookEndpointId) -> Result<Endpoint, Error> {
    authz::require(actor, Action::ManageWebhooks, &Facts::default())?;
    require(conn, id)
}

/// One endpoint, for whoever has been let through already.
///
/// # Errors
/// 404.
pub fn require(conn: &mut DbConn, id: WebhookEndpointId) -> Result<Endpoint, Error> {
    store::find(conn, id)?.ok_or_else(Error::not_found)
}

/// Of which record an endpoint is sent, and which fields have other names there.
///
/// # Errors
/// 403, 404.
pub fn mapping_of(
    conn: &mut DbConn,
    actor: &Actor,
    id: WebhookEndpointId,
) -> Result<(Option<ProjectionFormat>, FieldMapping), Error> {
    let endpoint = get(conn, actor, id)?;
    Ok((endpoint.format.projection(), endpoint.mapping()?.unwrap_or_default()))
}

/// Changes an endpoint; a new address has been found to be permitted.
///
/// # Errors
/// 403, 404, 412, 428; 422 for types that the format cannot tell.
pub fn update(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: WebhookEndpointId,
    patch: &WebhookEndpointPatch,
) -> Result<Endpoint, Error> {
    tx.admit(Action::ManageWebhooks, &Facts::default())?;
    if patch.ordering.is_some() || patch.on_exhausted.is_some() {
        // Or the dispatcher could queue an event by the old rule at this very moment.
        dispatcher::lock(tx.conn)?;
    }
    let (before, secrets) = store::lock_whole(tx.conn, id)?.ok_or_else(Error::not_found)?;
    IfMatch::check(tx.meta.if_match.as_ref(), before.version)?;
    require_readable(tx.actor, before.format)?;
    keep_credentials_at_home(&before, patch)?;
    let mut after = patched(&before, patch)?;
    if patch.enabled == Some(true) {
        after.disabled_reason = None;
        after.paused_until = None;
        after.set_breaker(before.breaker().tried_at(tx.now));
    }
    let mut credentials_changed = false;
    if let Some(auth) = &patch.auth {
        let mut keyring = Keyring::open(vault, id, &secrets)?;
        credentials_changed = keyring.auth != *auth;
        keyring.auth = auth.clone();
        if credentials_changed {
            store::reseal(tx.conn, id, &keyring.seal(vault, tx.world, id)?)?;
        }
    }
    if after == before && !credentials_changed {
        return Ok(before);
    }
    let after = save(tx, types::WEBHOOK_ENDPOINT_UPDATED, &before, after)?;
    deliveries::reorder(tx.conn, &before, &after)?;
    Ok(after)
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
    } = patch.clone();
    let mut after = before.clone();
    apply(&mut after.url, url);
    apply(&mut after.description, description);
    apply(&mut after.event_types, event_types.map(|types| kept(before.format, types)).transpose()?);
    apply(&mut after.enabled, enabled);
    apply(&mut after.ordering, ordering);
    apply(&mut after.on_exhausted, on_exhausted);
    apply(&mut after.retry_delays, retry_delays.map(|delays| json(delays.as_ref())).transpose()?);
    apply(&mut after.system, system.map(|system| system.map(|name| name.to_string())));
    apply(&mut after.auth_kind, auth.map(|auth| auth.kind));
    if let Some(mapping) = &mapping {
        mapping::check(before.format, mapping.as_ref())?;
    }
    apply(&mut after.mapping, mapping.map(|mapping| json(mapping.as_ref())).transpose()?);
    Ok(after)
}

/// Makes a new key; the old one goes on signing for `overlap_hours`.
///
/// # Errors
/// 403, 404.
pub fn rotate_secret(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: WebhookEndpointId,
    overlap_hours: Option<i32>,
) -> Result<(Endpoint, Option<SecretString>), Error> {
    tx.admit(Action::ManageWebhooks, &Facts::default())?;
    let (before, secrets) = store::lock_whole(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let hours = overlap_hours.unwrap_or(OVERLAP_HOURS);
    let bytes: [u8; 32] = tx.world.bytes();
    let mut keyring = Keyring::open(vault, id, &secrets)?;
    keyring.rotate(&bytes, hours > 0);
    store::reseal(tx.conn, id, &keyring.seal(vault, tx.world, id)?)?;
    let mut after = before.clone();
    after.previous_secret_until = (hours > 0).then(|| tx.now.plus_seconds(i64::from(hours) * 3_600));
    after.public_key = SigningKey::new(before.signature, bytes.to_vec()).map_err(Error::internal)?.public_text();
    let after = save(tx, types::WEBHOOK_ENDPOINT_SECRET_ROTATED, &before, after)?;
    let shown = shown(after.signature, bytes);
    Ok((after, shown))
}

/// Lets the key before the last rotation sign no more.
///
/// # Errors
/// 403, 404.
pub fn revoke_previous(tx: &mut Tx<'_>, vault: &Vault, id: WebhookEndpointId) -> Result<Endpoint, Error> {
    tx.admit(Action::ManageWebhooks, &Facts::default())?;
    let (before, secrets) = store::lock_whole(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.previous_secret_until.is_none() {
        return Ok(before);
    }
    let mut keyring = Keyring::open(vault, id, &secrets)?;
    keyring.revoke_previous();
    store::reseal(tx.conn, id, &keyring.seal(vault, tx.world, id)?)?;
    let after = Endpoint { previous_secret_until: None, ..before.clone() };
    save(tx, types::WEBHOOK_ENDPOINT_SECRET_REVOKED, &before, after)
}

/// Removes an endpoint and cancels what is on its way to it.
///
/// # Errors
/// 403, 404.
pub fn delete(tx: &mut Tx<'_>, id: WebhookEndpointId) -> Result<(), Error> {
    tx.admit(Action::ManageWebhooks, &Facts::default())?;
    // Or the dispatcher could queue an event for it at this very moment.
    dispatcher::lock(tx.conn)?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    store::delete(tx.conn, id, tx.now)?;
    deliveries::cancel_all(tx.conn, id)?;
    let notice = EndpointNotice::try_from(&before)?;
    tx.record(&Change::updated(types::WEBHOOK_ENDPOINT_DELETED, id.as_str(), &notice, &notice)?)
}

/// Tells of the turn that an endpoint has taken, and switches it off where it follows from it. The row is locked and
/// `after` is stored with it.
///
/// # Errors
/// Those of the database.
pub fn take_turn(tx: &mut Tx<'_>, before: &Endpoint, mut after: Endpoint, turn: Turn) -> Result<Endpoint, Error> {
    let event = match turn {
        Turn::Failing => types::WEBHOOK_ENDPOINT_FAILING,
        Turn::Recovered => types::WEBHOOK_ENDPOINT_RECOVERED,
        Turn::GivenUp => {
            disable(&mut after, "failing");
            types::WEBHOOK_ENDPOINT_DISABLED
        }
    };
    save(tx, event, before, after)
}

/// Disables an endpoint whose receiver wants nothing more (410). The row is locked.
///
/// # Errors
/// Those of the database.
pub fn disable_gone(tx: &mut Tx<'_>, before: &Endpoint, mut after: Endpoint) -> Result<Endpoint, Error> {
    disable(&mut after, "gone");
    save(tx, types::WEBHOOK_ENDPOINT_DISABLED, before, after)
}

fn disable(endpoint: &mut Endpoint, reason: &str) {
    endpoint.enabled = false;
    endpoint.disabled_reason = Some(reason.to_owned());
}

fn save(tx: &mut Tx<'_>, event: &'static str, before: &Endpoint, after: Endpoint) -> Result<Endpoint, Error> {
    let after = Endpoint { version: before.version + 1, updated_at: tx.now, ..after };
    store::update(tx.conn, &after)?;
    let (old, new) = (EndpointNotice::try_from(before)?, EndpointNotice::try_from(&after)?);
    tx.record(&Change::updated(event, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// A shared secret as it is shown; the seed of a key pair never is.
fn shown(kind: SignatureKind, bytes: [u8; 32]) -> Option<SecretString> {
    (kind == SignatureKind::HmacSha256).then(|| SigningSecret::from_random(bytes).to_text())
}

fn json<T: serde::Serialize>(value: Option<&T>) -> Result<Option<String>, Error> {
    value.map(serde_json::to_string).transpose().map_err(Error::internal)
}

/// The types as they are stored: each once, in alphabetical order.
fn kept(format: WebhookFormat, types: Vec<EventTypeName>) -> Result<String, Error> {
    let mut violations = Vec::new();
    for (index, EventTypeName(name)) in types.iter().enumerate() {
        if !format.takes(name) {
            let text = Text::new("This format has no record for it.", "Tento formát pro ni nemá záznam.");
            violations.push(Violation::at(format!("/event_types/{index}"), "not_in_format", text));
        }
    }
    refuse_if_any(violations)?;
    let mut names: Vec<String> = types.into_iter().map(|name| name.0).collect();
    if names.is_empty() && format.projection().is_some() {
        names.push(types::CALLBACK_REQUEST_RECEIVED.to_owned());
    }
    names.sort_unstable();
    names.dedup();
    serde_json::to_string(&names).map_err(Error::internal)
}

/// Records tell of visitors, so whoever has them sent somewhere may read visitors.
///
/// # Errors
/// 403.
pub fn require_readable(actor: &Actor, format: WebhookFormat) -> Result<(), Error> {
    match format.projection() {
        Some(_) => authz::require(actor, Action::ReadCallbacks, &Facts::default()),
        None => Ok(()),
    }
}

/// Credentials belong to the receiver that they were given for.
fn keep_credentials_at_home(before: &Endpoint, patch: &WebhookEndpointPatch) -> Result<(), Error> {
    let Some(url) = patch.url.as_deref().filter(|_| before.auth_kind != AuthKind::None && patch.auth.is_none()) else {
        return Ok(());
    };
    let origin = |url: &str| Url::parse(url).map(|url| url.origin()).map_err(Error::internal);
    if origin(url)? == origin(&before.url)? {
        return Ok(());
    }
    let text = Text::new("Another receiver needs credentials of its own.", "Jiný příjemce potřebuje vlastní údaje.");
    Err(Error::violation(Violation::at("/auth", "required", text)))
}
