//! Sums the figures of a report, in total and by group. Pure.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::callbacks::requests::enums::PromiseStatus;

/// The number of promises with the same status and the same feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    pub promise: PromiseStatus,
    /// Whether the promised time had passed when the report was made.
    pub is_past: bool,
    pub called_on_time: Option<bool>,
    pub requests: i64,
    /// Number of these requests that an agent or an application cancelled so that the promise does not count.
    pub cancelled_by_desk: i64,
    /// Number of these requests whose manage link an agent created.
    pub agent_links: i64,
}

/// Sums of promises and feedback.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub kept: i64,
    pub broken: i64,
    pub pending: i64,
    pub not_counted: i64,
    pub cancelled_by_desk: i64,
    pub on_time: i64,
    pub late: i64,
    pub kept_but_late: i64,
    pub broken_but_on_time: i64,
    pub not_counted_but_late: i64,
    pub agent_links: i64,
}

impl AddAssign<Figure> for Sums {
    fn add_assign(&mut self, figure: Figure) {
        let Figure { promise, is_past, called_on_time, requests, cancelled_by_desk, agent_links } = figure;
        let is_broken = promise == PromiseStatus::Broken || (promise == PromiseStatus::Pending && is_past);
        match promise {
            PromiseStatus::Kept => self.kept += requests,
            PromiseStatus::Void => self.not_counted += requests,
            PromiseStatus::Broken | PromiseStatus::Pending if is_broken => self.broken += requests,
            PromiseStatus::Broken | PromiseStatus::Pending => self.pending += requests,
        }
        match called_on_time {
            Some(true) => self.on_time += requests,
            Some(false) => self.late += requests,
            None => {}
        }
        match (called_on_time, promise) {
            (Some(false), PromiseStatus::Kept) => self.kept_but_late += requests,
            (Some(false), PromiseStatus::Void) => self.not_counted_but_late += requests,
            (Some(true), _) if is_broken => self.broken_but_on_time += requests,
            _ => {}
        }
        self.cancelled_by_desk += cancelled_by_desk;
        self.agent_links += agent_links;
    }
}

impl Sums {
    fn promises(&self) -> i64 {
        self.kept + self.broken + self.pending + self.not_counted
    }
}

/// A group: its key, and for a queue the key of the queue.
pub type Group = (Option<String>, Option<String>);

/// Returns the groups with the most promises, at most `most`, ordered by their key; and whether there are more.
/// Promises without a key are the last group.
pub fn largest(groups: BTreeMap<Group, Sums>, most: usize) -> (Vec<(Group, Sums)>, bool) {
    let has_more = groups.len() > most;
    let mut groups: Vec<(Group, Sums)> = groups.into_iter().collect();
    // Stable, so that groups of the same size stay in the order of their keys.
    groups.sort_by_key(|(_, sums)| -sums.promises());
    groups.truncate(most);
    groups.sort_by(|((one, _), _), ((other, _), _)| (one.is_none(), one).cmp(&(other.is_none(), other)));
    (groups, has_more)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn figure(promise: PromiseStatus, is_past: bool, called_on_time: Option<bool>) -> Figure {
        let cancelled_by_desk = i64::from(promise == PromiseStatus::Void);
        Figure { promise, is_past, called_on_time, requests: 1, cancelled_by_desk, agent_links: 0 }
    }

    #[test]
    fn differences_are_counted_where_they_are() {
        use PromiseStatus::{Broken, Kept, Pending, Void};
        let mut sums = Sums::default();
        for (promise, is_past) in [(Kept, true), (Broken, true), (Pending, true), (Pending, false), (Void, true)] {
            for said in [None, Some(true), Some(false)] {
                sums += figure(promise, is_past, said);
            }
        }
        let expected = Sums {
            kept: 3,
            broken: 6,
            pending: 3,
            not_counted: 3,
            cancelled_by_desk: 3,
            on_time: 5,
            late: 5,
            kept_but_late: 1,
            broken_but_on_time: 2,
            not_counted_but_late: 1,
            agent_links: 0,
        };
        assert_eq!(sums, expected);
    }

    proptest! {
        #[test]
        fn the_largest_groups_are_returned_in_order(
            sizes in prop::collection::vec(0_i64..20, 0..30), most in 1_usize..40
        ) {
            let group = |number: usize| (number > 0).then(|| format!("{number:02}"));
            let groups: BTreeMap<Group, Sums> = sizes
                .iter()
                .enumerate()
                .map(|(number, kept)| ((group(number), None), Sums { kept: *kept, ..Sums::default() }))
                .collect();
            let (found, has_more) = largest(groups.clone(), most);
            prop_assert_eq!((found.len(), has_more), (sizes.len().min(most), sizes.len() > most));
            let smallest = found.iter().map(|(_, sums)| sums.kept).min().unwrap_or_default();
            let left_out = groups.iter().filter(|(key, _)| found.iter().all(|(one, _)| one != *key));
            prop_assert!(left_out.into_iter().all(|(_, sums)| sums.kept <= smallest));
            let keys: Vec<_> = found.iter().map(|((key, _), _)| (key.is_none(), key.clone())).collect();
            prop_assert!(keys.is_sorted());
        }
    }
}
