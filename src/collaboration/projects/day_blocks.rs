//! Days in blocks, by which an index finds the projects on a day in the order of the list.
//!
//! Rules: a block of level `n` has 4^n days. The days of a project are the fewest blocks that do not overlap. A day is
//! in one block of each level, so a project includes the day exactly if it has one of these blocks.

use crate::kernel::time::Day;

/// Number of levels. A block of the last one has 4,096 days, about eleven years.
const LEVELS: u32 = 7;

/// Returns the blocks of the days `[from, to)`.
#[must_use]
pub fn of_days(from: Day, to: Day) -> Vec<i64> {
    let (mut day, end) = (number(from), number(to));
    let mut blocks = Vec::new();
    while day < end {
        let fits = |level: &u32| day.rem_euclid(size(*level)) == 0 && day + size(*level) <= end;
        let level = (0..LEVELS).rev().find(fits).unwrap_or_default();
        blocks.push(block(day, level));
        day += size(level);
    }
    blocks
}

/// Returns the blocks that include a day, one of each level.
#[must_use]
pub fn around(day: Day) -> Vec<i64> {
    (0..LEVELS).map(|level| block(number(day), level)).collect()
}

/// Returns the number of days since 1970-01-01.
fn number(day: Day) -> i64 {
    Day::default().days_until(day)
}

/// Returns the number of days of a block.
fn size(level: u32) -> i64 {
    4_i64.pow(level)
}

fn block(day: i64, level: u32) -> i64 {
    day.div_euclid(size(level)) * 8 + i64::from(level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nth_day(number: i64) -> Day {
        Day::default().plus_days(number)
    }

    proptest! {
        #[test]
        fn a_project_has_one_block_around_each_of_its_days(
            from in -5_000..20_000_i64,
            length in 1..6_000_i64,
            offset in -100..6_100_i64,
        ) {
            let blocks = of_days(nth_day(from), nth_day(from + length));
            let around = around(nth_day(from + offset));
            let found = blocks.iter().filter(|block| around.contains(block)).count();
            prop_assert_eq!(found, usize::from((0..length).contains(&offset)));
        }

        #[test]
        fn projects_have_few_blocks(from in 0..20_000_i64, length in 1..4_000_i64) {
            prop_assert!(of_days(nth_day(from), nth_day(from + length)).len() <= 36);
        }
    }

    #[test]
    fn a_year_has_few_blocks() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert!(of_days(day("2027-01-01"), day("2028-01-01")).len() < 20);
        assert!(of_days(day("2027-01-01"), day("2027-01-01")).is_empty());
        assert!(of_days(day("0000-01-01"), day("9999-12-31")).len() < 1_000);
    }
}
