//! The API of webhook endpoints.
//!
//! Rules: the egress guard checks the URL when it is saved, with its name resolved (`destination`); a secret is
//! returned once, when it is created; a rotation keeps the previous secret valid for a while; no event or audit entry
//! contains secrets or the whole URL, which can contain credentials; deleting an endpoint deletes the secrets and
//! cancels unfinished deliveries.

mod destination;
mod dto;
mod health;
mod mapping;
mod ping;
mod rotate;
mod routes;
mod service;
mod update;

pub(crate) use health::HealthStatus;
pub use routes::configure;
pub use service::mapping_of;
