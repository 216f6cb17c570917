//! The draw of an arbiter, as a pure function of a recorded seed, so that everyone can repeat it.
//!
//! Rule: the candidates are sorted by their ids. The first 16 bytes of the SHA-256 of the seed, read as a number in
//! big-endian order, modulo the number of candidates, are the position of the arbiter.

use sha2::{Digest, Sha256};

use crate::kernel::ids::PersonId;

/// Number of bytes of a seed.
pub const SEED_BYTES: usize = 32;

/// Returns the candidate that a seed draws; `None` if there are no candidates. The order of the candidates does not
/// matter.
#[must_use]
pub fn draw(seed: &[u8; SEED_BYTES], candidates: &[PersonId]) -> Option<PersonId> {
    let mut sorted = candidates.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let number = Sha256::digest(seed).iter().take(16).fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    // The remainder is not quite uniform, by less than 1 in 2^100.
    let position = number.checked_rem(sorted.len() as u128)?;
    sorted.get(usize::try_from(position).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collaboration::projects::neutrality::{self, Organisation, Parties};
    use crate::kernel::ids::DepartmentId;
    use proptest::prelude::*;

    fn seed(number: u32) -> [u8; SEED_BYTES] {
        let mut seed = [0; SEED_BYTES];
        seed.copy_from_slice(&Sha256::digest(number.to_be_bytes()));
        seed
    }

    #[test]
    fn the_draw_is_uniform() {
        const DRAWS: u32 = 10_000;
        let candidates: Vec<_> = (1..=7).map(PersonId::demo).collect();
        let mut drawn = [0_u32; 7];
        for number in 0..DRAWS {
            let person = draw(&seed(number), &candidates).unwrap();
            drawn[candidates.iter().position(|one| *one == person).unwrap()] += 1;
        }
        let expected = f64::from(DRAWS) / 7.0;
        let chi_square: f64 = drawn.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        // The limit for 6 degrees of freedom that a uniform draw exceeds once in a thousand times.
        assert!(chi_square < 22.46, "{chi_square}: {drawn:?}");
    }

    proptest! {
        #[test]
        fn every_drawn_arbiter_is_neutral(
            homes in prop::collection::vec(prop::option::of(1u64..5), 9),
            managers in prop::collection::vec(prop::option::of(1u64..=9), 9),
            sponsors in prop::collection::hash_set(1u64..=9, 2..4),
            panel in prop::collection::vec(1u64..=9, 0..6),
            seed in any::<[u8; SEED_BYTES]>(),
        ) {
            let organisation = Organisation {
                homes: (1..=9)
                    .zip(&homes)
                    .filter_map(|(one, home)| Some((PersonId::demo(one), DepartmentId::demo((*home)?))))
                    .collect(),
                managers: (1..=9)
                    .zip(&managers)
                    .filter_map(|(one, manager)| Some((PersonId::demo(one), PersonId::demo((*manager)?))))
                    .collect(),
            };
            let (sides, sponsors) = ([1, 2].map(DepartmentId::demo), sponsors.into_iter().map(PersonId::demo));
            let sponsors: Vec<_> = sponsors.collect();
            let parties = Parties { sides: &sides, sponsors: &sponsors, with_role: &[] };
            let is_neutral = |person: &PersonId| neutrality::bias(&organisation, parties, *person).is_none();
            let panel: Vec<_> = panel.into_iter().map(PersonId::demo).collect();
            let candidates: Vec<_> = panel.iter().copied().filter(|person| is_neutral(person)).collect();
            match draw(&seed, &candidates) {
                Some(person) => {
                    prop_assert!(panel.contains(&person) && !sponsors.contains(&person));
                    let home = organisation.homes.get(&person);
                    prop_assert!(home.is_none_or(|home| !sides.contains(home)));
                    let above = organisation.superiors(person);
                    prop_assert!(!sponsors.iter().any(|sponsor| above.contains(sponsor)));
                }
                None => prop_assert!(!panel.iter().any(is_neutral)),
            }
        }

        #[test]
        fn a_candidate_is_drawn_whatever_their_order(
            seed in any::<[u8; SEED_BYTES]>(), candidates in prop::collection::vec(1u64..20, 0..9),
        ) {
            let candidates: Vec<_> = candidates.into_iter().map(PersonId::demo).collect();
            let drawn = draw(&seed, &candidates);
            prop_assert_eq!(drawn.is_none(), candidates.is_empty());
            prop_assert!(drawn.is_none_or(|person| candidates.contains(&person)));
            let reversed: Vec<_> = candidates.iter().rev().copied().collect();
            prop_assert_eq!(draw(&seed, &reversed), drawn);
        }
    }
}
