//! A request as its visitor sees it: the promise, and nothing of what goes on behind it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::callbacks::requests::enums::{CallbackIntent, CallbackState, ConsentPurpose};
use crate::callbacks::requests::rows::{CallbackRequest, GivenConsent};
use crate::kernel::ids::{CallbackRequestId, PrivacyNoticeId};
use crate::kernel::locale::Lang;
use crate::kernel::time::UtcTime;

crate::text_enum! {
    /// What a visitor learns of the state of a request.
    pub enum VisitorState {
        /// We will call in the window.
        Scheduled,
        /// We will call as soon as possible.
        QueuedAsap,
        /// We have called.
        Completed,
        /// We have called in vain.
        Unreachable,
        Cancelled,
    }
}

impl VisitorState {
    /// A request that is quarantined, linked or assigned looks like any other that waits.
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

/// The request as its visitor sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallbackReceipt {
    pub id: CallbackRequestId,
    pub state: VisitorState,
    pub locale: Lang,
    /// The promised window; null for a call as soon as possible.
    #[schema(required, max_length = 14, pattern = "^[0-9]{8}T[0-9]{4}Z$", example = "20270330T0800Z")]
    pub slot_id: Option<String>,
    /// The call starts then or later; null for a call as soon as possible.
    #[schema(required)]
    pub promised_from: Option<UtcTime>,
    /// The call starts before this instant.
    pub promised_by: UtcTime,
    /// Whether the window is on a later day because it was too late for it today.
    pub rolled: bool,
    /// What to tell the visitor, in `locale`, with the real day and time.
    #[schema(max_length = 500, pattern = r"^[^\x00]+$")]
    pub confirmation: String,
    /// The privacy notice that is on record.
    pub notice_id: PrivacyNoticeId,
    /// Secret to see, move or cancel the request, in the header `Manage-Token`. Shown in this answer,
    /// and in its repetition under the same `Idempotency-Key`; only its hash is stored beside the request.
    #[schema(min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9_-]{43}$")]
    pub manage_token: String,
}

/// The request as its visitor sees it later.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallbackView {
    pub id: CallbackRequestId,
    pub state: VisitorState,
    pub intent: CallbackIntent,
    pub locale: Lang,
    /// The promised window; null for a call as soon as possible.
    #[schema(required, max_length = 14, pattern = "^[0-9]{8}T[0-9]{4}Z$", example = "20270330T0800Z")]
    pub slot_id: Option<String>,
    #[schema(required)]
    pub promised_from: Option<UtcTime>,
    /// The call starts before this instant.
    pub promised_by: UtcTime,
    pub rolled: bool,
    /// What to tell the visitor now, in `locale`: the promise with its real day and time, that we are late or
    /// call again, or how it ended.
    #[schema(max_length = 500, pattern = r"^[^\x00]+$")]
    pub confirmation: String,
    /// Whether the visitor can still move or cancel it: until the window starts, or somebody has called.
    pub can_change: bool,
    /// What the visitor agreed to beyond the call.
    #[schema(max_items = 1)]
    pub consents: Vec<GivenConsentBody>,
}

/// Something a visitor agreed to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CallbackConsent)]
pub struct GivenConsentBody {
    pub purpose: ConsentPurpose,
    /// The words that were shown.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00]+$")]
    pub wording: String,
    pub given_at: UtcTime,
    /// Null while it holds.
    #[schema(required)]
    pub withdrawn_at: Option<UtcTime>,
}

impl From<GivenConsent> for GivenConsentBody {
    fn from(row: GivenConsent) -> Self {
        let GivenConsent { request_id: _, purpose, wording, given_at, withdrawn_at } = row;
        Self { purpose, wording, given_at, withdrawn_at }
    }
}

/// What a visitor is told after cancelling.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct CancelledCallbackRequest {
    pub id: CallbackRequestId,
    pub state: VisitorState,
}
