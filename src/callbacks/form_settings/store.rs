//! Reads and writes the settings and the logo.

use diesel::prelude::*;

use super::rows::Settings;
use crate::kernel::db::schema::form_logos;
use crate::kernel::db::schema::form_settings::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::with_backend;

pub fn settings(conn: &mut DbConn) -> Result<Settings, Error> {
    Ok(dsl::form_settings.select(Settings::as_select()).get_result(conn)?)
}

/// Locks the row until the end of the transaction.
pub fn lock(conn: &mut DbConn) -> Result<Settings, Error> {
    Ok(diesel::update(form_settings::table)
        .set(dsl::version.eq(dsl::version))
        .returning(form_settings::all_columns)
        .cached()
        .get_result(conn)?)
}

pub fn update(conn: &mut DbConn, changed: &Settings) -> Result<(), Error> {
    diesel::update(form_settings::table.filter(dsl::id.eq(changed.id))).set(changed).cached().execute(conn)?;
    Ok(())
}

/// Inserts an image, unless it exists.
pub fn insert_logo(conn: &mut DbConn, sha256: &str, image: &[u8]) -> Result<(), Error> {
    let row = (form_logos::sha256.eq(sha256), form_logos::image.eq(image));
    let insert = diesel::insert_into(form_logos::table).values(row);
    with_backend!(conn, |conn| insert.on_conflict_do_nothing().execute(conn))?;
    Ok(())
}

pub fn delete_logo(conn: &mut DbConn, sha256: &str) -> Result<(), Error> {
    diesel::delete(form_logos::table.filter(form_logos::sha256.eq(sha256))).execute(conn)?;
    Ok(())
}

/// Returns an image; `None` if it was replaced.
pub fn logo(conn: &mut DbConn, sha256: &str) -> Result<Option<Vec<u8>>, Error> {
    let image = form_logos::table.filter(form_logos::sha256.eq(sha256)).select(form_logos::image);
    Ok(image.get_result(conn).optional()?)
}
