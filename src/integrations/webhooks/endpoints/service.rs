//! Creates, reads and deletes webhook endpoints.

use secrecy::SecretString;

use super::dto::NewWebhookEndpoint;
use super::mapping;
use crate::integrations::projections::{FieldMapping, ProjectionFormat, life};
use crate::integrations::webhooks::auth::WebhookAuth;
use crate::integrations::webhooks::circuit_breaker::{Circuit, CircuitBreaker};
use crate::integrations::webhooks::deliveries;
use crate::integrations::webhooks::format::WebhookFormat;
use crate::integrations::webhooks::registry::{self, Endpoint, EndpointEvent, Keyring, OnExhausted, Ordering};
use crate::integrations::webhooks::signature::{SignatureKind, SigningKey, SigningSecret};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};
use crate::kernel::events::sequence;
use crate::kernel::events::{EventTypeName, types};
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::system_name::SystemName;
use crate::kernel::tx::Tx;
use crate::kernel::vault::Vault;

/// Creates an endpoint; also returns its secret, if it is a shared one. The caller has checked the URL.
///
/// # Errors
/// 403; 422 for event types that the format does not accept, or for an invalid mapping.
pub fn create(
    tx: &mut Tx<'_>,
    vault: &Vault,
    new: &NewWebhookEndpoint,
) -> Result<(Endpoint, Option<SecretString>), Error> {
    tx.authorize_and_deduplicate(Action::ManageWebhooks, &Relations::default())?;
    let (format, signature) =
        (new.format.unwrap_or(WebhookFormat::Event), new.signature.unwrap_or(SignatureKind::HmacSha256));
    registry::require_readable(tx.actor, format)?;
    mapping::check(format, new.mapping.as_ref())?;
    let ordering = new.ordering.unwrap_or(default_ordering(format));
    check_ordering(format, ordering)?;
    let system = new.system.as_ref().map(SystemName::to_string);
    let bytes: [u8; 32] = tx.environment.bytes();
    let auth = new.auth.clone().unwrap_or(WebhookAuth::NONE);
    let mut endpoint = Endpoint {
        id: tx.new_id(),
        url: new.url.clone(),
        description: new.description.clone(),
        event_types: event_types_json(format, new.event_types.clone().unwrap_or_default())?,
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
        ordering,
        on_exhausted: new.on_exhausted.unwrap_or(OnExhausted::Skip),
        retry_delays: json(new.retry_delays.as_ref())?,
        system: system.or_else(|| format.projection().map(|records| records.system().to_owned())),
        auth_kind: auth.kind,
        mapping: json(new.mapping.as_ref())?,
        content_filter: json(new.filter.as_ref())?,
        circuit: Circuit::Closed,
        failures: 0,
        failing_since: None,
        probes: 0,
        probe_at: None,
        recovering_since: None,
        last_success_at: None,
        last_failure_at: None,
    };
    endpoint.set_breaker(CircuitBreaker::NEW);
    let secrets = Keyring::new(&bytes, auth).seal(vault, tx.environment, endpoint.id)?;
    registry::insert(tx.conn, &endpoint, &secrets)?;
    let body = EndpointEvent::try_from(&endpoint)?;
    tx.record_change(&Change::created(types::WEBHOOK_ENDPOINT_CREATED, endpoint.id.as_str(), &body)?)?;
    let shown = secret_to_show(signature, bytes);
    Ok((endpoint, shown))
}

/// Returns a page of endpoints.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, page: &Page) -> Result<Vec<Endpoint>, Error> {
    authz::require(actor, Action::ManageWebhooks, &Relations::default())?;
    registry::list(conn, page)
}

/// Returns an endpoint.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: WebhookEndpointId) -> Result<Endpoint, Error> {
    authz::require(actor, Action::ManageWebhooks, &Relations::default())?;
    registry::require(conn, id)
}

/// Returns the format of the records that are sent to an endpoint, if any, and its field mapping.
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

/// Deletes an endpoint and cancels its unfinished deliveries.
///
/// # Errors
/// 403, 404.
pub fn delete(tx: &mut Tx<'_>, id: WebhookEndpointId) -> Result<(), Error> {
    tx.authorize_and_deduplicate(Action::ManageWebhooks, &Relations::default())?;
    // Without the lock, the dispatcher could queue an event for the endpoint at this moment.
    sequence::lock(tx.conn)?;
    let before = registry::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    registry::delete(tx.conn, id, tx.now)?;
    deliveries::cancel_all(tx.conn, id)?;
    deliveries::delete_records(tx.conn, id)?;
    let body = EndpointEvent::try_from(&before)?;
    tx.record_change(&Change::updated(types::WEBHOOK_ENDPOINT_DELETED, id.as_str(), &body, &body)?)
}

/// Returns a shared secret as text; `None` for a key pair, whose seed is never returned.
pub fn secret_to_show(kind: SignatureKind, bytes: [u8; 32]) -> Option<SecretString> {
    (kind == SignatureKind::HmacSha256).then(|| SigningSecret::from_random(bytes).to_text())
}

/// Serialises an optional value as JSON.
pub fn json<T: serde::Serialize>(value: Option<&T>) -> Result<Option<String>, Error> {
    value.map(serde_json::to_string).transpose().map_err(Error::internal)
}

/// Returns the order of an endpoint that does not specify it. A record must be created before it is changed.
fn default_ordering(format: WebhookFormat) -> Ordering {
    if format.projection().is_some() { Ordering::Subject } else { Ordering::None }
}

/// Rejects an order in which a record could be changed before it is created.
///
/// # Errors
/// 422.
pub fn check_ordering(format: WebhookFormat, ordering: Ordering) -> Result<(), Error> {
    if format.projection().is_some() && ordering == Ordering::None {
        let text = Text::new("violation-records-in-order");
        return Err(Error::violation(Violation::at("/ordering", "not_in_format", text)));
    }
    Ok(())
}

/// Returns the event types as they are stored: each once, in alphabetical order.
pub fn event_types_json(format: WebhookFormat, types: Vec<EventTypeName>) -> Result<String, Error> {
    let mut violations = Vec::new();
    for (index, EventTypeName(name)) in types.iter().enumerate() {
        if !format.accepts(name) {
            let text = Text::new("violation-not-in-format");
            violations.push(Violation::at(format!("/event_types/{index}"), "not_in_format", text));
        }
    }
    refuse_if_any(violations)?;
    let mut names: Vec<String> = types.into_iter().map(|name| name.0).collect();
    if names.is_empty() {
        names.extend(format.default_event_types().into_iter().map(str::to_owned));
    } else if format.projection().is_some() {
        // Otherwise, personal data would stay in the other system after an erasure.
        names.push(life::ERASURE.to_owned());
    }
    names.sort_unstable();
    names.dedup();
    serde_json::to_string(&names).map_err(Error::internal)
}
