//! Events: what happened, told to whoever follows the feed or receives webhooks.
//!
//! Rules: an event is a row in the transaction of its change; its `sequence` is given after the
//! commit, by one dispatcher at a time and without gaps, so that a reader who has seen `n` never
//! misses anything below it; delivery to webhooks begins in the transaction that gives the
//! sequence, so an event reaches each endpoint's queue exactly once.

pub mod dispatcher;
mod dto;
pub mod retention;
mod routes;
mod store;
pub mod types;

pub use dto::{EventBody, EventTypeName};
pub use routes::{__path_list_events, configure};
pub use store::{SequencedEvent, Stretch, oldest_unsequenced, redact, replayable, tells};

use crate::change::{Change, Origin};
use crate::db::DbConn;
use crate::error::Error;
use crate::ids::EventId;

/// Adds the event of a change to the transaction of the change.
///
/// # Errors
/// Those of the database.
pub fn publish(conn: &mut DbConn, id: EventId, origin: Origin<'_>, change: &Change<'_>) -> Result<(), Error> {
    let event = store::NewEvent {
        id,
        kind: change.event,
        occurred_at: origin.at,
        subject: change.subject,
        data: change.after.to_string(),
        request_id: origin.request_id,
        caused_by: origin.caused_by,
    };
    store::insert(conn, &event)
}
