//! Privacy: export, erasure and retention of personal data; and offboarding.
//!
//! Rules: visitors are found by phone number or e-mail address, people of the directory by their id; an erasure redacts
//! every table with data of the person (requests, calls, stored responses, events, webhook bodies, the audit trail)
//! and keeps the data that reports count; closed requests are erased when their retention period ends. No URL contains
//! personal data.

mod directory;
mod dto;
mod erasure_lock;
pub(crate) mod offboarding;
mod people;
mod redaction;
mod references;
mod retention;
mod routes;
mod store;
mod visitors;

pub use retention::erase_outdated;
pub use routes::configure;
