//! What can be done with webhook endpoints, and by whom.

use secrecy::SecretString;
use url::Url;

use super::dto::{EndpointNotice, NewWebhookEndpoint, WebhookEndpointPatch};
use super::store;
pub use super::store::Endpoint;
use crate::auth::Actor;
use crate::authz::{self, Action, Facts};
use crate::db::DbConn;
use crate::error::{Error, Text, Violation};
use crate::events::{EventTypeName, dispatcher, types};
use crate::http::etag::IfMatch;
use crate::http::merge_patch::apply;
use crate::http::page::PageRequest;
use crate::ids::WebhookEndpointId;
use crate::tx::{Change, Tx};
use crate::webhooks::deliveries;
use crate::webhooks::egress::{EgressFault, EgressPolicy, check_url};
use crate::webhooks::signature::SigningSecret;

/// How long a rotated secret goes on signing, in seconds.
const OVERLAP: i64 = 86_400;

/// Adds an endpoint; also returns its secret.
///
/// # Errors
/// 403; 422 when the URL is not one that events may be sent to.
pub fn create(
    tx: &mut Tx<'_>,
    new: &NewWebhookEndpoint,
    policy: &EgressPolicy,
) -> Result<(Endpoint, SecretString), Error> {
    tx.admit(Action::ManageWebhooks, &Facts::default())?;
    let NewWebhookEndpoint { url, description, event_types, enabled } = new.clone();
    let endpoint = Endpoint {
        id: tx.new_id(),
        url: permitted(&url, policy)?,
        description,
        event_types: kept(event_types.unwrap_or_default())?,
        enabled: enabled.unwrap_or(true),
        disabled_reason: None,
        paused_until: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let secret = SigningSecret::from_random(tx.world.bytes());
    store::insert(tx.conn, &endpoint, secret.expose_bytes())?;
    let notice = EndpointNotice::try_from(&endpoint)?;
    tx.record(&Change::created(types::WEBHOOK_ENDPOINT_CREATED, endpoint.id.as_str(), &notice)?)?;
    Ok((endpoint, secret.to_text()))
}

/// One page of endpoints.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, page: &PageRequest) -> Result<Vec<Endpoint>, Error> {
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

/// Changes an endpoint.
///
/// # Errors
/// 403, 404, 412, 428; 422 when the URL is not one that events may be sent to.
pub fn update(
    tx: &mut Tx<'_>,
    id: WebhookEndpointId,
    patch: &WebhookEndpointPatch,
    policy: &EgressPolicy,
) -> Result<Endpoint, Error> {
    tx.admit(Action::ManageWebhooks, &Facts::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    IfMatch::check(tx.meta.if_match.as_ref(), before.version)?;
    let WebhookEndpointPatch { url, description, event_types, enabled } = patch.clone();
    let mut after = before.clone();
    apply(&mut after.url, url.map(|url| permitted(&url, policy)).transpose()?);
    apply(&mut after.description, description);
    apply(&mut after.event_types, event_types.map(kept).transpose()?);
    apply(&mut after.enabled, enabled);
    if enabled == Some(true) {
        after.disabled_reason = None;
        after.paused_until = None;
    }
    if after == before {
        return Ok(before);
    }
    save(tx, types::WEBHOOK_ENDPOINT_UPDATED, &before, after)
}

/// Makes a new secret; the old one stays valid for a day.
///
/// # Errors
/// 403, 404.
pub fn rotate_secret(tx: &mut Tx<'_>, id: WebhookEndpointId) -> Result<(Endpoint, SecretString), Error> {
    tx.admit(Action::ManageWebhooks, &Facts::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let secret = SigningSecret::from_random(tx.world.bytes());
    store::rotate(tx.conn, id, secret.expose_bytes(), tx.now.plus_seconds(OVERLAP))?;
    let after = save(tx, types::WEBHOOK_ENDPOINT_SECRET_ROTATED, &before, before.clone())?;
    Ok((after, secret.to_text()))
}

/// Removes an endpoint and cancels what is on its way to it.
///
/// # Errors
/// 403, 404.
pub fn delete(tx: &mut Tx<'_>, id: WebhookEndpointId) -> Result<(), Error> {
    tx.admit(Action::ManageWebhooks, &Facts::default())?;
    // Or the dispatcher could queue an event for it at this very moment.
    dispatcher::hold(tx.conn)?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    store::delete(tx.conn, id, tx.now)?;
    deliveries::cancel_all(tx.conn, id)?;
    let notice = EndpointNotice::try_from(&before)?;
    tx.record(&Change::updated(types::WEBHOOK_ENDPOINT_DELETED, id.as_str(), &notice, &notice)?)
}

/// Disables an endpoint whose receiver wants nothing more (410).
///
/// # Errors
/// Those of the database.
pub fn disable_gone(tx: &mut Tx<'_>, id: WebhookEndpointId) -> Result<(), Error> {
    let Some(before) = store::lock(tx.conn, id)?.filter(|endpoint| endpoint.enabled) else { return Ok(()) };
    let after = Endpoint { enabled: false, disabled_reason: Some("gone".into()), ..before.clone() };
    save(tx, types::WEBHOOK_ENDPOINT_DISABLED, &before, after).map(|_| ())
}

fn save(tx: &mut Tx<'_>, event: &'static str, before: &Endpoint, after: Endpoint) -> Result<Endpoint, Error> {
    let after = Endpoint { version: before.version + 1, updated_at: tx.now, ..after };
    store::update(tx.conn, &after)?;
    let (old, new) = (EndpointNotice::try_from(before)?, EndpointNotice::try_from(&after)?);
    tx.record(&Change::updated(event, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// The types as they are stored: each once, in alphabetical order.
fn kept(types: Vec<EventTypeName>) -> Result<String, Error> {
    let mut names: Vec<String> = types.into_iter().map(|name| name.0).collect();
    names.sort_unstable();
    names.dedup();
    serde_json::to_string(&names).map_err(Error::internal)
}

/// The URL in the one spelling that is both judged and used.
fn permitted(url: &str, policy: &EgressPolicy) -> Result<String, Error> {
    let violation =
        |code, en: String, cs: &'static str| Error::violation(Violation::at("/url", code, Text::new(en, cs)));
    let url =
        Url::parse(url).map_err(|error| violation("wrong_format", format!("Not a URL: {error}."), "Toto není URL."))?;
    check_url(&url, policy).map_err(|fault| violation(fault.label(), format!("Refused: {fault}."), in_czech(fault)))?;
    Ok(url.into())
}

fn in_czech(fault: EgressFault) -> &'static str {
    match fault {
        EgressFault::Scheme => "Schéma musí být https.",
        EgressFault::Host => "URL nemá hostitele.",
        EgressFault::UserInfo => "URL nesmí obsahovat jméno ani heslo.",
        EgressFault::Fragment => "URL nesmí obsahovat fragment.",
        EgressFault::Port => "Tento port není povolen.",
        EgressFault::Address { .. } => "Tato adresa není povolena.",
    }
}
