//! What visitors agreed to beyond the call.

use diesel::prelude::*;

use crate::callbacks::requests::enums::ConsentPurpose;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::callback_consents::{self, dsl};
use crate::kernel::error::Error;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = callback_consents, treat_none_as_default_value = false)]
pub struct GivenConsent {
    pub request_id: CallbackRequestId,
    pub purpose: ConsentPurpose,
    /// The words that were shown.
    pub wording: String,
    pub given_at: UtcTime,
    pub withdrawn_at: Option<UtcTime>,
}

pub fn insert(conn: &mut DbConn, consent: &GivenConsent) -> Result<(), Error> {
    diesel::insert_into(callback_consents::table).values(consent).execute(conn)?;
    Ok(())
}

pub fn list(conn: &mut DbConn, requests: &[CallbackRequestId]) -> Result<Vec<GivenConsent>, Error> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    Ok(dsl::callback_consents
        .filter(dsl::request_id.eq_any(requests))
        .order((dsl::request_id, dsl::purpose))
        .select(GivenConsent::as_select())
        .load(conn)?)
}

/// Takes out the words, in which a client may have written anything; what was in force is withdrawn.
pub fn forget(conn: &mut DbConn, request: CallbackRequestId, now: UtcTime) -> Result<(), Error> {
    let given = || dsl::callback_consents.filter(dsl::request_id.eq(request));
    diesel::update(given().filter(dsl::withdrawn_at.is_null())).set(dsl::withdrawn_at.eq(Some(now))).execute(conn)?;
    diesel::update(given()).set(dsl::wording.eq("[erased]")).execute(conn)?;
    Ok(())
}

/// Withdraws it, if it was given and not withdrawn yet; whether it was.
pub fn withdraw(
    conn: &mut DbConn,
    request: CallbackRequestId,
    purpose: ConsentPurpose,
    now: UtcTime,
) -> Result<bool, Error> {
    let given = dsl::callback_consents.filter(dsl::request_id.eq(request)).filter(dsl::purpose.eq(purpose));
    Ok(diesel::update(given.filter(dsl::withdrawn_at.is_null())).set(dsl::withdrawn_at.eq(Some(now))).execute(conn)?
        == 1)
}
