//! Notices: published, listed, found by their hash.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::dto::{NewNotice, NoticeBody, NoticeReference, NoticeSha256};
use crate::auth::Actor;
use crate::authz::{self, Action, Facts};
use crate::db::DbConn;
use crate::db::errors::{self, Constraint};
use crate::db::schema::privacy_notices::{self, dsl};
use crate::error::{Code, Error, Problem};
use crate::events::types;
use crate::http::page::PageRequest;
use crate::ids::PrivacyNoticeId;
use crate::lang::Lang;
use crate::time::UtcTime;
use crate::tx::{Change, Tx};

const TEXT_KNOWN: Constraint = Constraint::new("privacy_notices_sha256_key", "privacy_notices.sha256");
const NUMBER_TAKEN: Constraint =
    Constraint::new("privacy_notices_number_key", "privacy_notices.locale, privacy_notices.number");

/// A text that visitors read.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = privacy_notices)]
pub struct Notice {
    pub id: PrivacyNoticeId,
    pub locale: String,
    pub number: i32,
    pub text: String,
    pub sha256: String,
    pub created_at: UtcTime,
}

/// The notice that is shown now.
///
/// # Errors
/// Those of the database.
pub fn current(conn: &mut DbConn, locale: Lang) -> Result<Notice, Error> {
    Ok(dsl::privacy_notices
        .filter(dsl::locale.eq(locale.as_str()))
        .order(dsl::number.desc())
        .limit(1)
        .select(Notice::as_select())
        .get_result(conn)?)
}

/// The notice with this text.
///
/// # Errors
/// 404.
pub fn by_hash(conn: &mut DbConn, sha256: &str) -> Result<Notice, Error> {
    dsl::privacy_notices
        .filter(dsl::sha256.eq(sha256))
        .select(Notice::as_select())
        .get_result(conn)
        .optional()?
        .ok_or_else(Error::not_found)
}

/// The notice that a request names, or the present one of its language; `None` when there is no
/// such notice.
///
/// # Errors
/// Those of the database.
pub fn shown(conn: &mut DbConn, named: Option<&NoticeReference>, locale: Lang) -> Result<Option<Notice>, Error> {
    let Some(NoticeReference { id, sha256 }) = named else { return current(conn, locale).map(Some) };
    let mut query = dsl::privacy_notices.select(Notice::as_select()).into_boxed();
    if let Some(id) = id {
        query = query.filter(dsl::id.eq(*id));
    }
    if let Some(NoticeSha256(sha256)) = sha256 {
        query = query.filter(dsl::sha256.eq(sha256));
    }
    Ok(query.get_result(conn).optional()?)
}

/// Shows another text from now on; the ones before stay as they were.
///
/// # Errors
/// 403; 409 for a text that was published before.
pub fn publish(tx: &mut Tx<'_>, new: &NewNotice) -> Result<Notice, Error> {
    tx.admit(Action::ManagePrivacy, &Facts::default())?;
    let last: Option<i32> = dsl::privacy_notices
        .filter(dsl::locale.eq(new.locale.as_str()))
        .select(diesel::dsl::max(dsl::number))
        .get_result(tx.conn)?;
    let notice = Notice {
        id: tx.new_id(),
        locale: new.locale.as_str().to_owned(),
        number: last.unwrap_or(0) + 1,
        text: new.text.clone(),
        sha256: Sha256::digest(&new.text).iter().map(|byte| format!("{byte:02x}")).collect(),
        created_at: tx.now,
    };
    match diesel::insert_into(privacy_notices::table).values(&notice).execute(tx.conn) {
        Ok(_) => {}
        Err(error) if TEXT_KNOWN.violated_by(&error) => {
            return Err(Problem::new(Code::AlreadyExists)
                .because("This text was published before.", "Tento text už byl zveřejněn.")
                .with("conflicting_member", "/text")
                .into());
        }
        Err(error) if NUMBER_TAKEN.violated_by(&error) => {
            return Err(errors::run_again("another notice was published").into());
        }
        Err(error) => return Err(error.into()),
    }
    let told = NoticeBody::from(notice.clone());
    tx.record(&Change::created(types::PRIVACY_NOTICE_PUBLISHED, notice.id.as_str(), &told)?)?;
    Ok(notice)
}

/// One page of notices, oldest first.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, locale: Option<Lang>, page: &PageRequest) -> Result<Vec<Notice>, Error> {
    authz::require(actor, Action::ManagePrivacy, &Facts::default())?;
    let mut query = dsl::privacy_notices.select(Notice::as_select()).order(dsl::id).limit(page.fetch()).into_boxed();
    if let Some(locale) = locale {
        query = query.filter(dsl::locale.eq(locale.as_str()));
    }
    if let Some(after) = page.after_id() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}
