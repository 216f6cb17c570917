//! External references: the id, link and status that other systems have for callback requests and projects, written back by
//! them.
//!
//! Rules: a record has one reference per system; an event that software causes names its system as the cause, so that the
//! webhook endpoints of that system do not receive it; the references of an erased person are deleted, and redacted in events.

mod dto;
mod redaction;
mod referable;
mod routes;
mod rows;
mod service;
mod store;

pub use routes::configure;
pub use service::erase;
