//! Callback request rows.

use diesel::prelude::*;

use super::progress::{CallbackIntent, CallbackState};
use crate::db::DbConn;
use crate::db::errors::Constraint;
use crate::db::schema::callback_requests::{self, dsl};
use crate::error::Error;
use crate::http::page::PageRequest;
use crate::ids::{CallbackRequestId, PrivacyNoticeId};
use crate::time::UtcTime;

const PLACE_TAKEN: Constraint =
    Constraint::new("callback_requests_open_places", "callback_requests.phone_e164, callback_requests.open_place");

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = callback_requests, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CallbackRequest {
    pub id: CallbackRequestId,
    pub version: i64,
    pub state: CallbackState,
    pub intent: CallbackIntent,
    pub full_name: String,
    pub phone_typed: String,
    pub phone_e164: String,
    pub email: Option<String>,
    pub company: Option<String>,
    pub notes: Option<String>,
    pub locale: String,
    pub source_page: Option<String>,
    pub source_campaign: Option<String>,
    pub notice_id: PrivacyNoticeId,
    pub slot_id: Option<String>,
    pub promised_from: Option<UtcTime>,
    pub promised_by: UtcTime,
    pub rolled: bool,
    /// An agent may take it from then on.
    pub due_from: UtcTime,
    /// The earliest goes first.
    pub due_by: UtcTime,
    pub assigned_to: Option<String>,
    pub attempts: i32,
    /// One of the two places that a number has for open requests.
    pub open_place: Option<i32>,
    pub manage_token_sha256: String,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

/// The places of this number that are taken.
pub fn places_taken(conn: &mut DbConn, phone_e164: &str) -> Result<Vec<i32>, Error> {
    Ok(dsl::callback_requests
        .filter(dsl::phone_e164.eq(phone_e164))
        .filter(dsl::open_place.is_not_null())
        .select(dsl::open_place.assume_not_null())
        .load(conn)?)
}

/// Adds a request; `false` when another one took its place at the same moment.
pub fn insert(conn: &mut DbConn, request: &CallbackRequest) -> Result<bool, Error> {
    match diesel::insert_into(callback_requests::table).values(request).execute(conn) {
        Ok(_) => Ok(true),
        Err(error) if PLACE_TAKEN.violated_by(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub fn find(conn: &mut DbConn, id: CallbackRequestId) -> Result<Option<CallbackRequest>, Error> {
    Ok(dsl::callback_requests
        .filter(dsl::id.eq(id))
        .select(CallbackRequest::as_select())
        .get_result(conn)
        .optional()?)
}

/// Takes the row for the rest of the transaction.
pub fn lock(conn: &mut DbConn, id: CallbackRequestId) -> Result<Option<CallbackRequest>, Error> {
    Ok(diesel::update(dsl::callback_requests.filter(dsl::id.eq(id)))
        .set(dsl::version.eq(dsl::version))
        .returning(callback_requests::all_columns)
        .get_result(conn)
        .optional()?)
}

/// Takes the most urgent request that waits for an agent; two callers never get the same.
pub fn lock_most_urgent(conn: &mut DbConn, now: UtcTime) -> Result<Option<CallbackRequest>, Error> {
    let most_urgent = dsl::callback_requests
        // Open and nobody's: the condition of the index.
        .filter(dsl::open_place.is_not_null())
        .filter(dsl::assigned_to.is_null())
        .filter(dsl::due_from.le(now))
        .order((dsl::due_by, dsl::id))
        .limit(1);
    Ok(match conn {
        DbConn::Postgres(conn) => {
            let free = most_urgent.select(CallbackRequest::as_select()).for_update().skip_locked();
            free.get_result(conn).optional()?
        }
        // The writer is alone.
        DbConn::Sqlite(conn) => most_urgent.select(CallbackRequest::as_select()).get_result(conn).optional()?,
    })
}

pub fn update(conn: &mut DbConn, request: &CallbackRequest) -> Result<(), Error> {
    diesel::update(dsl::callback_requests.filter(dsl::id.eq(request.id))).set(request).execute(conn)?;
    Ok(())
}

pub fn list(
    conn: &mut DbConn,
    states: &[CallbackState],
    intent: Option<CallbackIntent>,
    page: &PageRequest,
) -> Result<Vec<CallbackRequest>, Error> {
    let mut query =
        dsl::callback_requests.select(CallbackRequest::as_select()).order(dsl::id).limit(page.fetch()).into_boxed();
    if !states.is_empty() {
        query = query.filter(dsl::state.eq_any(states));
    }
    if let Some(intent) = intent {
        query = query.filter(dsl::intent.eq(intent));
    }
    if let Some(after) = page.after_id() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The open requests in an agent's hands.
pub fn assigned_to(conn: &mut DbConn, subject: &str, most: i64) -> Result<Vec<CallbackRequestId>, Error> {
    Ok(dsl::callback_requests
        .filter(dsl::assigned_to.eq(subject))
        .filter(dsl::open_place.is_not_null())
        .order(dsl::id)
        .limit(most)
        .select(dsl::id)
        .load(conn)?)
}
