//! Callback requests in responses for visitors: the promise, without internal states.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::callbacks::requests::enums::{CallbackIntent, CallbackState, ConsentPurpose};
use crate::callbacks::requests::rows::{CallbackRequest, GivenConsent};
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{CallbackRequestId, PrivacyNoticeId};
use crate::kernel::locale::Lang;
use crate::kernel::time::UtcTime;

crate::text_enum! {
    /// State of a callback request for its visitor:
    ///
    /// - `scheduled`: a call in a window is promised.
    /// - `queued_asap`: a call as soon as possible is promised.
    /// - `completed`: the visitor was reached.
    /// - `unreachable`: the visitor could not be reached and will not be called again.
    /// - `cancelled`: the request was cancelled.
    pub enum VisitorState {
        Scheduled,
        QueuedAsap,
        Completed,
        Unreachable,
        Cancelled,
    }
}

impl VisitorState {
    /// Returns the state that the visitor sees. A quarantined, linked or assigned request looks like any other open
    /// request.
    pub fn of(request: &CallbackRequest) -> Self {
        match request.state {
            CallbackState::Completed => Self::Completed,
            CallbackState::Unreachable => Self::Unreachable,
            CallbackState::Cancelled => Self::Cancelled,
            _ if request.slot_id.is_some() => Self::Scheduled,
            _ => Self::QueuedAsap,
        }
    }
}

/// A new callback request for its visitor, with the promise and the manage token.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallbackReceipt {
    /// Unique identifier of the callback request.
    pub id: CallbackRequestId,
    /// State of the request.
    pub state: VisitorState,
    /// Language of the visitor.
    pub locale: Lang,
    /// Identifier of the promised slot; null for a call as soon as possible.
    #[schema(required, max_length = 14, pattern = "^[0-9]{8}T[0-9]{4}Z$", example = "20270330T0800Z")]
    pub slot_id: Option<String>,
    /// Start of the promised window; null for a call as soon as possible.
    #[schema(required)]
    pub promised_from: Option<UtcTime>,
    /// The call is promised to start before this time.
    pub promised_by: UtcTime,
    /// Whether the call rolled over to a later day: the visitor chose a window without a date, and the window could no
    /// longer be booked on the day of the request.
    pub rolled: bool,
    /// Text to show to the visitor, in the language `locale`, with the day and time of the call.
    #[schema(max_length = 500, pattern = r"^[^\x00]+$")]
    pub confirmation: String,
    /// The privacy notice that is recorded with the request.
    pub notice_id: PrivacyNoticeId,
    /// Secret with which the visitor can get, reschedule or cancel the request. Send it in the header `Manage-Token`.
    /// It is returned only in this response and in replays with the same `Idempotency-Key`.
    #[schema(min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9_-]{43}$")]
    pub manage_token: String,
}

/// A callback request for its visitor, with the current promise.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallbackView {
    /// Unique identifier of the callback request. After rerouting, the identifier of the request that continues it.
    pub id: CallbackRequestId,
    /// State of the request.
    pub state: VisitorState,
    /// Key of the queue of the request; null if the queue is not public. The visitor can choose slots of this queue.
    #[schema(required, min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$", example = "sales")]
    pub queue: Option<String>,
    /// Topic of the call.
    pub intent: CallbackIntent,
    /// Language of the visitor.
    pub locale: Lang,
    /// Identifier of the promised slot; null for a call as soon as possible.
    #[schema(required, max_length = 14, pattern = "^[0-9]{8}T[0-9]{4}Z$", example = "20270330T0800Z")]
    pub slot_id: Option<String>,
    /// Start of the promised window; null for a call as soon as possible.
    #[schema(required)]
    pub promised_from: Option<UtcTime>,
    /// The call is promised to start before this time.
    pub promised_by: UtcTime,
    /// Whether the call rolled over to a later day: the visitor chose a window without a date, and the window could no
    /// longer be booked on the day of the request.
    pub rolled: bool,
    /// Text to show to the visitor, in the language `locale`. It states the promised day and time, that the call is
    /// late, that another call will be made, or how the request was closed.
    #[schema(max_length = 500, pattern = r"^[^\x00]+$")]
    pub confirmation: String,
    /// Whether the visitor can still reschedule or cancel the request, that is, whether the window has not started and
    /// no call has been made.
    pub can_change: bool,
    /// Whether the visitor can submit feedback now: the promised time has passed (the original one if an agent moved
    /// the call) or calling has ended, no feedback was given, and the link of the visitor was not created by an agent.
    pub can_give_feedback: bool,
    /// Whether the visitor said that the call was on time; null without feedback.
    #[schema(required)]
    pub called_on_time: Option<bool>,
    /// Consents that the visitor gave in addition to the request.
    #[schema(max_items = 1)]
    pub consents: Vec<GivenConsentBody>,
}

/// The feedback of a visitor on the call.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"called_on_time": true}))]
pub struct NewCallbackFeedback {
    /// Whether the visitor was called within the promised time.
    pub called_on_time: bool,
}

impl RequestBody for NewCallbackFeedback {}

/// The stored feedback of a visitor on the call.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct CallbackFeedback {
    /// The callback request. After rerouting, the request that continues it.
    pub id: CallbackRequestId,
    /// Whether the visitor was called within the promised time.
    pub called_on_time: bool,
}

/// A consent that a visitor gave.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CallbackConsent)]
pub struct GivenConsentBody {
    /// Purpose of the consent.
    pub purpose: ConsentPurpose,
    /// The exact text that was shown next to the checkbox; a placeholder after erasure.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00]+$")]
    pub wording: String,
    /// SHA-256 of `wording` in UTF-8, in lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub wording_sha256: String,
    /// When the consent was given.
    pub given_at: UtcTime,
    /// When the consent was withdrawn; null while it is in force.
    #[schema(required)]
    pub withdrawn_at: Option<UtcTime>,
}

impl From<GivenConsent> for GivenConsentBody {
    fn from(row: GivenConsent) -> Self {
        let GivenConsent { request_id: _, purpose, wording, wording_sha256, given_at, withdrawn_at } = row;
        Self { purpose, wording, wording_sha256, given_at, withdrawn_at }
    }
}

/// A cancelled callback request.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct CancelledCallbackRequest {
    /// Unique identifier of the callback request.
    pub id: CallbackRequestId,
    /// State of the request: `cancelled`.
    pub state: VisitorState,
}
