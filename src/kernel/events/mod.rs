//! Events: one per change, published in the event feed and sent to webhook endpoints.
//!
//! Rules:
//! - An event is a row that is written in the transaction of its change.
//! - Its `sequence` is assigned after the commit, by one dispatcher at a time and without gaps, so that a reader who
//!   has seen `n` never misses an event with a lower sequence.
//! - The transaction that assigns the sequence also queues the event for webhooks, so that it is queued exactly once
//!   for each endpoint.

mod dto;
pub(crate) mod expiry;
mod numbering;
mod routes;
mod rows;
pub(crate) mod sequence;
mod store;
pub mod types;

pub use dto::{ChainHead, EventBody, EventTypeName};
pub use routes::{__path_list_events, configure};
pub use rows::SequencedEvent;
pub use store::{ReplayRange, count_unsequenced, oldest_unsequenced, redact, replayable, tells, types_of};
