//! History of the due dates of milestones across signed charter versions.
//!
//! Rule: a milestone is identified by its name; its slip is the number of days since the first due date that all sides
//! signed.

use super::charter::Milestone;
use super::dto::{MilestoneBody, MilestoneDate};

/// Returns the milestones of the current charter with their history. `signed` contains the versions that all sides have
/// signed, in order, each with its milestones.
#[must_use]
pub fn history(current: &[Milestone], signed: &[(i32, Vec<Milestone>)]) -> Vec<MilestoneBody> {
    let one = |milestone: &Milestone| {
        let named = |(version, milestones): &(i32, Vec<Milestone>)| {
            let found = milestones.iter().find(|one| one.name == milestone.name)?;
            Some(MilestoneDate { charter_version: *version, due_on: found.due_on })
        };
        let history: Vec<_> = signed.iter().filter_map(named).collect();
        let first_due_on = history.first().map(|first| first.due_on);
        MilestoneBody {
            name: milestone.name.clone(),
            due_on: milestone.due_on,
            first_due_on,
            slip_days: first_due_on.map(|first| first.days_until(milestone.due_on) as i32),
            history,
        }
    };
    current.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::Day;
    use proptest::prelude::*;

    fn day(number: i64) -> Day {
        "2027-01-01".parse::<Day>().unwrap().plus_days(number)
    }

    proptest! {
        /// Compares with a naive calculation that adds up the change from each version to the next.
        #[test]
        fn slip_is_the_sum_of_all_changes(dates in prop::collection::vec(prop::option::of(0i64..400), 1..8)) {
            let versions: Vec<_> = (1..).zip(&dates).map(|(version, date)| {
                let milestones = date.iter().map(|date| Milestone { name: "Shop".into(), due_on: day(*date) });
                (version, milestones.collect::<Vec<_>>())
            }).collect();
            let known: Vec<i64> = dates.iter().flatten().copied().collect();
            prop_assume!(!known.is_empty());
            let current = [Milestone { name: "Shop".into(), due_on: day(*known.last().unwrap()) }];
            let found = history(&current, &versions).remove(0);
            let total: i64 = known.windows(2).map(|pair| pair[1] - pair[0]).sum();
            prop_assert_eq!(found.slip_days, Some(total as i32));
            prop_assert_eq!(found.history.len(), known.len());
        }
    }

    #[test]
    fn an_unsigned_milestone_has_no_slip() {
        let planned = [Milestone { name: "Shop".into(), due_on: day(1) }];
        assert_eq!(history(&planned, &[])[0].slip_days, None);
    }
}
