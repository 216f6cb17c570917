//! Searches requests by the contact data of their visitors. The criteria are in the body, so that no URL contains
//! personal data.

use super::dto::{CallbackRequestBody, CallbackRequestSearch, FoundCallbackRequests};
use super::filter::Criteria;
use super::{name_keys, store, typed_phone};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Violation};

/// Most requests that a search returns.
const MOST: usize = 50;

/// Returns the newest requests that match.
///
/// # Errors
/// 403; 422 for a phone number that cannot be called, and a name without letters.
pub fn search(
    conn: &mut DbConn,
    actor: &Actor,
    wanted: &CallbackRequestSearch,
) -> Result<FoundCallbackRequests, Error> {
    authz::require(actor, Action::ReadCallbacks, &Relations::default())?;
    let criteria = criteria(conn, wanted)?;
    let mut rows = store::search::search(conn, &criteria, MOST as i64 + 1)?;
    let complete = rows.len() <= MOST;
    rows.truncate(MOST);
    Ok(FoundCallbackRequests { data: rows.into_iter().map(CallbackRequestBody::from).collect(), complete })
}

fn criteria(conn: &mut DbConn, wanted: &CallbackRequestSearch) -> Result<Criteria, Error> {
    let number = wanted.phone.as_deref().map(|typed| typed_phone::parse(conn, typed)).transpose()?;
    let name_key = wanted.name.as_deref().map(name_keys::key);
    if name_key.as_deref() == Some("") {
        // An empty start would match every name.
        return Err(Error::violation(Violation::at("/name", "blank", "violation-blank-name")));
    }
    let email_key = wanted.email.as_ref().map(|email| email.to_lowercase());
    Ok(Criteria { phone_e164: number.map(|number| number.e164), email_key, name_key })
}
