//! Challenges that were solved.

use diesel::prelude::*;

use crate::kernel::db::DbConn;
use crate::kernel::db::schema::spent_challenges::{self, dsl};
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// Remembers a solved challenge; false when it was used before.
pub fn spend(conn: &mut DbConn, challenge: &str, expires_at: UtcTime) -> Result<bool, Error> {
    let row = (dsl::challenge.eq(challenge), dsl::expires_at.eq(expires_at));
    let insert = diesel::insert_into(spent_challenges::table).values(row);
    let new = with_backend!(conn, |conn| insert.on_conflict_do_nothing().execute(conn))?;
    Ok(new == 1)
}

pub fn forget_expired(conn: &mut DbConn, now: UtcTime) -> Result<usize, Error> {
    Ok(diesel::delete(dsl::spent_challenges.filter(dsl::expires_at.le(now))).execute(conn)?)
}
