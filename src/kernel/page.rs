//! Keyset pagination: lists are read in the order of their ids, which is the order of creation.

use std::cmp::Ordering;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::kernel::error::Error;

/// Order of a list, by the time of creation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub enum Sort {
    /// Oldest first.
    #[default]
    #[serde(rename = "created_at")]
    OldestFirst,
    /// Newest first.
    #[serde(rename = "-created_at")]
    NewestFirst,
}

/// A page of a list: at most `limit` rows after the row with the ID `after`, or at another position of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub after: Option<String>,
    pub limit: usize,
}

impl Page {
    /// Returns the number of rows to read: one more than `limit`, to find out whether there is a next page.
    #[must_use]
    pub fn fetch(&self) -> i64 {
        self.limit as i64 + 1
    }
}

/// Reads the rows for each of several values of a filter with `read`, and returns the first `most` of all of them, each
/// once. `order` compares rows by their unique position in the list.
///
/// An index has the rows of one value in the order of the list. To read those of several values with one statement, a
/// database has to sort all of them, or to pass over all others.
///
/// # Errors
/// The first error of `read`.
pub fn merged<V, R>(
    values: &[V],
    most: i64,
    order: impl Fn(&R, &R) -> Ordering,
    mut read: impl FnMut(&V) -> Result<Vec<R>, Error>,
) -> Result<Vec<R>, Error> {
    let mut rows = Vec::new();
    for value in values {
        rows.extend(read(value)?);
    }
    rows.sort_by(&order);
    rows.dedup_by(|later, earlier| order(later, earlier).is_eq());
    rows.truncate(usize::try_from(most).unwrap_or_default());
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn merged_rows_are_those_of_a_sorted_table(
            table in prop::collection::btree_map(0..1_000_u32, 0..5_u8, 0..60),
            values in prop::collection::vec(0..6_u8, 0..8),
            most in 0..20_i64,
        ) {
            let read = |value: &u8| {
                let rows = table.iter().filter(|(_, of)| *of == value).map(|(row, _)| *row);
                Ok(rows.take(most as usize).collect())
            };
            let rows = merged(&values, most, u32::cmp, read).unwrap();
            let all = table.iter().filter(|(_, value)| values.contains(value)).map(|(row, _)| *row);
            prop_assert_eq!(rows, all.take(most as usize).collect::<Vec<_>>());
        }
    }
}
