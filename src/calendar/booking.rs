//! The booking rules of a queue over time, and its schedule: the rules with the calendar of the queue.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::rules::Calendar;
use super::slots::Slot;
use super::staffing::Staff;

/// Maximum capacity of a slot.
const MAX_CAPACITY: i32 = 1_000;

/// How many calls can be booked in a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Capacity {
    Fixed(i32),
    /// As many as the agents on duty can make, if a call takes this number of minutes.
    Roster {
        staff: Vec<Staff>,
        handling_minutes: i64,
    },
}

/// The booking rules of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingRules {
    /// Length of a callback window in minutes.
    pub window_minutes: i64,
    /// Minimum time between booking and the start of a slot, in minutes.
    pub minimum_notice: i64,
    /// How many business days can be booked, including today if it is one.
    pub horizon_days: usize,
    /// Time within which a call as soon as possible is promised, in minutes of business time.
    pub asap_target_minutes: i64,
    pub capacity: Capacity,
    /// The rules that replace these, and the first day with them.
    pub next: Option<(Date, Box<BookingRules>)>,
}

impl Default for BookingRules {
    /// Returns the rules of the seeded queues: windows of an hour for three calls, 10 business days ahead.
    fn default() -> Self {
        Self {
            window_minutes: 60,
            minimum_notice: 15,
            horizon_days: 10,
            asap_target_minutes: 30,
            capacity: Capacity::Fixed(3),
            next: None,
        }
    }
}

impl BookingRules {
    /// Returns the rules of `date`.
    #[must_use]
    pub fn on(&self, date: Date) -> &Self {
        self.over_time()
            .take_while(|(from, _)| from.is_none_or(|from| from <= date))
            .last()
            .map_or(self, |(_, rules)| rules)
    }

    /// Returns these rules and all later ones, each with its first day; the first one has none.
    fn over_time(&self) -> impl Iterator<Item = (Option<Date>, &Self)> {
        std::iter::successors(Some((None, self)), |(_, rules)| {
            rules.next.as_ref().map(|(from, next)| (Some(*from), &**next))
        })
    }
}

/// The schedule of a queue: when it is open, and what can be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub calendar: Calendar,
    pub rules: BookingRules,
    /// Calls as soon as possible that the agents have to make during a slot, by its start. They leave less capacity.
    pub taken: BTreeMap<Timestamp, i32>,
}

impl Schedule {
    /// Creates a schedule in which no agent is busy.
    #[must_use]
    pub fn new(calendar: Calendar, rules: BookingRules) -> Self {
        Self { calendar, rules, taken: BTreeMap::new() }
    }

    /// Returns the capacity of a slot, by the rules of its day.
    #[must_use]
    pub fn capacity_of(&self, slot: &Slot) -> i32 {
        let taken = self.taken.get(&slot.start).copied().unwrap_or(0);
        self.capacity_without_others(slot).saturating_sub(taken).max(0)
    }

    /// Returns the capacity of a slot if no call as soon as possible has to be made.
    #[must_use]
    pub fn capacity_without_others(&self, slot: &Slot) -> i32 {
        match &self.rules.on(slot.date).capacity {
            Capacity::Fixed(calls) => *calls,
            Capacity::Roster { staff, handling_minutes } => {
                let calls = |one: &Staff| one.calls(&self.calendar.zone, slot.start, slot.end, *handling_minutes);
                staff.iter().map(calls).fold(0, i32::saturating_add).min(MAX_CAPACITY)
            }
        }
    }

    /// Returns each day from which other settings apply: of the calendar, or of the queue. The first one is `None`, for
    /// the settings that apply now.
    pub(super) fn changes(&self) -> Vec<Option<Date>> {
        let of_calendar = self.calendar.over_time().map(|(from, _)| from);
        let mut days: Vec<_> = of_calendar.chain(self.rules.over_time().map(|(from, _)| from)).collect();
        days.sort_unstable();
        days.dedup();
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn rules_follow_the_day() {
        let later = BookingRules { window_minutes: 30, ..BookingRules::default() };
        let rules = BookingRules { next: Some((date(2027, 4, 1), Box::new(later))), ..BookingRules::default() };
        assert_eq!(rules.on(date(2027, 3, 31)).window_minutes, 60);
        assert_eq!(rules.on(date(2027, 4, 1)).window_minutes, 30);
    }
}
