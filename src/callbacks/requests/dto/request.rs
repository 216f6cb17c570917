//! Callback requests in responses for agents, and in events.

use serde::Serialize;
use utoipa::ToSchema;

use crate::callbacks::requests::enums::{CallbackIntent, CallbackState, PromiseStatus, QuarantineReason};
use crate::callbacks::requests::phone;
use crate::callbacks::requests::rows::{CallbackRequest, RequestAndContact};
use crate::kernel::ids::{AgentId, CallbackRequestId, PrivacyNoticeId, QueueId};
use crate::kernel::locale::Lang;
use crate::kernel::time::UtcTime;

crate::text_enum! {
    /// Condition that an agent should check:
    ///
    /// - `same_number`: when the request was accepted, another call for the same number was open.
    /// - `closed_day`: the promised window is not within the opening hours, because the day was closed or the hours
    ///   were changed after the promise was made.
    pub enum CallbackFlag {
        SameNumber,
        ClosedDay,
    }
}

fn flags(row: &CallbackRequest) -> Vec<CallbackFlag> {
    let all = [(row.same_number, CallbackFlag::SameNumber), (row.closed_day, CallbackFlag::ClosedDay)];
    all.into_iter().filter_map(|(raised, flag)| raised.then_some(flag)).collect()
}

/// A callback request with its contact data, for agents. The personal data is null after it was erased.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CallbackRequest)]
pub struct CallbackRequestBody {
    /// Unique identifier of the callback request.
    pub id: CallbackRequestId,
    /// State of the request.
    pub state: CallbackState,
    /// The queue of the request.
    pub queue_id: QueueId,
    /// Key of the queue.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$", example = "sales")]
    pub queue: String,
    /// Topic of the call.
    pub intent: CallbackIntent,
    /// Full name of the visitor; null after erasure.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub full_name: Option<String>,
    /// Phone number to dial, in E.164 format; null after erasure.
    #[schema(required, max_length = 16, pattern = r"^\+[1-9][0-9]{1,14}$", example = "+420601123456")]
    pub phone: Option<String>,
    /// Phone number with spaces, for display; null after erasure.
    #[schema(required, max_length = 40, pattern = r"^\+[0-9 -]+$", example = "+420 601 123 456")]
    pub phone_display: Option<String>,
    /// E-mail address of the visitor; null if not given, and after erasure.
    #[schema(required, format = Email, max_length = 254)]
    pub email: Option<String>,
    /// Company of the visitor; null if not given, and after erasure.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub company: Option<String>,
    /// Additional information from the visitor; null if not given, and after erasure.
    #[schema(required, max_length = 4000, pattern = r"^[^\x00]*$")]
    pub notes: Option<String>,
    /// Language of the visitor.
    pub locale: Lang,
    /// URL of the page with the form; null if not given, and after erasure.
    #[schema(required, format = "uri", max_length = 500)]
    pub source_page: Option<String>,
    /// Marketing campaign that led the visitor to the form; null if not given, and after erasure.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub source_campaign: Option<String>,
    /// `utm_source` of the URL that led the visitor to the form: the site or sender; null if not given, and after
    /// erasure.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub utm_source: Option<String>,
    /// `utm_medium` of the URL that led the visitor to the form: the marketing medium; null if not given, and after
    /// erasure.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub utm_medium: Option<String>,
    /// `utm_campaign` of the URL that led the visitor to the form: the name of the campaign in the analytics tool;
    /// null if not given, and after erasure.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub utm_campaign: Option<String>,
    /// `utm_term` of the URL that led the visitor to the form: the paid search term; null if not given, and after
    /// erasure.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub utm_term: Option<String>,
    /// `utm_content` of the URL that led the visitor to the form: the link or advertisement that was clicked; null
    /// if not given, and after erasure.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub utm_content: Option<String>,
    /// The privacy notice that the visitor was shown.
    pub notice_id: PrivacyNoticeId,
    /// Identifier of the promised slot; null for a call as soon as possible.
    #[schema(required, max_length = 14, pattern = "^[0-9]{8}T[0-9]{4}Z$", example = "20270330T0800Z")]
    pub slot_id: Option<String>,
    /// Start of the promised window; null for a call as soon as possible.
    #[schema(required)]
    pub promised_from: Option<UtcTime>,
    /// The first call is promised to start before this time.
    pub promised_by: UtcTime,
    /// Whether the call rolled over to a later day: the visitor chose a window without a date, and the window could no
    /// longer be booked on the day of the request.
    pub rolled: bool,
    /// Start of the original promise, from which `promise` is determined; null for a call as soon as possible.
    /// Rescheduling by an agent does not change it.
    #[schema(required)]
    pub first_promised_from: Option<UtcTime>,
    /// End of the original promise (exclusive), from which `promise` is determined. Rescheduling by an agent does not
    /// change it.
    pub first_promised_by: UtcTime,
    /// Whether the call was made as first promised.
    pub promise: PromiseStatus,
    /// Conditions that an agent should check; empty if there are none.
    #[schema(max_items = 2)]
    pub flags: Vec<CallbackFlag>,
    /// Why the request is or was quarantined; null if it never was.
    #[schema(required)]
    pub quarantine_reason: Option<QuarantineReason>,
    /// The request for the same number whose call also covers this one; null if this request has a call of its own.
    #[schema(required)]
    pub linked_to: Option<CallbackRequestId>,
    /// The request that this one continues in this queue; null if it continues none.
    #[schema(required)]
    pub rerouted_from: Option<CallbackRequestId>,
    /// The request that continues this one in another queue; null if it was not rerouted.
    #[schema(required)]
    pub rerouted_to: Option<CallbackRequestId>,
    /// When the request becomes due: agents can claim it from this time.
    pub due_from: UtcTime,
    /// The agent to whom the request is assigned, or was when it was closed; null if none.
    #[schema(required)]
    pub agent_id: Option<AgentId>,
    /// Number of calls that were started.
    #[schema(format = Int32, minimum = 0, maximum = 100)]
    pub attempts: i32,
    /// Whether the visitor says that the call was on time; null without feedback, and after erasure.
    #[schema(required)]
    pub called_on_time: Option<bool>,
    /// When the request was created.
    pub created_at: UtcTime,
    /// When the request was last changed.
    pub updated_at: UtcTime,
    /// When the personal data was erased; null if it was not.
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
            queue_id: row.queue_id,
            queue: row.queue_key,
            intent: row.intent,
            full_name: contact.as_ref().map(|contact| contact.full_name.clone()),
            phone: row.phone_e164,
            phone_display: display,
            email: contact.as_ref().and_then(|contact| contact.email.clone()),
            company: contact.as_ref().and_then(|contact| contact.company.clone()),
            notes: contact.as_ref().and_then(|contact| contact.notes.clone()),
            locale: Lang::stored(&row.locale),
            source_page: contact.as_ref().and_then(|contact| contact.source_page.clone()),
            source_campaign: contact.as_ref().and_then(|contact| contact.source_campaign.clone()),
            utm_source: contact.as_ref().and_then(|contact| contact.utm_source.clone()),
            utm_medium: contact.as_ref().and_then(|contact| contact.utm_medium.clone()),
            utm_campaign: contact.as_ref().and_then(|contact| contact.utm_campaign.clone()),
            utm_term: contact.as_ref().and_then(|contact| contact.utm_term.clone()),
            utm_content: contact.and_then(|contact| contact.utm_content),
            notice_id: row.notice_id,
            slot_id: row.slot_id,
            promised_from: row.promised_from,
            promised_by: row.promised_by,
            rolled: row.rolled,
            first_promised_from: row.first_promised_from,
            first_promised_by: row.first_promised_by,
            promise: row.promise,
            flags,
            quarantine_reason: row.quarantine_reason,
            linked_to: row.linked_to,
            rerouted_from: row.rerouted_from,
            rerouted_to: row.rerouted_to,
            due_from: row.due_from,
            agent_id: row.agent_id,
            attempts: row.attempts,
            called_on_time: row.called_on_time,
            created_at: row.created_at,
            updated_at: row.updated_at,
            erased_at: row.erased_at,
        }
    }
}

