//! Ownership coverage: the days on which an area has no accountable person, or one who is not a member or works for
//! another side, and the proposals for it that exclude each other.
//!
//! Rule: every interval is half-open, `[from, to)` in days; intervals that touch leave no gap.

use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::Day;

/// `[from, to)` in days; empty when `to` is not after `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    pub from: Day,
    pub to: Day,
}

impl Interval {
    /// Returns the intersection of two intervals, or `None` if it is empty.
    #[must_use]
    pub fn and(self, other: Self) -> Option<Self> {
        let both = Self { from: self.from.max(other.from), to: self.to.min(other.to) };
        (both.from < both.to).then_some(both)
    }
}

/// A person on the days of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonInterval {
    pub days: Interval,
    pub person: PersonId,
}

/// A membership of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    pub person: PersonId,
    pub side: DepartmentId,
    pub days: Interval,
}

/// Returns the days of `window` that `taken` does not cover, as the longest possible intervals in chronological order.
/// `taken` can be in any order and contain overlapping and empty intervals.
#[must_use]
pub fn gaps(window: Interval, taken: &[Interval]) -> Vec<Interval> {
    let mut taken: Vec<_> = taken.iter().filter(|one| one.from < one.to).collect();
    taken.sort_unstable_by_key(|one| one.from);
    let mut gaps = Vec::new();
    let mut covered_until = window.from;
    for one in taken {
        if one.from >= window.to {
            break;
        }
        if one.from > covered_until {
            gaps.push(Interval { from: covered_until, to: one.from });
        }
        covered_until = covered_until.max(one.to);
    }
    if covered_until < window.to {
        gaps.push(Interval { from: covered_until, to: window.to });
    }
    gaps
}

/// Returns the days of `window` on which an owner is not a member of the project.
#[must_use]
pub fn orphans(window: Interval, owners: &[PersonInterval], stays: &[Stay]) -> Vec<PersonInterval> {
    let of = |owner: &PersonInterval| {
        let own: Vec<_> = stays.iter().filter(|stay| stay.person == owner.person).map(|stay| stay.days).collect();
        let person = owner.person;
        let outside = owner.days.and(window).map_or_else(Vec::new, |days| gaps(days, &own));
        outside.into_iter().map(move |days| PersonInterval { days, person })
    };
    let mut found: Vec<_> = owners.iter().flat_map(of).collect();
    found.sort_unstable();
    found
}

/// Returns the days of `window` on which an owner is a member of a side other than `side`.
#[must_use]
pub fn side_mismatches(
    window: Interval,
    side: DepartmentId,
    owners: &[PersonInterval],
    stays: &[Stay],
) -> Vec<PersonInterval> {
    let mut found = Vec::new();
    for owner in owners {
        let elsewhere = stays.iter().filter(|stay| stay.person == owner.person && stay.side != side);
        let days = elsewhere.filter_map(|stay| stay.days.and(owner.days)?.and(window));
        found.extend(days.map(|days| PersonInterval { days, person: owner.person }));
    }
    found.sort_unstable();
    found
}

/// Returns the days of `window` for which two proposals name different people.
#[must_use]
pub fn overlaps(window: Interval, proposals: &[PersonInterval]) -> Vec<(Interval, PersonId, PersonId)> {
    let mut found = Vec::new();
    for (index, one) in proposals.iter().enumerate() {
        for other in proposals.iter().skip(index + 1).filter(|other| other.person != one.person) {
            let both = one.days.and(other.days).and_then(|days| days.and(window));
            found.extend(both.map(|days| (days, one.person.min(other.person), one.person.max(other.person))));
        }
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
#[path = "coverage_tests.rs"]
mod tests;
