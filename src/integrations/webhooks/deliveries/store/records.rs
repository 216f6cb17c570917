//! The records of callback requests in other systems: one per endpoint and request, with the id that the system
//! returned, if it did.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::integrations::projections::{KnownRecord, life};
use crate::kernel::db::schema::events;
use crate::kernel::db::schema::webhook_records::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{EventId, WebhookEndpointId};
use crate::kernel::time::UtcTime;

/// Returns the records of these subjects, by subject.
pub fn known(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    subjects: &[&str],
) -> Result<HashMap<String, KnownRecord>, Error> {
    let found: Vec<(String, Option<String>)> = dsl::webhook_records
        .filter(dsl::endpoint_id.eq(endpoint))
        .filter(dsl::subject.eq_any(subjects))
        .select((dsl::subject, dsl::record_id))
        .load(conn)?;
    Ok(found.into_iter().map(|(subject, id)| (subject, KnownRecord { id })).collect())
}

/// Stores a record, with its id if it is known; returns false if nothing new was stored. The endpoint is locked.
pub fn put(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    subject: &str,
    record: Option<&str>,
    now: UtcTime,
) -> Result<bool, Error> {
    match known(conn, endpoint, &[subject])?.get(subject) {
        Some(stored) if record.is_none() || stored.id.as_deref() == record => return Ok(false),
        Some(_) => {
            diesel::update(dsl::webhook_records.find((endpoint, subject)))
                .set(dsl::record_id.eq(record))
                .cached()
                .execute(conn)?;
        }
        None => {
            let row = (
                dsl::endpoint_id.eq(endpoint),
                dsl::subject.eq(subject),
                dsl::record_id.eq(record),
                dsl::created_at.eq(now),
            );
            diesel::insert_into(webhook_records::table).values(row).execute(conn)?;
        }
    }
    Ok(true)
}

/// Deletes a record.
pub fn delete(conn: &mut DbConn, endpoint: WebhookEndpointId, subject: &str) -> Result<(), Error> {
    diesel::delete(dsl::webhook_records.find((endpoint, subject))).execute(conn)?;
    Ok(())
}

/// Deletes all records of an endpoint.
pub fn delete_of_endpoint(conn: &mut DbConn, endpoint: WebhookEndpointId) -> Result<(), Error> {
    diesel::delete(dsl::webhook_records.filter(dsl::endpoint_id.eq(endpoint))).execute(conn)?;
    Ok(())
}

/// Deletes the records whose erasure is one of these events, which expire: after that, the erasure can no longer
/// be sent.
pub fn delete_of_erased(conn: &mut DbConn, expired: &[EventId]) -> Result<(), Error> {
    let erased: Vec<String> = events::table
        .filter(events::id.eq_any(expired))
        .filter(events::kind.eq(life::ERASURE))
        .select(events::subject)
        .load(conn)?;
    if !erased.is_empty() {
        diesel::delete(dsl::webhook_records.filter(dsl::subject.eq_any(erased))).execute(conn)?;
    }
    Ok(())
}
