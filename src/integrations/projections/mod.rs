//! What a CRM or an ITSM tool is sent for a callback request: a pure mapping (`mapping`), with the names that differ from
//! company to company (`fields`).
//!
//! Rules: sales requests are for CRM formats only and support questions for ITSM formats only, so
//! neither is ever seen by the others; our id always travels, so that the receiver can tell a
//! repetition; what was kept back is nobody's lead.

mod fields;
mod formats;
mod mapping;
mod routes;
mod service;

pub use fields::FieldMapping;
pub use formats::ProjectionFormat;
pub use mapping::Lead;
pub use routes::configure;
pub use service::{leads, mapping_faults, record};
