//! Reads and writes privacy notices.

use diesel::prelude::*;

use super::rows::Notice;
use crate::kernel::db::DbConn;
use crate::kernel::db::errors::{self, Constraint};
use crate::kernel::db::schema::privacy_notices::{self, dsl};
use crate::kernel::error::Error;
use crate::kernel::ids::PrivacyNoticeId;
use crate::kernel::locale::Lang;
use crate::kernel::page::Page;
use crate::with_backend;

const TEXT_KNOWN: Constraint = Constraint::new("privacy_notices_sha256_key", "privacy_notices.sha256");
const NUMBER_TAKEN: Constraint =
    Constraint::new("privacy_notices_number_key", "privacy_notices.locale, privacy_notices.number");

/// The notices that the first migration inserts.
const EXAMPLES: [&str; 3] =
    ["ntc_01kdvdna00e008000000000001", "ntc_01kdvdna00e008000000000002", "ntc_01kdvdna00e008000000000003"];

/// The text was published before.
#[derive(Debug)]
pub struct AlreadyPublished;

pub fn insert(conn: &mut DbConn, notice: &Notice) -> Result<Result<(), AlreadyPublished>, Error> {
    match diesel::insert_into(privacy_notices::table).values(notice).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if TEXT_KNOWN.violated_by(&error) => Ok(Err(AlreadyPublished)),
        Err(error) if NUMBER_TAKEN.violated_by(&error) => {
            Err(errors::retry_transaction("another notice was published").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns the number of the current notice in a language; 0 if there is none.
pub fn last_number(conn: &mut DbConn, locale: Lang) -> Result<i32, Error> {
    let last: Option<i32> = dsl::privacy_notices
        .filter(dsl::locale.eq(locale.as_str()))
        .select(diesel::dsl::max(dsl::number))
        .get_result(conn)?;
    Ok(last.unwrap_or(0))
}

/// Returns the current notice in a language; in English, or else in any language, if there is none.
pub fn current(conn: &mut DbConn, locale: Lang) -> Result<Option<Notice>, Error> {
    let newest = || dsl::privacy_notices.order((dsl::number.desc(), dsl::locale)).limit(1);
    for lang in [locale, Lang::EN] {
        let in_language = newest().filter(dsl::locale.eq(lang.as_str()));
        let found = with_backend!(conn, |conn| in_language.select(Notice::as_select()).get_result(conn).optional())?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(newest().select(Notice::as_select()).get_result(conn).optional()?)
}

/// Returns whether no notice was published except the examples.
pub fn only_examples(conn: &mut DbConn) -> Result<bool, Error> {
    let [czech, english, german] = EXAMPLES;
    let others = dsl::privacy_notices.filter(dsl::id.ne(czech)).filter(dsl::id.ne(english));
    let published = others.filter(dsl::id.ne(german)).select(dsl::id);
    let first: Option<PrivacyNoticeId> = published.first(conn).optional()?;
    Ok(first.is_none())
}

/// Returns the notice that has the given id and the given hash; each is optional.
pub fn find(conn: &mut DbConn, id: Option<PrivacyNoticeId>, sha256: Option<&str>) -> Result<Option<Notice>, Error> {
    let mut query = dsl::privacy_notices.select(Notice::as_select()).into_boxed();
    if let Some(id) = id {
        query = query.filter(dsl::id.eq(id));
    }
    if let Some(sha256) = sha256 {
        query = query.filter(dsl::sha256.eq(sha256.to_owned()));
    }
    Ok(query.get_result(conn).optional()?)
}

pub fn list(conn: &mut DbConn, locale: Option<Lang>, page: &Page) -> Result<Vec<Notice>, Error> {
    let mut query = dsl::privacy_notices.select(Notice::as_select()).order(dsl::id).limit(page.fetch()).into_boxed();
    if let Some(locale) = locale {
        query = query.filter(dsl::locale.eq(locale.as_str()));
    }
    if let Some(after) = page.after.as_deref() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}
