//! The rows of endpoints. Their secrets are read only where they are needed.

use diesel::prelude::*;

use super::delivery_options::{DisabledReason, OnExhausted, Ordering, RetryDelay};
use crate::integrations::projections::FieldMapping;
use crate::integrations::webhooks::auth::AuthKind;
use crate::integrations::webhooks::circuit_breaker::{Circuit, CircuitBreaker};
use crate::integrations::webhooks::filter::EventFilter;
use crate::integrations::webhooks::format::WebhookFormat;
use crate::integrations::webhooks::signature::SignatureKind;
use crate::kernel::db::schema::webhook_endpoints::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;
use crate::kernel::vault::Sealed;
use crate::{load_locked, with_backend};

/// An endpoint without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhook_endpoints, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Endpoint {
    pub id: WebhookEndpointId,
    pub url: String,
    pub description: Option<String>,
    /// JSON array of event types; empty for all types.
    pub event_types: String,
    pub enabled: bool,
    pub disabled_reason: Option<DisabledReason>,
    pub paused_until: Option<UtcTime>,
    pub previous_secret_until: Option<UtcTime>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
    pub format: WebhookFormat,
    pub signature: SignatureKind,
    pub public_key: Option<String>,
    pub ordering: Ordering,
    pub on_exhausted: OnExhausted,
    /// JSON array of seconds.
    pub retry_delays: Option<String>,
    pub system: Option<String>,
    pub auth_kind: AuthKind,
    /// JSON of a [`FieldMapping`].
    pub mapping: Option<String>,
    /// JSON of an [`EventFilter`].
    pub content_filter: Option<String>,
    pub circuit: Circuit,
    pub failures: i32,
    pub failing_since: Option<UtcTime>,
    pub probes: i32,
    pub probe_at: Option<UtcTime>,
    pub recovering_since: Option<UtcTime>,
    pub last_success_at: Option<UtcTime>,
    pub last_failure_at: Option<UtcTime>,
}

impl Endpoint {
    pub fn event_types(&self) -> Result<Vec<String>, Error> {
        serde_json::from_str(&self.event_types).map_err(Error::internal)
    }

    pub fn retry_delays(&self) -> Result<Option<Vec<RetryDelay>>, Error> {
        self.retry_delays.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)
    }

    pub fn mapping(&self) -> Result<Option<FieldMapping>, Error> {
        self.mapping.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)
    }

    pub fn filter(&self) -> Result<Option<EventFilter>, Error> {
        self.content_filter.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)
    }

    pub fn breaker(&self) -> CircuitBreaker {
        let Self { circuit, failures, failing_since, probes, probe_at, recovering_since, .. } = *self;
        CircuitBreaker { circuit, failures, failing_since, probes, probe_at, recovering_since }
    }

    pub fn set_breaker(&mut self, breaker: CircuitBreaker) {
        let CircuitBreaker { circuit, failures, failing_since, probes, probe_at, recovering_since } = breaker;
        self.circuit = circuit;
        self.failures = failures;
        self.failing_since = failing_since;
        self.probes = probes;
        self.probe_at = probe_at;
        self.recovering_since = recovering_since;
    }

    /// Returns whether nothing can be sent to the endpoint now.
    pub fn is_paused(&self, now: UtcTime) -> bool {
        let pauses = [self.paused_until, self.probe_at];
        !self.enabled || pauses.into_iter().flatten().any(|until| until > now)
    }

    /// Returns the data of the endpoint that queueing events requires.
    pub fn subscriber(&self) -> Subscriber {
        Subscriber {
            id: self.id,
            event_types: self.event_types.clone(),
            format: self.format,
            system: self.system.clone(),
            content_filter: self.content_filter.clone(),
            ordering: self.ordering,
            on_exhausted: self.on_exhausted,
            failures: self.failures,
            paused_until: self.paused_until,
            probe_at: self.probe_at,
        }
    }
}

/// The data of an endpoint that queueing events requires.
#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_endpoints)]
pub struct Subscriber {
    pub id: WebhookEndpointId,
    pub event_types: String,
    pub format: WebhookFormat,
    pub system: Option<String>,
    pub content_filter: Option<String>,
    pub ordering: Ordering,
    pub on_exhausted: OnExhausted,
    pub failures: i32,
    pub paused_until: Option<UtcTime>,
    pub probe_at: Option<UtcTime>,
}

type Secrets = (Option<Vec<u8>>, Option<String>);

fn sealed((bytes, key): Secrets) -> Result<Sealed, Error> {
    let bytes = bytes.ok_or_else(|| Error::internal("a deleted endpoint has no secrets"))?;
    Ok(Sealed { key, bytes })
}

pub fn insert(conn: &mut DbConn, endpoint: &Endpoint, secrets: &Sealed) -> Result<(), Error> {
    let secrets = (dsl::sealed.eq(&secrets.bytes), dsl::sealed_with.eq(&secrets.key));
    let insert = diesel::insert_into(dsl::webhook_endpoints).values((endpoint, secrets));
    with_backend!(conn, |conn| insert.execute(conn))?;
    Ok(())
}

pub fn find(conn: &mut DbConn, id: WebhookEndpointId) -> Result<Option<Endpoint>, Error> {
    Ok(dsl::webhook_endpoints
        .filter(dsl::id.eq(id))
        .filter(dsl::deleted_at.is_null())
        .select(Endpoint::as_select())
        .get_result(conn)
        .optional()?)
}

