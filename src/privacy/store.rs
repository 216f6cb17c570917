//! The row of the retention periods.

use diesel::prelude::*;

use crate::kernel::db::schema::retention_settings::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = retention_settings)]
pub struct Settings {
    pub id: i32,
    pub completed_days: i32,
    pub unreachable_days: i32,
    pub cancelled_days: i32,
    pub rerouted_days: i32,
    pub quarantined_days: i32,
    pub version: i64,
    pub updated_at: UtcTime,
}

pub fn settings(conn: &mut DbConn) -> Result<Settings, Error> {
    Ok(dsl::retention_settings.select(Settings::as_select()).get_result(conn)?)
}

/// Locks the row until the end of the transaction.
pub fn lock(conn: &mut DbConn) -> Result<Settings, Error> {
    Ok(diesel::update(retention_settings::table)
        .set(dsl::version.eq(dsl::version))
        .returning(retention_settings::all_columns)
        .cached()
        .get_result(conn)?)
}

pub fn update(conn: &mut DbConn, changed: &Settings) -> Result<(), Error> {
    diesel::update(retention_settings::table.filter(dsl::id.eq(changed.id))).set(changed).cached().execute(conn)?;
    Ok(())
}
