//! How the dates of milestones move from one signed charter to the next.
//!
//! Rule: a milestone is known by its name; its slip is counted from the first date that all sides
//! signed, in days.

use super::charter::Milestone;
use super::dto::{MilestoneBody, MilestoneDate};

/// The milestones of the present charter with their history. `signed` are the versions that all
/// sides have signed, in order, each with its milestones.
#[must_use]
pub fn history(present: &[Milestone], signed: &[(i32, Vec<Milestone>)]) -> Vec<MilestoneBody> {
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
    present.iter().map(one).collect()
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
        /// The slow way: walk the versions one by one and add up each move.
        #[test]
        fn slip_is_the_sum_of_all_moves(dates in prop::collection::vec(prop::option::of(0i64..400), 1..8)) {
            let versions: Vec<_> = (1..).zip(&dates).map(|(version, date)| {
                let milestones = date.iter().map(|date| Milestone { name: "Shop".into(), due_on: day(*date) });
                (version, milestones.collect::<Vec<_>>())
            }).collect();
            let known: Vec<i64> = dates.iter().flatten().copied().collect();
            prop_assume!(!known.is_empty());
            let present = [Milestone { name: "Shop".into(), due_on: day(*known.last().unwrap()) }];
            let found = history(&present, &versions).remove(0);
            let moves: i64 = known.windows(2).map(|pair| pair[1] - pair[0]).sum();
            prop_assert_eq!(found.slip_days, Some(moves as i32));
            prop_assert_eq!(found.history.len(), known.len());
        }
    }

    #[test]
    fn what_nobody_has_signed_has_not_slipped() {
        let planned = [Milestone { name: "Shop".into(), due_on: day(1) }];
        assert_eq!(history(&planned, &[])[0].slip_days, None);
    }
}
