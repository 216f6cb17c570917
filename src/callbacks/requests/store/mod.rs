//! Callback request rows. Who asked is in [`contacts`], what the queue needs in [`queue`], what
//! erasure needs in [`held`].

pub mod challenges;
pub mod consents;
pub mod contacts;
pub mod held;
pub mod queue;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::enums::{CallbackIntent, CallbackState, PromiseStanding, QuarantineReason};
use crate::kernel::db::DbConn;
use crate::kernel::db::errors::{self, Constraint};
use crate::kernel::db::locks;
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::db::schema::{callback_contacts, callback_requests};
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::ids::{CallbackRequestId, PrivacyNoticeId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;
use crate::load_kept;
use crate::with_backend;

pub use contacts::Contact;

const PLACE_TAKEN: Constraint =
    Constraint::new("callback_requests_open_places", "callback_requests.phone_e164, callback_requests.open_place");

/// A request without the person.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = callback_requests, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CallbackRequest {
    pub id: CallbackRequestId,
    pub version: i64,
    pub state: CallbackState,
    pub intent: CallbackIntent,
    /// Gone when the person is erased.
    pub phone_e164: Option<String>,
    pub locale: String,
    pub notice_id: PrivacyNoticeId,
    pub slot_id: Option<String>,
    pub promised_from: Option<UtcTime>,
    pub promised_by: UtcTime,
    pub rolled: bool,
    /// The promise that counts: the one before we moved the call.
    pub first_promised_from: Option<UtcTime>,
    pub first_promised_by: UtcTime,
    pub promise: PromiseStanding,
    /// An agent may take it from then on.
    pub due_from: UtcTime,
    /// The earliest goes first.
    pub due_by: UtcTime,
    /// 0 for missed ones, which go before all others.
    pub priority: i32,
    /// The agents on duty at `due_from` have been asked.
    pub offered: bool,
    pub assigned_to: Option<String>,
    pub attempts: i32,
    /// Opening time until the first attempt, in seconds.
    pub first_attempt_after: Option<i32>,
    /// One of the two places that a number has for open requests.
    pub open_place: Option<i32>,
    /// The open request whose call answers this one too.
    pub linked_to: Option<CallbackRequestId>,
    pub rerouted_from: Option<CallbackRequestId>,
    pub rerouted_to: Option<CallbackRequestId>,
    pub same_number: bool,
    pub closed_day: bool,
    pub quarantined_for: Option<QuarantineReason>,
    pub manage_token_sha256: String,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
    pub erased_at: Option<UtcTime>,
}

/// A request with the person, who may have been erased.
pub type Whole = (CallbackRequest, Option<Contact>);

/// What an open or quarantined request of a number says to the next one.
#[derive(Debug, Clone, Queryable)]
pub struct OfNumber {
    pub id: CallbackRequestId,
    pub intent: CallbackIntent,
    pub slot_id: Option<String>,
    pub open_place: Option<i32>,
    pub linked_to: Option<CallbackRequestId>,
    pub attempts: i32,
    pub client_network: Option<String>,
}

/// The number of a request, if it still has one.
pub fn phone_of(conn: &mut DbConn, id: CallbackRequestId) -> Result<Option<String>, Error> {
    let phone = dsl::callback_requests.filter(dsl::id.eq(id)).select(dsl::phone_e164);
    Ok(phone.get_result(conn).optional()?.flatten())
}

/// Lets whoever adds a request of the number do so one after the other, before a row is taken. Rows alone
/// would not do: a number without requests has none.
pub fn take_turn(conn: &mut DbConn, phone_e164: &str) -> Result<(), Error> {
    locks::take(conn, &format!("callbacks of {phone_e164}"))
}

/// The open and quarantined requests of a number, oldest first, kept for the rest of the transaction, so
/// that the next one is judged by what they are when it is written.
pub fn lock_of_number(conn: &mut DbConn, phone_e164: &str) -> Result<Vec<OfNumber>, Error> {
    let of_number = dsl::callback_requests
        .inner_join(callback_contacts::table)
        .filter(dsl::phone_e164.eq(phone_e164))
        .filter(dsl::open_place.is_not_null().or(dsl::state.eq(CallbackState::Quarantined)))
        .order(dsl::id)
        .select((
            dsl::id,
            dsl::intent,
            dsl::slot_id,
            dsl::open_place,
            dsl::linked_to,
            dsl::attempts,
            callback_contacts::client_network,
        ));
    Ok(load_kept!(conn, of_number)?)
}

/// Adds a request. When another one took its place at the same moment, the transaction is run
/// again and sees it.
pub fn insert(conn: &mut DbConn, request: &CallbackRequest) -> Result<(), Error> {
    let insert = diesel::insert_into(callback_requests::table).values(request);
    // Not refused by the index, because PostgreSQL would write the number into its log.
    match with_backend!(conn, |conn| insert.on_conflict_do_nothing().execute(conn))? {
        0 => Err(errors::run_again("another request of the number").into()),
        _ => Ok(()),
    }
}

