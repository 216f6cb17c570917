//! The data of a callback request from which its record is created.

use crate::callbacks::requests::enums::PromiseStatus;
use crate::callbacks::requests::{CallbackRequestBody, CallbackState, DeskData};
use crate::kernel::locale::Lang;
use crate::kernel::time::UtcTime;

/// Replaces personal data that was erased.
pub const ERASED: &str = "[erased]";

/// The parameters of the address that led the visitor to the form.
#[derive(Debug, Clone, Default)]
pub struct Utm {
    pub source: Option<String>,
    pub medium: Option<String>,
    pub campaign: Option<String>,
    pub term: Option<String>,
    pub content: Option<String>,
}

/// The data of a callback request.
#[derive(Debug, Clone)]
pub struct Lead {
    pub id: String,
    pub full_name: String,
    /// In the E.164 format; empty after erasure.
    pub phone: String,
    pub email: Option<String>,
    pub company: Option<String>,
    pub notes: Option<String>,
    pub state: CallbackState,
    pub language: Lang,
    /// `None` for a call as soon as possible.
    pub promised_from: Option<UtcTime>,
    pub promised_by: UtcTime,
    pub promise: PromiseStatus,
    pub source_page: Option<String>,
    pub source_campaign: Option<String>,
    pub utm: Utm,
    /// Number of calls.
    pub calls: i32,
    pub desk: DeskData,
    pub erased: bool,
}

impl Lead {
    /// Returns the data of a request; without personal data after an erasure.
    pub fn new(request: CallbackRequestBody, desk: DeskData) -> Self {
        let erased = request.erased_at.is_some();
        Self {
            id: request.id.to_string(),
            full_name: request.full_name.unwrap_or_else(|| ERASED.to_owned()),
            phone: request.phone.unwrap_or_default(),
            email: request.email,
            company: request.company,
            notes: request.notes,
            state: request.state,
            language: request.locale,
            promised_from: request.promised_from,
            promised_by: request.promised_by,
            promise: request.promise,
            source_page: request.source_page,
            source_campaign: request.source_campaign,
            utm: Utm {
                source: request.utm_source,
                medium: request.utm_medium,
                campaign: request.utm_campaign,
                term: request.utm_term,
                content: request.utm_content,
            },
            calls: request.attempts,
            desk,
            erased,
        }
    }

    /// Returns data in which every field of a new request has a value.
    pub fn sample() -> Self {
        // 30 March 2027, 08:00 and 09:00 UTC.
        let (from, by) = (1_806_393_600_000_000, 1_806_397_200_000_000);
        Self {
            id: "cbr_00000000000000000000000000".into(),
            full_name: "First Last".into(),
            phone: "+420601123456".into(),
            email: Some("first.last@example.com".into()),
            company: Some("Company".into()),
            notes: None,
            state: CallbackState::Scheduled,
            language: Lang::EN,
            promised_from: Some(UtcTime::from_unix_micros(from)),
            promised_by: UtcTime::from_unix_micros(by),
            promise: PromiseStatus::Pending,
            source_page: None,
            source_campaign: None,
            utm: Utm::default(),
            calls: 0,
            desk: DeskData::default(),
            erased: false,
        }
    }
}
