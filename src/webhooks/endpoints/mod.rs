//! Webhook endpoints: who is told, about what, signed with which secret.
//!
//! Rules: the URL passes the egress guard when it is saved; the secret is shown once, when it is
//! made; rotating keeps the old one valid for a while; neither secret nor URL (it may hold
//! credentials) is in any event or audit entry; deleting erases the secrets and cancels what is
//! on its way.

mod dto;
mod routes;
mod service;
pub(super) mod store;

pub use dto::EndpointNotice;
pub use routes::configure;
pub(super) use service::{disable_gone, require};
