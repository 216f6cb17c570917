//! Property tests of the figures: quarters add up to the whole period.

use proptest::prelude::*;

use super::*;
use crate::collaboration::partnership::comparison::quarters::quarters;
use crate::kernel::ids::PersonId;
use crate::kernel::time::Day;

fn first_day() -> Day {
    "2026-01-01".parse().unwrap()
}

fn at(hour: i64) -> UtcTime {
    first_day().start().plus_seconds(hour * 3_600)
}

fn department(number: u64) -> Department {
    Department {
        id: DepartmentId::demo(number),
        key: format!("department-{number}"),
        name: "Department".into(),
        head_title: None,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
        head_person_id: None,
        head_since: None,
        head_changed_at: None,
        head_is_first: false,
    }
}

prop_compose! {
    fn some_decision()(side in 1u64..4, raised in 0i64..16_000, ruling in prop::option::of(0i64..2_000)) -> RaisedDecision {
        RaisedDecision {
            department_id: DepartmentId::demo(side),
            raised_at: at(raised),
            decided_at: ruling.map(|after| at(raised + after)),
            decided_by: ruling.map(|_| PersonId::demo(9)),
        }
    }
}

prop_compose! {
    fn some_stay()(side in 1u64..4, from in 0i64..600, length in 0i64..300) -> Stay {
        let from = first_day().plus_days(from);
        (DepartmentId::demo(side), from, from.plus_days(length))
    }
}

proptest! {
    /// Cutting a period into quarters loses nothing and counts nothing twice, and shares add up to one.
    #[test]
    fn quarters_add_up(
        decisions in prop::collection::vec(some_decision(), 0..20), stays in prop::collection::vec(some_stay(), 0..20),
        cut in 1i64..700,
    ) {
        let facts = Facts {
            approvals: vec![],
            decisions: decisions.clone(),
            disputes: vec![],
            stays: stays.clone(),
            milestones: vec![],
            calendar: Calendar::prague().unwrap(),
            now: at(40_000),
        };
        let (one, other) = (department(1), department(2));
        let end = first_day().plus_days(cut);
        let found: Vec<_> =
            quarters(first_day(), end).iter().map(|quarter| facts.of(quarter, [&one, &other])).collect();
        for (index, id) in [one.id, other.id].into_iter().enumerate() {
            let figures = || found.iter().map(|quarter| &quarter.departments[index]);
            let raised = decisions.iter().filter(|one| one.department_id == id && one.raised_at.day() < end).count();
            prop_assert_eq!(figures().map(|one| one.decisions_raised.count).sum::<i64>(), raised as i64);
            let days: i64 = stays.iter().filter(|stay| stay.0 == id)
                .map(|stay| stay.1.days_until(stay.2.min(end)).max(0)).sum();
            prop_assert_eq!(figures().map(|one| one.member_days.count).sum::<i64>(), days);
        }
        let rulings = decisions.iter().filter(|one| one.decided_at.is_some_and(|at| at.day() < end)).count();
        prop_assert_eq!(found.iter().map(|quarter| quarter.rulings).sum::<i64>(), rulings as i64);
        for quarter in &found {
            let shares: Vec<_> = quarter.departments.iter().filter_map(|one| one.member_days.share).collect();
            prop_assert!(shares.is_empty() || (shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
}
