//! What other systems call our callback requests and projects: their id, link and status, written back by them.
//!
//! Rules: one reference per record and system, the last word is the system's; an event of software names the system as its cause, so
//! that the webhook endpoints of that system are not told what it said itself; the references of an erased person are
//! deleted, and events tell no more what they were.

mod dto;
mod routes;
mod service;
mod store;

pub use dto::ReferenceBody;
pub use routes::configure;
pub use service::erase;
