//! Publishes, lists and finds privacy notices.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::dto::{NewPrivacyNotice, NoticeBody, PrivacyNoticeReference};
use super::rows::Notice;
use super::store::{self, AlreadyPublished};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::locale::Lang;
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Returns the current notice in a language.
pub fn current(conn: &mut DbConn, locale: Lang) -> Result<Notice, Error> {
    store::current(conn, locale)?.ok_or_else(Error::not_found)
}

/// The warning for an installation in production that shows the notices of the first start.
pub const NO_OWN_NOTICE: &str =
    "visitors see the example of a privacy notice; publish your own with: POST /v1/privacy-notices";

/// Returns whether no notice was published except the examples that the first migration inserts.
pub fn only_examples(conn: &mut DbConn) -> Result<bool, Error> {
    store::only_examples(conn)
}

/// Returns the notice with this hash.
///
/// # Errors
/// 404.
pub fn by_hash(conn: &mut DbConn, sha256: &str) -> Result<Notice, Error> {
    store::find(conn, None, Some(sha256))?.ok_or_else(Error::not_found)
}

/// Returns the notice that a request refers to, or the current one in its language; `None` if the referenced
/// notice does not exist.
pub fn shown(conn: &mut DbConn, named: Option<&PrivacyNoticeReference>, locale: Lang) -> Result<Option<Notice>, Error> {
    match named {
        None => current(conn, locale).map(Some),
        Some(PrivacyNoticeReference { id, sha256 }) => {
            store::find(conn, *id, sha256.as_ref().map(|sha256| sha256.0.as_str()))
        }
    }
}

/// Publishes a notice, which becomes the current one in its language.
///
/// # Errors
/// 403; 409 if the text was published before.
pub fn publish(tx: &mut Tx<'_>, new: &NewPrivacyNotice) -> Result<Notice, Error> {
    tx.authorize_and_deduplicate(Action::ManagePrivacy, &Relations::default())?;
    let last = store::last_number(tx.conn, new.locale)?;
    let notice = Notice {
        id: tx.new_id(),
        locale: new.locale.as_str().to_owned(),
        number: last + 1,
        text: new.text.clone(),
        sha256: HEXLOWER.encode(&Sha256::digest(&new.text)),
        created_at: tx.now,
    };
    store::insert(tx.conn, &notice)?.map_err(already_published)?;
    let body = NoticeBody::from(notice.clone());
    tx.record_change(&Change::created(types::PRIVACY_NOTICE_PUBLISHED, notice.id.as_str(), &body)?)?;
    Ok(notice)
}

/// Returns a page of notices, oldest first.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, locale: Option<Lang>, page: &Page) -> Result<Vec<Notice>, Error> {
    authz::require(actor, Action::ManagePrivacy, &Relations::default())?;
    store::list(conn, locale, page)
}

fn already_published(AlreadyPublished: AlreadyPublished) -> Error {
    Problem::new(Code::AlreadyExists).because("detail-same-notice").with("conflicting_field", "/text").into()
}
