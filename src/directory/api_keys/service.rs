//! Creates, rotates and revokes API keys.

use secrecy::SecretString;

use super::dto::{ApiKeyBody, NewApiKey, RotateApiKey};
use super::format::{self, NewKeyText};
use super::rows::ApiKey;
use super::store::{self, ClientTaken};
use crate::kernel::auth::{Actor, Scope};
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::ApiKeyId;
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::secret;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// For how many hours a replaced key remains valid by default.
const DEFAULT_OVERLAP_HOURS: i32 = 24;

/// Creates a key; also returns it as text.
///
/// # Errors
/// 403; 409 when the application already has a key; 422 for a scope that is listed twice, or an expiry in the past.
pub fn create(tx: &mut Tx<'_>, new: &NewApiKey) -> Result<(ApiKey, SecretString), Error> {
    tx.authorize_and_deduplicate(Action::ManageApiKeys, &Relations::default())?;
    let mut violations = repeated(&new.scopes);
    violations.extend(past_expiry(tx.now, new.expires_at));
    refuse_if_any(violations)?;
    let scopes: Vec<_> = new.scopes.iter().map(|scope| scope.as_str()).collect();
    insert(tx, new.client.to_string(), scopes.join(" "), new.expires_at)
}

/// Creates a new key for the application of a key, which remains valid for an overlap.
///
/// # Errors
/// 403, 404; 409 when the key was replaced before; 422 for an expiry in the past.
pub fn rotate(tx: &mut Tx<'_>, id: ApiKeyId, options: &RotateApiKey) -> Result<(ApiKey, SecretString), Error> {
    tx.authorize_and_deduplicate(Action::ManageApiKeys, &Relations::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.replaced_at.is_some() {
        return Err(Problem::new(Code::Conflict).because("detail-api-key-replaced").into());
    }
    refuse_if_any(past_expiry(tx.now, options.expires_at).into_iter().collect())?;
    let overlap = i64::from(options.overlap_hours.unwrap_or(DEFAULT_OVERLAP_HOURS)) * 3_600;
    let end = tx.now.plus_seconds(overlap);
    let after = ApiKey {
        replaced_at: Some(tx.now),
        expires_at: Some(before.expires_at.map_or(end, |expiry| expiry.min(end))),
        version: before.version + 1,
        ..before.clone()
    };
    store::mark_replaced(tx.conn, &after)?;
    let (old, new) = (ApiKeyBody::from(&before), ApiKeyBody::from(&after));
    tx.record_change(&Change::updated(types::API_KEY_ROTATED, id.as_str(), &old, &new)?)?;
    let expires_at = options.expires_at.or_else(|| same_lifetime(&before, tx.now));
    insert(tx, before.client, before.scopes, expires_at)
}

/// Deletes a key, so that the next request with it is refused.
///
/// # Errors
/// 403, 404.
pub fn revoke(tx: &mut Tx<'_>, id: ApiKeyId) -> Result<(), Error> {
    tx.authorize_and_deduplicate(Action::ManageApiKeys, &Relations::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    store::delete(tx.conn, id)?;
    let body = ApiKeyBody::from(&before);
    tx.record_change(&Change::updated(types::API_KEY_REVOKED, id.as_str(), &body, &body)?)
}

/// Returns a page of keys.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, page: &Page) -> Result<Vec<ApiKey>, Error> {
    authz::require(actor, Action::ManageApiKeys, &Relations::default())?;
    store::list(conn, page)
}

/// Returns a key.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: ApiKeyId) -> Result<ApiKey, Error> {
    authz::require(actor, Action::ManageApiKeys, &Relations::default())?;
    store::find(conn, id)?.ok_or_else(Error::not_found)
}

/// Returns whether there are no keys.
pub fn is_empty(conn: &mut DbConn) -> Result<bool, Error> {
    store::is_empty(conn)
}

fn insert(
    tx: &mut Tx<'_>,
    client: String,
    scopes: String,
    expires_at: Option<UtcTime>,
) -> Result<(ApiKey, SecretString), Error> {
    let id = tx.new_id();
    let NewKeyText { key, secret } = format::write(id, &tx.environment.bytes());
    let row = ApiKey {
        id,
        client,
        scopes,
        secret_sha256: secret::fingerprint(&secret),
        version: 1,
        created_at: tx.now,
        expires_at,
        replaced_at: None,
        last_used_on: None,
    };
    store::insert(tx.conn, &row)?.map_err(client_taken)?;
    tx.record_change(&Change::created(types::API_KEY_CREATED, id.as_str(), &ApiKeyBody::from(&row))?)?;
    Ok((row, key.into()))
}

fn client_taken(ClientTaken: ClientTaken) -> Error {
    Problem::new(Code::AlreadyExists).because("detail-api-key-exists").with("conflicting_field", "/client").into()
}

fn repeated(scopes: &[Scope]) -> Vec<Violation> {
    let is_repeated = |(index, scope): &(usize, &Scope)| scopes[..*index].contains(scope);
    let violation = |(index, _)| Violation::at(format!("/scopes/{index}"), "duplicate_item", "violation-repeated-item");
    scopes.iter().enumerate().filter(is_repeated).map(violation).collect()
}

fn past_expiry(now: UtcTime, expires_at: Option<UtcTime>) -> Option<Violation> {
    let is_past = expires_at.is_some_and(|expiry| expiry <= now);
    is_past.then(|| Violation::at("/expires_at", "in_the_past", "violation-past-instant"))
}

/// Returns when a key that is created now expires if it is valid for as long as `key` was; `None` if that one did not
/// expire.
fn same_lifetime(key: &ApiKey, now: UtcTime) -> Option<UtcTime> {
    let micros = key.expires_at?.unix_micros() - key.created_at.unix_micros();
    Some(UtcTime::from_unix_micros(now.unix_micros() + micros))
}
