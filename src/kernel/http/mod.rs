//! The conventions that every endpoint shares (see "API conventions" in the README): how requests
//! are read, how answers and problems are written, paging, preconditions, idempotency.

pub mod body;
pub mod client_address;
pub mod cors;
pub mod etag;
pub mod idempotency;
pub mod list;
pub mod merge_patch;
pub mod methods;
pub mod path;
pub mod problem;
pub mod query;
pub mod rate_limit;
pub mod response;
pub mod schema;
pub mod strict_json;
