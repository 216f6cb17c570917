//! The HTTP conventions that every endpoint shares (see docs/conventions.md): request parsing, responses,
//! problems, pagination, preconditions and idempotency.

pub(crate) mod body;
pub mod client_address;
pub mod cors;
pub(crate) mod etag;
mod forwarded;
pub(crate) mod idempotency;
pub(crate) mod list;
pub(crate) mod merge_patch;
pub mod operation_class;
pub(crate) mod path;
pub(crate) mod problem;
pub(crate) mod query;
pub mod rate_limit;
pub(crate) mod response;
pub mod route_table;
pub mod routes;
pub mod schema;
mod schema_texts;
pub(crate) mod strict_json;
