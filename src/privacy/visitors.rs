//! Exporting and erasing the data of visitors.

use super::dto::{DataSubject, DataSubjectExport, ErasedDataSubject};
use super::erasure_lock::with_erasure_lock;
use crate::calendar::capacity;
use crate::callbacks::requests::{self, phone, violations};
use crate::integrations::references;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Requests of one person that are read at a time.
const MAX_REQUESTS: i64 = 1_000;

/// Returns everything that is stored about a visitor.
///
/// # Errors
/// 403; 422 for an invalid phone number.
pub fn export(conn: &mut DbConn, actor: &Actor, now: UtcTime, who: &DataSubject) -> Result<DataSubjectExport, Error> {
    authz::require(actor, Action::ManagePrivacy, &Facts::default())?;
    let (phone, email) = keys(who)?;
    let requests = requests::erasure::find_stored(conn, phone.as_deref(), email.as_deref(), MAX_REQUESTS)?;
    let complete = (requests.len() as i64) < MAX_REQUESTS;
    Ok(DataSubjectExport { exported_at: now, complete, requests })
}

/// Erases a visitor everywhere.
///
/// # Errors
/// 403; 422 for an invalid phone number.
pub fn erase(tx: &mut Tx<'_>, who: &DataSubject) -> Result<ErasedDataSubject, Error> {
    tx.authorize_and_deduplicate(Action::ManagePrivacy, &Facts::default())?;
    let (phone, email) = keys(who)?;
    with_erasure_lock(tx, |tx| erase_all(tx, phone.as_deref(), email.as_deref()))
}

fn erase_all(tx: &mut Tx<'_>, phone: Option<&str>, email: Option<&str>) -> Result<ErasedDataSubject, Error> {
    let (mut erased, mut slots) = (Vec::new(), Vec::new());
    // Repeated until nothing is left, because a request can be continued by another one in the meantime.
    loop {
        let before = erased.len();
        for held in requests::erasure::find_stored(tx.conn, phone, email, MAX_REQUESTS)? {
            if requests::erasure::erase(tx, held.request.id, &mut slots)? {
                references::erase(tx.conn, held.request.id.as_str())?;
                erased.push(held.request.id);
            }
        }
        if erased.len() == before {
            capacity::release_all(tx.conn, slots)?;
            return Ok(ErasedDataSubject { erased });
        }
    }
}

/// Returns the phone number in E.164 and the e-mail address in lower case.
fn keys(who: &DataSubject) -> Result<(Option<String>, Option<String>), Error> {
    let phone = match &who.phone {
        Some(typed) => Some(phone::parse(typed).map_err(|fault| Error::violation(violations::phone(fault)))?),
        None => None,
    };
    Ok((phone.map(|phone| phone.e164), who.email.as_ref().map(|email| email.to_lowercase())))
}
