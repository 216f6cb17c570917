//! Webhooks: the events, sent to whoever asked for them and signed.
//!
//! Rules: an event reaches an endpoint's queue once, in the transaction that gives its sequence;
//! the bytes sent are stored with it and are the same on every attempt; a worker holds a lease
//! while it sends, sends outside any transaction, and records the result only if the lease is
//! still its own; an endpoint's queue is worked off by one lease holder at a time, four at once; an endpoint that fails
//! again and again is left alone and probed (`breaker`), and what waits for it is held.
//!
//! Delivery is at least once: a worker that dies after sending and before recording leaves an
//! event that is sent again with the same `webhook-id`.

pub mod auth;
pub mod breaker;
pub mod deliveries;
pub mod dispatcher;
pub mod egress;
pub mod endpoints;
pub mod event_retention;
pub mod outcome;
pub mod outgoing;
pub mod schedule;
pub mod sender;
pub mod signature;
pub mod signing;
pub mod wire;

use std::sync::Arc;

use utoipa_actix_web::service_config::ServiceConfig;

use auth::Tokens;
use sender::HttpSender;

/// What sends webhooks; shared by handlers and workers.
#[derive(Clone)]
pub struct Outbound {
    pub sender: Arc<HttpSender>,
    /// Access tokens of receivers that ask for one.
    pub tokens: Arc<Tokens>,
}

pub fn configure(config: &mut ServiceConfig) {
    config.configure(endpoints::configure).configure(deliveries::configure);
}
