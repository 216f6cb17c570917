//! Opening periods in bodies: converts and checks them.

use super::dto::{DayHours, OpeningPeriod, TimePeriod, Weekday};
use super::hours::{Period, SpecialHours, Week};
use crate::kernel::error::{Text, Violation};
use crate::kernel::time::Day;

/// Returns the weekly periods of a body that has no faults.
pub fn week(hours: &[OpeningPeriod]) -> Week {
    let mut week = Week::default();
    for one in hours {
        if let Some(period) = period(&one.opens, &one.closes) {
            week.add(one.weekday as usize, period);
        }
    }
    week
}

/// Returns the periods of single dates of a body that has no faults.
pub fn special_hours(hours: &[DayHours]) -> SpecialHours {
    let mut special = SpecialHours::default();
    for day in hours {
        for period in day.periods.iter().filter_map(|one| period(&one.opens, &one.closes)) {
            special.add(day.date.to_jiff(), period);
        }
    }
    special
}

fn period(opens: &str, closes: &str) -> Option<Period> {
    format!("{opens}-{closes}").parse().ok()
}

/// Returns stored weekly periods as a body.
pub fn weekly_body(stored: &str) -> Vec<OpeningPeriod> {
    let week: Week = stored.parse().unwrap_or_default();
    let days = Weekday::ALL.iter().zip(week.days());
    days.flat_map(|(weekday, periods)| {
        periods.iter().map(move |period| {
            let TimePeriod { opens, closes } = TimePeriod::from(*period);
            OpeningPeriod { weekday: *weekday, opens, closes }
        })
    })
    .collect()
}

/// Returns stored periods of single dates as a body.
pub fn special_body(stored: &str) -> Vec<DayHours> {
    let hours: SpecialHours = stored.parse().unwrap_or_default();
    let day = |(date, periods): (_, &[Period])| DayHours {
        date: Day::from_jiff(date),
        periods: periods.iter().map(|period| TimePeriod::from(*period)).collect(),
    };
    hours.dates().map(day).collect()
}

/// Returns the violations in weekly periods that passed the schema.
pub fn weekly_faults(hours: &[OpeningPeriod]) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, one) in hours.iter().enumerate() {
        let before = hours.iter().take(index).filter(|other| other.weekday == one.weekday);
        let before = before.filter_map(|other| period(&other.opens, &other.closes));
        found.extend(fault(format!("/opening_hours/{index}"), (&one.opens, &one.closes), before));
    }
    found
}

/// Returns the violations in periods of single dates that passed the schema.
pub fn special_faults(hours: &[DayHours]) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, day) in hours.iter().enumerate() {
        if hours.iter().take(index).any(|other| other.date == day.date) {
            let text = Text::new("violation-date-twice");
            found.push(Violation::at(format!("/special_hours/{index}/date"), "duplicate_date", text));
        }
        for (number, one) in day.periods.iter().enumerate() {
            let before = day.periods.iter().take(number).filter_map(|other| period(&other.opens, &other.closes));
            let pointer = format!("/special_hours/{index}/periods/{number}");
            found.extend(fault(pointer, (&one.opens, &one.closes), before));
        }
    }
    found
}

/// Returns the violation of a period that does not end after it starts, or overlaps one of those `before` it.
fn fault(
    pointer: String,
    (opens, closes): (&str, &str),
    mut before: impl Iterator<Item = Period>,
) -> Option<Violation> {
    if opens >= closes {
        let text = Text::new("violation-must-be-after").with("field", "closes").with("other", "opens");
        return Some(Violation::at(format!("{pointer}/closes"), "closes_before_opening", text));
    }
    let period = period(opens, closes)?;
    before.any(|other| other.overlaps(&period)).then(|| {
        let text = Text::new("violation-periods-overlap");
        Violation::at(pointer, "overlapping_periods", text)
    })
}
