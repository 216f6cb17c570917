//! Callback requests as visitors send them and agents see them.

mod attempts;
mod desk;
mod preference;
mod query;
mod request;
mod visitor;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub use attempts::{CallAttemptBody, CallAttemptEvent, CallAttemptList, NewCallAttempt, RecordedCallAttempt};
pub use desk::{AssignCallbackRequest, CancelCallbackRequest, RerouteCallbackRequest};
pub use preference::{Preference, RescheduleCallbackRequest};
pub use query::{CallbackRequestExportQuery, CallbackRequestQuery};
pub use request::{CallbackFlag, CallbackRequestBody, CallbackRequestEvent};
pub use visitor::{CallbackReceipt, CallbackView, CancelledCallbackRequest, GivenConsentBody, VisitorState};

use super::enums::{CallbackIntent, ConsentPurpose};
use crate::callbacks::notices::NoticeReference;
use crate::kernel::http::body::RequestBody;
use crate::kernel::locale::Lang;

/// A wish to be called back.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "full_name": "Alena Procházková", "phone": "601 123 456", "intent": "sales",
    "preference": {"kind": "asap"}, "company": "Example s.r.o.", "locale": "cs"
}))]
pub struct NewCallbackRequest {
    /// At least one character that can be seen.
    #[schema(
        min_length = 1,
        max_length = 120,
        pattern = r"^[^\x00-\x1f]*[^\s\x00-\x1f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff][^\x00-\x1f]*$"
    )]
    pub full_name: String,
    /// As people write it; Czech unless it begins with `+` or `00`. Premium, shared-cost, short
    /// and emergency numbers are refused.
    #[schema(min_length = 1, max_length = 64, pattern = r"^[^\x00]+$")]
    pub phone: String,
    pub intent: CallbackIntent,
    #[validate(nested)]
    pub preference: Preference,
    #[serde(default)]
    #[schema(nullable = false, format = Email, min_length = 3, max_length = 254)]
    pub email: Option<String>,
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub company: Option<String>,
    /// What it is about.
    #[serde(default)]
    #[schema(nullable = false, max_length = 4000, pattern = r"^[^\x00]*$")]
    pub notes: Option<String>,
    /// Language of the visitor; by `Accept-Language` when absent.
    #[serde(default)]
    #[schema(nullable = false)]
    pub locale: Option<Lang>,
    /// The privacy notice that was shown; the present one of the language when absent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[validate(nested)]
    pub notice: Option<NoticeReference>,
    #[serde(default)]
    #[schema(nullable = false)]
    pub source: Option<Source>,
    /// What the visitor agrees to beyond the call. Nothing is needed for the call itself: it is
    /// what was asked for (GDPR, Article 6(1)(b)).
    #[serde(default)]
    #[schema(nullable = false, max_items = 1)]
    pub consents: Option<Vec<NewCallbackConsent>>,
    /// How the form was filled in, to tell people from programs.
    #[serde(default)]
    #[schema(nullable = false)]
    pub form: Option<FormFacts>,
    /// The solution of a challenge (`GET /v1/callback-challenge`), where the operator asks for one.
    #[serde(default)]
    #[schema(nullable = false, max_length = 1000, pattern = "^[A-Za-z0-9+/]+=*$")]
    pub proof_of_work: Option<String>,
}

impl RequestBody for NewCallbackRequest {}

/// Where the visitor came from.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Address of the page with the form.
    #[serde(default)]
    #[schema(nullable = false, format = "uri", max_length = 500)]
    pub page: Option<String>,
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub campaign: Option<String>,
}

/// Something a visitor agrees to beyond the call.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCallbackConsent {
    pub purpose: ConsentPurpose,
    /// The very words that were shown beside the box that was ticked.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00]+$", example = "Yes, send me news by e-mail.")]
    pub wording: String,
}

/// How a form was filled in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormFacts {
    /// What stands in a field that people do not see.
    #[serde(default)]
    #[schema(nullable = false, max_length = 500, pattern = r"^[^\x00]*$")]
    pub honeypot: Option<String>,
    /// From showing the form to sending it, in milliseconds.
    #[serde(default)]
    #[schema(nullable = false, format = Int64, minimum = 0, maximum = 604_800_000)]
    pub filled_in_ms: Option<i64>,
}
