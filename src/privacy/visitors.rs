//! Access and erasure for visitors.

use super::dto::{DataSubject, DataSubjectExport, ErasedDataSubject};
use super::erasure_lock;
use crate::calendar::capacity;
use crate::callbacks::requests::{erasure, phone, violations};
use crate::integrations::references;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Most requests of one person that are read at a time.
const MOST: i64 = 1_000;

/// Everything that is held of a visitor.
///
/// # Errors
/// 403; 422 for a number that cannot be one.
pub fn export(conn: &mut DbConn, actor: &Actor, now: UtcTime, who: &DataSubject) -> Result<DataSubjectExport, Error> {
    authz::require(actor, Action::ManagePrivacy, &Facts::default())?;
    let (phone, email) = keys(who)?;
    let requests = erasure::find_stored(conn, phone.as_deref(), email.as_deref(), MOST)?;
    let complete = (requests.len() as i64) < MOST;
    Ok(DataSubjectExport { exported_at: now, complete, requests })
}

/// Takes a visitor out of everything.
///
/// # Errors
/// 403; 422 for a number that cannot be one.
pub fn erase(tx: &mut Tx<'_>, who: &DataSubject) -> Result<ErasedDataSubject, Error> {
    tx.admit(Action::ManagePrivacy, &Facts::default())?;
    let (phone, email) = keys(who)?;
    erasure_lock::through(tx, |tx| erase_all(tx, phone.as_deref(), email.as_deref()))
}

fn erase_all(tx: &mut Tx<'_>, phone: Option<&str>, email: Option<&str>) -> Result<ErasedDataSubject, Error> {
    let (mut erased, mut slots) = (Vec::new(), Vec::new());
    // Again until nothing is left: a request can go on as another one in the meantime.
    loop {
        let before = erased.len();
        for stored in erasure::find_stored(tx.conn, phone, email, MOST)? {
            if erasure::erase(tx, stored.request.id, &mut slots)? {
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

/// The number in E.164 and the address in lower case.
fn keys(who: &DataSubject) -> Result<(Option<String>, Option<String>), Error> {
    let phone = match &who.phone {
        Some(typed) => Some(phone::parse(typed).map_err(|fault| Error::violation(violations::phone(fault)))?),
        None => None,
    };
    Ok((phone.map(|phone| phone.e164), who.email.as_ref().map(|email| email.to_lowercase())))
}
