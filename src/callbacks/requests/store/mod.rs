//! Finds, locks, updates and lists callback requests. [`create`] has the statements for a new request, [`queue`]
//! those for the queue, [`calls`] those for calls, [`network`] those for the requests of a network,
//! [`cancel_several`] those to cancel several requests, [`search`] those for the search, [`personal_data`] those for
//! export and erasure.

pub(crate) mod calls;
pub(crate) mod cancel_several;
pub(crate) mod create;
pub(crate) mod network;
pub(crate) mod personal_data;
pub(crate) mod queue;
pub(crate) mod search;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::enums::{CallbackState, ConsentPurpose};
use super::filter::{Filter, Position};
use super::rows::{CallbackRequest, Contact, GivenConsent, RequestAndContact};
use crate::kernel::db::errors::{self, Constraint};
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::db::schema::{callback_consents, callback_contacts, callback_requests, used_challenges};
use crate::kernel::db::{CachedDsl, DbConn, FirstDsl, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::page::merged;
use crate::kernel::time::UtcTime;
use crate::with_backend;

const PLACE_TAKEN: Constraint =
    Constraint::new("callback_requests_open_places", "callback_requests.phone_e164, callback_requests.open_place");

/// Returns a request with its contact data.
pub fn find(conn: &mut DbConn, id: CallbackRequestId) -> Result<Option<RequestAndContact>, Error> {
    Ok(with_backend!(conn, |conn| dsl::callback_requests
        .left_join(callback_contacts::table)
        .filter(dsl::id.eq(id))
        .select((CallbackRequest::as_select(), Option::<Contact>::as_select()))
        .get_result(conn)
        .optional())?)
}

/// Returns requests with their contact data, in no particular order.
pub fn of_ids(conn: &mut DbConn, ids: &[CallbackRequestId]) -> Result<Vec<RequestAndContact>, Error> {
    let wanted = any_of(dsl::id, ids)?;
    Ok(with_backend!(conn, |conn| dsl::callback_requests
        .left_join(callback_contacts::table)
        .filter(wanted)
        .select((CallbackRequest::as_select(), Option::<Contact>::as_select()))
        .load(conn))?)
}

/// Locks a request for the rest of the transaction.
pub fn lock(conn: &mut DbConn, id: CallbackRequestId) -> Result<Option<CallbackRequest>, Error> {
    Ok(with_backend!(conn, |conn| diesel::update(dsl::callback_requests.filter(dsl::id.eq(id)))
        .set(dsl::version.eq(dsl::version))
        .returning(callback_requests::all_columns)
        .cached()
        .get_result(conn)
        .optional())?)
}

/// Locks the open requests that are linked to this one, oldest first.
pub fn lock_linked(conn: &mut DbConn, id: CallbackRequestId) -> Result<Vec<CallbackRequest>, Error> {
    let mut linked: Vec<CallbackRequest> =
        diesel::update(dsl::callback_requests.filter(dsl::linked_to.eq(id)).filter(dsl::open_place.is_not_null()))
            .set(dsl::version.eq(dsl::version))
            .returning(callback_requests::all_columns)
            .cached()
            .get_results(conn)?;
    linked.sort_by_key(|one| one.id);
    Ok(linked)
}

pub fn update(conn: &mut DbConn, request: &CallbackRequest) -> Result<(), Error> {
    let update = diesel::update(dsl::callback_requests.filter(dsl::id.eq(request.id))).set(request).cached();
    match with_backend!(conn, |conn| update.execute(conn)) {
        Ok(_) => Ok(()),
        Err(error) if PLACE_TAKEN.violated_by(&error) => {
            Err(errors::retry_transaction("another request of the number").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Replaces the hash of the manage token of a request.
pub fn set_manage_token(conn: &mut DbConn, id: CallbackRequestId, sha256: &str) -> Result<(), Error> {
    diesel::update(dsl::callback_requests.filter(dsl::id.eq(id)))
        .set(dsl::manage_token_sha256.eq(sha256))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Returns at most `most` requests after the position `after`, ordered by position.
pub fn list(
    conn: &mut DbConn,
    filter: &Filter,
    after: Option<Position>,
    most: i64,
) -> Result<Vec<RequestAndContact>, Error> {
    let order =
        |(one, _): &RequestAndContact, (other, _): &RequestAndContact| Position::from(one).cmp(&Position::from(other));
    merged(&filter.groups_of_states(), most, order, |states| in_states(conn, filter, states, after, most))
}

/// The order of the indexes on filters. With that of the index without filters, PostgreSQL would pass over all requests
/// for a rare value; see [`FirstDsl`].
const FILTERED: &str = "callback_requests.created_at NULLS FIRST, callback_requests.id";
const UNFILTERED: &str = "callback_requests.created_at, callback_requests.id";

/// Returns the first requests of [`list`] in these states, which are one closed state, open states, or none for all.
fn in_states(
    conn: &mut DbConn,
    filter: &Filter,
    states: &[CallbackState],
    after: Option<Position>,
    most: i64,
) -> Result<Vec<RequestAndContact>, Error> {
    Ok(with_backend!(conn, |conn| {
        let mut query = dsl::callback_requests
            .left_join(callback_contacts::table)
            .select((CallbackRequest::as_select(), Option::<Contact>::as_select()))
            .order(sql::<Text>(if filter.restricted() == 0 { UNFILTERED } else { FILTERED }))
            .into_boxed();
        match states {
            [] => {}
            // An expression that no index has: for all values, the index on agents is better than that on states.
            [state] if filter.agent_id.is_some() => {
                let is_state = sql::<Bool>("COALESCE(callback_requests.state = ").bind::<Text, _>(*state);
                query = query.filter(is_state.sql(", FALSE)"));
            }
            [state] => query = query.filter(dsl::state.eq(*state)),
            several => query = query.filter(dsl::state.eq_any(several)),
        }
        if states.first().is_some_and(|state| state.is_open()) {
            // Follows from the state, but only with it the planners use the indexes of the open requests.
            query = query.filter(dsl::open_place.is_not_null());
        }
        if let Some(queue) = filter.queue_id {
            query = query.filter(dsl::queue_id.eq(queue));
        }
        if let Some(intent) = filter.intent {
            query = query.filter(dsl::intent.eq(intent));
        }
        if let Some(agent) = filter.agent_id {
            query = query.filter(dsl::agent_id.eq(agent));
        }
        // Without a bound value, with which the planners do not use the partial indexes.
        if filter.closed_day {
            query = query.filter(dsl::closed_day);
        }
        if filter.same_number {
            query = query.filter(dsl::same_number);
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
        if let Some(Position { created_at, id }) = after {
            // The first condition is the start in the index, the second one passes over requests of the same instant.
            query = query.filter(dsl::created_at.ge(created_at));
            query = query.filter(dsl::created_at.gt(created_at).or(dsl::id.gt(id)));
        }
        // Which of several other filters selects fewest requests depends on their values.
        let others = filter.restricted() - usize::from(filter.agent_id.is_some() && !states.is_empty());
        if states.len() <= 1 && others <= 1 {
            query.first_planned_once(most).cached().load(conn)
        } else {
            query.limit(most).cached().load(conn)
        }
    })?)
}

/// Returns the contact data of a request; `None` after erasure.
pub fn contact(conn: &mut DbConn, id: CallbackRequestId) -> Result<Option<Contact>, Error> {
    Ok(callback_contacts::table
        .filter(callback_contacts::request_id.eq(id))
        .select(Contact::as_select())
        .get_result(conn)
        .optional()?)
}

/// Returns the campaigns of those requests that have one, in no particular order.
pub fn campaigns(conn: &mut DbConn, ids: &[CallbackRequestId]) -> Result<Vec<(CallbackRequestId, String)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let of_requests = any_of(callback_contacts::request_id, ids)?;
    Ok(with_backend!(conn, |conn| callback_contacts::table
        .filter(of_requests)
        .filter(callback_contacts::source_campaign.is_not_null())
        .select((callback_contacts::request_id, callback_contacts::source_campaign.assume_not_null()))
        .load(conn))?)
}

/// Returns the consents that were given with these requests.
pub fn consents(conn: &mut DbConn, requests: &[CallbackRequestId]) -> Result<Vec<GivenConsent>, Error> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let of_requests = any_of(callback_consents::request_id, requests)?;
    Ok(with_backend!(conn, |conn| callback_consents::table
        .filter(of_requests)
        .order((callback_consents::request_id, callback_consents::purpose))
        .select(GivenConsent::as_select())
        .load(conn))?)
}

/// Withdraws a consent; returns false if it was not in force.
pub fn withdraw_consent(
    conn: &mut DbConn,
    request: CallbackRequestId,
    purpose: ConsentPurpose,
    now: UtcTime,
) -> Result<bool, Error> {
    let in_force = callback_consents::table
        .filter(callback_consents::request_id.eq(request))
        .filter(callback_consents::purpose.eq(purpose))
        .filter(callback_consents::withdrawn_at.is_null());
    let withdrawn =
        diesel::update(in_force).set(callback_consents::withdrawn_at.eq(Some(now))).cached().execute(conn)?;
    Ok(withdrawn == 1)
}

/// Deletes expired challenges; returns how many.
pub fn delete_expired_challenges(conn: &mut DbConn, now: UtcTime) -> Result<usize, Error> {
    let expired = used_challenges::table.filter(used_challenges::expires_at.le(now));
    Ok(diesel::delete(expired).execute(conn)?)
}
