//! Privacy notices in requests and responses.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::rows::Notice;
use crate::kernel::http::body::{self, RequestBody};
use crate::kernel::ids::PrivacyNoticeId;
use crate::kernel::locale::Lang;
use crate::kernel::time::UtcTime;

/// A privacy notice: the text that visitors can read before they request a call. It never changes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PrivacyNotice)]
pub struct NoticeBody {
    /// Unique identifier of the notice.
    pub id: PrivacyNoticeId,
    /// Language of the text.
    pub locale: Lang,
    /// Sequence number of the notice within its language, starting at 1. The highest number is the current notice.
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub number: i32,
    /// The text that is shown to visitors.
    #[schema(min_length = 1, max_length = 20000, pattern = r"^[^\x00]+$")]
    pub text: String,
    /// SHA-256 of the text in UTF-8, in lower-case hexadecimal.
    #[schema(value_type = PrivacyNoticeSha256)]
    pub sha256: String,
    /// When the notice was published.
    pub created_at: UtcTime,
}

impl From<Notice> for NoticeBody {
    fn from(row: Notice) -> Self {
        let Notice { id, locale, number, text, sha256, created_at } = row;
        Self { id, locale: Lang::stored(&locale), number, text, sha256, created_at }
    }
}

/// SHA-256 of the text of a privacy notice, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(
    min_length = 64,
    max_length = 64,
    pattern = "^[0-9a-f]{64}$",
    example = "580993506df04e8612c0b2d5c83bdb92f46a601fac805e71f2cf88261478357f"
)]
pub struct PrivacyNoticeSha256(pub String);

impl FromStr for PrivacyNoticeSha256 {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_hash = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_hash.then(|| Self(text.to_owned())).ok_or_else(|| "expected 64 hexadecimal digits in lower case".into())
    }
}

/// A reference to a privacy notice by `id`, by `sha256`, or by both, which must then match.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1)]
#[validate(schema(function = some_notice))]
pub struct PrivacyNoticeReference {
    /// Identifier of the notice.
    #[serde(default)]
    #[schema(nullable = false)]
    pub id: Option<PrivacyNoticeId>,
    /// SHA-256 of the text of the notice.
    #[serde(default)]
    #[schema(nullable = false)]
    pub sha256: Option<PrivacyNoticeSha256>,
}

fn some_notice(notice: &PrivacyNoticeReference) -> Result<(), ValidationError> {
    if notice.id.is_some() || notice.sha256.is_some() {
        return Ok(());
    }
    Err(body::fault("required", "violation-id-or-sha256"))
}

/// A privacy notice to publish.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"locale": "en", "text": "We use your name and number only to call you back."}))]
pub struct NewPrivacyNotice {
    /// Language of the text.
    pub locale: Lang,
    /// The text that is shown to visitors. It must contain a visible character and must not have been published before.
    #[schema(min_length = 1, max_length = 20000, pattern = r"^[^\x00]*[^\s\x00][^\x00]*$")]
    pub text: String,
}

impl RequestBody for NewPrivacyNotice {}

/// Filters of the list of privacy notices.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeListQuery {
    /// Return only notices in this language.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub locale: Option<Lang>,
}

/// Selects the language of the current privacy notice.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeQuery {
    /// Language of the text. If absent, it is chosen by `Accept-Language`.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub locale: Option<Lang>,
}
