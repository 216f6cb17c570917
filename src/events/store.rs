//! Event rows: insert, give sequence numbers, read the feed.

use diesel::prelude::*;

use crate::db::DbConn;
use crate::db::schema::{event_sequence, events};
use crate::error::Error;
use crate::ids::EventId;
use crate::time::UtcTime;

#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub struct NewEvent<'a> {
    pub id: EventId,
    pub kind: &'a str,
    pub occurred_at: UtcTime,
    pub subject: &'a str,
    pub data: String,
    pub request_id: &'a str,
}

/// An event that has its place in the feed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct SequencedEvent {
    pub id: EventId,
    pub kind: String,
    pub occurred_at: UtcTime,
    pub subject: String,
    pub data: String,
    pub request_id: String,
    pub sequence: Option<i64>,
}

pub fn insert(conn: &mut DbConn, event: &NewEvent<'_>) -> Result<(), Error> {
    diesel::insert_into(events::table).values(event).execute(conn)?;
    Ok(())
}

/// Locks the counter until the end of the transaction, so that dispatchers take turns, and
/// returns the last sequence given.
pub fn lock_sequence(conn: &mut DbConn) -> Result<i64, Error> {
    Ok(diesel::update(event_sequence::table.filter(event_sequence::id.eq(1)))
        .set(event_sequence::id.eq(1))
        .returning(event_sequence::last_sequence)
        .get_result(conn)?)
}

pub fn set_sequence(conn: &mut DbConn, last: i64) -> Result<(), Error> {
    diesel::update(event_sequence::table.filter(event_sequence::id.eq(1)))
        .set(event_sequence::last_sequence.eq(last))
        .execute(conn)?;
    Ok(())
}

/// The oldest events without a sequence, in the order of their insertion.
pub fn unsequenced(conn: &mut DbConn, limit: i64) -> Result<Vec<(i64, SequencedEvent)>, Error> {
    Ok(events::table
        .filter(events::sequence.is_null())
        .order(events::position)
        .limit(limit)
        .select((events::position, SequencedEvent::as_select()))
        .load(conn)?)
}

pub fn give_sequence(conn: &mut DbConn, position: i64, sequence: i64) -> Result<(), Error> {
    diesel::update(events::table.filter(events::position.eq(position)))
        .set(events::sequence.eq(sequence))
        .execute(conn)?;
    Ok(())
}

/// The feed after `after`, oldest first.
pub fn feed(conn: &mut DbConn, after: i64, kinds: &[String], limit: i64) -> Result<Vec<SequencedEvent>, Error> {
    let mut query = events::table
        .filter(events::sequence.gt(after))
        .order(events::sequence)
        .limit(limit)
        .select(SequencedEvent::as_select())
        .into_boxed();
    if !kinds.is_empty() {
        query = query.filter(events::kind.eq_any(kinds));
    }
    Ok(query.load(conn)?)
}

/// Rewrites what the events of a record tell, by `tombstone`; returns their ids.
pub fn redact(conn: &mut DbConn, subject: &str, tombstone: impl Fn(&str) -> String) -> Result<Vec<EventId>, Error> {
    let told: Vec<(i64, EventId, String)> = events::table
        .filter(events::subject.eq(subject))
        .select((events::position, events::id, events::data))
        .load(conn)?;
    for (position, _, data) in &told {
        diesel::update(events::table.filter(events::position.eq(position)))
            .set(events::data.eq(tombstone(data)))
            .execute(conn)?;
    }
    Ok(told.into_iter().map(|(_, id, _)| id).collect())
}
