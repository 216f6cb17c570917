//! The lengths and outcomes of calls, and the number of visitors: random, but the same ones in every run.

use std::f64::consts::TAU;

/// Mean length of a call that reaches the visitor, in minutes: two thirds of what the queues allow for a call.
pub const MEAN_MINUTES: f64 = 20.0;
/// Standard deviation of the logarithm of the length: one call in ten takes more than twice the mean.
const SIGMA: f64 = 0.8;
/// Calls are not longer than this, in seconds.
const LONGEST: f64 = 5_400.0;
/// Calls that do not reach the visitor, in percent.
const IN_VAIN: usize = 15;

/// A generator of random numbers (xorshift).
pub struct Random(pub u64);

impl Random {
    /// Returns a number in `(0, 1]`.
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// Returns a number in `[0, most)`.
    pub fn below(&mut self, most: usize) -> usize {
        (self.unit() * most as f64).ceil() as usize - 1
    }

    /// Returns a number with a log-normal distribution and this mean.
    fn log_normal(&mut self, mean: f64) -> f64 {
        // Box-Muller transform.
        let normal = (-2.0 * self.unit().ln()).sqrt() * (TAU * self.unit()).cos();
        (mean.ln() - SIGMA * SIGMA / 2.0 + SIGMA * normal).exp()
    }

    /// Returns outcome and length of a call, in seconds.
    pub fn call(&mut self) -> (&'static str, i64) {
        if self.below(100) < IN_VAIN {
            let outcome = ["no_answer", "busy", "voicemail"][self.below(3)];
            return (outcome, 60 + self.below(120) as i64);
        }
        ("reached", (60.0 * self.log_normal(MEAN_MINUTES)).clamp(60.0, LONGEST) as i64)
    }
}
