//! The conventions that every endpoint shares (see "API conventions" in the README): how requests
//! are read, how answers and problems are written, paging, preconditions, idempotency.

pub mod answer;
pub mod body;
pub mod call;
pub mod client_address;
pub mod cors;
pub mod etag;
pub mod idempotency;
pub mod merge_patch;
pub mod methods;
pub mod middleware;
pub mod page;
pub mod path;
pub mod problem;
pub mod query;
pub mod rate_limit;
pub mod schema;
pub mod strict_json;
