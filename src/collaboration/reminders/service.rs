//! Reads of reminders for other slices.

use super::store::{self, Reminder};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::PersonId;

/// Returns the reminders that concern a person and apply now, each with the name of its project; one statement.
pub fn standing_for(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<(Reminder, String)>, Error> {
    store::standing_for(conn, person, most)
}
