//! Callback requests in requests and responses, for visitors and for agents.

mod calls;
mod desk;
mod preference;
mod query;
mod request;
mod search;
mod visitor;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub use calls::{CallBody, CallEvent, CallList, CallResult, EndCall, NewCall};
pub use desk::{
    AssignCallbackRequest, CallbackManageLink, CancelCallbackRequest, CancelledCallbackRequests, RerouteCallbackRequest,
};
pub use preference::{Preference, RescheduleCallbackRequest};
pub use query::{CallbackRequestExportQuery, CallbackRequestQuery};
pub use request::{CallbackFlag, CallbackRequestBody, CallbackRequestEvent};
pub use search::{CallbackRequestSearch, FoundCallbackRequests};
pub use visitor::{
    CallbackFeedback, CallbackReceipt, CallbackView, CancelledCallbackRequest, GivenConsentBody, NewCallbackFeedback,
    VisitorState,
};

use super::enums::{CallbackIntent, ConsentPurpose};
use crate::callbacks::notices::PrivacyNoticeReference;
use crate::kernel::http::body::{RequestBody, visible_name, web_page};
use crate::kernel::locale::Lang;

/// A callback request to create.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "full_name": "Alena Procházková", "phone": "601 123 456", "intent": "sales",
    "preference": {"kind": "asap"}, "company": "Example s.r.o.", "locale": "cs"
}))]
pub struct NewCallbackRequest {
    /// Full name of the visitor. It must contain a visible character.
    #[schema(
        min_length = 1,
        max_length = 120,
        pattern = r"^[^\x00-\x1f]*[^\s\x00-\x1f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff][^\x00-\x1f]*$"
    )]
    #[validate(custom(function = "visible_name"))]
    pub full_name: String,
    /// Phone number to call, in any common notation. A number that does not start with `+` or `00` is treated as a
    /// number of the `default_region` of the queue, which is initially Czechia (`CZ`). Premium-rate, shared-cost,
    /// short and emergency numbers are refused.
    #[schema(min_length = 1, max_length = 64, pattern = r"^[^\x00]+$")]
    pub phone: String,
    /// Topic of the call.
    pub intent: CallbackIntent,
    /// Key of the queue, which must accept the intent. If absent, the public queue of the intent. Visitors can name
    /// only public queues.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    pub queue: Option<String>,
    /// When the visitor would like to be called.
    #[validate(nested)]
    pub preference: Preference,
    /// E-mail address of the visitor.
    #[serde(default)]
    #[schema(nullable = false, format = Email, min_length = 3, max_length = 254)]
    pub email: Option<String>,
    /// Company of the visitor.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub company: Option<String>,
    /// Additional information for the agent.
    #[serde(default)]
    #[schema(nullable = false, max_length = 4000, pattern = r"^[^\x00]*$")]
    pub notes: Option<String>,
    /// Language of the visitor. If absent, it is chosen by `Accept-Language`.
    #[serde(default)]
    #[schema(nullable = false)]
    pub locale: Option<Lang>,
    /// The privacy notice that the visitor was shown. If absent, the current notice in the language of the request.
    #[serde(default)]
    #[schema(nullable = false)]
    #[validate(nested)]
    pub notice: Option<PrivacyNoticeReference>,
    /// Where the visitor came from.
    #[serde(default)]
    #[schema(nullable = false)]
    #[validate(nested)]
    pub source: Option<Source>,
    /// Consents that the visitor gives in addition to the request. The call itself needs no consent, because the
    /// visitor requests it (GDPR, Article 6(1)(b)).
    #[serde(default)]
    #[schema(nullable = false, max_items = 1)]
    pub consents: Option<Vec<NewCallbackConsent>>,
    /// How the form was filled in. These signals are used to detect bots.
    #[serde(default)]
    #[schema(nullable = false)]
    pub form: Option<FormSignals>,
    /// ALTCHA payload, version 2: the challenge from `GET /v1/callback-challenge` and its solution, as JSON in Base64.
    /// Required if that operation returns a challenge.
    #[serde(default)]
    #[schema(nullable = false, max_length = 1000, pattern = "^[A-Za-z0-9+/]+=*$")]
    pub proof_of_work: Option<String>,
}

impl RequestBody for NewCallbackRequest {}

/// Where the visitor came from.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// URL of the page with the form: http or https, without a user name or password.
    #[serde(default)]
    #[schema(nullable = false, format = "uri", max_length = 500, pattern = "^https?://[!-~]+$")]
    #[validate(custom(function = "web_page"))]
    pub page: Option<String>,
    /// Marketing campaign that led the visitor to the form.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub campaign: Option<String>,
    /// `utm_source` of the URL that led the visitor to the form: the site or sender, such as `newsletter`.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub utm_source: Option<String>,
    /// `utm_medium`: the marketing medium, such as `email`.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub utm_medium: Option<String>,
    /// `utm_campaign`: the name of the campaign in your analytics tool.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub utm_campaign: Option<String>,
    /// `utm_term`: the paid search term.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub utm_term: Option<String>,
    /// `utm_content`: the link or advertisement that was clicked.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub utm_content: Option<String>,
}

/// A consent that a visitor gives in addition to the request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCallbackConsent {
    /// Purpose of the consent.
    pub purpose: ConsentPurpose,
    /// The exact text that was shown next to the checkbox. It must be or have been the `marketing_consent` of the form
    /// settings, unless an application with the scope `callbacks:create` submits the request.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00]+$", example = "Yes, send me news by e-mail.")]
    pub wording: String,
}

/// Signals about how the form was filled in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormSignals {
    /// Content of a form field that is hidden from people. If it is not empty, the request is quarantined.
    #[serde(default)]
    #[schema(nullable = false, max_length = 500, pattern = r"^[^\x00]*$")]
    pub honeypot: Option<String>,
    /// Time between showing and submitting the form, in milliseconds. If it is too short for a person, the request is
    /// quarantined.
    #[serde(default)]
    #[schema(nullable = false, format = Int64, minimum = 0, maximum = 604_800_000)]
    pub filled_in_ms: Option<i64>,
}
