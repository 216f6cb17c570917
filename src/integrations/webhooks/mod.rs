//! Webhooks: signed events that are sent to the endpoints that subscribe to them.
//!
//! Rules: an event is queued for an endpoint once, in the transaction that assigns its sequence number; the body is
//! stored with the delivery and is the same in every attempt; a worker or the dispatcher leases deliveries, the worker
//! sends them outside any transaction, and records the outcome only if the lease is still valid; one worker at a time
//! serves an endpoint, with four concurrent requests; while the circuit of an endpoint is open (`circuit_breaker`), its
//! deliveries are held.
//!
//! From the bottom up: `registry` (stored endpoints), `deliveries` (the queue and the workers), `dispatcher` (fills the
//! queue), `endpoints` (the API).
//!
//! Delivery is at least once: when a worker stops after it has sent an event and before it has recorded the outcome,
//! the event is sent again with the same `webhook-id`. So it is when a crash of PostgreSQL loses a lease, whose commit
//! does not wait for the disk.

pub(crate) mod auth;
pub(crate) mod circuit_breaker;
pub mod deliveries;
pub mod dispatcher;
pub mod egress;
pub(crate) mod endpoints;
pub(crate) mod event_retention;
pub(crate) mod filter;
pub(crate) mod format;
pub mod gauges;
pub(crate) mod message;
pub(crate) mod outcome;
pub mod registry;
pub mod schedule;
pub mod sender;
pub(crate) mod signature;
mod text;
mod tls;
pub(crate) mod tokens;

use std::sync::Arc;

use sender::HttpSender;
use tokens::Tokens;

use crate::kernel::http::routes::Routes;

/// The sender of webhooks and its access tokens; shared by handlers and workers.
#[derive(Clone)]
pub struct Outbound {
    pub sender: Arc<HttpSender>,
    /// Access tokens for the receivers that require one.
    pub tokens: Arc<Tokens>,
}

pub fn configure(routes: &mut impl Routes) {
    routes.configure(endpoints::configure).configure(deliveries::configure);
}
