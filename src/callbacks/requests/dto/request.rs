//! A request as agents see it, and what events tell of it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::callbacks::requests::enums::{CallbackIntent, CallbackState, PromiseStanding, QuarantineReason};
use crate::callbacks::requests::phone;
use crate::callbacks::requests::rows::{CallbackRequest, RequestAndContact};
use crate::kernel::ids::{CallbackRequestId, PrivacyNoticeId};
use crate::kernel::locale::Lang;
use crate::kernel::time::UtcTime;

crate::text_enum! {
    /// What somebody should look at.
    pub enum CallbackFlag {
        /// The number has another call at another time.
        SameNumber,
        /// The day of its window was closed after it was promised.
        ClosedDay,
    }
}

fn flags(row: &CallbackRequest) -> Vec<CallbackFlag> {
    let all = [(row.same_number, CallbackFlag::SameNumber), (row.closed_day, CallbackFlag::ClosedDay)];
    all.into_iter().filter_map(|(raised, flag)| raised.then_some(flag)).collect()
}

/// The request as agents see it. What tells of the person is null after erasure.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CallbackRequest)]
pub struct CallbackRequestBody {
    pub id: CallbackRequestId,
    pub state: CallbackState,
    pub intent: CallbackIntent,
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub full_name: Option<String>,
    /// To dial (E.164).
    #[schema(required, max_length = 16, pattern = r"^\+[1-9][0-9]{1,14}$", example = "+420601123456")]
    pub phone: Option<String>,
    /// To read.
    #[schema(required, max_length = 40, pattern = r"^\+[0-9 -]+$", example = "+420 601 123 456")]
    pub phone_display: Option<String>,
    #[schema(required, format = Email, max_length = 254)]
    pub email: Option<String>,
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub company: Option<String>,
    #[schema(required, max_length = 4000, pattern = r"^[^\x00]*$")]
    pub notes: Option<String>,
    pub locale: Lang,
    /// Address of the page with the form.
    #[schema(required, format = "uri", max_length = 500)]
    pub source_page: Option<String>,
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub source_campaign: Option<String>,
    /// The privacy notice that was shown.
    pub notice_id: PrivacyNoticeId,
    /// The promised window; null for a call as soon as possible.
    #[schema(required, max_length = 14, pattern = "^[0-9]{8}T[0-9]{4}Z$", example = "20270330T0800Z")]
    pub slot_id: Option<String>,
    #[schema(required)]
    pub promised_from: Option<UtcTime>,
    /// The first attempt starts before this instant.
    pub promised_by: UtcTime,
    pub rolled: bool,
    /// The promise that counts, `[first_promised_from, first_promised_by)`: the one before we moved the call.
    #[schema(required)]
    pub first_promised_from: Option<UtcTime>,
    pub first_promised_by: UtcTime,
    pub promise: PromiseStanding,
    #[schema(max_items = 2)]
    pub flags: Vec<CallbackFlag>,
    /// Why it is or was kept back.
    #[schema(required)]
    pub quarantined_for: Option<QuarantineReason>,
    /// The open request of the same number whose call answers this one too.
    #[schema(required)]
    pub linked_to: Option<CallbackRequestId>,
    #[schema(required)]
    pub rerouted_from: Option<CallbackRequestId>,
    #[schema(required)]
    pub rerouted_to: Option<CallbackRequestId>,
    /// Agents may take it from then on.
    pub due_from: UtcTime,
    /// `sub` of the agent who has it, or had it when it ended.
    #[schema(required, min_length = 1, max_length = 200, pattern = r"^[^\x00]+$")]
    pub assigned_to: Option<String>,
    /// Attempts so far.
    #[schema(format = Int32, minimum = 0, maximum = 3)]
    pub attempts: i32,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
    /// When the person was taken out.
    #[schema(required)]
    pub erased_at: Option<UtcTime>,
}

impl From<RequestAndContact> for CallbackRequestBody {
    fn from((row, contact): RequestAndContact) -> Self {
        let display = row.phone_e164.as_deref().map(phone::display_of);
        let flags = flags(&row);
        Self {
            id: row.id,
            state: row.state,
            intent: row.intent,
            full_name: contact.as_ref().map(|contact| contact.full_name.clone()),
            phone: row.phone_e164,
            phone_display: display,
            email: contact.as_ref().and_then(|contact| contact.email.clone()),
            company: contact.as_ref().and_then(|contact| contact.company.clone()),
            notes: contact.as_ref().and_then(|contact| contact.notes.clone()),
            locale: Lang::from_tag(&row.locale).unwrap_or_default(),
            source_page: contact.as_ref().and_then(|contact| contact.source_page.clone()),
            source_campaign: contact.and_then(|contact| contact.source_campaign),
            notice_id: row.notice_id,
            slot_id: row.slot_id,
            promised_from: row.promised_from,
            promised_by: row.promised_by,
            rolled: row.rolled,
            first_promised_from: row.first_promised_from,
            first_promised_by: row.first_promised_by,
            promise: row.promise,
            flags,
            quarantined_for: row.quarantined_for,
            linked_to: row.linked_to,
            rerouted_from: row.rerouted_from,
            rerouted_to: row.rerouted_to,
            due_from: row.due_from,
            assigned_to: row.assigned_to,
            attempts: row.attempts,
            created_at: row.created_at,
            updated_at: row.updated_at,
            erased_at: row.erased_at,
        }
    }
}

/// What events and the audit trail tell of a request: nothing about the person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallbackRequestEvent {
    pub id: CallbackRequestId,
    pub state: CallbackState,
    pub intent: CallbackIntent,
    pub locale: Lang,
    #[schema(required, max_length = 14, pattern = "^[0-9]{8}T[0-9]{4}Z$", example = "20270330T0800Z")]
    pub slot_id: Option<String>,
    #[schema(required)]
    pub promised_from: Option<UtcTime>,
    pub promised_by: UtcTime,
    pub rolled: bool,
    pub promise: PromiseStanding,
    #[schema(max_items = 2)]
    pub flags: Vec<CallbackFlag>,
    #[schema(required)]
    pub quarantined_for: Option<QuarantineReason>,
    #[schema(required)]
    pub linked_to: Option<CallbackRequestId>,
    #[schema(required)]
    pub rerouted_from: Option<CallbackRequestId>,
    #[schema(required)]
    pub rerouted_to: Option<CallbackRequestId>,
    pub due_from: UtcTime,
    /// `sub` of the agent.
    #[schema(required, min_length = 1, max_length = 200, pattern = r"^[^\x00]+$")]
    pub assigned_to: Option<String>,
    #[schema(format = Int32, minimum = 0, maximum = 3)]
    pub attempts: i32,
    #[schema(required)]
    pub erased_at: Option<UtcTime>,
}

impl From<&CallbackRequest> for CallbackRequestEvent {
    fn from(row: &CallbackRequest) -> Self {
        Self {
            id: row.id,
            state: row.state,
            intent: row.intent,
            locale: Lang::from_tag(&row.locale).unwrap_or_default(),
            slot_id: row.slot_id.clone(),
            promised_from: row.promised_from,
            promised_by: row.promised_by,
            rolled: row.rolled,
            promise: row.promise,
            flags: flags(row),
            quarantined_for: row.quarantined_for,
            linked_to: row.linked_to,
            rerouted_from: row.rerouted_from,
            rerouted_to: row.rerouted_to,
            due_from: row.due_from,
            assigned_to: row.assigned_to.clone(),
            attempts: row.attempts,
            erased_at: row.erased_at,
        }
    }
}
