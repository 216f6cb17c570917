//! The records that a CRM or an ITSM tool is sent for a callback request: a pure mapping (`mapping`), with the field names
//! of each company (`fields`).
//!
//! Rules: CRM formats accept sales requests only and ITSM formats support questions only; every record carries our request
//! id, so that the receiver can detect duplicates; quarantined requests are never sent.

mod fields;
mod formats;
mod mapping;
mod service;

pub use fields::FieldMapping;
pub use formats::{Projection, ProjectionFormat, ProjectionQuery};
pub use mapping::{Lead, project};
pub use service::{leads, mapping_faults, record};