/// One request with its person.
pub fn find(conn: &mut DbConn, id: CallbackRequestId) -> Result<Option<Whole>, Error> {
    Ok(dsl::callback_requests
        .left_join(callback_contacts::table)
        .filter(dsl::id.eq(id))
        .select((CallbackRequest::as_select(), Option::<Contact>::as_select()))
        .get_result(conn)
        .optional()?)
}

/// Requests with their people, in no order.
pub fn of_ids(conn: &mut DbConn, ids: &[CallbackRequestId]) -> Result<Vec<Whole>, Error> {
    Ok(dsl::callback_requests
        .left_join(callback_contacts::table)
        .filter(dsl::id.eq_any(ids))
        .select((CallbackRequest::as_select(), Option::<Contact>::as_select()))
        .load(conn)?)
}

/// Takes the row for the rest of the transaction.
pub fn lock(conn: &mut DbConn, id: CallbackRequestId) -> Result<Option<CallbackRequest>, Error> {
    Ok(diesel::update(dsl::callback_requests.filter(dsl::id.eq(id)))
        .set(dsl::version.eq(dsl::version))
        .returning(callback_requests::all_columns)
        .get_result(conn)
        .optional()?)
}

/// Takes the requests that wait for the call of this one.
pub fn lock_linked(conn: &mut DbConn, id: CallbackRequestId) -> Result<Vec<CallbackRequest>, Error> {
    let mut linked: Vec<CallbackRequest> =
        diesel::update(dsl::callback_requests.filter(dsl::linked_to.eq(id)).filter(dsl::open_place.is_not_null()))
            .set(dsl::version.eq(dsl::version))
            .returning(callback_requests::all_columns)
            .get_results(conn)?;
    linked.sort_by_key(|one| one.id);
    Ok(linked)
}

pub fn update(conn: &mut DbConn, request: &CallbackRequest) -> Result<(), Error> {
    match diesel::update(dsl::callback_requests.filter(dsl::id.eq(request.id))).set(request).execute(conn) {
        Ok(_) => Ok(()),
        Err(error) if PLACE_TAKEN.violated_by(&error) => Err(errors::run_again("another request of the number").into()),
        Err(error) => Err(error.into()),
    }
}

/// Which requests are wanted; what is empty does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub states: Vec<CallbackState>,
    pub intent: Option<CallbackIntent>,
    pub assigned_to: Option<String>,
    /// Only what has the flag.
    pub closed_day: bool,
    pub same_number: bool,
    pub promise: Option<PromiseStanding>,
    /// `[from, to)` of the time at which they came in.
    pub created_from: Option<UtcTime>,
    pub created_to: Option<UtcTime>,
}

impl Filter {
    /// # Errors
    /// 422 when `created_to` is not after `created_from`.
    pub fn checked(self) -> Result<Self, Error> {
        if self.created_from.zip(self.created_to).is_none_or(|(from, to)| from < to) {
            return Ok(self);
        }
        let text = Text::new("This must be after created_from.", "Musí být později než created_from.");
        Err(Error::violation(Violation::parameter("created_to", "not_after_start", text)))
    }
}

/// Requests in order of id; `most` of them after `after`.
pub fn list(conn: &mut DbConn, filter: &Filter, after: Option<&str>, most: i64) -> Result<Vec<Whole>, Error> {
    let mut query = dsl::callback_requests
        .left_join(callback_contacts::table)
        .select((CallbackRequest::as_select(), Option::<Contact>::as_select()))
        .order(dsl::id)
        .limit(most)
        .into_boxed();
    if !filter.states.is_empty() {
        query = query.filter(dsl::state.eq_any(filter.states.clone()));
    }
    if let Some(intent) = filter.intent {
        query = query.filter(dsl::intent.eq(intent));
    }
    if let Some(agent) = &filter.assigned_to {
        query = query.filter(dsl::assigned_to.eq(agent.clone()));
    }
    // Written out, because a bound value would keep the planners from the partial indexes.
    if filter.closed_day {
        query = query.filter(sql::<Bool>("callback_requests.closed_day"));
    }
    if filter.same_number {
        query = query.filter(sql::<Bool>("callback_requests.same_number"));
    }
    if let Some(promise) = filter.promise {
        query = query.filter(dsl::promise.eq(promise));
    }
    if let Some(from) = filter.created_from {
        query = query.filter(dsl::created_at.ge(from));
    }
    if let Some(to) = filter.created_to {
        query = query.filter(dsl::created_at.lt(to));
    }
    if let Some(after) = after {
        query = query.filter(dsl::id.gt(after.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// One page of requests.
pub fn page(conn: &mut DbConn, filter: &Filter, page: &Page) -> Result<Vec<Whole>, Error> {
    list(conn, filter, page.after.as_deref(), page.fetch())
}
