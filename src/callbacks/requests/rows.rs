//! Rows of callback requests, of the people who asked, of attempts to call and of consents.

use diesel::prelude::*;

use super::enums::{CallOutcome, CallbackIntent, CallbackState, ConsentPurpose, PromiseStanding, QuarantineReason};
use crate::kernel::db::schema::{call_attempts, callback_consents, callback_contacts, callback_requests};
use crate::kernel::ids::{CallAttemptId, CallbackRequestId, PrivacyNoticeId};
use crate::kernel::time::UtcTime;

/// A request without the person.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = callback_requests, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CallbackRequest {
    pub id: CallbackRequestId,
    pub version: i64,
    pub state: CallbackState,
    pub intent: CallbackIntent,
    /// Gone when the person is erased.
    pub phone_e164: Option<String>,
    pub locale: String,
    pub notice_id: PrivacyNoticeId,
    pub slot_id: Option<String>,
    pub promised_from: Option<UtcTime>,
    pub promised_by: UtcTime,
    pub rolled: bool,
    /// The promise that counts: the one before we moved the call.
    pub first_promised_from: Option<UtcTime>,
    pub first_promised_by: UtcTime,
    pub promise: PromiseStanding,
    /// An agent may take it from then on.
    pub due_from: UtcTime,
    /// The earliest goes first.
    pub due_by: UtcTime,
    /// 0 for missed ones, which go before all others.
    pub priority: i32,
    /// The agents on duty at `due_from` have been asked.
    pub offered: bool,
    pub assigned_to: Option<String>,
    pub attempts: i32,
    /// Opening time until the first attempt, in seconds.
    pub first_attempt_after: Option<i32>,
    /// One of the two places that a number has for open requests.
    pub open_place: Option<i32>,
    /// The open request whose call answers this one too.
    pub linked_to: Option<CallbackRequestId>,
    pub rerouted_from: Option<CallbackRequestId>,
    pub rerouted_to: Option<CallbackRequestId>,
    pub same_number: bool,
    pub closed_day: bool,
    pub quarantined_for: Option<QuarantineReason>,
    pub manage_token_sha256: String,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
    pub erased_at: Option<UtcTime>,
}

/// The person who asked. Erasing the person deletes the row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = callback_contacts, treat_none_as_default_value = false)]
pub struct Contact {
    pub request_id: CallbackRequestId,
    pub full_name: String,
    pub phone_typed: String,
    pub email: Option<String>,
    /// The address in lower case.
    pub email_key: Option<String>,
    pub company: Option<String>,
    pub notes: Option<String>,
    pub source_page: Option<String>,
    pub source_campaign: Option<String>,
    /// Until the request is closed.
    pub client_network: Option<String>,
}

/// A request with the person, who may have been erased.
pub type RequestAndContact = (CallbackRequest, Option<Contact>);

/// The part of an open or quarantined request that matters for the next request of its number.
#[derive(Debug, Clone, Queryable)]
pub struct RequestOfNumber {
    pub id: CallbackRequestId,
    pub intent: CallbackIntent,
    pub slot_id: Option<String>,
    pub open_place: Option<i32>,
    pub linked_to: Option<CallbackRequestId>,
    pub attempts: i32,
    pub client_network: Option<String>,
}

/// What a visitor agreed to beyond the call.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = callback_consents, treat_none_as_default_value = false)]
pub struct GivenConsent {
    pub request_id: CallbackRequestId,
    pub purpose: ConsentPurpose,
    /// The words that were shown.
    pub wording: String,
    pub given_at: UtcTime,
    pub withdrawn_at: Option<UtcTime>,
}

/// An attempt to call.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = call_attempts, treat_none_as_default_value = false)]
pub struct CallAttempt {
    pub id: CallAttemptId,
    pub request_id: CallbackRequestId,
    /// From 1.
    pub number: i32,
    pub agent: String,
    pub outcome: CallOutcome,
    pub started_at: UtcTime,
    pub note: Option<String>,
    pub recorded_at: UtcTime,
}
