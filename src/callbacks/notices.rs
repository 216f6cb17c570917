//! Privacy notices: which text, in which language, a visitor was shown.
//!
//! Rule: a text is never changed, a new one gets the next number; so the text behind a hash can
//! be served years later.

use std::str::FromStr;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::NoticeReference;
use crate::db::DbConn;
use crate::db::schema::privacy_notices::{self, dsl};
use crate::error::Error;
use crate::ids::PrivacyNoticeId;
use crate::lang::Lang;
use crate::time::UtcTime;

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = privacy_notices)]
pub struct Notice {
    pub id: PrivacyNoticeId,
    pub locale: String,
    pub number: i32,
    pub text: String,
    pub sha256: String,
    pub created_at: UtcTime,
}

/// The text that visitors read before they ask to be called.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PrivacyNotice)]
pub struct NoticeBody {
    pub id: PrivacyNoticeId,
    pub locale: Lang,
    /// 1, 2, 3, ... in each language.
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub number: i32,
    #[schema(min_length = 1, max_length = 20000, pattern = r"^[^\x00]+$")]
    pub text: String,
    /// SHA-256 of the text in UTF-8.
    #[schema(value_type = NoticeSha256)]
    pub sha256: String,
    pub created_at: UtcTime,
}

impl From<Notice> for NoticeBody {
    fn from(row: Notice) -> Self {
        let Notice { id, locale, number, text, sha256, created_at } = row;
        Self { id, locale: Lang::from_tag(&locale).unwrap_or_default(), number, text, sha256, created_at }
    }
}

/// SHA-256 of a notice's text, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(
    min_length = 64,
    max_length = 64,
    pattern = "^[0-9a-f]{64}$",
    example = "580993506df04e8612c0b2d5c83bdb92f46a601fac805e71f2cf88261478357f"
)]
pub struct NoticeSha256(pub String);

impl FromStr for NoticeSha256 {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_hash = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_hash.then(|| Self(text.to_owned())).ok_or_else(|| "expected 64 hexadecimal digits in lower case".into())
    }
}

/// In which language.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeQuery {
    /// Language of the text; by `Accept-Language` when absent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub locale: Option<Lang>,
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
