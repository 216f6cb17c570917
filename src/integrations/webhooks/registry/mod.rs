//! The stored endpoints: their URLs, options, secrets and circuit breakers.
//!
//! Rule: `deliveries` and `endpoints` depend on this module, not the other way round.

mod delivery_options;
mod event;
mod keyring;
mod service;
mod store;

pub(super) use delivery_options::{OnExhausted, Ordering, RetryDelay};
pub use event::EndpointEvent;
pub(super) use keyring::Keyring;
pub use keyring::{check_keys, seal_all};
pub(super) use service::{disable_gone, record_transition, require, require_readable, save};
pub(super) use store::{Endpoint, Subscriber};
pub(super) use store::{circuits, delete, find_with_secrets, insert, list, receiving, update};
pub(super) use store::{lock, lock_with_secrets, reseal, try_lock_with_secrets};
