//! A rate limit per client address, reported on every response (draft-ietf-httpapi-ratelimit-headers-10).
//!
//! Each replica counts separately. Memory use is proportional to the addresses seen in one window.

use std::net::IpAddr;
use std::num::NonZeroU32;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, QuantaClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::kernel::http::client_address::network;

type Limiter = RateLimiter<String, DashMapStateStore<String>, QuantaClock, StateInformationMiddleware>;

/// A limit on the requests per minute and address.
pub struct RateLimit {
    limiter: Option<(Limiter, NonZeroU32)>,
    clock: QuantaClock,
}

/// The rate limit after one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitStatus {
    limit: u32,
    remaining: u32,
    /// Seconds to wait; `None` if the request is allowed.
    pub wait: Option<u64>,
}

impl RateLimit {
    /// Creates a limit of `per_minute` requests; 0 for no limit.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        let clock = QuantaClock::default();
        let limiter = NonZeroU32::new(per_minute).map(|limit| {
            let limiter = RateLimiter::dashmap_with_clock(Quota::per_minute(limit), clock.clone());
            (limiter.with_middleware(), limit)
        });
        Self { limiter, clock }
    }

    /// Counts a request; `None` if there is no limit.
    #[must_use]
    pub fn count(&self, address: IpAddr) -> Option<RateLimitStatus> {
        let (limiter, limit) = self.limiter.as_ref()?;
        let limit = limit.get();
        Some(match limiter.check_key(&network(address)) {
            Ok(snapshot) => RateLimitStatus { limit, remaining: snapshot.remaining_burst_capacity(), wait: None },
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now()).as_secs() + 1;
                RateLimitStatus { limit, remaining: 0, wait: Some(wait) }
            }
        })
    }

    /// Removes the counters of addresses that have sent no request for a while.
    pub fn remove_idle(&self) {
        if let Some((limiter, _)) = &self.limiter {
            limiter.retain_recent();
        }
    }
}

impl RateLimitStatus {
    /// Writes `RateLimit-Policy` and `RateLimit`.
    pub fn write_headers(&self, headers: &mut HeaderMap) {
        let policy = format!("\"address\";q={};w=60", self.limit);
        let state = format!("\"address\";r={};t={}", self.remaining, self.wait.unwrap_or(1));
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}
