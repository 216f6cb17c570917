//! Coverage: the days on which nobody has an area.
//!
//! Rule: every interval is half-open, `[from, to)` in days; intervals that touch leave no gap.

use crate::time::Day;

/// `[from, to)` in days; empty when `to` is not after `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub from: Day,
    pub to: Day,
}

/// What `taken` leaves uncovered of `window`: the longest possible intervals, in order of time.
/// The order of `taken` is of no account; overlaps and empty intervals are fine.
#[must_use]
pub fn gaps(window: Interval, taken: &[Interval]) -> Vec<Interval> {
    let mut taken: Vec<_> = taken.iter().filter(|one| one.from < one.to).collect();
    taken.sort_unstable_by_key(|one| one.from);
    let mut gaps = Vec::new();
    let mut covered_until = window.from;
    for one in taken {
        if one.from >= window.to {
            break;
        }
        if one.from > covered_until {
            gaps.push(Interval { from: covered_until, to: one.from });
        }
        covered_until = covered_until.max(one.to);
    }
    if covered_until < window.to {
        gaps.push(Interval { from: covered_until, to: window.to });
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use proptest::prelude::*;

    fn day(number: i32) -> Day {
        Day::from_jiff(jiff::civil::date(2027, 1, 1).checked_add(number.days()).unwrap())
    }

    fn interval((from, length): (i32, i32)) -> Interval {
        Interval { from: day(from), to: day(from + length) }
    }

    /// The slow way: day by day.
    fn uncovered(window: (i32, i32), taken: &[(i32, i32)]) -> Vec<i32> {
        (window.0..window.0 + window.1)
            .filter(|day| !taken.iter().any(|(from, length)| (*from..from + length).contains(day)))
            .collect()
    }

    proptest! {
        #[test]
        fn the_gaps_hold_exactly_the_days_nobody_has(
            window in (0i32..30, 0i32..40),
            taken in prop::collection::vec((0i32..60, 0i32..15), 0..8),
        ) {
            let intervals: Vec<_> = taken.iter().copied().map(interval).collect();
            let found = gaps(interval(window), &intervals);
            let days: Vec<i32> = (0..120)
                .filter(|number| found.iter().any(|gap| (gap.from..gap.to).contains(&day(*number))))
                .collect();
            prop_assert_eq!(days, uncovered(window, &taken));
            // Longest possible and in order: a covered day lies between any two.
            prop_assert!(found.iter().all(|gap| gap.from < gap.to));
            prop_assert!(found.windows(2).all(|pair| pair[0].to < pair[1].from));
        }
    }

    #[test]
    fn touching_intervals_leave_no_gap() {
        assert_eq!(gaps(interval((0, 10)), &[interval((5, 5)), interval((0, 5))]), []);
    }
}
