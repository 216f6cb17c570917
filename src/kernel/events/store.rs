//! Queries of event rows: sequence numbers, feed, expiry and redaction.

use std::collections::{BTreeMap, HashMap};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::numbering::{Advance, Number};
use super::rows::SequencedEvent;
use crate::kernel::db::schema::{event_sequence, event_subjects, events};
use crate::kernel::db::{CachedDsl, DbConn, FirstDsl};
use crate::kernel::error::Error;
use crate::kernel::ids::EventId;
use crate::kernel::page::merged;
use crate::kernel::time::UtcTime;
use crate::{load_locked, with_backend};

/// Locks the sequence counter until the end of the transaction and returns the last assigned sequence. The lock
/// serialises dispatchers.
pub fn lock_sequence(conn: &mut DbConn) -> Result<i64, Error> {
    let last: Vec<i64> = load_locked!(conn, event_sequence::table.find(1).select(event_sequence::last_sequence))?;
    last.first().copied().ok_or_else(|| Error::internal("the sequence counter is missing"))
}

/// Returns whether there is an event without a sequence.
pub fn is_any_unsequenced(conn: &mut DbConn) -> Result<bool, Error> {
    let unsequenced = events::table.filter(events::sequence.is_null()).order(events::position).limit(1);
    let found: Vec<i64> = with_backend!(conn, |conn| unsequenced.select(events::position).load(conn))?;
    Ok(!found.is_empty())
}

/// Returns the oldest events without a sequence, with their positions, in the order of their insertion.
pub fn unsequenced(conn: &mut DbConn, limit: i64) -> Result<Vec<(i64, SequencedEvent)>, Error> {
    Ok(with_backend!(conn, |conn| events::table
        .filter(events::sequence.is_null())
        .order(events::position)
        .limit(limit)
        .select((events::position, SequencedEvent::as_select()))
        .load(conn))?)
}

/// Adds these numbers of new events to the counters of their subjects; returns the counters. A counter is not reset
/// when older events expire.
pub fn advance_subjects(conn: &mut DbConn, new: &BTreeMap<&str, i64>) -> Result<HashMap<String, i64>, Error> {
    match conn {
        DbConn::Postgres(conn) => {
            let (subjects, counts) = new.iter().map(|(subject, count)| (*subject, *count)).unzip();
            let counters: Vec<(String, i64)> = Advance { subjects, counts }.load(conn)?;
            Ok(counters.into_iter().collect())
        }
        DbConn::Sqlite(conn) => {
            let mut counters = HashMap::new();
            for (subject, count) in new {
                let first = (event_subjects::subject.eq(*subject), event_subjects::last_sequence.eq(*count));
                let counter: i64 = diesel::insert_into(event_subjects::table)
                    .values(first)
                    .on_conflict(event_subjects::subject)
                    .do_update()
                    .set(event_subjects::last_sequence.eq(event_subjects::last_sequence + *count))
                    .returning(event_subjects::last_sequence)
                    .cached()
                    .get_result(conn)?;
                counters.insert((*subject).to_owned(), counter);
            }
            Ok(counters)
        }
    }
}

/// Stores the sequences of the events at these positions, and the last of them as the last assigned sequence.
pub fn assign_sequences(
    conn: &mut DbConn,
    positions: &[i64],
    numbered: &[SequencedEvent],
    last: i64,
) -> Result<(), Error> {
    match conn {
        DbConn::Postgres(conn) => {
            let sequences = numbered.iter().map(|event| event.sequence).collect();
            let of_subjects = numbered.iter().map(|event| event.subject_sequence).collect();
            Number { positions, sequences, of_subjects, last }.execute(conn)?;
        }
        DbConn::Sqlite(conn) => {
            for (position, event) in positions.iter().zip(numbered) {
                diesel::update(events::table.filter(events::position.eq(*position)))
                    .set((events::sequence.eq(event.sequence), events::subject_sequence.eq(event.subject_sequence)))
                    .cached()
                    .execute(conn)?;
            }
            diesel::update(event_sequence::table.filter(event_sequence::id.eq(1)))
                .set(event_sequence::last_sequence.eq(last))
                .cached()
                .execute(conn)?;
        }
    }
    Ok(())
}

