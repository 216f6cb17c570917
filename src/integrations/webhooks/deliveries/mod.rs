//! Deliveries: each is the delivery of one event to one endpoint.
//!
//! Rules: a delivery is `pending` until the receiver responds 2xx (`delivered`), the last try of the schedule fails
//! while the circuit is not open or the receiver responds 410 (`exhausted`), or it is cancelled or its endpoint is
//! deleted (`cancelled`); with the ordering `subject` it is `blocked` behind an earlier event about its subject; while
//! the circuit of its endpoint is open it is held and does not become exhausted; redelivering it restarts the schedule
//! with the same `webhook-id`. Every change of a delivery locks its endpoint first, except for erasure and event
//! retention, which lock the dispatcher; the result of a worker counts only while its lease is valid.
//!
//! A delivery passes through the modules `enqueue`, `pool`, `endpoint_worker`, `claim`, `payload`, `attempt`,
//! `exchange`, `record` and `records`.

mod attempt;
mod claim;
mod context;
mod dto;
mod endpoint_worker;
mod enqueue;
mod exchange;
mod payload;
mod pool;
mod record;
mod records;
mod replay;
mod routes;
mod rows;
mod service;
mod state;
mod store;

pub use claim::{Batch, claim_idle};
pub use context::{BatchContext, DeliveryContext, Timing};
pub use endpoint_worker::EndpointWorker;
pub use enqueue::fan_out;
pub use pool::{WorkerPool, due_endpoints};
pub use routes::configure;
pub(super) use store::cancel_all;
pub(super) use store::gauges::{blocked, waiting};
pub use store::gauges::{count_pending, oldest_waiting};
pub use store::leases::DueEndpoint;
pub(super) use store::order::apply_ordering;
pub(super) use store::records::delete_of_endpoint as delete_records;
pub use store::retention::{delete_of, first_undelivered, redact};
