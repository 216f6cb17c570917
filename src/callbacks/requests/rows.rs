//! Rows of callback requests, their contact data, calls and consents.

use diesel::prelude::*;

use super::enums::{CallOutcome, CallbackIntent, CallbackState, ConsentPurpose, PromiseStatus, QuarantineReason};
use crate::kernel::db::schema::{callback_consents, callback_contacts, callback_requests, calls};
use crate::kernel::ids::{AgentId, CallId, CallbackRequestId, PrivacyNoticeId, QueueId};
use crate::kernel::time::UtcTime;

/// A request without its contact data.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = callback_requests, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CallbackRequest {
    pub id: CallbackRequestId,
    pub version: i64,
    pub state: CallbackState,
    pub queue_id: QueueId,
    /// The key of the queue, which never changes.
    pub queue_key: String,
    pub intent: CallbackIntent,
    /// `None` after erasure.
    pub phone_e164: Option<String>,
    pub locale: String,
    pub notice_id: PrivacyNoticeId,
    pub slot_id: Option<String>,
    pub promised_from: Option<UtcTime>,
    pub promised_by: UtcTime,
    pub rolled: bool,
    /// Start of the original promise, by which `promise` is determined.
    pub first_promised_from: Option<UtcTime>,
    /// End of the original promise, by which `promise` is determined.
    pub first_promised_by: UtcTime,
    pub promise: PromiseStatus,
    /// The agent who is answerable for a promise that was kept or broken; `None` if no agent is.
    pub promise_agent_id: Option<AgentId>,
    /// Agents can claim the request from this time.
    pub due_from: UtcTime,
    /// Order in the queue: the earliest is first.
    pub due_by: UtcTime,
    /// 0 for missed requests, which precede all others; otherwise 1.
    pub priority: i32,
    /// Whether the agents on duty at `due_from` were checked by the automatic assignment.
    pub offered: bool,
    pub agent_id: Option<AgentId>,
    /// The agent who last had the request, also after it was missed.
    pub held_by: Option<AgentId>,
    /// Since when `held_by` has or had the request: the first time, if no other agent had it in between.
    pub held_since: Option<UtcTime>,
    /// Number of calls that were started.
    pub attempts: i32,
    /// The visitor is not called again before this time; `None` before the first call has ended.
    pub paused_until: Option<UtcTime>,
    /// Opening time from `requested_at` to the start of the first call in opening hours, in seconds; `None` without
    /// such a call.
    pub first_attempt_after: Option<i32>,
    /// Which of the two open requests of its number this is, 1 or 2; `None` if the request is not open.
    pub open_place: Option<i32>,
    /// The request whose call also serves this one.
    pub linked_to: Option<CallbackRequestId>,
    pub rerouted_from: Option<CallbackRequestId>,
    pub rerouted_to: Option<CallbackRequestId>,
    pub same_number: bool,
    /// Whether it was recorded that the promise will be broken soon.
    pub at_risk: bool,
    pub closed_day: bool,
    pub quarantine_reason: Option<QuarantineReason>,
    pub manage_token_sha256: String,
    /// When an agent created the current manage link; `None` if no agent knows it.
    pub agent_linked_at: Option<UtcTime>,
    /// The agent who did; `None` if the person is not on the roster.
    pub agent_linked_by: Option<AgentId>,
    /// Whether the visitor says that the call was on time; `None` without feedback, and after erasure.
    pub called_on_time: Option<bool>,
    /// When an agent, a link of an agent or an application cancelled the request so that its promise does not count.
    pub voided_at: Option<UtcTime>,
    /// The agent who did; `None` if an application or a person who is not on the roster did.
    pub voided_by: Option<AgentId>,
    /// When the visitor asked for the call. A request that continues another one keeps it.
    pub requested_at: UtcTime,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
    pub erased_at: Option<UtcTime>,
}

/// The contact data of a request. Erasure deletes the row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = callback_contacts, treat_none_as_default_value = false)]
pub struct Contact {
    pub request_id: CallbackRequestId,
    pub full_name: String,
    pub phone_typed: String,
    pub email: Option<String>,
    /// The e-mail address in lower case.
    pub email_key: Option<String>,
    pub company: Option<String>,
    pub notes: Option<String>,
    pub source_page: Option<String>,
    pub source_campaign: Option<String>,
    pub utm_source: Option<String>,
    pub utm_medium: Option<String>,
    pub utm_campaign: Option<String>,
    pub utm_term: Option<String>,
    pub utm_content: Option<String>,
    /// The name as in [`NameKeys`](super::name_keys::NameKeys).
    pub name_key: String,
    pub last_name_key: String,
    /// Keyed hash of the visitor's network. Erased after the request is closed; `None` if an application submitted it.
    pub network_hash: Option<String>,
    /// Keyed hash of the largest network that the visitor can own, which is the same for IPv4. Erased with
    /// `network_hash`.
    pub wide_network_hash: Option<String>,
    /// Whether the request counts towards the limits of its network until it is closed.
    pub counted: bool,
}

/// A request with its contact data, which is `None` after erasure.
pub type RequestAndContact = (CallbackRequest, Option<Contact>);

/// The columns of an open or quarantined request that matter for the next request of its number.
#[derive(Debug, Clone, Queryable)]
pub struct RequestOfNumber {
    pub id: CallbackRequestId,
    pub queue_id: QueueId,
    pub intent: CallbackIntent,
    pub slot_id: Option<String>,
    pub open_place: Option<i32>,
    pub linked_to: Option<CallbackRequestId>,
    pub attempts: i32,
    pub network_hash: Option<String>,
}

/// A consent that a visitor gave in addition to the request.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = callback_consents, treat_none_as_default_value = false)]
pub struct GivenConsent {
    pub request_id: CallbackRequestId,
    pub purpose: ConsentPurpose,
    /// The exact text that was shown.
    pub wording: String,
    /// SHA-256 of `wording`.
    pub wording_sha256: String,
    pub given_at: UtcTime,
    pub withdrawn_at: Option<UtcTime>,
}

/// A call to a visitor.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = calls, treat_none_as_default_value = false)]
pub struct Call {
    pub id: CallId,
    pub request_id: CallbackRequestId,
    /// Sequence number within the request, starting at 1.
    pub number: i32,
    pub agent_id: AgentId,
    pub started_at: UtcTime,
    /// `None` while the call is running.
    pub ended_at: Option<UtcTime>,
    pub outcome: Option<CallOutcome>,
    pub notes: Option<String>,
    pub recorded_at: UtcTime,
}
