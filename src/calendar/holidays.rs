//! Czech public holidays according to Act No. 245/2000 Coll.
//!
//! The current list in the act is applied to every year, except that Good Friday is a holiday only since 2016
//! (Act No. 359/2015 Coll.). A holiday on a weekend is not moved.

use jiff::Span;
use jiff::civil::Date;

/// The first year in which Good Friday is a public holiday.
const GOOD_FRIDAY_SINCE: i16 = 2016;

/// Month, day and official name.
const FIXED: [(i8, i8, &str); 11] = [
    (1, 1, "Den obnovy samostatného českého státu"),
    (5, 1, "Svátek práce"),
    (5, 8, "Den vítězství"),
    (7, 5, "Den slovanských věrozvěstů Cyrila a Metoděje"),
    (7, 6, "Den upálení mistra Jana Husa"),
    (9, 28, "Den české státnosti"),
    (10, 28, "Den vzniku samostatného československého státu"),
    (11, 17, "Den boje za svobodu a demokracii a Mezinárodní den studentstva"),
    (12, 24, "Štědrý den"),
    (12, 25, "1. svátek vánoční"),
    (12, 26, "2. svátek vánoční"),
];

/// Whether `date` is a Czech public holiday.
pub fn is_czech_holiday(date: Date) -> bool {
    czech_holidays(date.year()).iter().any(|(holiday, _)| *holiday == date)
}

/// Returns the public holidays of `year` with their Czech names, in order of date.
pub fn czech_holidays(year: i16) -> Vec<(Date, &'static str)> {
    let mut holidays: Vec<_> = FIXED
        .iter()
        .filter_map(|&(month, day, name)| Some((Date::new(year, month, day).ok()?, name)))
        .chain(easter_holidays(year))
        .collect();
    holidays.sort_by_key(|(date, _)| *date);
    holidays
}

fn easter_holidays(year: i16) -> impl Iterator<Item = (Date, &'static str)> {
    let sunday = easter_sunday(year);
    let near = move |days: i64| sunday?.checked_add(Span::new().days(days)).ok();
    let friday = near(-2).filter(|_| year >= GOOD_FRIDAY_SINCE);
    let monday = near(1);
    friday.map(|date| (date, "Velký pátek")).into_iter().chain(monday.map(|date| (date, "Velikonoční pondělí")))
}

/// Returns Gregorian Easter Sunday by the anonymous computus (Meeus, Astronomical Algorithms, chapter 8). The variables
/// are named as in the source.
fn easter_sunday(year: i16) -> Option<Date> {
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

    #[test]
    fn the_year_2027() {
        let days: Vec<_> = czech_holidays(2027).into_iter().map(|(d, _)| d).collect();
        assert_eq!(
            days,
            [
                date(2027, 1, 1),
                date(2027, 3, 26),
                date(2027, 3, 29),
                date(2027, 5, 1),
                date(2027, 5, 8),
                date(2027, 7, 5),
                date(2027, 7, 6),
                date(2027, 9, 28),
                date(2027, 10, 28),
                date(2027, 11, 17),
                date(2027, 12, 24),
                date(2027, 12, 25),
                date(2027, 12, 26),
            ]
        );
    }

    #[test]
    fn good_friday_is_a_holiday_since_2016() {
        assert!(!is_czech_holiday(date(2015, 4, 3)));
        assert!(is_czech_holiday(date(2015, 4, 6)));
        assert!(is_czech_holiday(date(2016, 3, 25)));
    }

    #[test]
    fn a_weekend_holiday_is_not_moved() {
        // 1 May 2027 is a Saturday.
        assert!(is_czech_holiday(date(2027, 5, 1)));
        assert!(!is_czech_holiday(date(2027, 5, 3)));
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

        #[test]
        fn holidays_are_sorted_and_in_their_year(year in -9999i16..=9999) {
            let holidays = czech_holidays(year);
            prop_assert_eq!(holidays.len(), if year >= 2016 { 13 } else { 12 });
            prop_assert!(holidays.windows(2).all(|pair| pair[0].0 < pair[1].0));
            prop_assert!(holidays.iter().all(|(day, _)| day.year() == year && is_czech_holiday(*day)));
        }
    }
}
