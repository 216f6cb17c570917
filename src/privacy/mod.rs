//! The rights of the people whose data is held: access, erasure, and an end to keeping.
//!
//! Rules: visitors are found by number or e-mail address, people of the directory by their id; what
//! is erased is gone from every table that told of the person (requests, attempts, kept answers,
//! events, payloads of webhooks, the audit trail), and what reports count stays; closed requests
//! are erased by themselves when their time is over. Nothing personal stands in an address.

mod directory;
mod dto;
mod erasure_lock;
pub mod offboarding;
mod redaction;
pub mod retention;
mod routes;
mod store;
mod visitors;

pub use retention::erase_outdated;
pub use routes::configure;
