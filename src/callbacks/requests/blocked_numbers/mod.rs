//! Blocked numbers: phone numbers whose owners asked not to be called.
//!
//! Rules: only a keyed hash of a number is stored; blocking a number cancels its waiting requests; a new request for it
//! gets the same response as any other, so that a caller cannot find out that the number is blocked, but it is
//! quarantined and cannot be released. It is stored, because its receipt must look like any other, too.

mod dto;
mod routes;
mod rows;
mod service;
mod store;

pub use routes::configure;
pub use service::known;
