//! Settings of the calendar that change over time.
//!
//! Rules: business time counts by the settings that were in force at the time, so the business time of an interval that
//! spans a change is the sum of its parts, and a change from now on leaves every earlier interval as it is. Slots,
//! business days and promises follow the settings of the day.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::rules::Calendar;

/// The settings that replace those of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// First day with these settings.
    pub from: Date,
    /// Instant from which business time counts by these settings: the start of that day, or later if they were made on
    /// that day.
    pub at: Timestamp,
    pub calendar: Calendar,
}

impl Calendar {
    /// Returns the calendar with the settings of `date`.
    #[must_use]
    pub fn on(&self, date: Date) -> &Self {
        self.over_time()
            .take_while(|(from, _)| from.is_none_or(|from| from <= date))
            .last()
            .map_or(self, |(_, one)| one)
    }

    /// Returns these settings and all later ones, each with its first day; the first one has none.
    pub fn over_time(&self) -> impl Iterator<Item = (Option<Date>, &Self)> {
        std::iter::successors(Some((None, self)), |(_, calendar)| {
            calendar.next.as_deref().map(|next| (Some(next.from), &next.calendar))
        })
    }

    /// Returns the business time in `[from, to)`, each part by the settings in force at the time; zero if the interval
    /// is empty.
    #[must_use]
    pub fn business_duration(&self, from: Timestamp, to: Timestamp) -> SignedDuration {
        let (mut from, mut valid, mut total) = (from, self, SignedDuration::ZERO);
        while let Some(next) = valid.next.as_deref().filter(|next| next.at < to) {
            total = total.saturating_add(valid.own_duration(from, next.at));
            (from, valid) = (from.max(next.at), &next.calendar);
        }
        total.saturating_add(valid.own_duration(from, to))
    }
}

#[cfg(test)]
#[path = "versions_tests.rs"]
mod tests;
