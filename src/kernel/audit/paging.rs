//! Where a page of the audit trail ends. Pure.
//!
//! Rule: the next page never starts after an entry that is not settled, because an earlier entry can still be
//! committed. The last page has all entries, settled or not: nothing starts after it.

/// Returns the rows of a page and the position after which the next page starts, `None` on the last page. `rows` are
/// those after the position `after`, in order, one more than `limit` if there are more. `settled` is the position up to
/// which entries are settled; `None` if all are. The page has fewer rows than `limit`, or none, if only those are
/// settled.
pub fn end<R>(
    mut rows: Vec<R>,
    limit: usize,
    after: i64,
    settled: Option<i64>,
    position: impl Fn(&R) -> i64,
) -> (Vec<R>, Option<i64>) {
    if rows.len() <= limit {
        return (rows, None);
    }
    rows.truncate(limit);
    rows.retain(|row| settled.is_none_or(|settled| position(row) <= settled));
    let last = rows.last().map_or(after, position);
    (rows, Some(last))
}

#[cfg(test)]
#[path = "paging_tests.rs"]
mod tests;
