//! Clock and randomness, injected so that tests control both.
//!
//! Rule: no other code gets the time or random bytes from the system; clippy rejects such calls.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::kernel::ids::{Id, Kind};
use crate::kernel::time::UtcTime;

/// Source of the current time.
pub trait Clock: Send + Sync {
    /// Returns the current instant, truncated to microseconds.
    fn now(&self) -> UtcTime;

    /// Returns the time that has passed since an arbitrary moment. Unlike [`Self::now`], it is never set, so it shows
    /// by how much the time was set. On Linux it also passes while the machine is suspended.
    fn monotonic(&self) -> Duration;
}

/// The system clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the only place that reads the system clock")]
    fn now(&self) -> UtcTime {
        UtcTime::from_jiff(jiff::Timestamp::now())
    }

    #[cfg(target_os = "linux")]
    fn monotonic(&self) -> Duration {
        use nix::time::{ClockId, clock_gettime};

        clock_gettime(ClockId::CLOCK_BOOTTIME).map_or_else(|_| since_start(), Duration::from)
    }

    #[cfg(not(target_os = "linux"))]
    fn monotonic(&self) -> Duration {
        since_start()
    }
}

/// Returns the time since the first call.
fn since_start() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// A clock that only moves when it is set, for tests and simulations.
#[derive(Debug)]
pub struct ManualClock {
    unix_micros: AtomicI64,
    /// In microseconds.
    monotonic: AtomicU64,
}

impl ManualClock {
    /// Creates a clock that shows `start`.
    #[must_use]
    pub fn at(start: UtcTime) -> Self {
        Self { unix_micros: AtomicI64::new(start.unix_micros()), monotonic: AtomicU64::new(0) }
    }

    /// Sets the clock to `instant`, forwards or backwards.
    pub fn set(&self, instant: UtcTime) {
        self.unix_micros.store(instant.unix_micros(), Ordering::SeqCst);
    }

    /// Moves the clock forwards, as if it was set: the monotonic time stays the same.
    pub fn advance(&self, by: Duration) {
        self.unix_micros.fetch_add(by.as_micros() as i64, Ordering::SeqCst);
    }

    /// Moves the clock and the monotonic time forwards.
    pub fn pass(&self, time: Duration) {
        self.monotonic.fetch_add(time.as_micros() as u64, Ordering::SeqCst);
        self.advance(time);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UtcTime {
        UtcTime::from_unix_micros(self.unix_micros.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros(self.monotonic.load(Ordering::SeqCst))
    }
}

/// Source of randomness, for ids, secrets and jitter.
pub trait Entropy: Send + Sync {
    /// Fills the buffer with random bytes.
    fn fill(&self, buffer: &mut [u8]);

    /// Returns a UUIDv7 for the next id with this prefix.
    fn uuid(&self, prefix: &'static str, unix_millis: u64) -> Uuid;
}

/// A thread-local ChaCha generator, seeded by the operating system.
#[derive(Debug, Default)]
pub struct SystemEntropy {
    /// Millisecond and counter of the last id.
    last: Mutex<(u64, u16)>,
}

impl SystemEntropy {
    /// Returns the millisecond and counter of the next id.
    ///
    /// Ids of one millisecond are ordered by a counter in the 12 bits after the timestamp (RFC 9562 section 6.2, method
    /// 1). When the counter overflows, the timestamp runs ahead of the clock.
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
    #[allow(clippy::disallowed_methods, reason = "the only place that uses the system generator")]
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

/// The clock and the source of randomness that every part of the service uses.
#[derive(Clone)]
pub struct Environment {
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl Environment {
    /// Returns the system clock and generator.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy::default()) }
    }

    /// Returns the current instant.
    #[must_use]
    pub fn now(&self) -> UtcTime {
        self.clock.now()
    }

    /// Returns the time since an arbitrary moment, which is never set.
    #[must_use]
    pub fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Returns a new id.
    #[must_use]
    pub fn new_id<K: Kind>(&self) -> Id<K> {
        let millis = (self.now().unix_micros() / 1_000).max(0) as u64;
        Id::from_uuid(self.entropy.uuid(K::PREFIX, millis))
    }

    /// Returns `N` random bytes.
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
    fn ids_of_one_instant_are_ordered() {
        let clock = Arc::new(ManualClock::at(UtcTime::from_unix_micros(1_800_000_000_000_000)));
        let environment = Environment { clock: clock.clone(), entropy: Arc::new(SystemEntropy::default()) };
        let mut made: Vec<ProjectId> = (0..10_000).map(|_| environment.new_id()).collect();
        clock.advance(Duration::from_secs(1));
        made.push(environment.new_id());
        assert!(made.is_sorted());
        made.dedup();
        assert_eq!(made.len(), 10_001);
    }
}
