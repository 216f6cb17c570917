//! Where chance comes from: one number at the beginning.

use std::sync::Mutex;

use entente::kernel::environment::Entropy;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use uuid::Uuid;

/// Randomness of the simulation and of the service in it.
pub struct Chance(Mutex<StdRng>);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// A number in `[0, most)`.
    pub fn below(&self, most: u64) -> u64 {
        self.0.lock().unwrap().random_range(0..most)
    }

    /// True `percent` times in a hundred.
    pub fn percent(&self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// The service's own randomness, apart from that of the simulation, so that the script of a seed stays the same when
/// the service asks for more.
pub struct SeededEntropy {
    random: Chance,
    counter: Mutex<u64>,
}

impl SeededEntropy {
    pub fn new(seed: u64) -> Self {
        Self { random: Chance::new(seed ^ 0x00e1_f00d), counter: Mutex::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        self.random.0.lock().unwrap().fill_bytes(buffer);
    }

    fn uuid(&self, _: &'static str, unix_millis: u64) -> Uuid {
        let mut counter = self.counter.lock().unwrap();
        *counter += 1;
        let mut tail = [0; 10];
        self.fill(&mut tail[..4]);
        tail[2..].copy_from_slice(&counter.to_be_bytes());
        // Ids of one millisecond keep their order.
        tail.rotate_left(2);
        uuid::Builder::from_unix_timestamp_millis(unix_millis, &tail).into_uuid()
    }
}
