//! API keys, with which applications authenticate instead of with tokens of an identity provider.
//!
//! Rules: a key is shown once, and only its SHA-256 is stored; every key of an application has the same subject, so a
//! new key changes neither the audit trail nor idempotency; an application has one current key; a key that was replaced
//! stays valid for an overlap, and a key that was revoked is deleted; every request reads the key from the database.

mod dto;
pub(crate) mod format;
mod routes;
mod rows;
pub(crate) mod service;
mod store;
mod verify;

pub use dto::{NewApiKey, RotateApiKey};
pub use routes::configure;
pub use verify::StoredApiKeys;