/// Returns an endpoint with its secrets.
pub fn find_with_secrets(conn: &mut DbConn, id: WebhookEndpointId) -> Result<Option<(Endpoint, Sealed)>, Error> {
    let found: Option<(Endpoint, Secrets)> = dsl::webhook_endpoints
        .filter(dsl::id.eq(id))
        .filter(dsl::deleted_at.is_null())
        .select((Endpoint::as_select(), (dsl::sealed, dsl::sealed_with)))
        .get_result(conn)
        .optional()?;
    found.map(|(endpoint, secrets)| Ok((endpoint, sealed(secrets)?))).transpose()
}

pub fn list(conn: &mut DbConn, page: &Page) -> Result<Vec<Endpoint>, Error> {
    let mut query = dsl::webhook_endpoints
        .filter(dsl::deleted_at.is_null())
        .select(Endpoint::as_select())
        .order(dsl::id)
        .limit(page.fetch())
        .into_boxed();
    if let Some(after) = page.after.as_deref() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Returns the endpoints that receive new events.
pub fn receiving(conn: &mut DbConn) -> Result<Vec<Subscriber>, Error> {
    Ok(with_backend!(conn, |conn| dsl::webhook_endpoints
        .filter(dsl::enabled)
        .filter(dsl::deleted_at.is_null())
        .order(dsl::id)
        .select(Subscriber::as_select())
        .load(conn))?)
}

/// Locks the row until the end of the transaction. Every change of the endpoint's deliveries does this first, so that
/// transactions cannot deadlock.
pub fn lock(conn: &mut DbConn, id: WebhookEndpointId) -> Result<Option<Endpoint>, Error> {
    Ok(lock_with_secrets(conn, id)?.map(|(endpoint, _)| endpoint))
}

/// Locks the row like [`lock`]; also returns the secrets.
pub fn lock_with_secrets(conn: &mut DbConn, id: WebhookEndpointId) -> Result<Option<(Endpoint, Sealed)>, Error> {
    let found: Vec<(Endpoint, Secrets)> = load_locked!(
        conn,
        dsl::webhook_endpoints
            .filter(dsl::id.eq(id))
            .filter(dsl::deleted_at.is_null())
            .select((Endpoint::as_select(), (dsl::sealed, dsl::sealed_with)))
    )?;
    found.into_iter().next().map(|(endpoint, secrets)| Ok((endpoint, sealed(secrets)?))).transpose()
}

/// Locks the row like [`lock_with_secrets`]; `None` also if another transaction has locked it.
pub fn try_lock_with_secrets(conn: &mut DbConn, id: WebhookEndpointId) -> Result<Option<(Endpoint, Sealed)>, Error> {
    let DbConn::Postgres(conn) = conn else { return lock_with_secrets(conn, id) };
    let found: Option<(Endpoint, Secrets)> = dsl::webhook_endpoints
        .filter(dsl::id.eq(id))
        .filter(dsl::deleted_at.is_null())
        .select((Endpoint::as_select(), (dsl::sealed, dsl::sealed_with)))
        .for_no_key_update()
        .skip_locked()
        .get_result(conn)
        .optional()?;
    found.map(|(endpoint, secrets)| Ok((endpoint, sealed(secrets)?))).transpose()
}

pub fn update(conn: &mut DbConn, endpoint: &Endpoint) -> Result<(), Error> {
    let update = diesel::update(dsl::webhook_endpoints.filter(dsl::id.eq(endpoint.id))).set(endpoint).cached();
    with_backend!(conn, |conn| update.execute(conn))?;
    Ok(())
}

pub fn reseal(conn: &mut DbConn, id: WebhookEndpointId, secrets: &Sealed) -> Result<(), Error> {
    diesel::update(dsl::webhook_endpoints.filter(dsl::id.eq(id)))
        .set((dsl::sealed.eq(&secrets.bytes), dsl::sealed_with.eq(&secrets.key)))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Returns the endpoints whose secrets are not encrypted with this key, with the key of each, if any.
pub fn sealed_with_other_key(conn: &mut DbConn, key: &str) -> Result<Vec<(WebhookEndpointId, Option<String>)>, Error> {
    Ok(dsl::webhook_endpoints
        .filter(dsl::deleted_at.is_null())
        .filter(dsl::sealed_with.is_null().or(dsl::sealed_with.ne(key)))
        .select((dsl::id, dsl::sealed_with))
        .load(conn)?)
}

/// Deletes the secrets and marks the row as deleted.
pub fn delete(conn: &mut DbConn, id: WebhookEndpointId, now: UtcTime) -> Result<(), Error> {
    diesel::update(dsl::webhook_endpoints.filter(dsl::id.eq(id)))
        .set((
            dsl::deleted_at.eq(now),
            dsl::sealed.eq(None::<Vec<u8>>),
            dsl::sealed_with.eq(None::<String>),
            dsl::previous_secret_until.eq(None::<UtcTime>),
        ))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Returns whether each endpoint is enabled, and its circuit.
pub fn circuits(conn: &mut DbConn) -> Result<Vec<(bool, Circuit)>, Error> {
    Ok(dsl::webhook_endpoints.filter(dsl::deleted_at.is_null()).select((dsl::enabled, dsl::circuit)).load(conn)?)
}
