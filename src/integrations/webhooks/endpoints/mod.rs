//! Webhook endpoints: which events are sent where, in which format, signed with which key.
//!
//! Rules: the URL passes the egress guard when it is saved, with its name resolved (`destination`); keys and credentials are
//! stored sealed (`keyring`); a secret is shown once, when it is created; rotating keeps the old one valid for a while;
//! neither secrets nor the URL (it may contain credentials) are in any event or audit entry; deleting erases the secrets and
//! cancels unfinished deliveries.

mod circuit;
mod delivery_options;
mod destination;
mod dto;
mod health;
mod keyring;
mod mapping;
mod ping;
mod rotate;
mod routes;
mod service;
mod store;
mod update;

pub(super) use circuit::{disable_gone, record_transition};
pub(super) use delivery_options::{OnExhausted, Ordering, RetryDelay};
pub use dto::EndpointNotice;
pub(super) use keyring::Keyring;
pub use keyring::seal_all;
pub use routes::configure;
pub use service::mapping_of;
pub(super) use service::{require, require_readable};
pub use store::circuits;
pub(super) use store::update as update_row;
pub(super) use store::{Endpoint, Subscriber, lock, lock_with_secrets, receiving};
