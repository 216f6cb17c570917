//! Webhook endpoints in the API: which events are sent where, in which format, signed with which key.
//!
//! Rules: the URL passes the egress guard when it is saved, with its name resolved (`destination`); a secret is shown once,
//! when it is created; rotating keeps the old one valid for a while; neither secrets nor the URL (it may contain credentials)
//! are in any event or audit entry; deleting erases the secrets and cancels unfinished deliveries.

mod destination;
mod dto;
mod health;
mod mapping;
mod ping;
mod rotate;
mod routes;
mod service;
mod update;

pub use routes::configure;
pub use service::mapping_of;
