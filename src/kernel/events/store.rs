//! Queries of event rows: sequence numbers, feed, expiry and redaction.

use diesel::prelude::*;

use super::rows::SequencedEvent;
use crate::kernel::db::schema::{event_sequence, event_subjects, events};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::EventId;
use crate::kernel::page::merged;
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// Locks the sequence counter until the end of the transaction and returns the last assigned sequence. The lock
/// serialises dispatchers.
pub fn lock_sequence(conn: &mut DbConn) -> Result<i64, Error> {
    Ok(diesel::update(event_sequence::table.filter(event_sequence::id.eq(1)))
        .set(event_sequence::id.eq(1))
        .returning(event_sequence::last_sequence)
        .cached()
        .get_result(conn)?)
}

pub fn set_sequence(conn: &mut DbConn, last: i64) -> Result<(), Error> {
    diesel::update(event_sequence::table.filter(event_sequence::id.eq(1)))
        .set(event_sequence::last_sequence.eq(last))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Returns the oldest events without a sequence, in the order of their insertion.
pub fn unsequenced(conn: &mut DbConn, limit: i64) -> Result<Vec<(i64, SequencedEvent)>, Error> {
    Ok(events::table
        .filter(events::sequence.is_null())
        .order(events::position)
        .limit(limit)
        .select((events::position, SequencedEvent::as_select()))
        .load(conn)?)
}

/// Increments the event counter of a subject and returns it. The counter is not reset when older events expire.
pub fn next_of_subject(conn: &mut DbConn, subject: &str) -> Result<i64, Error> {
    let first = (event_subjects::subject.eq(subject), event_subjects::last_sequence.eq(1));
    let insert = diesel::insert_into(event_subjects::table).values(first);
    Ok(with_backend!(conn, |conn| insert
        .on_conflict(event_subjects::subject)
        .do_update()
        .set(event_subjects::last_sequence.eq(event_subjects::last_sequence + 1))
        .returning(event_subjects::last_sequence)
        .get_result(conn))?)
}

pub fn assign_sequence(conn: &mut DbConn, position: i64, sequence: i64, of_subject: i64) -> Result<(), Error> {
    diesel::update(events::table.filter(events::position.eq(position)))
        .set((events::sequence.eq(sequence), events::subject_sequence.eq(of_subject)))
        .cached()
        .execute(conn)?;
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

/// Returns the first events of [`feed`] with one statement.
fn within(
    conn: &mut DbConn,
    (after, through): (i64, i64),
    kinds: &[String],
    subject: Option<&str>,
    limit: i64,
) -> Result<Vec<SequencedEvent>, Error> {
    Ok(with_backend!(conn, |conn| {
        let mut query = events::table
            .filter(events::sequence.gt(after))
            .filter(events::sequence.le(through))
            .order(events::sequence)
            .limit(limit)
            .select(SequencedEvent::as_select())
            .into_boxed();
        match kinds {
            [] => {}
            [kind] => query = query.filter(events::kind.eq(kind)),
            several => query = query.filter(events::kind.eq_any(several)),
        }
        if let Some(subject) = subject {
            query = query.filter(events::subject.eq(subject));
        }
        query.load(conn)
    })?)
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
