//! The date of Easter in the Gregorian calendar.

use jiff::Span;
use jiff::civil::Date;

/// Returns Gregorian Easter Sunday by the anonymous computus (Meeus, Astronomical Algorithms, chapter 8). The variables
/// are named as in the source.
pub(super) fn easter_sunday(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let a = year_number.rem_euclid(19);
    let (b, c) = (year_number.div_euclid(100), year_number.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let f = (b + 8).div_euclid(25);
    let g = (b - f + 1).div_euclid(3);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l) / 451;
    let day_of_march = h + l - 7 * m + 22;
    Date::new(year, 3, 1).ok()?.checked_add(Span::new().days(day_of_march - 1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Weekday, date};
    use proptest::prelude::*;

    #[test]
    fn easter_sundays_of_the_almanac() {
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (1954, 4, 18),
            (1961, 4, 2),
            (2000, 4, 23),
            (2008, 3, 23),
            (2016, 3, 27),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2038, 4, 25),
            (2285, 3, 22),
        ] {
            assert_eq!(easter_sunday(year), Some(date(year, month, day)), "{year}");
        }
    }

    /// Finds the first Sunday after the ecclesiastical full moon, day by day. The full moon is computed from the golden
    /// number and the two century corrections (Clavius).
    fn easter_by_search(year: i16) -> Date {
        let y = i32::from(year);
        let century = y / 100 + 1;
        let golden = y % 19 + 1;
        let solar = 3 * century / 4 - 12;
        let lunar = (8 * century + 5) / 25 - 5;
        let mut epact = (11 * golden + 20 + lunar - solar).rem_euclid(30);
        if epact == 24 || (epact == 25 && golden > 11) {
            epact += 1;
        }
        let mut full_moon = 44 - epact;
        if full_moon < 21 {
            full_moon += 30;
        }
        let mut day = date(year, 3, 1).checked_add(Span::new().days(full_moon)).unwrap();
        while day.weekday() != Weekday::Sunday {
            day = day.tomorrow().unwrap();
        }
        day
    }

    proptest! {
        #[test]
        fn easter_follows_the_full_moon(year in 1583i16..9999) {
            prop_assert_eq!(easter_sunday(year), Some(easter_by_search(year)));
        }
    }
}
