//! The records that are sent to CRM and ITSM tools for callback requests: a pure mapping (`mapping`), with field names
//! that each company can configure (`fields`).
//!
//! Rules: CRM formats accept only sales requests and ITSM formats only requests for technical support; every record
//! contains the id of the request, so that the receiver can detect duplicates; quarantined requests are never sent.

mod fields;
mod formats;
mod mapping;
mod service;

pub use fields::FieldMapping;
pub use formats::{Projection, ProjectionFormat, ProjectionQuery};
pub use mapping::{Lead, project};
pub use service::{leads, mapping_faults, record};
