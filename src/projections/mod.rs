//! What a CRM or an ITSM tool would be sent for a callback request: a pure mapping (`mapping`), no
//! credentials, nothing sent.
//!
//! Rules: sales requests are for CRM formats only and support questions for ITSM formats only, so
//! neither is ever seen by the others; our id always travels, so that the receiver can tell a
//! repetition; what was kept back is nobody's lead.

mod formats;
mod mapping;
mod routes;
mod service;

pub use routes::configure;
