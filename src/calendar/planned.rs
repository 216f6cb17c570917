//! When changed settings of a calendar or a queue come into force, as pure functions.
//!
//! Settings are valid from a day on, and in force from its start in their time zone. Time zones can differ from version
//! to version, so a later day can begin earlier.

use jiff::tz::TimeZone;

use crate::kernel::error::{Text, Violation};
use crate::kernel::time::{Day, UtcTime};

/// The last year in which settings can begin: the last days of the year 9999 have no end in UTC.
const LAST_YEAR: i16 = 9_998;

/// The settings that a change follows or replaces.
#[derive(Debug, Clone, Copy)]
pub struct Previous {
    pub valid_from: Day,
    pub starts_at: UtcTime,
    pub ends_at: Option<UtcTime>,
}

/// Checks the first day of changed settings.
///
/// # Errors
/// The violation of a day that has passed, or is too far in the future.
pub fn check_day(valid_from: Day, today: Day) -> Result<(), Violation> {
    if valid_from < today {
        return Err(violation("dates_out_of_range", "violation-past-day"));
    }
    if valid_from.to_jiff().year() > LAST_YEAR {
        return Err(violation("too_far", "violation-date-too-late"));
    }
    Ok(())
}

/// Returns when settings that are changed `now` come into force. `zone` is their time zone.
///
/// # Errors
/// The violation of a start that is not between those of the previous and the next settings.
pub fn start(
    valid_from: Day,
    today: Day,
    zone: &TimeZone,
    now: UtcTime,
    previous: &Previous,
) -> Result<UtcTime, Violation> {
    if valid_from <= today {
        return Ok(now);
    }
    let midnight = valid_from.to_jiff().to_zoned(zone.clone());
    let midnight = midnight.map_err(|_| violation("too_far", "violation-date-too-late"))?;
    let starts_at = UtcTime::from_jiff(midnight.timestamp()).max(now);
    let is_later_day = valid_from > previous.valid_from && previous.starts_at > now;
    let is_too_early = is_later_day && starts_at <= previous.starts_at;
    let is_too_late = previous.ends_at.is_some_and(|end| starts_at >= end);
    if is_too_early || is_too_late {
        return Err(violation("dates_out_of_range", "violation-settings-out-of-order"));
    }
    Ok(starts_at)
}

fn violation(code: &'static str, text: &'static str) -> Violation {
    Violation::at("/valid_from", code, Text::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    fn code(result: Result<impl Sized, Violation>) -> Option<&'static str> {
        result.err().map(|violation| violation.code)
    }

    #[test]
    fn the_first_day_is_today_or_later_but_before_the_year_9999() {
        let today = day("2027-03-30");
        for (valid_from, expected) in [
            ("2027-03-29", Some("dates_out_of_range")),
            ("2027-03-30", None),
            ("9998-12-31", None),
            ("9999-01-01", Some("too_far")),
            ("9999-12-31", Some("too_far")),
        ] {
            assert_eq!(code(check_day(day(valid_from), today)), expected, "{valid_from}");
        }
    }

    #[test]
    fn settings_begin_with_the_day_in_their_zone() {
        let (today, now) = (day("2027-03-30"), at("2027-03-30T07:00:00Z"));
        let previous = Previous { valid_from: day("1970-01-01"), starts_at: at("1970-01-01T00:00:00Z"), ends_at: None };
        for (valid_from, zone, expected) in [
            ("2027-03-30", "Europe/Prague", "2027-03-30T07:00:00Z"),
            ("2027-04-01", "Europe/Prague", "2027-03-31T22:00:00Z"),
            // There, it is tomorrow already.
            ("2027-03-31", "Pacific/Kiritimati", "2027-03-30T10:00:00Z"),
            ("9998-12-31", "Pacific/Pago_Pago", "9998-12-31T11:00:00Z"),
        ] {
            let zone = TimeZone::get(zone).unwrap();
            let found = start(day(valid_from), today, &zone, now, &previous);
            assert_eq!(found.ok(), Some(at(expected)), "{valid_from} {zone:?}");
        }
    }

    #[test]
    fn settings_begin_between_those_before_and_after_them() {
        let (today, now) = (day("2027-03-30"), at("2027-03-30T07:00:00Z"));
        let found = |valid_from, zone, previous: &Previous| {
            code(start(day(valid_from), today, &TimeZone::get(zone).unwrap(), now, previous))
        };
        // 10 April begins in Kiritimati before 9 April begins in Pago Pago.
        let (kiritimati, pago_pago) = (at("2027-04-09T10:00:00Z"), at("2027-04-09T11:00:00Z"));
        let first = Previous { valid_from: day("1970-01-01"), starts_at: now, ends_at: Some(kiritimati) };
        assert_eq!(found("2027-04-09", "Pacific/Pago_Pago", &first), Some("dates_out_of_range"));
        assert_eq!(found("2027-04-09", "Europe/Prague", &first), None);
        let planned = Previous { valid_from: day("2027-04-09"), starts_at: pago_pago, ends_at: None };
        assert_eq!(found("2027-04-10", "Pacific/Kiritimati", &planned), Some("dates_out_of_range"));
        assert_eq!(found("2027-04-10", "Europe/Prague", &planned), None);
        // Planned settings can be changed, also to another zone.
        assert_eq!(found("2027-04-09", "Pacific/Kiritimati", &planned), None);
    }
}
