//! Coverage: on which days an area has nobody, somebody who is not there, or somebody of another
//! side; and which proposals for it exclude each other.
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
    /// The days that are in both, if there are any.
    #[must_use]
    pub fn and(self, other: Self) -> Option<Self> {
        let both = Self { from: self.from.max(other.from), to: self.to.min(other.to) };
        (both.from < both.to).then_some(both)
    }
}

/// Somebody on some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    pub days: Interval,
    pub person: PersonId,
}

/// Somebody's membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    pub person: PersonId,
    pub side: DepartmentId,
    pub days: Interval,
}

/// What `taken` leaves uncovered of `window`: the longest possible intervals, in order of time.
/// The order of `taken` is of no account; overlaps and empty intervals are fine.
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

/// The days of `window` on which an owner is no member of the project.
#[must_use]
pub fn orphans(window: Interval, owners: &[Turn], stays: &[Stay]) -> Vec<Turn> {
    let of = |owner: &Turn| {
        let own: Vec<_> = stays.iter().filter(|stay| stay.person == owner.person).map(|stay| stay.days).collect();
        let person = owner.person;
        let alone = owner.days.and(window).map_or_else(Vec::new, |days| gaps(days, &own));
        alone.into_iter().map(move |days| Turn { days, person })
    };
    let mut found: Vec<_> = owners.iter().flat_map(of).collect();
    found.sort_unstable();
    found
}

/// The days of `window` on which an owner is a member, but of another side than `side`.
#[must_use]
pub fn side_mismatches(window: Interval, side: DepartmentId, owners: &[Turn], stays: &[Stay]) -> Vec<Turn> {
    let mut found = Vec::new();
    for owner in owners {
        let elsewhere = stays.iter().filter(|stay| stay.person == owner.person && stay.side != side);
        let days = elsewhere.filter_map(|stay| stay.days.and(owner.days)?.and(window));
        found.extend(days.map(|days| Turn { days, person: owner.person }));
    }
    found.sort_unstable();
    found
}

/// The days of `window` for which two proposals name different people.
#[must_use]
pub fn overlaps(window: Interval, proposals: &[Turn]) -> Vec<(Interval, PersonId, PersonId)> {
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
