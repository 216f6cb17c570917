//! Random numbers from one seed.

use std::sync::Mutex;

use entente::kernel::environment::Entropy;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use uuid::Uuid;

/// Random numbers of the simulation.
pub struct Random(Mutex<StdRng>);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// Returns a number in `[0, most)`.
    pub fn below(&self, most: u64) -> u64 {
        self.0.lock().unwrap().random_range(0..most)
    }

    /// Returns true in `percent` of 100 cases.
    pub fn percent(&self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// Random numbers of the service. They are separate from those of the simulation, so that a seed repeats the same
/// simulation even if the service needs more numbers.
pub struct SeededEntropy {
    random: Random,
    counter: Mutex<u64>,
}

impl SeededEntropy {
    pub fn new(seed: u64) -> Self {
        Self { random: Random::new(seed ^ 0x00e1_f00d), counter: Mutex::new(0) }
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
        // Ids of the same millisecond keep their order.
        tail.rotate_left(2);
        uuid::Builder::from_unix_timestamp_millis(unix_millis, &tail).into_uuid()
    }
}
