//! The position of an event in the feed: assigned after the commit of its change, by one process at a time and without
//! gaps.

use std::collections::{BTreeMap, HashMap};

use super::rows::SequencedEvent;
use super::store;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;

/// Maximum number of events per transaction.
pub const BATCH: usize = 200;

/// Returns whether there is an event without a sequence. Cheap enough to poll.
pub fn is_waiting(conn: &mut DbConn) -> Result<bool, Error> {
    store::is_any_unsequenced(conn)
}

/// Blocks the dispatcher until the end of the transaction.
///
/// Rule: code that changes events, or the deliveries that an endpoint gets, acquires this lock before it locks an
/// endpoint. Otherwise, the dispatcher could queue an event in between.
pub fn lock(conn: &mut DbConn) -> Result<(), Error> {
    store::lock_sequence(conn).map(|_| ())
}

/// Assigns a sequence to the oldest events without one and returns them in order.
pub fn assign(conn: &mut DbConn) -> Result<Vec<SequencedEvent>, Error> {
    let last = store::lock_sequence(conn)?;
    let (positions, mut events): (Vec<i64>, Vec<SequencedEvent>) =
        store::unsequenced(conn, BATCH as i64)?.into_iter().unzip();
    if events.is_empty() {
        return Ok(events);
    }
    let counters = store::advance_subjects(conn, &count_by_subject(&events))?;
    let last = number(&mut events, last, counters);
    store::assign_sequences(conn, &positions, &events, last)?;
    Ok(events)
}

fn count_by_subject(events: &[SequencedEvent]) -> BTreeMap<&str, i64> {
    let mut counts = BTreeMap::new();
    for event in events {
        *counts.entry(event.subject.as_str()).or_default() += 1;
    }
    counts
}

/// Numbers the events after `last`, and those of a subject up to its counter; returns the last sequence.
fn number(events: &mut [SequencedEvent], last: i64, mut counters: HashMap<String, i64>) -> i64 {
    let mut sequence = last;
    for event in events.iter_mut() {
        sequence += 1;
        event.sequence = Some(sequence);
    }
    for event in events.iter_mut().rev() {
        if let Some(counter) = counters.get_mut(&event.subject) {
            event.subject_sequence = Some(*counter);
            *counter -= 1;
        }
    }
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::EventId;
    use crate::kernel::time::UtcTime;

    fn event(subject: &str) -> SequencedEvent {
        SequencedEvent {
            id: EventId::demo(1),
            kind: "project.updated".to_owned(),
            occurred_at: UtcTime::from_unix_micros(0),
            subject: subject.to_owned(),
            data: "{}".to_owned(),
            request_id: String::new(),
            caused_by: None,
            sequence: None,
            subject_sequence: None,
            chain_position: None,
            chain_sha256: None,
        }
    }

    #[test]
    fn events_are_numbered_in_their_order_and_within_their_subjects() {
        let mut events = ["a", "b", "a", "a"].map(event);
        let counts = count_by_subject(&events);
        assert_eq!(counts, BTreeMap::from([("a", 3), ("b", 1)]));
        let counters = HashMap::from([("a".to_owned(), 5), ("b".to_owned(), 1)]);
        assert_eq!(number(&mut events, 10, counters), 14);
        let numbers = events.map(|event| (event.sequence.unwrap(), event.subject_sequence.unwrap()));
        assert_eq!(numbers, [(11, 3), (12, 1), (13, 4), (14, 5)]);
    }
}
