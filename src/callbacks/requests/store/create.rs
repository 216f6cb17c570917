//! Reads, locks and writes for a new request.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment};
use diesel::sql_types::{Bool, IntoNullable};

use crate::callbacks::requests::enums::CallbackState;
use crate::callbacks::requests::rows::{CallbackRequest, Contact, GivenConsent, RequestOfNumber};
use crate::kernel::db::errors::{self, Constraint};
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::db::schema::{
    blocked_numbers, callback_consents, callback_contacts, callback_requests, used_challenges,
};
use crate::kernel::db::together::Together;
use crate::kernel::db::{CachedDsl, DbConn, locks};
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;
use crate::{fixed, with_backend};

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

/// What is known about a number.
#[derive(Debug)]
pub struct KnownNumber {
    pub is_blocked: bool,
    /// Its open and quarantined requests, oldest first.
    pub requests: Vec<RequestOfNumber>,
}

/// Returns what is known about a number, which the caller has locked; one statement. Its requests are locked, too, so
/// that they do not change before the new request is written. `number_hash` is that of a blocked number.
pub fn known_number(conn: &mut DbConn, phone_e164: &str, number_hash: &str) -> Result<KnownNumber, Error> {
    let blocked =
        blocked_numbers::table.filter(blocked_numbers::number_hash.eq(number_hash)).select(blocked_numbers::id);
    let requests = dsl::callback_requests
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
    let rows: Vec<(bool, Option<RequestOfNumber>)> = match conn {
        DbConn::Postgres(conn) => fixed!(Known { blocked, requests: requests.for_no_key_update() }).load(conn)?,
        DbConn::Sqlite(conn) => fixed!(Known { blocked, requests }).load(conn)?,
    };
    let is_blocked = rows.iter().any(|(is_blocked, _)| *is_blocked);
    Ok(KnownNumber { is_blocked, requests: rows.into_iter().filter_map(|(_, request)| request).collect() })
}

/// Whether the first query has a row, next to each row of the second, or alone without any.
struct Known<B, R> {
    blocked: B,
    requests: R,
}

impl<DB: Backend, B: QueryFragment<DB>, R: QueryFragment<DB>> QueryFragment<DB> for Known<B, R> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql("WITH known AS (");
        self.requests.walk_ast(pass.reborrow())?;
        pass.push_sql(") SELECT EXISTS (");
        self.blocked.walk_ast(pass.reborrow())?;
        pass.push_sql("), known.* FROM (SELECT 1) AS number LEFT JOIN known ON TRUE ORDER BY known.id");
        Ok(())
    }
}

impl<B, R: Query> Query for Known<B, R>
where
    R::SqlType: IntoNullable,
{
    type SqlType = (Bool, <R::SqlType as IntoNullable>::Nullable);
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
