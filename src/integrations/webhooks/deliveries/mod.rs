//! Deliveries: one event for one endpoint.
//!
//! Rules: a delivery is `pending` until the receiver responds 2xx (`delivered`), the last try of the schedule fails while
//! others succeed or the receiver responds 410 (`exhausted`), or its endpoint is deleted (`cancelled`); it is `blocked` behind
//! an earlier event of its subject where the endpoint wants order; it is held, not given up, while its endpoint is failing;
//! redelivering it starts the schedule again under the same `webhook-id`. Every change of a delivery locks its endpoint first,
//! except for erasure and event retention, which lock the dispatcher; a worker's result counts only while its lease is valid.
//!
//! The path of a delivery: `enqueue`, then `pool`, `endpoint_worker`, `claim`, `payload`, `attempt`, `record`.

mod attempt;
mod claim;
mod context;
mod dto;
mod endpoint_worker;
mod enqueue;
mod payload;
mod pool;
mod record;
mod replay;
mod routes;
mod rows;
mod service;
mod state;
mod store;

pub use context::{BatchContext, DeliveryContext, Timing};
pub use endpoint_worker::EndpointWorker;
pub use enqueue::fan_out;
pub use pool::{WorkerPool, due_endpoints};
pub use routes::configure;
pub(super) use store::cancel_all;
pub(super) use store::gauges::{blocked, waiting};
pub use store::gauges::{count_pending, oldest_waiting};
pub(super) use store::order::apply_ordering;
pub use store::retention::{delete_of, first_on_its_way, redact};
