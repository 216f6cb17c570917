//! External references: the id, link and status of a callback request or a project in another system, written by that
//! system, or by the service when the system has created a record.
//!
//! Rules: a record has at most one reference per system; an event caused by an application names its system as the
//! cause, so that the webhook endpoints of that system do not receive it; the references of an erased person are
//! deleted, and redacted in events.

mod dto;
mod redaction;
mod referable;
mod routes;
mod rows;
mod service;
mod store;

pub use redaction::redacted;
pub use routes::configure;
pub use service::{create_if_missing, erase};
