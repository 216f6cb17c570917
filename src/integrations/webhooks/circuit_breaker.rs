//! The circuit breaker of an endpoint, which decides when sending stops and when it is tried again. Pure: the time and
//! the random number are arguments.
//!
//! Rules: ten consecutive failures open the circuit; while it is open, one delivery at a time is sent as a probe, after
//! 1, 2, 4, ... minutes and finally every hour, and all other deliveries are held; the first success starts the
//! recovery, in which held deliveries are sent at a limited rate until none is left; the endpoint is disabled when the
//! circuit has been open for five days without a success. The five days start when the circuit opens, because an older
//! failure does not show how long the receiver has been down.

use std::time::Duration;

use crate::kernel::time::UtcTime;

crate::text_enum! {
    /// State of the circuit breaker of an endpoint: `closed` (deliveries are sent when they are due), `open` (after ten
    /// consecutive failures, deliveries are held, and one at a time is sent as a probe), or `recovering` (after a
    /// successful probe, held deliveries are sent, oldest first and at a limited rate).
    pub enum Circuit {
        Closed,
        Open,
        Recovering,
    }
}

/// Consecutive failures that open the circuit: as many as the standard schedule has tries, so that even a single event
/// for a receiver that is down is held and not exhausted.
pub const OPENS_AFTER: i32 = 10;
/// The first pause before a probe; each following one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_mins(1);
/// The longest pause between probes.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// How long the circuit can be open without a success before the endpoint is disabled.
pub const DISABLES_AFTER: Duration = Duration::from_hours(5 * 24);
/// Jitter adds at most one fifth (20%) of a pause.
const JITTER_DIVISOR: u32 = 5;

/// The state of the circuit breaker of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitBreaker {
    pub circuit: Circuit,
    /// Failures since the last success.
    pub failures: i32,
    /// When the first of them ended; after the circuit has opened, when it opened.
    pub failing_since: Option<UtcTime>,
    /// Failed probes since the circuit opened.
    pub probes: i32,
    /// When the next probe is due; `None` unless the circuit is open.
    pub probe_at: Option<UtcTime>,
    /// When the circuit stopped being open; `None` unless it is recovering.
    pub recovering_since: Option<UtcTime>,
}

/// A change of the circuit that is recorded as an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// The circuit has opened.
    Opened,
    /// A delivery succeeded while the circuit was open.
    Recovered,
    /// The endpoint is to be disabled, because there was no success for too long.
    Disabled,
}

impl CircuitBreaker {
    /// The state of a new endpoint.
    pub const NEW: Self = Self {
        circuit: Circuit::Closed,
        failures: 0,
        failing_since: None,
        probes: 0,
        probe_at: None,
        recovering_since: None,
    };

    /// Returns the state after the endpoint was enabled at `now`: if the circuit is open, a probe is due at once, and
    /// the five days start again.
    #[must_use]
    pub fn enabled_at(self, now: UtcTime) -> Self {
        match self.circuit {
            Circuit::Open => Self { failing_since: Some(now), probes: 0, probe_at: Some(now), ..self },
            Circuit::Closed | Circuit::Recovering => Self { failing_since: self.failing_since.map(|_| now), ..self },
        }
    }

    /// Returns the state after one more attempt, which ended at `now`; `random` is uniform over all `u64`.
    #[must_use]
    pub fn after(self, success: bool, now: UtcTime, random: u64) -> (Self, Option<Transition>) {
        if success { self.after_success(now) } else { self.after_failure(now, random) }
    }

    fn after_success(self, now: UtcTime) -> (Self, Option<Transition>) {
        let recovering_since = Some(now);
        match self.circuit {
            Circuit::Open => {
                (Self { circuit: Circuit::Recovering, recovering_since, ..Self::NEW }, Some(Transition::Recovered))
            }
            circuit => (Self { circuit, recovering_since: self.recovering_since, ..Self::NEW }, None),
        }
    }

    /// Returns the state after all held deliveries have been sent.
    #[must_use]
    pub fn recovered(self) -> Self {
        Self { circuit: Circuit::Closed, recovering_since: None, ..self }
    }

    fn after_failure(self, now: UtcTime, random: u64) -> (Self, Option<Transition>) {
        let since = self.failing_since.unwrap_or(now);
        let mut next = Self { failures: self.failures.saturating_add(1), failing_since: Some(since), ..self };
        let opens = self.circuit != Circuit::Open && next.failures >= OPENS_AFTER;
        if opens {
            next.circuit = Circuit::Open;
            next.failing_since = Some(now);
            next.recovering_since = None;
            next.probes = 0;
        }
        // A request that was running when the circuit opened is not a probe.
        let probed = self.probe_at.is_some_and(|due| now >= due);
        if probed {
            next.probes = self.probes.saturating_add(1);
        }
        if opens || probed {
            next.probe_at = Some(now.plus(pause(next.probes, random)));
        }
        let disables = self.circuit == Circuit::Open && now >= since.plus(DISABLES_AFTER);
        let transition = if disables { Some(Transition::Disabled) } else { opens.then_some(Transition::Opened) };
        (next, transition)
    }
}

