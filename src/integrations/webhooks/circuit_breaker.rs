//! When an endpoint is left alone, and when it is tried again. Pure: the time and the random number are given.
//!
//! Rules: ten failures in a row open the circuit; while it is open one delivery at a time is a probe, after 1, 2, 4, ...
//! minutes and at last every hour, and everything else is held; the first success closes it, first with a limited rate
//! (`recovering`), until nothing is left over; open for five days without a success, the endpoint is switched off. Days in
//! which nothing was sent do not count: a failure long ago says nothing of today.

use std::time::Duration;

use crate::kernel::time::UtcTime;

crate::text_enum! {
    /// Whether an endpoint is sent to.
    pub enum Circuit {
        /// Everything is sent when it is due.
        Closed,
        /// It fails again and again: everything is held, one delivery at a time probes it.
        Open,
        /// It answers again: what was held is sent, oldest first and a limited number a second.
        Recovering,
    }
}

/// Failures in a row that open the circuit: as many as the standard schedule has tries, so that a single event on its
/// way to a receiver that is down is held, too, and not given up.
pub const OPENS_AFTER: i32 = 10;
/// The first pause before a probe; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_mins(1);
/// The longest pause between probes.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// Without a success for so long, the endpoint is switched off.
pub const GIVES_UP_AFTER: Duration = Duration::from_hours(5 * 24);
/// One fifth, 20 %, of a pause is the most that jitter adds.
const JITTER_DIVISOR: u32 = 5;

/// What is remembered of an endpoint's answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    pub circuit: Circuit,
    /// Failures since the last success.
    pub failures: i32,
    /// When the first of them was, or, since the circuit opened, when it did.
    pub failing_since: Option<UtcTime>,
    /// Probes in vain since the circuit opened.
    pub probes: i32,
    /// When the next probe is due; only while the circuit is open.
    pub probe_at: Option<UtcTime>,
    /// When the receiver answered again; only while it recovers.
    pub recovering_since: Option<UtcTime>,
}

/// What is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The circuit has opened.
    Failing,
    /// The receiver answers again after the circuit had opened.
    Recovered,
    /// No success for too long.
    GivenUp,
}

impl Breaker {
    /// Nothing has failed.
    pub const NEW: Self = Self {
        circuit: Circuit::Closed,
        failures: 0,
        failing_since: None,
        probes: 0,
        probe_at: None,
        recovering_since: None,
    };

    /// After somebody has switched the endpoint on at `now`: where it was failing, a probe is due at once and the five days
    /// begin anew.
    #[must_use]
    pub fn tried_at(self, now: UtcTime) -> Self {
        match self.circuit {
            Circuit::Open => Self { failing_since: Some(now), probes: 0, probe_at: Some(now), ..self },
            Circuit::Closed | Circuit::Recovering => Self { failing_since: self.failing_since.map(|_| now), ..self },
        }
    }

    /// After one more attempt that ended at `now`; `random` is uniform over all `u64`.
    #[must_use]
    pub fn after(self, success: bool, now: UtcTime, random: u64) -> (Self, Option<Turn>) {
        if success { self.after_success(now) } else { self.after_failure(now, random) }
    }

    fn after_success(self, now: UtcTime) -> (Self, Option<Turn>) {
        let recovering_since = Some(now);
        match self.circuit {
            Circuit::Open => {
                (Self { circuit: Circuit::Recovering, recovering_since, ..Self::NEW }, Some(Turn::Recovered))
            }
            circuit => (Self { circuit, recovering_since: self.recovering_since, ..Self::NEW }, None),
        }
    }

    /// The same when what was held has been sent.
    #[must_use]
    pub fn recovered(self) -> Self {
        Self { circuit: Circuit::Closed, recovering_since: None, ..self }
    }

    fn after_failure(self, now: UtcTime, random: u64) -> (Self, Option<Turn>) {
        let since = self.failing_since.unwrap_or(now);
        let mut next = Self { failures: self.failures.saturating_add(1), failing_since: Some(since), ..self };
        let opens = self.circuit != Circuit::Open && next.failures >= OPENS_AFTER;
        if opens {
            next.circuit = Circuit::Open;
            next.failing_since = Some(now);
            next.recovering_since = None;
            next.probes = 0;
        }
        // What was under way when the circuit opened is no probe.
        let probed = self.probe_at.is_some_and(|due| now >= due);
        if probed {
            next.probes = self.probes.saturating_add(1);
        }
        if opens || probed {
            next.probe_at = Some(now.plus(pause(next.probes, random)));
        }
        let given_up = self.circuit == Circuit::Open && now >= since.plus(GIVES_UP_AFTER);
        let turn = if given_up { Some(Turn::GivenUp) } else { opens.then_some(Turn::Failing) };
        (next, turn)
    }
}

