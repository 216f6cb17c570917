//! Opening periods in local time: those of each weekday, and those of single dates, with their stored form.
//!
//! - A weekday and a date can have several periods, for example because of a lunch break.
//! - Stored weekly periods are `1 10:00-12:00,1 13:00-17:00` (Monday is 1), stored dates are
//!   `2027-12-24 09:00-12:00,2027-12-31 10:00-12:00`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};

/// A period of local time on one date, half-open: `[opens, closes)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub opens: Time,
    pub closes: Time,
}

/// The opening periods of each weekday, Monday first, in order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week([Vec<Period>; 7]);

/// The opening periods of single dates, which replace those of the weekday, in order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpecialHours(BTreeMap<Date, Vec<Period>>);

/// Error: stored hours cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidHours;

impl Period {
    /// Whether the two periods have any time in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.opens < other.closes && other.opens < self.closes
    }
}

impl Week {
    /// Creates a week with one period on each of the given days, Monday first.
    #[must_use]
    pub fn daily(open: [bool; 7], opens: Time, closes: Time) -> Self {
        Self(open.map(|open| if open { vec![Period { opens, closes }] } else { Vec::new() }))
    }

    /// Adds a period on a weekday; Monday is 0.
    pub fn add(&mut self, weekday: usize, period: Period) {
        if let Some(periods) = self.0.get_mut(weekday) {
            periods.push(period);
            periods.sort_unstable();
        }
    }

    /// Returns the periods of the weekday of `date`.
    #[must_use]
    pub fn on(&self, date: Date) -> &[Period] {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        self.0.get(weekday).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the periods of each weekday, Monday first.
    pub fn days(&self) -> impl Iterator<Item = &[Period]> {
        self.0.iter().map(Vec::as_slice)
    }
}

impl SpecialHours {
    /// Adds a period on a date.
    pub fn add(&mut self, date: Date, period: Period) {
        let periods = self.0.entry(date).or_default();
        periods.push(period);
        periods.sort_unstable();
    }

    /// Returns the periods of `date`; `None` if the date has none of its own.
    #[must_use]
    pub fn on(&self, date: Date) -> Option<&[Period]> {
        self.0.get(&date).map(Vec::as_slice)
    }

    /// Returns each date with its periods, in order.
    pub fn dates(&self) -> impl Iterator<Item = (Date, &[Period])> {
        self.0.iter().map(|(date, periods)| (*date, periods.as_slice()))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { opens, closes } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", opens.hour(), opens.minute(), closes.hour(), closes.minute())
    }
}

impl FromStr for Period {
    type Err = InvalidHours;

    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        let time = |text| Time::strptime("%H:%M", text).ok();
        let period = text.split_once('-').and_then(|(opens, closes)| Some((time(opens)?, time(closes)?)));
        period.map(|(opens, closes)| Self { opens, closes }).ok_or(InvalidHours)
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = (1..).zip(&self.0).flat_map(|(day, periods)| periods.iter().map(move |period| (day, period)));
        for (index, (day, period)) in entries.enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(f, "{separator}{day} {period}")?;
        }
        Ok(())
    }
}

impl FromStr for Week {
    type Err = InvalidHours;

    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        let mut week = Self::default();
        for entry in text.split(',').filter(|entry| !entry.is_empty()) {
            let (day, period) = entry.split_once(' ').ok_or(InvalidHours)?;
            let weekday = day.parse::<usize>().ok().filter(|day| (1..=7).contains(day)).ok_or(InvalidHours)?;
            week.add(weekday - 1, period.parse()?);
        }
        Ok(week)
    }
}

impl fmt::Display for SpecialHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.0.iter().flat_map(|(date, periods)| periods.iter().map(move |period| (date, period)));
        for (index, (date, period)) in entries.enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(f, "{separator}{date} {period}")?;
        }
        Ok(())
    }
}

impl FromStr for SpecialHours {
    type Err = InvalidHours;

    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        let mut hours = Self::default();
        for entry in text.split(',').filter(|entry| !entry.is_empty()) {
            let (date, period) = entry.split_once(' ').ok_or(InvalidHours)?;
            hours.add(date.parse().map_err(|_| InvalidHours)?, period.parse()?);
        }
        Ok(hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    fn periods() -> impl Strategy<Value = Period> {
        (0i8..95, 1i8..95).prop_map(|(start, length)| {
            let quarter = |index: i8| time(index / 4, index % 4 * 15, 0, 0);
            Period { opens: quarter(start), closes: quarter(start.saturating_add(length).min(95)) }
        })
    }

    #[test]
    fn hours_have_a_stored_form() {
        let week: Week = "1 10:00-12:00,1 13:00-17:00,5 09:00-12:00".parse().unwrap();
        assert_eq!(week.on(date(2027, 3, 29)).len(), 2);
        assert!(week.on(date(2027, 3, 30)).is_empty());
        assert_eq!(week.on(date(2027, 4, 2))[0].to_string(), "09:00-12:00");
        for text in ["8 10:00-12:00", "0 10:00-12:00", "1", "1 10:00", "x 10:00-12:00"] {
            assert_eq!(text.parse::<Week>(), Err(InvalidHours), "{text}");
        }
        let special: SpecialHours = "2027-12-24 09:00-12:00".parse().unwrap();
        assert_eq!(special.on(date(2027, 12, 24)).unwrap().len(), 1);
        assert_eq!(special.on(date(2027, 12, 25)), None);
        assert!("2027-02-30 09:00-12:00".parse::<SpecialHours>().is_err());
        assert_eq!("".parse(), Ok(Week::default()));
    }

    proptest! {
        #[test]
        fn stored_hours_can_be_read_back(
            entries in prop::collection::vec((0usize..7, periods()), 0..20),
            dates in prop::collection::vec((0i64..1000, periods()), 0..20),
        ) {
            let (mut week, mut special) = (Week::default(), SpecialHours::default());
            entries.into_iter().for_each(|(weekday, period)| week.add(weekday, period));
            for (day, period) in dates {
                special.add(date(2026, 1, 1) + jiff::Span::new().days(day), period);
            }
            prop_assert_eq!(week.to_string().parse(), Ok(week));
            prop_assert_eq!(special.to_string().parse(), Ok(special));
        }
    }
}