/// Returns the pause after `probes` failed probes.
fn pause(probes: i32, random: u64) -> Duration {
    let doublings = u32::try_from(probes).unwrap_or_default().min(16);
    let pause = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
    let share = (random >> 32) as u32;
    pause + (pause / JITTER_DIVISOR).saturating_mul(share) / u32::MAX
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix_micros(1_800_000_000_000_000 + seconds * 1_000_000)
    }

    #[test]
    fn ten_consecutive_failures_open_the_circuit_and_one_success_starts_recovery() {
        let mut breaker = CircuitBreaker::NEW;
        for second in 0..9 {
            let (next, transition) = breaker.after(false, at(second), 0);
            assert_eq!((next.circuit, transition), (Circuit::Closed, None));
            breaker = next;
        }
        let (open, transition) = breaker.after(false, at(9), 0);
        assert_eq!((open.circuit, open.probe_at, transition), (Circuit::Open, Some(at(69)), Some(Transition::Opened)));
        let (recovering, transition) = open.after(true, at(70), 0);
        assert_eq!(transition, Some(Transition::Recovered));
        let since = Some(at(70));
        assert_eq!(
            recovering,
            CircuitBreaker { circuit: Circuit::Recovering, recovering_since: since, ..CircuitBreaker::NEW }
        );
        assert_eq!(recovering.after(true, at(71), 0).0, recovering);
        assert_eq!(recovering.recovered(), CircuitBreaker::NEW);
        let (still, transition) = recovering.after(false, at(71), 0);
        assert_eq!((still.circuit, still.failures, transition), (Circuit::Recovering, 1, None));
    }

    #[test]
    fn an_attempt_that_was_running_when_the_circuit_opened_is_not_a_probe() {
        let open = CircuitBreaker {
            circuit: Circuit::Open,
            failures: 10,
            failing_since: Some(at(0)),
            probe_at: Some(at(60)),
            ..CircuitBreaker::NEW
        };
        let (late, transition) = open.after(false, at(15), 0);
        assert_eq!((late.probe_at, late.probes, late.failures, transition), (Some(at(60)), 0, 11, None));
    }

    #[test]
    fn an_old_failure_does_not_disable_the_endpoint() {
        let (once, _) = CircuitBreaker::NEW.after(false, at(0), 0);
        let mut breaker = once;
        for second in 0..9 {
            breaker = breaker.after(false, at(6 * 86_400 + second), 0).0;
        }
        assert_eq!(breaker.circuit, Circuit::Open);
        assert_eq!(breaker.after(false, breaker.probe_at.unwrap(), 0).1, None);
    }

    #[test]
    fn the_pause_between_probes_doubles_up_to_an_hour() {
        let mut breaker = CircuitBreaker { failures: 9, failing_since: Some(at(0)), ..CircuitBreaker::NEW };
        let mut pauses = Vec::new();
        let mut now = at(0);
        for _ in 0..8 {
            (breaker, _) = breaker.after(false, now, 0);
            let next = breaker.probe_at.unwrap();
            pauses.push((next.unix_seconds() - now.unix_seconds()) / 60);
            now = next;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn five_days_without_success_disable_the_endpoint() {
        let open = CircuitBreaker {
            circuit: Circuit::Open,
            failures: 50,
            failing_since: Some(at(0)),
            probes: 9,
            probe_at: Some(at(0)),
            ..CircuitBreaker::NEW
        };
        let days = 5 * 86_400;
        assert_eq!(open.after(false, at(days - 1), 0).1, None);
        assert_eq!(open.after(false, at(days), 0).1, Some(Transition::Disabled));
        assert_eq!(open.after(true, at(days), 0).1, Some(Transition::Recovered));
    }

    proptest! {
        /// The model counts the consecutive failures at the end of the list of all results.
        #[test]
        fn the_breaker_matches_a_model_with_all_results(results in proptest::collection::vec(prop::bool::weighted(0.2), 1..80), random: u64) {
            let (mut breaker, mut opened) = (CircuitBreaker::NEW, false);
            for (index, success) in results.iter().enumerate() {
                let now = at(index as i64);
                let (next, transition) = breaker.after(*success, now, random);
                let run = results[..=index].iter().rev().take_while(|one| !**one).count();
                prop_assert_eq!(next.failures as usize, run);
                prop_assert_eq!(next.failing_since.is_some(), run > 0);
                let was_open = opened;
                opened = !success && (opened || run >= 10);
                prop_assert_eq!(next.circuit == Circuit::Open, opened);
                prop_assert_eq!(next.probe_at.is_some(), opened);
                prop_assert_eq!(next.recovering_since.is_some(), next.circuit == Circuit::Recovering);
                prop_assert_eq!(transition == Some(Transition::Opened), opened && !was_open);
                prop_assert_eq!(transition == Some(Transition::Recovered), was_open && *success);
                if let Some(probe) = next.probe_at {
                    let pause = (probe.unix_micros() - now.unix_micros()) / 1_000_000;
                    // Attempts are one second apart, so a failure before the probe is due does not move the probe.
                    prop_assert!((0..=4320).contains(&pause));
                    prop_assert!(breaker.probe_at.is_none_or(|due| now >= due || due == probe));
                }
                breaker = next;
            }
        }
    }
}
