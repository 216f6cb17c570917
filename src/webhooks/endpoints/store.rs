//! Endpoint rows. The secrets are read by the two types that need them and by no other.

use diesel::prelude::*;

use crate::db::DbConn;
use crate::db::schema::webhook_endpoints::{self, dsl};
use crate::error::Error;
use crate::http::page::PageRequest;
use crate::ids::WebhookEndpointId;
use crate::time::UtcTime;

/// An endpoint without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = webhook_endpoints, treat_none_as_null = true)]
pub struct Endpoint {
    pub id: WebhookEndpointId,
    pub url: String,
    pub description: Option<String>,
    /// JSON array; empty for all types.
    pub event_types: String,
    pub enabled: bool,
    pub disabled_reason: Option<String>,
    pub paused_until: Option<UtcTime>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl Endpoint {
    pub fn event_types(&self) -> Result<Vec<String>, Error> {
        serde_json::from_str(&self.event_types).map_err(Error::internal)
    }
}

/// What a delivery needs to know of its endpoint.
#[derive(Queryable)]
pub struct Target {
    pub url: String,
    pub enabled: bool,
    pub paused_until: Option<UtcTime>,
    pub secret: Option<Vec<u8>>,
    pub previous_secret: Option<Vec<u8>>,
    pub previous_secret_until: Option<UtcTime>,
}

pub fn insert(conn: &mut DbConn, endpoint: &Endpoint, secret: &[u8]) -> Result<(), Error> {
    diesel::insert_into(dsl::webhook_endpoints)
        .values((
            (dsl::id.eq(endpoint.id), dsl::url.eq(&endpoint.url), dsl::description.eq(&endpoint.description)),
            (dsl::event_types.eq(&endpoint.event_types), dsl::enabled.eq(endpoint.enabled), dsl::secret.eq(secret)),
            (
                dsl::version.eq(endpoint.version),
                dsl::created_at.eq(endpoint.created_at),
                dsl::updated_at.eq(endpoint.updated_at),
            ),
        ))
        .execute(conn)?;
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

pub fn list(conn: &mut DbConn, page: &PageRequest) -> Result<Vec<Endpoint>, Error> {
    let mut query = dsl::webhook_endpoints
        .filter(dsl::deleted_at.is_null())
        .select(Endpoint::as_select())
        .order(dsl::id)
        .limit(page.fetch())
        .into_boxed();
    if let Some(after) = page.after_id() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Endpoints that receive new events, with the types they asked for.
pub fn receiving(conn: &mut DbConn) -> Result<Vec<(WebhookEndpointId, String)>, Error> {
    Ok(dsl::webhook_endpoints
        .filter(dsl::enabled)
        .filter(dsl::deleted_at.is_null())
        .order(dsl::id)
        .select((dsl::id, dsl::event_types))
        .load(conn)?)
}

/// Takes the row for the rest of the transaction: whoever touches the endpoint's deliveries does
/// this first, so nobody waits for another in a circle.
pub fn lock(conn: &mut DbConn, id: WebhookEndpointId) -> Result<Option<Endpoint>, Error> {
    Ok(diesel::update(dsl::webhook_endpoints.filter(dsl::id.eq(id)).filter(dsl::deleted_at.is_null()))
        .set(dsl::version.eq(dsl::version))
        .returning((
            dsl::id,
            dsl::url,
            dsl::description,
            dsl::event_types,
            dsl::enabled,
            dsl::disabled_reason,
            dsl::paused_until,
            dsl::version,
            dsl::created_at,
            dsl::updated_at,
        ))
        .get_result(conn)
        .optional()?)
}

/// The same, for a delivery.
pub fn lock_target(conn: &mut DbConn, id: WebhookEndpointId) -> Result<Option<Target>, Error> {
    Ok(diesel::update(dsl::webhook_endpoints.filter(dsl::id.eq(id)).filter(dsl::deleted_at.is_null()))
        .set(dsl::version.eq(dsl::version))
        .returning((
            dsl::url,
            dsl::enabled,
            dsl::paused_until,
            dsl::secret,
            dsl::previous_secret,
            dsl::previous_secret_until,
        ))
        .get_result(conn)
        .optional()?)
}

pub fn update(conn: &mut DbConn, endpoint: &Endpoint) -> Result<(), Error> {
    diesel::update(dsl::webhook_endpoints.filter(dsl::id.eq(endpoint.id))).set(endpoint).execute(conn)?;
    Ok(())
}

/// Makes `secret` the one that signs; the present one goes on signing until `until`.
pub fn rotate(conn: &mut DbConn, id: WebhookEndpointId, secret: &[u8], until: UtcTime) -> Result<(), Error> {
    diesel::update(dsl::webhook_endpoints.filter(dsl::id.eq(id)))
        .set((dsl::previous_secret.eq(dsl::secret), dsl::previous_secret_until.eq(until), dsl::secret.eq(secret)))
        .execute(conn)?;
    Ok(())
}

/// Erases the secrets and hides the row.
pub fn delete(conn: &mut DbConn, id: WebhookEndpointId, now: UtcTime) -> Result<(), Error> {
    let nothing = None::<Vec<u8>>;
    diesel::update(dsl::webhook_endpoints.filter(dsl::id.eq(id)))
        .set((
            dsl::deleted_at.eq(now),
            dsl::secret.eq(&nothing),
            dsl::previous_secret.eq(&nothing),
            dsl::previous_secret_until.eq(None::<UtcTime>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sends nothing to the endpoint before `until`; a longer pause stays.
pub fn pause(conn: &mut DbConn, id: WebhookEndpointId, until: UtcTime) -> Result<(), Error> {
    diesel::update(dsl::webhook_endpoints.filter(dsl::id.eq(id)))
        .filter(dsl::paused_until.is_null().or(dsl::paused_until.lt(until)))
        .set(dsl::paused_until.eq(until))
        .execute(conn)?;
    Ok(())
}
