//! Coverage against the slow way: day by day, person by person.

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

fn turns(raw: &[((i64, i64), u64)]) -> Vec<Turn> {
    raw.iter().map(|(days, person)| Turn { days: interval(*days), person: PersonId::demo(*person) }).collect()
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

/// The days and people of turns, each once.
fn spread(turns: &[Turn]) -> std::collections::BTreeSet<(i64, PersonId)> {
    let on = |number: i64| {
        turns.iter().filter(move |turn| contains(&turn.days, number)).map(move |turn| (number, turn.person))
    };
    (0..120).flat_map(on).collect()
}

prop_compose! {
    fn some_days()(from in 0i64..60, length in 0i64..15) -> (i64, i64) { (from, length) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_gaps_hold_exactly_the_days_nobody_has(
        window in (0i64..30, 0i64..40), taken in prop::collection::vec(some_days(), 0..8),
    ) {
        let intervals: Vec<_> = taken.iter().copied().map(interval).collect();
        let found = gaps(interval(window), &intervals);
        let days: Vec<i64> = (0..120).filter(|number| found.iter().any(|gap| contains(gap, *number))).collect();
        let expected: Vec<i64> = (window.0..window.0 + window.1)
            .filter(|number| !intervals.iter().any(|one| contains(one, *number)))
            .collect();
        prop_assert_eq!(days, expected);
        // Longest possible and in order: a covered day lies between any two.
        prop_assert!(found.iter().all(|gap| gap.from < gap.to));
        prop_assert!(found.windows(2).all(|pair| pair[0].to < pair[1].from));
    }

    #[test]
    fn owners_who_are_not_there_or_elsewhere(
        window in (0i64..30, 0i64..40),
        owners in prop::collection::vec((some_days(), 0u64..4), 0..6),
        members in prop::collection::vec((some_days(), 0u64..4, 0u64..3), 0..8),
    ) {
        let (window, owners, stays) = (interval(window), turns(&owners), stays(&members));
        let side = DepartmentId::demo(0);
        let (mut absent, mut elsewhere) = (Vec::new(), Vec::new());
        for number in 0..120 {
            for owner in owners.iter().filter(|owner| contains(&owner.days, number) && contains(&window, number)) {
                let there = || stays.iter().filter(|stay| stay.person == owner.person && contains(&stay.days, number));
                if there().next().is_none() {
                    absent.push((number, owner.person));
                }
                if there().any(|stay| stay.side != side) {
                    elsewhere.push((number, owner.person));
                }
            }
        }
        prop_assert_eq!(spread(&orphans(window, &owners, &stays)), absent.into_iter().collect());
        prop_assert_eq!(spread(&side_mismatches(window, side, &owners, &stays)), elsewhere.into_iter().collect());
    }

    #[test]
    fn proposals_that_exclude_each_other(
        window in (0i64..30, 0i64..40), proposals in prop::collection::vec((some_days(), 0u64..4), 0..5),
    ) {
        let (window, proposals) = (interval(window), turns(&proposals));
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
