//! The records that are sent to CRM and ITSM tools for callback requests: a pure mapping (`mapping`), with field names
//! that each company can configure (`fields`), for each event in the life of a request (`life`), and the requests that
//! find, create and change a record (`exchange`).
//!
//! Rules: CRM formats accept only sales requests and ITSM formats only requests for technical support; every record
//! contains the id of the request, so that the receiver can detect duplicates; quarantined requests are never sent.

mod exchange;
mod fields;
mod formats;
mod lead;
pub mod life;
mod mapping;
mod paths;
mod search;
mod service;
mod summary;
mod values;

pub use exchange::{Ending, KnownRecord, Next, RecordPlan};
pub use fields::FieldMapping;
pub use formats::{Projection, ProjectionFormat, ProjectionQuery};
pub use lead::Lead;
pub use life::RecordOperation;
pub use mapping::project;
pub use paths::link;
pub use service::{lead_of, leads, mapping_faults, plan, record};
