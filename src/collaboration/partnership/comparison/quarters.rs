//! Calendar quarters of a period.

use jiff::civil::Date;

use crate::kernel::time::Day;

/// The part of a calendar quarter that is in a period, `[starts_on, ends_on)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    pub year: i16,
    /// 1 to 4.
    pub number: i8,
    pub starts_on: Day,
    pub ends_on: Day,
}

impl Quarter {
    /// Returns the name, such as `2027-Q1`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{:04}-Q{}", self.year, self.number)
    }

    /// Returns whether a day is in the quarter.
    #[must_use]
    pub fn includes(&self, day: Day) -> bool {
        self.starts_on <= day && day < self.ends_on
    }

    /// Returns the number of days that `[from, to)` has in the quarter.
    #[must_use]
    pub fn days_of(&self, from: Day, to: Day) -> i64 {
        from.max(self.starts_on).days_until(to.min(self.ends_on)).max(0)
    }
}

/// Returns the quarters that the days `[from, to)` include, in order.
#[must_use]
pub fn quarters(from: Day, to: Day) -> Vec<Quarter> {
    let mut found = Vec::new();
    let mut starts_on = from;
    while starts_on < to {
        let date = starts_on.to_jiff();
        let number = (date.month() - 1) / 3 + 1;
        let (year, month) = if number == 4 { (date.year() + 1, 1) } else { (date.year(), number * 3 + 1) };
        // After the last year of the calendar, the period ends.
        let next = Date::new(year, month, 1).map_or(to, Day::from_jiff);
        let ends_on = next.min(to);
        found.push(Quarter { year: date.year(), number, starts_on, ends_on });
        starts_on = ends_on;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_and_the_last_quarter_are_cut() {
        let found = quarters(day("2026-11-15"), day("2027-04-02"));
        let shown: Vec<_> = found.iter().map(|one| (one.name(), one.starts_on, one.ends_on)).collect();
        assert_eq!(
            shown,
            [
                ("2026-Q4".to_owned(), day("2026-11-15"), day("2027-01-01")),
                ("2027-Q1".to_owned(), day("2027-01-01"), day("2027-04-01")),
                ("2027-Q2".to_owned(), day("2027-04-01"), day("2027-04-02")),
            ]
        );
        assert!(quarters(day("2027-01-01"), day("2027-01-01")).is_empty());
    }

    proptest! {
        /// Every day of the period is in exactly one quarter, whose name matches its month.
        #[test]
        fn every_day_is_in_one_quarter(start in 0i64..4_000, length in 0i64..1_500) {
            let from = day("2020-01-01").plus_days(start);
            let found = quarters(from, from.plus_days(length));
            for number in 0..length {
                let day = from.plus_days(number);
                let with_day: Vec<_> = found.iter().filter(|quarter| quarter.includes(day)).collect();
                prop_assert_eq!(with_day.len(), 1);
                let date = day.to_jiff();
                prop_assert_eq!(with_day[0].name(), format!("{}-Q{}", date.year(), (date.month() + 2) / 3));
            }
            prop_assert_eq!(found.iter().map(|one| one.days_of(from, from.plus_days(length))).sum::<i64>(), length);
        }
    }
}
