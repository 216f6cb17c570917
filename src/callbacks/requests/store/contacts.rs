//! Who asked to be called. Erasing a person deletes the row.

use diesel::prelude::*;

use crate::kernel::db::DbConn;
use crate::kernel::db::schema::callback_contacts::{self, dsl};
use crate::kernel::db::schema::callback_requests as requests;
use crate::kernel::error::Error;
use crate::kernel::ids::CallbackRequestId;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = callback_contacts, treat_none_as_default_value = false)]
pub struct Contact {
    pub request_id: CallbackRequestId,
    pub full_name: String,
    pub phone_typed: String,
    pub email: Option<String>,
    /// The address in lower case.
    pub email_key: Option<String>,
    pub company: Option<String>,
    pub notes: Option<String>,
    pub source_page: Option<String>,
    pub source_campaign: Option<String>,
    /// Until the request is closed.
    pub client_network: Option<String>,
}

pub fn insert(conn: &mut DbConn, contact: &Contact) -> Result<(), Error> {
    diesel::insert_into(callback_contacts::table).values(contact).execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut DbConn, id: CallbackRequestId) -> Result<Option<Contact>, Error> {
    Ok(dsl::callback_contacts
        .filter(dsl::request_id.eq(id))
        .select(Contact::as_select())
        .get_result(conn)
        .optional()?)
}

pub fn delete(conn: &mut DbConn, ids: &[CallbackRequestId]) -> Result<usize, Error> {
    Ok(diesel::delete(dsl::callback_contacts.filter(dsl::request_id.eq_any(ids))).execute(conn)?)
}

/// Forgets from where closed requests came; returns how many that were.
pub fn forget_networks(conn: &mut DbConn) -> Result<usize, Error> {
    // Written as a range, so that the planner of SQLite takes the index.
    let closed = requests::table
        .filter(requests::open_place.is_null())
        .filter(requests::state.ne(super::CallbackState::Quarantined))
        .filter(requests::id.eq(dsl::request_id))
        .select(requests::id);
    Ok(diesel::update(dsl::callback_contacts.filter(dsl::client_network.gt("")))
        .filter(diesel::dsl::exists(closed))
        .set(dsl::client_network.eq(None::<String>))
        .execute(conn)?)
}
