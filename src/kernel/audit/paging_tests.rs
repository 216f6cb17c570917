use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn page(rows: &[i64], limit: usize, after: i64, settled: Option<i64>) -> (Vec<i64>, Option<i64>) {
    let fetched = rows.iter().copied().filter(|row| *row > after).take(limit + 1).collect();
    end(fetched, limit, after, settled, |row| *row)
}

#[test]
fn the_next_page_starts_after_settled_rows_only() {
    let rows = [1, 2, 5, 6, 7];
    assert_eq!(page(&rows, 2, 0, None), (vec![1, 2], Some(2)));
    assert_eq!(page(&rows, 2, 0, Some(2)), (vec![1, 2], Some(2)));
    assert_eq!(page(&rows, 3, 0, Some(2)), (vec![1, 2], Some(2)));
    assert_eq!(page(&rows, 2, 2, Some(2)), (vec![], Some(2)));
    assert_eq!(page(&rows, 2, 0, Some(0)), (vec![], Some(0)));
}

#[test]
fn the_last_page_has_all_rows() {
    assert_eq!(page(&[1, 2, 5], 3, 0, Some(2)), (vec![1, 2, 5], None));
    assert_eq!(page(&[1, 2, 5], 3, 2, Some(2)), (vec![5], None));
    assert_eq!(page(&[], 3, 0, Some(0)), (vec![], None));
}

proptest! {
    /// Each row has a position and the step after which it is committed. Before each step the reader reads a page; it
    /// repeats the cursor of the last page.
    #[test]
    fn a_reader_misses_no_row_that_is_committed_late(
        commits in prop::collection::vec(0..20_usize, 0..40),
        limit in 1..5_usize,
    ) {
        let (mut after, mut read) = (0, Vec::new());
        for step in 0..200 {
            let committed: Vec<i64> = (1..).zip(&commits).filter(|(_, at)| **at <= step).map(|(row, _)| row).collect();
            let waiting = (1..).zip(&commits).find(|(_, at)| **at > step).map(|(row, _): (i64, _)| row - 1);
            let settled = waiting.unwrap_or(commits.len() as i64);
            let (rows, next) = page(&committed, limit, after, Some(settled));
            if let Some(next) = next {
                read.extend(rows);
                after = next;
            } else if step >= 20 {
                read.extend(rows);
                break;
            }
        }
        let once: BTreeSet<i64> = read.iter().copied().collect();
        prop_assert_eq!(once.len(), read.len());
        prop_assert_eq!(read, (1..=commits.len() as i64).collect::<Vec<_>>());
    }
}
