//! Compares the coverage with a naive implementation that checks day by day and person by person.

use proptest::prelude::*;

use super::*;

fn day(number: i64) -> Day {
    "2027-01-01".parse::<Day>().unwrap().plus_days(number)
}

fn interval((from, length): (i64, i64)) -> Interval {
    Interval { from: day(from), to: day(from + length) }
}

fn contains(interval: &Interval, number: i64) -> bool {
    (interval.from..interval.to).contains(&day(number))
}

fn person_intervals(raw: &[((i64, i64), u64)]) -> Vec<PersonInterval> {
    raw.iter().map(|(days, person)| PersonInterval { days: interval(*days), person: PersonId::demo(*person) }).collect()
}

fn stays(raw: &[((i64, i64), u64, u64)]) -> Vec<Stay> {
    raw.iter()
        .map(|(days, person, side)| Stay {
            person: PersonId::demo(*person),
            side: DepartmentId::demo(*side),
            days: interval(*days),
        })
        .collect()
}

/// Returns every day of the intervals with its person.
fn spread(intervals: &[PersonInterval]) -> std::collections::BTreeSet<(i64, PersonId)> {
    let on = |number: i64| {
        intervals.iter().filter(move |one| contains(&one.days, number)).map(move |one| (number, one.person))
    };
    (0..120).flat_map(on).collect()
}

prop_compose! {
    fn some_days()(from in 0i64..60, length in 0i64..15) -> (i64, i64) { (from, length) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn gaps_are_exactly_the_uncovered_days(
        window in (0i64..30, 0i64..40), taken in prop::collection::vec(some_days(), 0..8),
    ) {
        let intervals: Vec<_> = taken.iter().copied().map(interval).collect();
        let found = gaps(interval(window), &intervals);
        let days: Vec<i64> = (0..120).filter(|number| found.iter().any(|gap| contains(gap, *number))).collect();
        let expected: Vec<i64> = (window.0..window.0 + window.1)
            .filter(|number| !intervals.iter().any(|one| contains(one, *number)))
            .collect();
        prop_assert_eq!(days, expected);
        // Longest possible and in order: there is a covered day between any two gaps.
        prop_assert!(found.iter().all(|gap| gap.from < gap.to));
        prop_assert!(found.windows(2).all(|pair| pair[0].to < pair[1].from));
    }

    #[test]
    fn orphans_and_side_mismatches_are_found(
        window in (0i64..30, 0i64..40),
        owners in prop::collection::vec((some_days(), 0u64..4), 0..6),
        members in prop::collection::vec((some_days(), 0u64..4, 0u64..3), 0..8),
    ) {
        let (window, owners, stays) = (interval(window), person_intervals(&owners), stays(&members));
        let side = DepartmentId::demo(0);
        let (mut expected_orphans, mut expected_mismatches) = (Vec::new(), Vec::new());
        for number in 0..120 {
            for owner in owners.iter().filter(|owner| contains(&owner.days, number) && contains(&window, number)) {
                let own = || stays.iter().filter(|stay| stay.person == owner.person && contains(&stay.days, number));
                if own().next().is_none() {
                    expected_orphans.push((number, owner.person));
                }
                if own().any(|stay| stay.side != side) {
                    expected_mismatches.push((number, owner.person));
                }
            }
        }
        prop_assert_eq!(spread(&orphans(window, &owners, &stays)), expected_orphans.into_iter().collect());
        let found = spread(&side_mismatches(window, side, &owners, &stays));
        prop_assert_eq!(found, expected_mismatches.into_iter().collect());
    }

    #[test]
    fn overlapping_proposals_are_found(
        window in (0i64..30, 0i64..40), proposals in prop::collection::vec((some_days(), 0u64..4), 0..5),
    ) {
        let (window, proposals) = (interval(window), person_intervals(&proposals));
        let found = overlaps(window, &proposals);
        for number in 0..120 {
            let mut here: Vec<_> = found.iter().filter(|one| contains(&one.0, number)).map(|one| (one.1, one.2)).collect();
            here.sort_unstable();
            here.dedup();
            let mut expected = Vec::new();
            if contains(&window, number) {
                let on: Vec<_> = proposals.iter().filter(|one| contains(&one.days, number)).collect();
                for a in &on {
                    for b in &on {
                        if a.person < b.person {
                            expected.push((a.person, b.person));
                        }
                    }
                }
            }
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(here, expected);
        }
    }
}

#[test]
fn touching_intervals_leave_no_gap() {
    assert_eq!(gaps(interval((0, 10)), &[interval((5, 5)), interval((0, 5))]), []);
}