/// The pause after `probes` probes in vain.
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
    fn ten_failures_in_a_row_open_it_and_one_success_closes_it() {
        let mut breaker = Breaker::NEW;
        for second in 0..9 {
            let (next, turn) = breaker.after(false, at(second), 0);
            assert_eq!((next.circuit, turn), (Circuit::Closed, None));
            breaker = next;
        }
        let (open, turn) = breaker.after(false, at(9), 0);
        assert_eq!((open.circuit, open.probe_at, turn), (Circuit::Open, Some(at(69)), Some(Turn::Failing)));
        let (recovering, turn) = open.after(true, at(70), 0);
        assert_eq!(turn, Some(Turn::Recovered));
        let since = Some(at(70));
        assert_eq!(recovering, Breaker { circuit: Circuit::Recovering, recovering_since: since, ..Breaker::NEW });
        assert_eq!(recovering.after(true, at(71), 0).0, recovering);
        assert_eq!(recovering.recovered(), Breaker::NEW);
        let (still, turn) = recovering.after(false, at(71), 0);
        assert_eq!((still.circuit, still.failures, turn), (Circuit::Recovering, 1, None));
    }

    #[test]
    fn what_was_under_way_is_no_probe() {
        let open = Breaker {
            circuit: Circuit::Open,
            failures: 10,
            failing_since: Some(at(0)),
            probe_at: Some(at(60)),
            ..Breaker::NEW
        };
        let (late, turn) = open.after(false, at(15), 0);
        assert_eq!((late.probe_at, late.probes, late.failures, turn), (Some(at(60)), 0, 11, None));
    }

    #[test]
    fn rare_failures_do_not_switch_it_off() {
        let (once, _) = Breaker::NEW.after(false, at(0), 0);
        let mut breaker = once;
        for second in 0..9 {
            breaker = breaker.after(false, at(6 * 86_400 + second), 0).0;
        }
        assert_eq!(breaker.circuit, Circuit::Open);
        assert_eq!(breaker.after(false, breaker.probe_at.unwrap(), 0).1, None);
    }

    #[test]
    fn probes_become_rarer_up_to_an_hour() {
        let mut breaker = Breaker { failures: 9, failing_since: Some(at(0)), ..Breaker::NEW };
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
    fn five_days_without_success_are_enough() {
        let open = Breaker {
            circuit: Circuit::Open,
            failures: 50,
            failing_since: Some(at(0)),
            probes: 9,
            probe_at: Some(at(0)),
            ..Breaker::NEW
        };
        let days = 5 * 86_400;
        assert_eq!(open.after(false, at(days - 1), 0).1, None);
        assert_eq!(open.after(false, at(days), 0).1, Some(Turn::GivenUp));
        assert_eq!(open.after(true, at(days), 0).1, Some(Turn::Recovered));
    }

    proptest! {
        /// The obvious bookkeeping beside it: the run of failures at the end of what has happened.
        #[test]
        fn it_agrees_with_a_list_of_all_that_happened(answers in proptest::collection::vec(prop::bool::weighted(0.2), 1..80), random: u64) {
            let (mut breaker, mut opened) = (Breaker::NEW, false);
            for (index, success) in answers.iter().enumerate() {
                let now = at(index as i64);
                let (next, turn) = breaker.after(*success, now, random);
                let run = answers[..=index].iter().rev().take_while(|one| !**one).count();
                prop_assert_eq!(next.failures as usize, run);
                prop_assert_eq!(next.failing_since.is_some(), run > 0);
                let was_open = opened;
                opened = !success && (opened || run >= 10);
                prop_assert_eq!(next.circuit == Circuit::Open, opened);
                prop_assert_eq!(next.probe_at.is_some(), opened);
                prop_assert_eq!(next.recovering_since.is_some(), next.circuit == Circuit::Recovering);
                prop_assert_eq!(turn == Some(Turn::Failing), opened && !was_open);
                prop_assert_eq!(turn == Some(Turn::Recovered), was_open && *success);
                if let Some(probe) = next.probe_at {
                    let pause = (probe.unix_micros() - now.unix_micros()) / 1_000_000;
                    // Seconds pass here, so what fails before the first probe is due leaves it where it is.
                    prop_assert!((0..=4320).contains(&pause));
                    prop_assert!(breaker.probe_at.is_none_or(|due| now >= due || due == probe));
                }
                breaker = next;
            }
        }
    }
}
