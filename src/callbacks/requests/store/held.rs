//! What is still held of people: by whom they are, and by how long it is there.

use diesel::prelude::*;

use super::{CallbackRequest, CallbackState, Contact, Whole};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::callback_contacts;
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::error::Error;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;

/// The requests of a number or of an address in lower case, oldest first; `most` of each.
pub fn of_person(
    conn: &mut DbConn,
    phone_e164: Option<&str>,
    email_key: Option<&str>,
    most: i64,
) -> Result<Vec<Whole>, Error> {
    let mut found: Vec<Whole> = Vec::new();
    if let Some(phone) = phone_e164 {
        let by_phone = dsl::callback_requests.left_join(callback_contacts::table).filter(dsl::phone_e164.eq(phone));
        let select = (CallbackRequest::as_select(), Option::<Contact>::as_select());
        found.extend(by_phone.order(dsl::id).limit(most).select(select).load::<Whole>(conn)?);
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

/// Requests in this state that tell of a person and have not changed since `limit`, longest ago first.
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
