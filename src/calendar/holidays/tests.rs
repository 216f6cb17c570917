use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// The holidays of an independent source, written by `tests/holidays/table.py`. Each line is a region, a year and the
/// days, `MM-DD`.
const TABLE: &str = include_str!("../../../tests/holidays/table.txt");
const YEARS: std::ops::RangeInclusive<i16> = 2024..=2034;

fn table() -> BTreeMap<(&'static str, i16), Vec<Date>> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (region, rest) = line.split_once(' ').unwrap();
            let (year, days) = rest.split_once(' ').unwrap();
            let days = days.split(' ').map(|day| format!("{year}-{day}").parse().unwrap());
            ((region, year.parse().unwrap()), days.collect())
        })
        .collect()
}

fn sorted(region: Region, year: i16) -> Vec<Date> {
    let mut days: Vec<_> = public_holidays(region, year).map(|(day, _)| day).collect();
    days.sort();
    days.dedup();
    days
}

#[test]
fn every_day_of_every_region_is_as_in_the_table() {
    let table = table();
    for (region, year) in Region::ALL.iter().flat_map(|region| YEARS.map(|year| (*region, year))) {
        let expected = &table[&(region.as_str(), year)];
        assert_eq!(&sorted(region, year), expected, "{region} {year}");
        let days = date(year, 1, 1).series(Span::new().days(1)).take_while(|day| day.year() == year);
        let mut checked = 0;
        for day in days {
            assert_eq!(is_public_holiday(region, day), expected.contains(&day), "{region} {day}");
            checked += 1;
        }
        assert_eq!(checked, date(year, 1, 1).days_in_year());
    }
    // The table has nothing else.
    assert_eq!(table.len(), Region::ALL.len() * YEARS.count());
}

#[test]
fn a_region_is_its_code() {
    assert_eq!(Region::ALL.len(), 5 + 16);
    for region in Region::ALL.iter().copied() {
        assert_eq!(region.to_string().parse(), Ok(region));
        assert_eq!(serde_json::to_value(region).unwrap(), region.as_str());
    }
    assert_eq!("DE-BY".parse(), Ok(Region::DeBy));
    for unknown in ["", "de-by", "DE-", "DE-XX", "DE_BY", "DEBY", "US", "none"] {
        assert!(unknown.parse::<Region>().is_err(), "{unknown}");
    }
}

#[test]
fn good_friday_is_a_holiday_in_czechia_since_2016() {
    assert!(!is_public_holiday(Region::Cz, date(2015, 4, 3)));
    assert!(is_public_holiday(Region::Cz, date(2015, 4, 6)));
    assert!(is_public_holiday(Region::Cz, date(2016, 3, 25)));
}

#[test]
fn a_holiday_on_a_weekend_is_not_moved() {
    // 1 May 2027 is a Saturday.
    assert!(is_public_holiday(Region::Cz, date(2027, 5, 1)));
    assert!(!is_public_holiday(Region::Cz, date(2027, 5, 3)));
}

#[test]
fn slovak_holidays_that_are_working_days() {
    let year_is_free = |month, day| move |year: i16| is_public_holiday(Region::Sk, date(year, month, day));
    assert_eq!([2023, 2024, 2025].map(year_is_free(9, 1)), [true, false, false]);
    assert_eq!([2024, 2025, 2026].map(year_is_free(11, 17)), [true, false, false]);
    assert_eq!([2025, 2026, 2027].map(year_is_free(5, 8)), [true, false, true]);
    assert_eq!([2025, 2026, 2027].map(year_is_free(9, 15)), [true, false, true]);
}

#[test]
fn christmas_eve_is_a_holiday_in_poland_since_2025() {
    assert!(!is_public_holiday(Region::Pl, date(2024, 12, 24)));
    assert!(is_public_holiday(Region::Pl, date(2025, 12, 24)));
}

#[test]
fn repentance_day_is_eleven_days_before_advent() {
    for year in YEARS {
        // The first Sunday of Advent is the fourth one before Christmas Day.
        let advent = date(year, 12, 25).nth_weekday(-4, jiff::civil::Weekday::Sunday).unwrap();
        let day = advent.checked_sub(Span::new().days(11)).unwrap();
        assert!(is_public_holiday(Region::DeSn, day), "{day}");
        assert!(!is_public_holiday(Region::De, day) && !is_public_holiday(Region::DeBy, day), "{day}");
    }
}

proptest! {
    #[test]
    fn a_holiday_is_in_its_year(region in prop::sample::select(Region::ALL), year in -9999i16..=9999) {
        let days = sorted(region, year);
        prop_assert!(days.iter().all(|day| day.year() == year && is_public_holiday(region, *day)));
    }

    #[test]
    fn a_german_state_has_all_holidays_of_germany(at in 5..Region::ALL.len(), year in -9999i16..=9999) {
        let state = Region::ALL[at];
        prop_assert!(state.as_str().starts_with("DE-"));
        prop_assert!(sorted(Region::De, year).into_iter().all(|day| is_public_holiday(state, day)));
    }
}
