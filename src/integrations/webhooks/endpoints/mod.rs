//! Webhook endpoints: who is told, about what, in which form, signed with which key.
//!
//! Rules: the address passes the egress guard when it is saved, its name resolved (`destination`); keys and credentials
//! are stored sealed (`keyring`); a secret is shown once, when it is made; rotating keeps the old one valid for a while;
//! neither secrets nor the address (it may hold credentials) are in any event or audit entry; deleting erases the secrets
//! and cancels what is on its way.

mod address;
mod destination;
mod dto;
mod encryption;
mod enums;
mod health;
mod keyring;
mod mapping;
mod ping;
mod routes;
mod service;
pub(super) mod store;

pub(super) use address::address;
pub use dto::{EndpointNotice, RetryDelay};
pub use encryption::seal_all;
pub(super) use enums::{OnExhausted, Ordering};
pub(super) use keyring::Keyring;
pub use routes::configure;
pub use service::mapping_of;
pub(super) use service::{disable_gone, require, require_readable, take_turn};
pub use store::circuits;
