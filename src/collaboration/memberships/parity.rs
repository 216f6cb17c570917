//! Parity: the sides of a project contribute equally to its staff.
//!
//! Rules: the strongest and the weakest side differ by at most the tolerance of the project, and every side has at
//! least one member who counts; members with neutral roles do not count. Strength is the number of members, or the sum
//! of their shares of full-time work in percent. A breach in an active project starts a grace period of 10 business
//! days of the company calendar.

use crate::calendar::rules::Calendar;
use crate::collaboration::projects::ParityMeasure;
use crate::kernel::ids::DepartmentId;
use crate::kernel::time::{Day, UtcTime};

/// Length of the grace period after a breach, in business days.
pub const GRACE_BUSINESS_DAYS: usize = 10;

/// A member who counts towards parity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub department_id: DepartmentId,
    /// Share of full-time work, in percent.
    pub fte_percent: i32,
}

/// The strength of a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strength {
    pub department_id: DepartmentId,
    pub members: u32,
    /// Sum of the shares of full-time work, in percent.
    pub fte_percent: u32,
}

impl Strength {
    /// Returns the strength in the unit of the measure.
    #[must_use]
    pub fn by(&self, measure: ParityMeasure) -> u32 {
        match measure {
            ParityMeasure::Headcount => self.members,
            ParityMeasure::Fte => self.fte_percent,
        }
    }
}

/// Computes the strength of every side, in the order of the sides.
#[must_use]
pub fn strengths(sides: &[DepartmentId], members: &[Counted]) -> Vec<Strength> {
    let of = |side: &DepartmentId| {
        let own = members.iter().filter(|member| member.department_id == *side);
        let fte_percent = own.clone().map(|member| member.fte_percent.unsigned_abs()).sum();
        Strength { department_id: *side, members: own.count() as u32, fte_percent }
    };
    sides.iter().map(of).collect()
}

/// Returns whether the sides are in parity. `tolerance` is in the unit of the measure.
#[must_use]
pub fn holds(strengths: &[Strength], measure: ParityMeasure, tolerance: u32) -> bool {
    let by = || strengths.iter().map(|strength| strength.by(measure));
    match (by().min(), by().max()) {
        (Some(least), Some(most)) => least >= 1 && most - least <= tolerance,
        _ => false,
    }
}

/// Returns the last day of the grace period for a breach that began at `since`, in the time zone of the calendar.
#[must_use]
pub fn grace_ends_on(calendar: &Calendar, since: UtcTime) -> Option<Day> {
    let began = calendar.date_at(since.to_jiff());
    calendar.add_business_days(began, GRACE_BUSINESS_DAYS).map(Day::from_jiff)
}

/// Returns whether the grace period for a breach that began at `since` has ended.
#[must_use]
pub fn grace_has_ended(calendar: &Calendar, since: UtcTime, now: UtcTime) -> bool {
    let today = Day::from_jiff(calendar.date_at(now.to_jiff()));
    grace_ends_on(calendar, since).is_some_and(|last| today > last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn team(members: &[(u64, i32)]) -> Vec<Counted> {
        let counted =
            |(side, fte): &(u64, i32)| Counted { department_id: DepartmentId::demo(*side), fte_percent: *fte };
        members.iter().map(counted).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Compares with a naive implementation that counts each side and compares every pair of sides.
        #[test]
        fn no_pair_of_sides_differs_by_more_than_the_tolerance(
            sides in 1u64..6, members in prop::collection::vec((0u64..6, 1i32..101), 0..20), tolerance in 0u32..120,
            fte: bool,
        ) {
            let measure = if fte { ParityMeasure::Fte } else { ParityMeasure::Headcount };
            let all: Vec<_> = (0..sides).map(DepartmentId::demo).collect();
            let mut counts = vec![0u32; sides as usize];
            for (side, percent) in &members {
                if *side < sides {
                    counts[*side as usize] += if fte { *percent as u32 } else { 1 };
                }
            }
            let pairs = counts.iter().all(|a| counts.iter().all(|b| a.abs_diff(*b) <= tolerance));
            let expected = counts.iter().all(|count| *count > 0) && pairs;
            let found = strengths(&all, &team(&members));
            prop_assert_eq!(holds(&found, measure, tolerance), expected);
            prop_assert_eq!(found.iter().map(|one| one.by(measure)).collect::<Vec<_>>(), counts);
        }

        /// Compares with a naive implementation that counts the business days day by day.
        #[test]
        fn the_grace_period_is_ten_business_days(start in 0i64..700, later in 0i64..40) {
            let calendar = Calendar::prague().unwrap();
            let since = "2026-01-01T11:00:00Z".parse::<UtcTime>().unwrap().plus_seconds(start * 86_400);
            let now = since.plus_seconds(later * 86_400);
            let business = (1..=later)
                .filter(|day| calendar.is_business_day(since.plus_seconds(day * 86_400).day().to_jiff()))
                .count();
            // It ends with the tenth business day.
            let today_is_business = calendar.is_business_day(now.day().to_jiff());
            let expected = business > 10 || (business == 10 && !today_is_business && later > 0);
            prop_assert_eq!(grace_has_ended(&calendar, since, now), expected);
        }
    }

    #[test]
    fn no_sides_are_not_in_parity() {
        assert!(!holds(&[], ParityMeasure::Headcount, 3));
    }
}
