//! Events: what happened, told to whoever follows the feed or receives webhooks.
//!
//! Rules: an event is a row in the transaction of its change; its `sequence` is given after the
//! commit, by one dispatcher at a time and without gaps, so that a reader who has seen `n` never
//! misses anything below it; delivery to webhooks begins in the transaction that gives the
//! sequence, so an event reaches each endpoint's queue exactly once.

mod dto;
pub(crate) mod expiry;
mod routes;
mod rows;
pub(crate) mod sequence;
mod store;
pub mod types;

pub use dto::{EventBody, EventTypeName};
pub use routes::{__path_list_events, configure};
pub use rows::SequencedEvent;
pub use store::{Stretch, oldest_unsequenced, redact, replayable, tells};
