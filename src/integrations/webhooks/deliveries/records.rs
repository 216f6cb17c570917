//! Stores the ids of records in other systems: for later changes of the same record, and as external references that
//! people and applications can read.
//!
//! Rules: an id is stored with the outcome of the attempt that returned it, so that the next event about the request
//! finds it; a record that was created without an id in the response is stored, too, so that it is not created again; a
//! reference that a caller wrote is not replaced; the id of a redacted record is deleted.

use url::Url;

use super::attempt::Attempt;
use super::context::BatchContext;
use super::exchange::RecordChange;
use super::store;
use crate::integrations::projections::{self, ProjectionFormat};
use crate::integrations::references;
use crate::integrations::webhooks::registry::Endpoint;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::system_name::SystemName;
use crate::kernel::tx::{Meta, Tx};

/// Stores what recorded attempts say about records; returns whether that created an event.
pub fn apply(
    conn: &mut DbConn,
    context: &BatchContext,
    endpoint: &Endpoint,
    recorded: &[&Attempt],
) -> Result<bool, Error> {
    let Some(format) = endpoint.format.projection() else { return Ok(false) };
    if recorded.iter().all(|attempt| attempt.record.is_none()) {
        return Ok(false);
    }
    let (actor, meta) = (Actor::system("webhooks"), Meta::background("webhooks"));
    Tx::run(conn, &actor, &meta, &context.environment, |tx| {
        for attempt in recorded {
            let subject = &attempt.subject;
            match &attempt.record {
                Some(RecordChange::Known(record)) => {
                    let is_new = store::records::put(tx.conn, endpoint.id, subject, Some(record), tx.now)?;
                    if is_new {
                        refer(tx, endpoint, format, subject, record)?;
                    }
                }
                Some(RecordChange::Created) => {
                    store::records::put(tx.conn, endpoint.id, subject, None, tx.now)?;
                }
                Some(RecordChange::Erased) => store::records::delete(tx.conn, endpoint.id, subject)?,
                None => {}
            }
        }
        Ok(tx.recorded)
    })
}

/// Creates the external reference to a record.
fn refer(
    tx: &mut Tx<'_>,
    endpoint: &Endpoint,
    format: ProjectionFormat,
    subject: &str,
    record: &str,
) -> Result<(), Error> {
    let Ok(request) = subject.parse() else { return Ok(()) };
    let name = endpoint.system.as_deref().unwrap_or(format.system());
    let system = name.parse::<SystemName>().map_err(Error::internal)?;
    let url = Url::parse(&endpoint.url).ok().and_then(|url| projections::link(&url, format, record));
    references::create_if_missing(tx, request, &system, record, url)
}