/// A callback request in events and in the audit trail, without personal data.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallbackRequestEvent {
    /// Unique identifier of the callback request.
    pub id: CallbackRequestId,
    /// State of the request.
    pub state: CallbackState,
    /// The queue of the request.
    pub queue_id: QueueId,
    /// Key of the queue.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$", example = "sales")]
    pub queue: String,
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
    /// The first call is promised to start before this time.
    pub promised_by: UtcTime,
    /// Whether the call rolled over to a later day: the visitor chose a window without a date, and the window could no
    /// longer be booked on the day of the request.
    pub rolled: bool,
    /// Whether the call was made as first promised.
    pub promise: PromiseStatus,
    /// Conditions that an agent should check; empty if there are none.
    #[schema(max_items = 2)]
    pub flags: Vec<CallbackFlag>,
    /// Why the request is or was quarantined; null if it never was.
    #[schema(required)]
    pub quarantine_reason: Option<QuarantineReason>,
    /// The request for the same number whose call also covers this one; null if this request has a call of its own.
    #[schema(required)]
    pub linked_to: Option<CallbackRequestId>,
    /// The request that this one continues in this queue; null if it continues none.
    #[schema(required)]
    pub rerouted_from: Option<CallbackRequestId>,
    /// The request that continues this one in another queue; null if it was not rerouted.
    #[schema(required)]
    pub rerouted_to: Option<CallbackRequestId>,
    /// When the request becomes due: agents can claim it from this time.
    pub due_from: UtcTime,
    /// The agent to whom the request is assigned, or was when it was closed; null if none.
    #[schema(required)]
    pub agent_id: Option<AgentId>,
    /// Number of calls that were started.
    #[schema(format = Int32, minimum = 0, maximum = 100)]
    pub attempts: i32,
    /// When the personal data was erased; null if it was not.
    #[schema(required)]
    pub erased_at: Option<UtcTime>,
}

impl From<&CallbackRequest> for CallbackRequestEvent {
    fn from(row: &CallbackRequest) -> Self {
        Self {
            id: row.id,
            state: row.state,
            queue_id: row.queue_id,
            queue: row.queue_key.clone(),
            intent: row.intent,
            locale: Lang::stored(&row.locale),
            slot_id: row.slot_id.clone(),
            promised_from: row.promised_from,
            promised_by: row.promised_by,
            rolled: row.rolled,
            promise: row.promise,
            flags: flags(row),
            quarantine_reason: row.quarantine_reason,
            linked_to: row.linked_to,
            rerouted_from: row.rerouted_from,
            rerouted_to: row.rerouted_to,
            due_from: row.due_from,
            agent_id: row.agent_id,
            attempts: row.attempts,
            erased_at: row.erased_at,
        }
    }
}
