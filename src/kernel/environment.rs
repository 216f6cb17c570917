//! Time and randomness from outside, injected so that tests decide both.
//!
//! Rule: nothing else in the crate asks the system for the time or for random bytes; clippy
//! bans the calls.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::kernel::ids::{Id, Kind};
use crate::kernel::time::UtcTime;

/// Where "now" comes from.
pub trait Clock: Send + Sync {
    /// The present instant, cut to microseconds.
    fn now(&self) -> UtcTime;
}

/// The clock of the machine.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that may ask the machine")]
    fn now(&self) -> UtcTime {
        UtcTime::from_jiff(jiff::Timestamp::now())
    }
}

/// A clock that stands still until it is told otherwise, for tests and simulations.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn at(start: UtcTime) -> Self {
        Self(AtomicI64::new(start.unix_micros()))
    }

    /// Moves the clock to `instant`, forwards or backwards.
    pub fn set(&self, instant: UtcTime) {
        self.0.store(instant.unix_micros(), Ordering::SeqCst);
    }

    /// Moves the clock forwards.
    pub fn advance(&self, by: std::time::Duration) {
        self.0.fetch_add(by.as_micros() as i64, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UtcTime {
        UtcTime::from_unix_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Where random bytes come from: ids, secrets and jitter.
pub trait Entropy: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);

    /// A UUIDv7 for the next id with this prefix.
    fn uuid(&self, prefix: &'static str, unix_millis: u64) -> Uuid;
}

/// The operating system's generator, by way of a thread-local ChaCha.
#[derive(Debug, Default)]
pub struct SystemEntropy {
    /// Millisecond and counter of the last id.
    last: Mutex<(u64, u16)>,
}

impl SystemEntropy {
    /// Ids made in one millisecond keep the order in which they were made: the 12 bits after the
    /// time count (RFC 9562 section 6.2, method 1). When they are used up the time runs ahead.
    fn tick(&self, unix_millis: u64) -> (u64, u16) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match *last {
            (millis, _) if millis < unix_millis => (unix_millis, 0),
            (millis, 0xfff) => (millis + 1, 0),
            (millis, counter) => (millis, counter + 1),
        };
        *last
    }
}

impl Entropy for SystemEntropy {
    #[allow(clippy::disallowed_methods, reason = "the one place that may ask for randomness")]
    fn fill(&self, buffer: &mut [u8]) {
        rand::fill(buffer);
    }

    fn uuid(&self, _: &'static str, unix_millis: u64) -> Uuid {
        let (millis, counter) = self.tick(unix_millis);
        let mut random = [0; 10];
        self.fill(&mut random[2..]);
        random[..2].copy_from_slice(&counter.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

/// Clock and entropy together, as every part of the service receives them.
#[derive(Clone)]
pub struct Environment {
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl Environment {
    /// The machine's own clock and randomness.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy::default()) }
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> UtcTime {
        self.clock.now()
    }

    /// A fresh id: UUIDv7 of the injected clock and randomness.
    #[must_use]
    pub fn new_id<K: Kind>(&self) -> Id<K> {
        let millis = (self.now().unix_micros() / 1_000).max(0) as u64;
        Id::from_uuid(self.entropy.uuid(K::PREFIX, millis))
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::ProjectId;

    #[test]
    fn ids_of_one_instant_keep_their_order() {
        let clock = Arc::new(ManualClock::at(UtcTime::from_unix_micros(1_800_000_000_000_000)));
        let environment = Environment { clock: clock.clone(), entropy: Arc::new(SystemEntropy::default()) };
        let mut made: Vec<ProjectId> = (0..10_000).map(|_| environment.new_id()).collect();
        clock.advance(std::time::Duration::from_secs(1));
        made.push(environment.new_id());
        assert!(made.is_sorted());
        made.dedup();
        assert_eq!(made.len(), 10_001);
    }
}
