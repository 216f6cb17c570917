//! Deliveries: one event on its way to one endpoint.
//!
//! Rules: `pending` until a 2xx (`delivered`), the last try of the schedule or a 410
//! (`exhausted`), or the end of its endpoint (`cancelled`); asking for it again begins the
//! schedule anew under the same `webhook-id`. Whoever changes a delivery has locked its endpoint
//! first; a worker's result counts only while the lease of its batch is its own.

mod dto;
mod lane;
mod routes;
mod service;
mod settle;
mod store;

pub use lane::{Courier, due_endpoints, work_off};
pub use routes::configure;
pub use service::fan_out;
pub(super) use store::cancel_all;
pub use store::{count_pending, redact};
