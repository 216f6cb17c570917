//! Exporting the data of visitors and people, and erasing the data of visitors.

use super::dto::{DataSubject, DataSubjectExport, DataSubjectToExport, ErasedDataSubject};
use super::erasure_lock::with_erasure_lock;
use super::people;
use super::references;
use crate::calendar::capacity;
use crate::callbacks::requests::{self, typed_phone};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Most requests of a visitor that are read at a time.
const MAX_REQUESTS: i64 = 1_000;

/// Returns all stored data of a visitor or a person in the directory.
///
/// # Errors
/// 403; 422 for an invalid phone number and an unknown person.
pub fn export(
    conn: &mut DbConn,
    actor: &Actor,
    now: UtcTime,
    who: &DataSubjectToExport,
) -> Result<DataSubjectExport, Error> {
    authz::require(actor, Action::ManagePrivacy, &Relations::default())?;
    let (phone, email) = keys(conn, who.phone.as_deref(), who.email.as_deref())?;
    let is_visitor = phone.is_some() || email.is_some();
    let requests = if is_visitor {
        requests::erasure::find_stored(conn, phone.as_deref(), email.as_deref(), MAX_REQUESTS)?
    } else {
        Vec::new()
    };
    let person = who.person_id.map(|id| people::export(conn, actor, id, now)).transpose()?;
    let (person, all_of_person) = person.map_or((None, true), |(person, complete)| (Some(person), complete));
    let complete = (requests.len() as i64) < MAX_REQUESTS && all_of_person;
    Ok(DataSubjectExport { exported_at: now, complete, requests, person })
}

/// Erases the personal data of a visitor in all records.
///
/// # Errors
/// 403; 422 for an invalid phone number.
pub fn erase(tx: &mut Tx<'_>, who: &DataSubject) -> Result<ErasedDataSubject, Error> {
    tx.authorize_and_deduplicate(Action::ManagePrivacy, &Relations::default())?;
    let (phone, email) = keys(tx.conn, who.phone.as_deref(), who.email.as_deref())?;
    with_erasure_lock(tx, |tx| erase_all(tx, phone.as_deref(), email.as_deref()))
}

fn erase_all(tx: &mut Tx<'_>, phone: Option<&str>, email: Option<&str>) -> Result<ErasedDataSubject, Error> {
    let (mut erased, mut slots) = (Vec::new(), Vec::new());
    // Repeated until no request is left, because a follow-up request can be created in the meantime.
    loop {
        let before = erased.len();
        for stored in requests::erasure::find_stored(tx.conn, phone, email, MAX_REQUESTS)? {
            if requests::erasure::erase(tx, stored.request.id, &mut slots)? {
                references::erase(tx.conn, stored.request.id.as_str())?;
                erased.push(stored.request.id);
            }
        }
        if erased.len() == before {
            capacity::release_all(tx.conn, slots)?;
            return Ok(ErasedDataSubject { erased });
        }
    }
}

/// Returns the phone number in E.164 and the e-mail address in lower case.
fn keys(
    conn: &mut DbConn,
    phone: Option<&str>,
    email: Option<&str>,
) -> Result<(Option<String>, Option<String>), Error> {
    let phone = phone.map(|typed| typed_phone::parse(conn, typed)).transpose()?;
    Ok((phone.map(|phone| phone.e164), email.map(str::to_lowercase)))
}
