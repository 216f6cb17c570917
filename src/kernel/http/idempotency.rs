//! `Idempotency-Key` on every POST, as defined in draft-ietf-httpapi-idempotency-key-header.
//!
//! Rules:
//! - The record is written in the transaction of the change, so that neither exists without the other.
//! - The same key with the same request returns the stored response; with another request it is 422; while the first
//!   request is still running it is 409. Errors are not stored.
//! - A key belongs to the caller who used it.
//! - Bodies are encrypted, because they can have secrets that are shown only once.

use actix_web::HttpRequest;
use actix_web::http::Method;
use diesel::prelude::*;

use crate::kernel::db::schema::idempotency_records as records;
use crate::kernel::db::{DbConn, locks};
use crate::kernel::error::{Code, Error, Problem, StoredResponse, Violation};
use crate::kernel::http::response::Response;
use crate::kernel::time::UtcTime;
use crate::with_backend;

const HEADER: &str = "Idempotency-Key";

/// An idempotency key with the digest of its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub key: String,
    pub digest: String,
}

impl Key {
    /// Returns the key of a POST request; `None` for other methods.
    ///
    /// # Errors
    /// 400 when the key is not 1 to 255 visible ASCII characters.
    pub fn from_request(request: &HttpRequest, digest: impl FnOnce() -> String) -> Result<Option<Self>, Error> {
        let Some(value) = request.headers().get(HEADER).filter(|_| request.method() == Method::POST) else {
            return Ok(None);
        };
        let key = value.to_str().unwrap_or_default().trim_matches('"');
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let mut problem = Problem::new(Code::MalformedRequest);
            let text = "violation-idempotency-key";
            problem.violations.push(Violation::header(HEADER, "malformed_idempotency_key", text));
            return Err(problem.into());
        }
        Ok(Some(Self { key: key.to_owned(), digest: digest() }))
    }

    /// Returns the record name of the stored response, which locks and encryption are bound to.
    #[must_use]
    pub fn record(&self, caller: &str) -> String {
        format!("idempotency\0{caller}\0{}", self.key)
    }
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = records, treat_none_as_default_value = false)]
struct Record {
    caller: String,
    key: String,
    digest: String,
    status: i32,
    location: Option<String>,
    etag: Option<String>,
    body: String,
    created_at: UtcTime,
    subject: Option<String>,
}

/// Succeeds for the first request with a key and returns an error for every other one.
///
/// # Errors
/// `Error::Replay` with the stored response, 409 while the first request is still running, 422 for another request.
pub fn deduplicate(conn: &mut DbConn, caller: &str, key: &Key) -> Result<(), Error> {
    // One lock per caller and key. SQLite needs none, because writes never run concurrently.
    if !locks::try_acquire(conn, &key.record(caller))? {
        return Err(Problem::new(Code::IdempotencyInProgress).header("Retry-After", 1).into());
    }
    let stored = records::table.filter(records::caller.eq(caller)).filter(records::key.eq(&key.key));
    let record: Option<Record> = with_backend!(conn, |conn| stored.get_result(conn).optional())?;
    match record {
        None => Ok(()),
        Some(record) if record.digest == key.digest => Err(Error::Replay(Box::new(record.into()))),
        Some(_) => Err(Code::IdempotencyMismatch.into()),
    }
}

/// Stores the response to a request.
pub fn store(conn: &mut DbConn, caller: &str, key: &Key, response: &Response, now: UtcTime) -> Result<(), Error> {
    let record = Record {
        caller: caller.to_owned(),
        key: key.key.clone(),
        digest: key.digest.clone(),
        status: i32::from(response.status.as_u16()),
        location: response.location.clone(),
        etag: response.etag.as_ref().map(ToString::to_string),
        body: response.body.clone(),
        created_at: now,
        subject: response.about.clone(),
    };
    let insert = diesel::insert_into(records::table).values(&record);
    with_backend!(conn, |conn| insert.execute(conn))?;
    Ok(())
}

/// How long responses are kept, in days.
pub const RETENTION_DAYS: i64 = 7;

/// Deletes records older than [`RETENTION_DAYS`] and returns their number.
pub fn delete_expired(conn: &mut DbConn, now: UtcTime) -> Result<usize, Error> {
    let limit = now.plus_seconds(-RETENTION_DAYS * 86_400);
    Ok(diesel::delete(records::table.filter(records::created_at.lt(limit))).execute(conn)?)
}

/// Deletes the stored responses about these records and returns their number.
pub fn delete_about(conn: &mut DbConn, ids: &[&str]) -> Result<usize, Error> {
    Ok(diesel::delete(records::table.filter(records::subject.eq_any(ids.to_vec()))).execute(conn)?)
}

/// Deletes the stored responses of these callers and returns their number.
pub fn delete_of(conn: &mut DbConn, callers: &[String]) -> Result<usize, Error> {
    if callers.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(records::table.filter(records::caller.eq_any(callers.to_vec()))).execute(conn)?)
}

impl From<Record> for StoredResponse {
    fn from(record: Record) -> Self {
        let Record { status, location, etag, body, .. } = record;
        Self { status: status as u16, location, etag, body }
    }
}
