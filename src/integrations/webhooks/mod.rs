//! Webhooks: events, signed and sent to the endpoints that subscribe to them.
//!
//! Rules: an event enters the queue of an endpoint once, in the transaction that assigns its sequence; the bytes sent are
//! stored with it and are the same in every attempt; a worker leases what it sends, sends outside any transaction, and records
//! the outcome only if the lease is still valid; one worker at a time serves an endpoint, with four requests at a time; an
//! endpoint that keeps failing is only probed (`circuit_breaker`), and what waits for it is held.
//!
//! From the bottom up: `registry` (stored endpoints), `deliveries` (the queue and the workers), `dispatcher` (fills the queue),
//! `endpoints` (the API).
//!
//! Delivery is at least once: when a worker dies after sending and before recording, the event is sent again with the same
//! `webhook-id`.

pub(crate) mod auth;
pub(crate) mod circuit_breaker;
pub mod deliveries;
pub mod dispatcher;
pub mod egress;
pub(crate) mod endpoints;
pub(crate) mod event_retention;
pub(crate) mod format;
pub mod gauges;
pub(crate) mod message;
pub(crate) mod outcome;
pub mod registry;
pub mod schedule;
pub mod sender;
pub(crate) mod signature;
pub(crate) mod tokens;

use std::sync::Arc;

use utoipa_actix_web::service_config::ServiceConfig;

use sender::HttpSender;
use tokens::Tokens;

/// What sends webhooks; shared by handlers and workers.
#[derive(Clone)]
pub struct Outbound {
    pub sender: Arc<HttpSender>,
    /// Access tokens for the receivers that require one.
    pub tokens: Arc<Tokens>,
}

pub fn configure(config: &mut ServiceConfig) {
    config.configure(endpoints::configure).configure(deliveries::configure);
}