/// Returns the sequence of the newest event in the feed.
pub fn last_sequence(conn: &mut DbConn) -> Result<i64, Error> {
    Ok(event_sequence::table.find(1).select(event_sequence::last_sequence).get_result(conn)?)
}

/// Returns the sequence up to which events have expired.
pub fn expired_through(conn: &mut DbConn) -> Result<i64, Error> {
    Ok(event_sequence::table.find(1).select(event_sequence::expired_through).get_result(conn)?)
}

pub fn set_expired_through(conn: &mut DbConn, sequence: i64) -> Result<(), Error> {
    diesel::update(event_sequence::table.filter(event_sequence::id.eq(1)))
        .set(event_sequence::expired_through.eq(sequence))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Returns the sequence, id and time of the oldest events after `after`, oldest first.
pub fn oldest(conn: &mut DbConn, after: i64, limit: i64) -> Result<Vec<(i64, EventId, UtcTime)>, Error> {
    Ok(events::table
        .filter(events::sequence.gt(after))
        .order(events::sequence)
        .limit(limit)
        .select((events::sequence.assume_not_null(), events::id, events::occurred_at))
        .load(conn)?)
}

pub fn delete(conn: &mut DbConn, ids: &[EventId]) -> Result<(), Error> {
    diesel::delete(events::table.filter(events::id.eq_any(ids))).execute(conn)?;
    Ok(())
}

/// Returns the types of these events.
pub fn types_of(conn: &mut DbConn, ids: &[EventId]) -> Result<HashMap<EventId, String>, Error> {
    let found: Vec<(EventId, String)> =
        events::table.filter(events::id.eq_any(ids)).select((events::id, events::kind)).load(conn)?;
    Ok(found.into_iter().collect())
}

/// Returns the number of events without a sequence.
pub fn count_unsequenced(conn: &mut DbConn) -> Result<i64, Error> {
    Ok(events::table.filter(events::sequence.is_null()).count().get_result(conn)?)
}

/// Returns the time of the oldest event without a sequence.
pub fn oldest_unsequenced(conn: &mut DbConn) -> Result<Option<UtcTime>, Error> {
    Ok(events::table
        .filter(events::sequence.is_null())
        .order(events::position)
        .select(events::occurred_at)
        .limit(1)
        .get_result(conn)
        .optional()?)
}

/// Returns the events with a sequence in `(after, through]` that match the filters, oldest first. `through` must have
/// been committed: otherwise, events that are sequenced between two statements would be missing before later ones.
pub fn feed(
    conn: &mut DbConn,
    (after, through): (i64, i64),
    kinds: &[String],
    subject: Option<&str>,
    limit: i64,
) -> Result<Vec<SequencedEvent>, Error> {
    let range = (after, through);
    if kinds.is_empty() || subject.is_some() {
        // A subject has few events, so their types do not matter.
        return within(conn, range, kinds, subject, limit);
    }
    let order = |one: &SequencedEvent, other: &SequencedEvent| one.sequence.cmp(&other.sequence);
    merged(kinds, limit, order, |kind| within(conn, range, std::slice::from_ref(kind), None, limit))
}

/// Returns the first events of [`feed`] with one statement. Events after `through`, which are the last ones, are removed
/// afterwards: PostgreSQL takes an interval of two bound values for a small one, and plans it for each execution.
fn within(
    conn: &mut DbConn,
    (after, through): (i64, i64),
    kinds: &[String],
    subject: Option<&str>,
    limit: i64,
) -> Result<Vec<SequencedEvent>, Error> {
    let mut found: Vec<SequencedEvent> = with_backend!(conn, |conn| {
        let mut query =
            events::table.filter(events::sequence.gt(after)).select(SequencedEvent::as_select()).into_boxed();
        match (kinds, subject) {
            ([], None) => query.order(events::sequence).first_planned_once(limit).load(conn),
            ([kind], None) => {
                // The order of the index on the type. Without it, a rare type would take a pass over all events.
                query = query.filter(events::kind.eq(kind)).order(sql::<BigInt>("events.sequence NULLS FIRST"));
                query.first_planned_once(limit).load(conn)
            }
            (kinds, subject) => {
                if !kinds.is_empty() {
                    query = query.filter(events::kind.eq_any(kinds));
                }
                if let Some(subject) = subject {
                    query = query.filter(events::subject.eq(subject));
                }
                query.order(events::sequence).limit(limit).load(conn)
            }
        }
    })?;
    found.retain(|event| event.sequence.is_some_and(|sequence| sequence <= through));
    Ok(found)
}

/// A range of past events: `[since, until)` in milliseconds, after the event `after`.
#[derive(Debug, Clone)]
pub struct ReplayRange {
    pub since: UtcTime,
    pub until: Option<UtcTime>,
    pub after: Option<EventId>,
    /// Event types; empty for all.
    pub kinds: Vec<String>,
    pub subject: Option<String>,
}

/// Returns the events of a range that are in the feed, in the order of their ids, which is the order of time.
pub fn replayable(conn: &mut DbConn, range: &ReplayRange, limit: i64) -> Result<Vec<SequencedEvent>, Error> {
    let ids = if range.kinds.is_empty() || range.subject.is_some() {
        // A subject has few events, so their types do not matter.
        ids_in(conn, range, &range.kinds, limit)?
    } else {
        merged(&range.kinds, limit, EventId::cmp, |kind| ids_in(conn, range, std::slice::from_ref(kind), limit))?
    };
    Ok(with_backend!(conn, |conn| events::table
        .filter(events::id.eq_any(&ids))
        .order(events::id)
        .select(SequencedEvent::as_select())
        .load(conn))?)
}

/// Returns the ids of the first events of [`replayable`] with one statement.
fn ids_in(conn: &mut DbConn, range: &ReplayRange, kinds: &[String], limit: i64) -> Result<Vec<EventId>, Error> {
    Ok(with_backend!(conn, |conn| {
        let mut query = events::table
            .filter(events::id.ge(first_id(range.since)))
            .filter(events::sequence.is_not_null())
            .order(events::id)
            .limit(limit)
            .select(events::id)
            .into_boxed();
        if let Some(until) = range.until {
            query = query.filter(events::id.lt(first_id(until)));
        }
        if let Some(after) = range.after {
            query = query.filter(events::id.gt(after));
        }
        match kinds {
            [] => {}
            [kind] => query = query.filter(events::kind.eq(kind)),
            several => query = query.filter(events::kind.eq_any(several)),
        }
        if let Some(subject) = &range.subject {
            query = query.filter(events::subject.eq(subject));
        }
        query.load(conn)
    })?)
}

/// Returns the lowest id that an event of this instant can have. Ids start with the millisecond.
fn first_id(at: UtcTime) -> EventId {
    let millis = (at.unix_micros() / 1_000).max(0) as u64;
    EventId::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
}

/// Returns whether the record has events of these types.
pub fn tells(conn: &mut DbConn, subject: &str, kinds: &[&str]) -> Result<bool, Error> {
    let found: Option<i64> = events::table
        .filter(events::subject.eq(subject))
        .filter(events::kind.eq_any(kinds))
        .select(events::position)
        .limit(1)
        .get_result(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Redacts the events of a record: replaces their data with the result of `redacted`. Returns their ids.
pub fn redact(conn: &mut DbConn, subject: &str, redacted: impl Fn(&str) -> String) -> Result<Vec<EventId>, Error> {
    let rows: Vec<(i64, EventId, String)> = events::table
        .filter(events::subject.eq(subject))
        .select((events::position, events::id, events::data))
        .load(conn)?;
    for (position, _, data) in &rows {
        diesel::update(events::table.filter(events::position.eq(position)))
            .set(events::data.eq(redacted(data)))
            .cached()
            .execute(conn)?;
    }
    Ok(rows.into_iter().map(|(_, id, _)| id).collect())
}
