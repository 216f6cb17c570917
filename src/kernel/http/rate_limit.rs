//! Rate limits per client, reported on every response (draft-ietf-httpapi-ratelimit-headers-10).
//!
//! Rules:
//! - A client is an authenticated caller, or the network of an address. Each has a budget of requests per minute, one
//!   of writes and one of expensive operations.
//! - Requests with credentials that are not accepted use a budget of the network. When it is used up, credentials from
//!   that network are refused before they are checked, so that guessing is limited. Requests without credentials do not
//!   use this budget, and accepted ones neither.
//! - Each replica counts separately. Memory use is proportional to the clients that used their budgets recently.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, Reference};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::kernel::config::RateLimitSettings;
use crate::kernel::http::operation_class::OperationClass;

/// The clock of the limits: the time since any start. It never goes backwards.
#[derive(Clone)]
pub struct Stopwatch(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Stopwatch {
    /// Returns a stopwatch that `elapsed` reads.
    pub fn new(elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(elapsed))
    }

    /// Returns a stopwatch that runs with the monotonic clock of the system, which no change of the time affects.
    #[must_use]
    pub fn monotonic() -> Self {
        let start = Instant::now();
        Self::new(move || start.elapsed())
    }
}

impl Clock for Stopwatch {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        (self.0)().into()
    }
}

/// What has budgets of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Client {
    /// A network, as [`network_number`](super::client_address::network_number) returns it.
    Network(u128),
    /// The hash of an authenticated caller.
    Caller(u64),
}

impl Client {
    fn budget(self) -> &'static str {
        match self {
            Self::Network(_) => "address",
            Self::Caller(_) => "caller",
        }
    }
}

/// The limits of one process.
pub struct RateLimits {
    requests: Option<Limit>,
    writes: Option<Limit>,
    expensive: Option<Limit>,
    /// Requests of a network whose credentials were not accepted.
    refused: Option<Limit>,
    blocked: Blocked,
    clock: Stopwatch,
    hasher: RandomState,
}

impl RateLimits {
    /// Creates limits; 0 requests per minute are no limit.
    #[must_use]
    pub fn new(settings: RateLimitSettings, clock: Stopwatch) -> Self {
        let limit = |per_minute| Limit::new(per_minute, &clock);
        Self {
            requests: limit(settings.requests),
            writes: limit(settings.writes),
            expensive: limit(settings.expensive),
            refused: limit(settings.requests),
            blocked: Blocked::default(),
            hasher: RandomState::new(),
            clock,
        }
    }

    /// Returns the client for an authenticated caller with this identity.
    pub fn caller(&self, identity: impl Hash) -> Client {
        Client::Caller(self.hasher.hash_one(identity))
    }

    /// Counts a request of an operation of this class. A request that exceeds the budget of its class does not count as
    /// a request.
    #[must_use]
    pub fn count(&self, client: Client, class: OperationClass) -> RateLimitStatus {
        let special = match class {
            OperationClass::Read => None,
            OperationClass::Write => self.writes.as_ref(),
            OperationClass::Expensive => self.expensive.as_ref(),
        };
        let special = special.zip(class.budget()).map(|(limit, name)| limit.count(client, name, &self.clock));
        if special.is_some_and(|budget| budget.wait.is_some()) {
            return RateLimitStatus { requests: None, special };
        }
        let requests = self.requests.as_ref().map(|limit| limit.count(client, client.budget(), &self.clock));
        RateLimitStatus { requests, special }
    }

    /// Counts a request with credentials that were not accepted.
    #[must_use]
    pub fn count_refused(&self, client: Client) -> RateLimitStatus {
        let Some(limit) = &self.refused else { return RateLimitStatus::default() };
        let budget = limit.count(client, CREDENTIALS, &self.clock);
        if budget.remaining == 0 {
            self.blocked.insert(client, self.clock.now() + Nanos::from(limit.interval));
        }
        RateLimitStatus { requests: Some(budget), special: None }
    }

    /// Returns the status of a network that has no budget left for refused credentials; `None` if it has.
    #[must_use]
    pub fn refusal(&self, client: Client) -> Option<RateLimitStatus> {
        let (limit, until) = self.refused.as_ref().zip(self.blocked.until(client))?;
        let now = self.clock.now();
        let wait = (now < until).then(|| whole_seconds(until.duration_since(now).into()))?;
        let budget = Budget { name: CREDENTIALS, limit: limit.per_minute, remaining: 0, wait: Some(wait) };
        Some(RateLimitStatus { requests: Some(budget), special: None })
    }

