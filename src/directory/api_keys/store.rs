//! The rows of API keys.

use diesel::prelude::*;

use super::rows::ApiKey;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::api_keys::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::ApiKeyId;
use crate::kernel::page::Page;
use crate::kernel::time::Day;
use crate::with_backend;

const CLIENT_TAKEN: Constraint = Constraint::new("api_keys_current", "api_keys.client");

/// The application already has a current key.
#[derive(Debug)]
pub struct ClientTaken;

pub fn insert(conn: &mut DbConn, key: &ApiKey) -> Result<Result<(), ClientTaken>, Error> {
    match diesel::insert_into(api_keys::table).values(key).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if CLIENT_TAKEN.violated_by(&error) => Ok(Err(ClientTaken)),
        Err(error) => Err(error.into()),
    }
}

pub fn find(conn: &mut DbConn, id: ApiKeyId) -> Result<Option<ApiKey>, Error> {
    Ok(with_backend!(conn, |conn| dsl::api_keys
        .filter(dsl::id.eq(id))
        .select(ApiKey::as_select())
        .get_result(conn)
        .optional())?)
}

/// Locks a key until the end of the transaction.
pub fn lock(conn: &mut DbConn, id: ApiKeyId) -> Result<Option<ApiKey>, Error> {
    Ok(diesel::update(dsl::api_keys.filter(dsl::id.eq(id)))
        .set(dsl::version.eq(dsl::version))
        .returning(api_keys::all_columns)
        .cached()
        .get_result(conn)
        .optional()?)
}

/// Stores that a key was replaced, and until when it is valid.
pub fn mark_replaced(conn: &mut DbConn, key: &ApiKey) -> Result<(), Error> {
    diesel::update(dsl::api_keys.filter(dsl::id.eq(key.id)))
        .set((dsl::replaced_at.eq(key.replaced_at), dsl::expires_at.eq(key.expires_at), dsl::version.eq(key.version)))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Stores that a key was used on this day, unless a later use is stored.
pub fn record_use(conn: &mut DbConn, id: ApiKeyId, day: Day) -> Result<(), Error> {
    let outdated = dsl::last_used_on.is_null().or(dsl::last_used_on.lt(day));
    diesel::update(dsl::api_keys.filter(dsl::id.eq(id)).filter(outdated))
        .set((dsl::last_used_on.eq(day), dsl::version.eq(dsl::version + 1)))
        .cached()
        .execute(conn)?;
    Ok(())
}

pub fn delete(conn: &mut DbConn, id: ApiKeyId) -> Result<(), Error> {
    diesel::delete(dsl::api_keys.filter(dsl::id.eq(id))).execute(conn)?;
    Ok(())
}

pub fn list(conn: &mut DbConn, page: &Page) -> Result<Vec<ApiKey>, Error> {
    let mut query = dsl::api_keys.select(ApiKey::as_select()).order(dsl::id).limit(page.fetch()).into_boxed();
    if let Some(after) = page.after.as_deref() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Returns whether there are no keys.
pub fn is_empty(conn: &mut DbConn) -> Result<bool, Error> {
    let first: Option<ApiKeyId> = dsl::api_keys.select(dsl::id).first(conn).optional()?;
    Ok(first.is_none())
}
