//! Operations on blocked numbers, with their permissions.

use super::dto::{BlockedNumberBody, NewBlockedNumber};
use super::rows::BlockedNumber;
use super::store;
use crate::callbacks::requests::cancel_several::cancel_several;
use crate::callbacks::requests::enums::CancelReason;
use crate::callbacks::requests::store::cancel_several::lock_waiting_of_number;
use crate::callbacks::requests::store::create::{KnownNumber, known_number, lock_number};
use crate::callbacks::requests::typed_phone;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::hash_key::HashKey;
use crate::kernel::ids::BlockedNumberId;
use crate::kernel::installation_key::KeyInTransaction;
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Returns what is known about a number in E.164 format, and locks its requests. To keep the result valid, lock the
/// number first.
pub fn known(conn: &mut DbConn, key: &HashKey, phone_e164: &str) -> Result<KnownNumber, Error> {
    known_number(conn, phone_e164, &hash(key, phone_e164))
}

fn hash(key: &HashKey, phone_e164: &str) -> String {
    key.hash("number", phone_e164)
}

/// Blocks a number and cancels its waiting requests.
///
/// # Errors
/// 403; 409 if the number is already blocked; 422 for a number that cannot be called.
pub fn block(tx: &mut Tx<'_>, new: &NewBlockedNumber, key: &KeyInTransaction) -> Result<BlockedNumber, Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    let key = key.get(tx.conn)?;
    let phone = typed_phone::parse(tx.conn, &new.phone)?;
    lock_number(tx.conn, &phone.e164)?;
    let number_hash = hash(&key, &phone.e164);
    if let Some(known) = store::find(tx.conn, &number_hash)? {
        return Err(already_blocked(known));
    }
    let number = BlockedNumber { id: tx.new_id(), number_hash, created_at: tx.now };
    store::insert(tx.conn, &number)?;
    let body = BlockedNumberBody::from(number.clone());
    tx.record_change(&Change::created(types::BLOCKED_NUMBER_CREATED, number.id.as_str(), &body)?)?;
    let waiting = lock_waiting_of_number(tx.conn, &phone.e164)?;
    cancel_several(tx, &waiting, CancelReason::VisitorAsked)?;
    Ok(number)
}

/// Unblocks a number.
///
/// # Errors
/// 403, 404.
pub fn unblock(tx: &mut Tx<'_>, id: BlockedNumberId) -> Result<(), Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    let body = BlockedNumberBody::from(store::delete(tx.conn, id)?.ok_or_else(Error::not_found)?);
    tx.record_change(&Change::updated(types::BLOCKED_NUMBER_DELETED, id.as_str(), &body, &body)?)
}

/// Returns a page of blocked numbers.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, page: &Page) -> Result<Vec<BlockedNumber>, Error> {
    authz::require(actor, Action::ReadCallbacks, &Relations::default())?;
    store::list(conn, page)
}

fn already_blocked(id: BlockedNumberId) -> Error {
    Problem::new(Code::AlreadyExists)
        .because("detail-number-already-blocked")
        .with("conflicting_field", "/phone")
        .with("blocked_number_id", id.as_str())
        .into()
}
