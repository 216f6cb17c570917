//! Previews of the records that would be sent to a CRM or ITSM tool for a callback request.
//!
//! Rule: a format has previews only of requests with its own intent, and of no request that is quarantined or erased.

mod routes;
mod service;

pub use routes::configure;
