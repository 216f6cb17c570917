//! What was read about callers recently, as a pure data structure of limited size.

use std::collections::HashMap;
use std::sync::Arc;

use crate::directory::people::rows::Standing;
use crate::kernel::ids::PersonId;
use crate::kernel::time::UtcTime;

/// For how long what was read is used, in seconds.
const SECONDS: i64 = 5;
/// Most callers.
const MOST: usize = 10_000;

/// Issuer and subject of a token.
pub type Key = (Arc<str>, String);

/// The standing of recent callers; `None` for those who are not in the directory.
#[derive(Default)]
pub struct Recent {
    /// Raised when entries are discarded, so that a read that started before does not add one of them again.
    generation: u64,
    callers: HashMap<Key, (UtcTime, Option<Standing>)>,
}

impl Recent {
    /// Returns what was read recently, and the generation for [`Recent::insert`].
    pub fn get(&self, key: &Key, now: UtcTime) -> (u64, Option<Option<Standing>>) {
        let found = self.callers.get(key).filter(|(read_at, _)| is_recent(*read_at, now));
        (self.generation, found.map(|(_, standing)| *standing))
    }

    /// Adds what was read at `now` or later, unless entries were discarded since the generation.
    pub fn insert(&mut self, generation: u64, key: Key, now: UtcTime, standing: Option<Standing>) {
        if generation != self.generation {
            return;
        }
        if self.callers.len() >= MOST {
            self.callers.retain(|_, (read_at, _)| is_recent(*read_at, now));
        }
        if self.callers.len() >= MOST {
            self.callers.clear();
        }
        self.callers.insert(key, (now, standing));
    }

    /// Discards what was read about a person, and about callers who were not in the directory.
    pub fn discard(&mut self, id: PersonId) {
        self.generation += 1;
        self.callers.retain(|_, (_, standing)| standing.is_some_and(|standing| standing.id != id));
    }
}

fn is_recent(read_at: UtcTime, now: UtcTime) -> bool {
    // The clock can be set back.
    read_at <= now && now < read_at.plus_seconds(SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(issuer: &str, subject: &str) -> Key {
        (issuer.into(), subject.to_owned())
    }

    fn standing(n: u64) -> Option<Standing> {
        Some(Standing { id: PersonId::demo(n), deactivated_at: None, tokens_not_before: None })
    }

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix_micros(seconds * 1_000_000)
    }

    #[test]
    fn an_entry_is_used_for_less_than_five_seconds() {
        let mut recent = Recent::default();
        recent.insert(0, key("a", "jana"), at(10), standing(1));
        for (seconds, is_used) in [(9, false), (10, true), (14, true), (15, false), (1_000, false)] {
            assert_eq!(recent.get(&key("a", "jana"), at(seconds)).1.is_some(), is_used, "{seconds}");
        }
        assert_eq!(recent.get(&key("b", "jana"), at(10)).1, None);
    }

    #[test]
    fn discarded_entries_are_not_added_by_earlier_reads() {
        let mut recent = Recent::default();
        recent.insert(0, key("a", "jana"), at(0), standing(1));
        recent.insert(0, key("a", "petr"), at(0), standing(2));
        recent.insert(0, key("a", "new"), at(0), None);
        let (before, _) = recent.get(&key("a", "jana"), at(0));
        recent.discard(PersonId::demo(1));
        recent.insert(before, key("a", "jana"), at(0), standing(1));
        assert_eq!(recent.get(&key("a", "jana"), at(0)), (1, None));
        assert_eq!(recent.get(&key("a", "new"), at(0)), (1, None));
        assert_eq!(recent.get(&key("a", "petr"), at(0)), (1, Some(standing(2))));
        recent.insert(1, key("a", "jana"), at(0), standing(1));
        assert_eq!(recent.get(&key("a", "jana"), at(0)).1, Some(standing(1)));
    }

    #[test]
    fn the_number_of_entries_is_limited() {
        let mut recent = Recent::default();
        for number in 0..25_000 {
            recent.insert(0, key("a", &number.to_string()), at(number / 5_000), standing(1));
            assert!(recent.callers.len() <= MOST);
            assert!(recent.get(&key("a", &number.to_string()), at(number / 5_000)).1.is_some());
        }
    }
}
