//! Divides the period of a report into parts in which every promise is counted in the same way. Pure.
//!
//! A promise before `now` that is pending is broken; a promise after it is pending. Local days are counted by the
//! offset from UTC, which is the same in each part.

use jiff::tz::TimeZone;

use crate::kernel::time::{Day, UtcTime};

/// Seconds of a day without a change of the offset.
const DAY: i64 = 86_400;

/// A part `[from, to)` of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    pub from: UtcTime,
    pub to: UtcTime,
    /// Whether it is before `now`.
    pub is_past: bool,
    /// Offset of the time zone from UTC, in seconds.
    pub offset: i64,
}

/// Returns the parts of the period `[from, to)`, in order. They are divided at `now` and, if a time zone is given,
/// where its offset changes.
pub fn segments((from, to): (UtcTime, UtcTime), now: UtcTime, zone: Option<&TimeZone>) -> Vec<Segment> {
    let changes = zone.into_iter().flat_map(|zone| zone.following(from.to_jiff()));
    let changes = changes.map(|change| UtcTime::from_jiff(change.timestamp())).take_while(|at| *at < to);
    let mut cuts: Vec<UtcTime> = changes.chain([from, now.clamp(from, to), to]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .filter_map(|pair| match pair {
            [start, end] => Some(Segment {
                from: *start,
                to: *end,
                is_past: *start < now,
                offset: zone.map_or(0, |zone| i64::from(zone.to_offset(start.to_jiff()).seconds())),
            }),
            _ => None,
        })
        .collect()
}

/// Returns the day with this number since 1970-01-01.
pub fn day_of_number(number: i64) -> Day {
    UtcTime::from_unix_micros(number.saturating_mul(DAY * 1_000_000)).day()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_divided_at_now_and_at_changes_of_the_clock() {
        let zone = TimeZone::get("Europe/Prague").unwrap();
        let period = (at("2027-03-26T23:00:00Z"), at("2027-03-30T22:00:00Z"));
        let found = segments(period, at("2027-03-29T08:00:00Z"), Some(&zone));
        let starts: Vec<_> = found.iter().map(|one| (one.from, one.is_past, one.offset)).collect();
        assert_eq!(
            starts,
            [
                (at("2027-03-26T23:00:00Z"), true, 3_600),
                (at("2027-03-28T01:00:00Z"), true, 7_200),
                (at("2027-03-29T08:00:00Z"), false, 7_200)
            ]
        );
        for (now, is_past) in [("2027-01-01T00:00:00Z", false), ("2028-01-01T00:00:00Z", true)] {
            let found = segments(period, at(now), None);
            assert_eq!(found, [Segment { from: period.0, to: period.1, is_past, offset: 0 }]);
        }
    }

    proptest! {
        /// The number of the day that the database computes is that of the local day.
        #[test]
        fn days_are_local_days(
            start in 1_700_000_000_i64..2_000_000_000, seconds in 1_i64..60_000_000, part in 0.0..0.9
        ) {
            let zone = TimeZone::get("Europe/Prague").unwrap();
            let from = UtcTime::from_unix_micros(start * 1_000_000);
            let to = from.plus_seconds(seconds);
            let found = segments((from, to), from.plus_seconds(seconds / 2), Some(&zone));
            prop_assert_eq!((found[0].from, found[found.len() - 1].to), (from, to));
            prop_assert!(found.windows(2).all(|pair| pair[0].to == pair[1].from));
            let instant = from.plus_seconds((seconds as f64 * part) as i64);
            let inside = found.iter().find(|one| one.from <= instant && instant < one.to).unwrap();
            let number = (instant.unix_seconds() + inside.offset) / DAY;
            let local = zone.to_datetime(instant.to_jiff()).date();
            prop_assert_eq!(day_of_number(number), Day::from_jiff(local));
        }
    }
}
