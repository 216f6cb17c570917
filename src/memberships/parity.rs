//! Parity: a project is staffed by its sides in equal parts.
//!
//! Rule: counted by headcount, the strongest and the weakest side differ by at most the tolerance
//! of the project, and every side has somebody.

/// Whether the counted members of the sides are in parity.
///
/// `counts` has one number per side, empty sides included; `tolerance` is in heads.
#[must_use]
pub fn holds(counts: &[u32], tolerance: u32) -> bool {
    match (counts.iter().min(), counts.iter().max()) {
        (Some(least), Some(most)) => *least >= 1 && most - least <= tolerance,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The slow way: every pair of sides.
        #[test]
        fn no_pair_of_sides_differs_by_more_than_the_tolerance(
            counts in prop::collection::vec(0u32..6, 0..8), tolerance in 0u32..4,
        ) {
            let pairs = counts.iter().all(|a| counts.iter().all(|b| a.abs_diff(*b) <= tolerance));
            let expected = !counts.is_empty() && counts.iter().all(|count| *count > 0) && pairs;
            prop_assert_eq!(holds(&counts, tolerance), expected);
        }

        #[test]
        fn the_order_of_the_sides_is_of_no_account(
            mut counts in prop::collection::vec(0u32..6, 1..8), tolerance in 0u32..4,
        ) {
            let before = holds(&counts, tolerance);
            counts.reverse();
            prop_assert_eq!(holds(&counts, tolerance), before);
        }
    }
}
