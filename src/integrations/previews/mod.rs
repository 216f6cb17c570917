//! Previews of the records that a CRM or an ITSM tool would be sent for a callback request.
//!
//! Rule: a format shows only requests of its own intent, and no request that is quarantined or erased.

mod routes;
mod service;

pub use routes::configure;
