//! The rule of neutrality, compared with a slow oracle on random organisations.

use proptest::prelude::*;

use super::*;

const PEOPLE: u64 = 9;

fn person(number: u64) -> PersonId {
    PersonId::demo(number)
}

fn department(number: u64) -> DepartmentId {
    DepartmentId::demo(number)
}

/// Whether `upper` is above `lower`, found by walking all pairs until nothing new is known.
fn is_above(managers: &[(u64, u64)], upper: u64, lower: u64) -> bool {
    let mut above: Vec<(u64, u64)> = managers.iter().map(|(person, manager)| (*manager, *person)).collect();
    loop {
        let mut longer = Vec::new();
        for (top, middle) in &above {
            for (other, bottom) in &above {
                let pair = (*top, *bottom);
                if middle == other && !above.contains(&pair) && !longer.contains(&pair) {
                    longer.push(pair);
                }
            }
        }
        if longer.is_empty() {
            return above.contains(&(upper, lower));
        }
        above.extend(longer);
    }
}

proptest! {
    #[test]
    fn neutrality_is_what_the_oracle_says(
        homes in prop::collection::vec(prop::option::of(1u64..5), PEOPLE as usize),
        managers in prop::collection::vec(prop::option::of(1u64..=PEOPLE), PEOPLE as usize),
        sides in prop::collection::hash_set(1u64..5, 2..4),
        sponsors in prop::collection::hash_set(1u64..=PEOPLE, 0..4),
        with_role in prop::collection::hash_set(1u64..=PEOPLE, 0..3),
        arbiter in 1u64..=PEOPLE,
    ) {
        let lines: Vec<(u64, u64)> =
            (1..=PEOPLE).zip(&managers).filter_map(|(one, manager)| Some((one, (*manager)?))).collect();
        let organisation = Organisation {
            homes: (1..=PEOPLE).zip(&homes).filter_map(|(one, home)| Some((person(one), department((*home)?)))).collect(),
            managers: lines.iter().map(|(one, manager)| (person(*one), person(*manager))).collect(),
        };
        let home = homes[arbiter as usize - 1];
        let works_for_side = home.is_some_and(|home| sides.contains(&home));
        let has_role = sponsors.contains(&arbiter) || with_role.contains(&arbiter);
        let is_below = sponsors.iter().any(|sponsor| is_above(&lines, *sponsor, arbiter));
        let led = sponsors.iter().filter(|sponsor| is_above(&lines, arbiter, **sponsor)).count();
        let expected = !works_for_side && !has_role && !is_below && (led == 0 || led == sponsors.len());

        let sides: Vec<_> = sides.iter().map(|number| department(*number)).collect();
        let sponsors: Vec<_> = sponsors.iter().map(|number| person(*number)).collect();
        let with_role: Vec<_> = with_role.iter().map(|number| person(*number)).collect();
        let parties = Parties { sides: &sides, sponsors: &sponsors, with_role: &with_role };
        prop_assert_eq!(bias(&organisation, parties, person(arbiter)).is_none(), expected);
    }
}

#[test]
fn a_common_superior_is_neutral_and_the_superior_of_one_sponsor_is_not() {
    let managers = [(1, 7), (2, 8), (7, 9), (8, 9), (3, 1)];
    let organisation = Organisation {
        homes: HashMap::new(),
        managers: managers.into_iter().map(|(one, manager)| (person(one), person(manager))).collect(),
    };
    let sponsors = [person(1), person(2)];
    let parties = Parties { sides: &[], sponsors: &sponsors, with_role: &[] };
    assert_eq!(bias(&organisation, parties, person(9)), None);
    assert_eq!(bias(&organisation, parties, person(7)), Some(Bias::AboveSomeSponsors));
    assert_eq!(bias(&organisation, parties, person(3)), Some(Bias::BelowSponsor));
    assert_eq!(bias(&organisation, parties, person(1)), Some(Bias::HasRole));
}
