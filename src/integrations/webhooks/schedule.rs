//! The schedule of retries: delays, jitter and `Retry-After`. Pure: the random number and the time are arguments.
//!
//! The delays follow the recommendation of Standard Webhooks: ten attempts over about three days. Jitter only adds
//! time, so that no try is made early.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};

/// The delay before each try, counted from the end of the previous one.
pub const STANDARD_DELAYS: [Duration; 10] = [
    Duration::ZERO,
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// The longest pause that a receiver can request with `Retry-After`.
pub const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);

/// Jitter adds at most one fifth (20%) of a delay.
const JITTER_DIVISOR: u32 = 5;

/// Returns the delay after `attempts_made` tries of this schedule; `None` when there is no further try.
///
/// `random` is uniform over all `u64`; it decides the jitter, 0 to 20% of the delay.
pub fn next_delay(delays: &[Duration], attempts_made: u32, random: u64) -> Option<Duration> {
    let delay = *delays.get(usize::try_from(attempts_made).ok()?)?;
    let share = (random >> 32) as u32;
    let jitter = (delay / JITTER_DIVISOR).saturating_mul(share) / u32::MAX;
    Some(delay.saturating_add(jitter))
}

/// Returns the pause that a `Retry-After` header requests (RFC 9110 section 10.2.3), at most [`MAX_RETRY_AFTER`];
/// `None` when the value is neither a number of seconds nor a date.
///
/// A date in the past means no pause. The obsolete date formats of RFC 850 and asctime are not supported.
pub fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim_matches([' ', '\t']);
    let requested = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Parsing fails only for a number that is too large for the type, and the result is capped below.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let until = DateTimeParser::new().parse_timestamp(value).ok()?;
        Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO)
    };
    Some(requested.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, fmt::rfc2822::DateTimePrinter};
    use proptest::prelude::*;

    use super::*;

    fn standard_delay(attempts_made: u32, random: u64) -> Option<Duration> {
        next_delay(&STANDARD_DELAYS, attempts_made, random)
    }

    fn now() -> Timestamp {
        "1994-11-06T08:49:37Z".parse().unwrap()
    }

    #[test]
    fn the_standard_schedule_has_ten_tries() {
        let seconds = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        for (made, expected) in (0..).zip(seconds) {
            assert_eq!(standard_delay(made, 0), Some(Duration::from_secs(expected)));
        }
        assert_eq!(standard_delay(10, 0), None);
        assert_eq!(standard_delay(u32::MAX, u64::MAX), None);
    }

    #[test]
    fn the_first_try_is_never_delayed() {
        assert_eq!(standard_delay(0, u64::MAX), Some(Duration::ZERO));
    }

    #[test]
    fn jitter_adds_exactly_a_fifth_at_most() {
        assert_eq!(standard_delay(1, u64::MAX), Some(Duration::from_secs(6)));
        assert_eq!(next_delay(&[], 0, 0), None);
        let longest = next_delay(&[Duration::MAX], 0, u64::MAX);
        assert_eq!(longest, Some(Duration::MAX));
    }

    #[test]
    fn retry_after_reads_seconds_and_dates() {
        let cases = [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7\t", Some(7)),
            ("86400", Some(86_400)),
            ("86401", Some(86_400)),
            ("99999999999999999999999999", Some(86_400)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Thu, 31 Dec 9998 23:59:59 GMT", Some(86_400)),
            ("", None),
            ("-1", None),
            ("+5", None),
            ("1.5", None),
            ("1e3", None),
            ("\u{0663}", None),
            ("soon", None),
            ("Mon, 06 Nov 1994 08:49:37 GMT", None),
            ("Sun, 31 Nov 1994 08:49:37 GMT", None),
            ("Sun Nov  6 08:49:37 1994", None),
            ("1994-11-06T08:50:07Z", None),
        ];
        for (value, expected) in cases {
            let expected = expected.map(Duration::from_secs);
            assert_eq!(retry_after(value, now()), expected, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn jitter_adds_between_nothing_and_a_fifth(made in 0_u32..10, random: u64) {
            let base = STANDARD_DELAYS[made as usize].as_secs_f64();
            let delay = standard_delay(made, random).unwrap().as_secs_f64();
            // The same formula in floating point.
            let expected = base * (1.0 + 0.2 * (random as f64 / u64::MAX as f64));
            prop_assert!((delay - expected).abs() < 0.001, "{delay} is not {expected}");
            prop_assert!(delay >= base && delay <= base * 1.2 + 1e-6);
        }

        #[test]
        fn the_delay_grows_with_the_random_number(made in 0_u32..10, one: u64, other: u64) {
            let (low, high) = (one.min(other), one.max(other));
            prop_assert!(standard_delay(made, low) <= standard_delay(made, high));
        }

        #[test]
        fn seconds_and_dates_give_the_same_pause(seconds in 0_u32..200_000) {
            let until = now() + SignedDuration::from_secs(seconds.into());
            let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&until).unwrap();
            let requested = retry_after(&date, now());
            prop_assert_eq!(requested, retry_after(&seconds.to_string(), now()));
            prop_assert_eq!(requested, Some(Duration::from_secs(seconds.min(86_400).into())));
        }

        #[test]
        fn no_header_value_panics_or_pauses_too_long(value in ".{0,60}") {
            prop_assert!(retry_after(&value, now()).is_none_or(|d| d <= MAX_RETRY_AFTER));
        }
    }
}
