//! The personal data of visitors: finds the data of a person and outdated data, and erases it.

use diesel::prelude::*;

use crate::callbacks::requests::enums::CallbackState;
use crate::callbacks::requests::rows::{CallbackRequest, Contact, RequestAndContact};
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::db::schema::{callback_consents, callback_contacts, calls};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;

/// Returns the requests with this number or this e-mail address (in lower case), oldest first; at most `most` of each.
pub fn of_person(
    conn: &mut DbConn,
    phone_e164: Option<&str>,
    email_key: Option<&str>,
    most: i64,
) -> Result<Vec<RequestAndContact>, Error> {
    let mut found: Vec<RequestAndContact> = Vec::new();
    if let Some(phone) = phone_e164 {
        let by_phone = dsl::callback_requests.left_join(callback_contacts::table).filter(dsl::phone_e164.eq(phone));
        let select = (CallbackRequest::as_select(), Option::<Contact>::as_select());
        found.extend(by_phone.order(dsl::id).limit(most).select(select).load::<RequestAndContact>(conn)?);
    }
    if let Some(email) = email_key {
        let by_email =
            dsl::callback_requests.inner_join(callback_contacts::table).filter(callback_contacts::email_key.eq(email));
        let select = (CallbackRequest::as_select(), Contact::as_select());
        let rows: Vec<(CallbackRequest, Contact)> = by_email.order(dsl::id).limit(most).select(select).load(conn)?;
        found.extend(rows.into_iter().map(|(request, contact)| (request, Some(contact))));
    }
    found.sort_by_key(|(request, _)| request.id);
    found.dedup_by_key(|(request, _)| request.id);
    Ok(found)
}

/// Returns requests in this state that still have personal data and were last changed before `limit`, oldest change
/// first.
pub fn closed_before(
    conn: &mut DbConn,
    state: CallbackState,
    limit: UtcTime,
    most: i64,
) -> Result<Vec<CallbackRequestId>, Error> {
    Ok(dsl::callback_requests
        .filter(dsl::erased_at.is_null())
        .filter(dsl::state.eq(state))
        .filter(dsl::updated_at.lt(limit))
        .order(dsl::updated_at)
        .limit(most)
        .select(dsl::id)
        .load(conn)?)
}

/// Deletes the contact data of a request.
pub fn delete_contact(conn: &mut DbConn, request: CallbackRequestId) -> Result<(), Error> {
    diesel::delete(callback_contacts::table.filter(callback_contacts::request_id.eq(request))).execute(conn)?;
    Ok(())
}

/// Redacts the wording of consents, which may contain personal data, and withdraws those in force.
pub fn redact_consents(
    conn: &mut DbConn,
    request: CallbackRequestId,
    (wording, wording_sha256): (&str, &str),
    now: UtcTime,
) -> Result<(), Error> {
    let given = || callback_consents::table.filter(callback_consents::request_id.eq(request));
    diesel::update(given().filter(callback_consents::withdrawn_at.is_null()))
        .set(callback_consents::withdrawn_at.eq(Some(now)))
        .cached()
        .execute(conn)?;
    diesel::update(given())
        .set((callback_consents::wording.eq(wording), callback_consents::wording_sha256.eq(wording_sha256)))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Deletes the notes of agents on a request.
pub fn delete_notes(conn: &mut DbConn, request: CallbackRequestId) -> Result<(), Error> {
    let noted = calls::table.filter(calls::request_id.eq(request)).filter(calls::notes.is_not_null());
    diesel::update(noted).set(calls::notes.eq(None::<String>)).cached().execute(conn)?;
    Ok(())
}

/// Erases the networks of closed requests; returns how many.
pub fn delete_networks(conn: &mut DbConn) -> Result<usize, Error> {
    let closed = dsl::callback_requests
        .filter(dsl::open_place.is_null())
        .filter(dsl::state.ne(CallbackState::Quarantined))
        .filter(dsl::id.eq(callback_contacts::request_id))
        .select(dsl::id);
    // Written as a range, so that the SQLite planner uses the index.
    let with_network = callback_contacts::table.filter(callback_contacts::network_hash.gt(""));
    Ok(diesel::update(with_network)
        .filter(diesel::dsl::exists(closed))
        .set((
            callback_contacts::network_hash.eq(None::<String>),
            callback_contacts::wide_network_hash.eq(None::<String>),
            callback_contacts::counted.eq(false),
        ))
        .cached()
        .execute(conn)?)
}
