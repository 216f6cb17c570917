//! `Idempotency-Key` on every POST (after draft-ietf-httpapi-idempotency-key-header).
//!
//! Rules: the record is written in the transaction of the change, so that neither exists without
//! the other; the same key with the same request gets the same answer again; with another request
//! it is 422; while the first one still runs it is 409; errors are not kept. A key belongs to the
//! caller who used it. Bodies are kept sealed: they show secrets that are shown once.

use actix_web::HttpRequest;
use actix_web::http::Method;
use diesel::prelude::*;

use crate::kernel::db::schema::idempotency_records as records;
use crate::kernel::db::{DbConn, locks};
use crate::kernel::error::{Code, Error, Problem, StoredResponse, Text, Violation};
use crate::kernel::http::response::Response;
use crate::kernel::time::UtcTime;

const HEADER: &str = "Idempotency-Key";

/// A key with the fingerprint of the request that carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub key: String,
    pub digest: String,
}

impl Key {
    /// The key of a POST; other methods have none.
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
            let text =
                Text::new("Send 1 to 255 visible ASCII characters.", "Pošlete 1 až 255 viditelných znaků ASCII.");
            problem.violations.push(Violation::header(HEADER, "malformed_idempotency_key", text));
            return Err(problem.into());
        }
        Ok(Some(Self { key: key.to_owned(), digest: digest() }))
    }

    /// What the kept answer is sealed for.
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

/// Lets the first request with a key through, and ends any other.
///
/// # Errors
/// `Error::Replay` with the kept answer; 409 while the first one runs; 422 for another request.
pub fn deduplicate(conn: &mut DbConn, caller: &str, key: &Key) -> Result<(), Error> {
    // One lock per caller and key: on SQLite the first one has ended by now.
    if !locks::try_take(conn, &key.record(caller))? {
        return Err(Problem::new(Code::IdempotencyInProgress).header("Retry-After", 1).into());
    }
    let kept: Option<Record> = records::table
        .filter(records::caller.eq(caller))
        .filter(records::key.eq(&key.key))
        .get_result(conn)
        .optional()?;
    match kept {
        None => Ok(()),
        Some(record) if record.digest == key.digest => Err(Error::Replay(Box::new(record.into()))),
        Some(_) => Err(Code::IdempotencyMismatch.into()),
    }
}

/// Keeps the answer of a request.
pub fn keep(conn: &mut DbConn, caller: &str, key: &Key, answer: &Response, now: UtcTime) -> Result<(), Error> {
    let record = Record {
        caller: caller.to_owned(),
        key: key.key.clone(),
        digest: key.digest.clone(),
        status: i32::from(answer.status.as_u16()),
        location: answer.location.clone(),
        etag: answer.etag.as_ref().map(ToString::to_string),
        body: answer.body.clone(),
        created_at: now,
        subject: answer.about.clone(),
    };
    diesel::insert_into(records::table).values(&record).execute(conn)?;
    Ok(())
}

/// Days that an answer is kept.
pub const KEPT_DAYS: i64 = 7;

/// Forgets what is older than [`KEPT_DAYS`]; returns how many records went.
pub fn forget_old(conn: &mut DbConn, now: UtcTime) -> Result<usize, Error> {
    let limit = now.plus_seconds(-KEPT_DAYS * 86_400);
    Ok(diesel::delete(records::table.filter(records::created_at.lt(limit))).execute(conn)?)
}

/// Forgets the answers that tell of these records.
pub fn forget_about(conn: &mut DbConn, ids: &[&str]) -> Result<usize, Error> {
    Ok(diesel::delete(records::table.filter(records::subject.eq_any(ids.to_vec()))).execute(conn)?)
}

impl From<Record> for StoredResponse {
    fn from(record: Record) -> Self {
        let Record { status, location, etag, body, .. } = record;
        Self { status: status as u16, location, etag, body }
    }
}