    /// Removes the counters of clients that have sent no request for a while.
    pub fn remove_idle(&self) {
        for limit in [&self.requests, &self.writes, &self.expensive, &self.refused].into_iter().flatten() {
            limit.limiter.retain_recent();
            limit.limiter.shrink_to_fit();
        }
        self.blocked.remove_before(self.clock.now());
    }

    #[cfg(test)]
    fn counters(&self) -> usize {
        let limits = [&self.requests, &self.writes, &self.expensive, &self.refused];
        limits.into_iter().flatten().map(|limit| limit.limiter.len()).sum::<usize>() + self.blocked.len()
    }
}

/// Name of the budget of refused credentials.
const CREDENTIALS: &str = "credentials";

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + 1
}

/// A limit on the requests per minute and client.
struct Limit {
    limiter: RateLimiter<Client, DashMapStateStore<Client>, Stopwatch, StateInformationMiddleware>,
    per_minute: u32,
    /// The time after which one more request is available.
    interval: Duration,
}

impl Limit {
    fn new(per_minute: u32, clock: &Stopwatch) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
        let limiter = RateLimiter::dashmap_with_clock(quota, clock.clone()).with_middleware();
        Some(Self { limiter, per_minute, interval: quota.replenish_interval() })
    }

    fn count(&self, client: Client, name: &'static str, clock: &Stopwatch) -> Budget {
        let (remaining, wait) = match self.limiter.check_key(&client) {
            Ok(snapshot) => (snapshot.remaining_burst_capacity(), None),
            Err(until) => (0, Some(whole_seconds(until.wait_time_from(clock.now())))),
        };
        Budget { name, limit: self.per_minute, remaining, wait }
    }
}

/// The networks that have no budget left for refused credentials, with the end of that time. Usually empty, which costs
/// no lock.
#[derive(Default)]
struct Blocked {
    count: AtomicUsize,
    until: RwLock<HashMap<Client, Nanos>>,
}

impl Blocked {
    fn insert(&self, client: Client, until: Nanos) {
        let mut blocked = self.until.write().unwrap_or_else(PoisonError::into_inner);
        blocked.insert(client, until);
        self.count.store(blocked.len(), Ordering::Release);
    }

    fn until(&self, client: Client) -> Option<Nanos> {
        if self.len() == 0 {
            return None;
        }
        self.until.read().unwrap_or_else(PoisonError::into_inner).get(&client).copied()
    }

    fn remove_before(&self, now: Nanos) {
        if self.len() == 0 {
            return;
        }
        let mut blocked = self.until.write().unwrap_or_else(PoisonError::into_inner);
        blocked.retain(|_, until| now < *until);
        blocked.shrink_to_fit();
        self.count.store(blocked.len(), Ordering::Release);
    }

    fn len(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }
}

/// A budget after one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Budget {
    name: &'static str,
    /// Requests per minute.
    limit: u32,
    remaining: u32,
    /// Seconds to wait; `None` if the request is allowed.
    wait: Option<u64>,
}

/// The budgets that one request used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimitStatus {
    requests: Option<Budget>,
    /// The budget of the class of the operation.
    special: Option<Budget>,
}

impl RateLimitStatus {
    /// Returns the seconds to wait; `None` if the request is allowed.
    #[must_use]
    pub fn wait(&self) -> Option<u64> {
        self.budgets().filter_map(|budget| budget.wait).max()
    }

    /// Writes `RateLimit-Policy` and `RateLimit`, unless there is no limit.
    pub fn write_headers(&self, headers: &mut HeaderMap) {
        let list = |item: fn(Budget) -> String| self.budgets().map(item).collect::<Vec<_>>().join(", ");
        let policy = list(|budget| format!("\"{}\";q={};w=60", budget.name, budget.limit));
        let state = list(|budget| format!("\"{}\";r={};t={}", budget.name, budget.remaining, budget.wait.unwrap_or(1)));
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
            if let Some(value) = HeaderValue::from_str(&value).ok().filter(|value| !value.is_empty()) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }

    fn budgets(&self) -> impl Iterator<Item = Budget> {
        [self.requests, self.special].into_iter().flatten()
    }
}

#[cfg(test)]
#[path = "rate_limit_tests.rs"]
mod tests;
