//! Reads, locks and writes for a new request.

use diesel::prelude::*;

use crate::callbacks::requests::enums::CallbackState;
use crate::callbacks::requests::rows::{CallbackRequest, Contact, GivenConsent, RequestOfNumber};
use crate::kernel::db::errors::{self, Constraint};
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::db::schema::{callback_consents, callback_contacts, callback_requests, used_challenges};
use crate::kernel::db::together::Together;
use crate::kernel::db::{CachedDsl, DbConn, locks};
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;
use crate::{fixed, load_locked, with_backend};

/// The request was not inserted, because its place was taken.
const WITHOUT_REQUEST: Constraint =
    Constraint::new("callback_contacts_request_id_fkey", "callback_contacts_request_id_fkey");

/// Records a challenge as used; returns false if it was used before.
pub fn use_challenge(conn: &mut DbConn, challenge: &str, expires_at: UtcTime) -> Result<bool, Error> {
    let row = (used_challenges::challenge.eq(challenge), used_challenges::expires_at.eq(expires_at));
    let insert = diesel::insert_into(used_challenges::table).values(row);
    let new = with_backend!(conn, |conn| insert.on_conflict_do_nothing().cached().execute(conn))?;
    Ok(new == 1)
}

/// Locks a number, so that requests of the same number are created one after the other. Row locks are not enough,
/// because a number without requests has no row. Take this lock before the requests are locked.
pub fn lock_number(conn: &mut DbConn, phone_e164: &str) -> Result<(), Error> {
    locks::acquire(conn, &format!("callbacks of {phone_e164}"))
}

/// Locks the open and quarantined requests of a number, oldest first, so that they do not change before the new request
/// is written.
pub fn lock_requests_of_number(conn: &mut DbConn, phone_e164: &str) -> Result<Vec<RequestOfNumber>, Error> {
    let of_number = dsl::callback_requests
        .inner_join(callback_contacts::table)
        .filter(dsl::phone_e164.eq(phone_e164))
        .filter(dsl::open_place.is_not_null().or(dsl::state.eq(CallbackState::Quarantined)))
        .order(dsl::id)
        .select((
            dsl::id,
            dsl::queue_id,
            dsl::intent,
            dsl::slot_id,
            dsl::open_place,
            dsl::linked_to,
            dsl::attempts,
            callback_contacts::network_hash,
        ));
    Ok(load_locked!(conn, of_number)?)
}

/// Inserts a request with its contact data. If a concurrent request has taken its place, the transaction is retried and
/// sees that request.
pub fn insert_with_contact(conn: &mut DbConn, request: &CallbackRequest, contact: &Contact) -> Result<(), Error> {
    let DbConn::Postgres(postgres) = conn else {
        insert(conn, request)?;
        return insert_contact(conn, contact);
    };
    let request = diesel::insert_into(callback_requests::table).values(request).on_conflict_do_nothing();
    let contact = diesel::insert_into(callback_contacts::table).values(contact);
    match fixed!(Together(request, contact)).execute(postgres) {
        Ok(_) => Ok(()),
        Err(error) if WITHOUT_REQUEST.violated_by(&error) => {
            Err(errors::retry_transaction("another request of the number").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Inserts a request. If a concurrent request has taken its place, the transaction is retried and sees that request.
pub fn insert(conn: &mut DbConn, request: &CallbackRequest) -> Result<(), Error> {
    let insert = diesel::insert_into(callback_requests::table).values(request);
    let inserted = match conn {
        // A violation of the unique index would make PostgreSQL log the phone number.
        DbConn::Postgres(conn) => fixed!(insert.on_conflict_do_nothing()).execute(conn)?,
        // No request is concurrent on SQLite.
        DbConn::Sqlite(conn) => fixed!(insert).execute(conn)?,
    };
    match inserted {
        0 => Err(errors::retry_transaction("another request of the number").into()),
        _ => Ok(()),
    }
}

fn insert_contact(conn: &mut DbConn, contact: &Contact) -> Result<(), Error> {
    let insert = diesel::insert_into(callback_contacts::table).values(contact);
    with_backend!(conn, |conn| fixed!(insert).execute(conn))?;
    Ok(())
}

pub fn insert_consent(conn: &mut DbConn, consent: &GivenConsent) -> Result<(), Error> {
    let insert = diesel::insert_into(callback_consents::table).values(consent);
    with_backend!(conn, |conn| insert.execute(conn))?;
    Ok(())
}
