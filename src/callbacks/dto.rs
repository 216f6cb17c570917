//! Callback requests as visitors send them and agents see them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::notices::NoticeSha256;
use super::phone;
use super::progress::{CallbackIntent, CallbackState};
use super::promise::Wish;
use super::store::CallbackRequest;
use crate::calendar::WindowName;
use crate::http::body::{self, RequestBody};
use crate::ids::{CallbackRequestId, PrivacyNoticeId};
use crate::lang::Lang;
use crate::time::{Day, UtcTime};

/// A wish to be called back.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "full_name": "Alena Procházková", "phone": "601 123 456", "intent": "sales",
    "preference": {"kind": "asap"}, "company": "Example s.r.o.", "locale": "cs"
}))]
pub struct NewCallbackRequest {
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
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
}

impl RequestBody for NewCallbackRequest {}

/// When to call.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "kind", mapping(
    ("asap" = "#/components/schemas/AsapPreference"),
    ("slot" = "#/components/schemas/SlotPreference")
)))]
pub enum Preference {
    Asap(AsapPreference),
    Slot(SlotPreference),
}

impl Validate for Preference {
    fn validate(&self) -> Result<(), validator::ValidationErrors> {
        match self {
            Self::Asap(_) => Ok(()),
            Self::Slot(slot) => slot.validate(),
        }
    }
}

impl Preference {
    /// The same, for the rules.
    pub fn wish(&self) -> Wish {
        match self {
            Self::Asap(_) => Wish::Asap,
            Self::Slot(SlotPreference { slot_id: Some(SlotId(id)), .. }) => Wish::SlotId(id.clone()),
            Self::Slot(SlotPreference { window, date, .. }) => Wish::Window {
                window: window.as_ref().map(|name| name.0.clone()).unwrap_or_default(),
                date: date.map(Day::to_jiff as fn(Day) -> Date),
            },
        }
    }
}

/// Says that the call is to come as soon as possible.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AsapKind {
    Asap,
}

/// As soon as possible, within opening hours.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AsapPreference {
    #[allow(dead_code, reason = "tells the variants apart, never read")]
    pub kind: AsapKind,
}

/// Says that the call is to come in a window.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    Slot,
}

/// Name of a slot, from the list of slots.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(max_length = 14, pattern = "^[0-9]{8}T[0-9]{4}Z$", example = "20270330T0800Z")]
pub struct SlotId(pub String);

/// In a window: either `slot_id`, or `window` with or without a `date`. Without a date it is the
/// next day on which the window can still be booked by time.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = one_way_to_name_a_slot))]
pub struct SlotPreference {
    #[allow(dead_code, reason = "tells the variants apart, never read")]
    pub kind: SlotKind,
    #[serde(default)]
    #[schema(nullable = false)]
    pub window: Option<WindowName>,
    /// Local to the calendar's zone.
    #[serde(default)]
    #[schema(nullable = false)]
    pub date: Option<Day>,
    #[serde(default)]
    #[schema(nullable = false)]
    pub slot_id: Option<SlotId>,
}

fn one_way_to_name_a_slot(preference: &SlotPreference) -> Result<(), ValidationError> {
    match (&preference.slot_id, &preference.window, &preference.date) {
        (Some(_), None, None) | (None, Some(_), _) => Ok(()),
        _ => Err(body::fault(
            "ambiguous_slot",
            "Give either slot_id, or window with or without date.",
            "Uveďte buď slot_id, nebo window s date či bez něj.",
        )),
    }
}

/// A privacy notice, by id or by the hash of its text.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1)]
#[validate(schema(function = some_notice))]
pub struct NoticeReference {
    #[serde(default)]
    #[schema(nullable = false)]
    pub id: Option<PrivacyNoticeId>,
    #[serde(default)]
    #[schema(nullable = false)]
    pub sha256: Option<NoticeSha256>,
}

fn some_notice(notice: &NoticeReference) -> Result<(), ValidationError> {
    if notice.id.is_some() || notice.sha256.is_some() {
        return Ok(());
    }
    Err(body::fault("required", "Give id or sha256.", "Uveďte id nebo sha256."))
}

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

/// The request as its visitor sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallbackReceipt {
    pub id: CallbackRequestId,
    pub state: CallbackState,
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
    /// Secret to cancel the request. Shown in this answer, and in its repetition under the same
    /// `Idempotency-Key`; only its hash is stored beside the request.
    #[schema(min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9_-]{43}$")]
    pub manage_token: String,
}

/// The request as agents see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CallbackRequest)]
pub struct CallbackRequestBody {
    pub id: CallbackRequestId,
    pub state: CallbackState,
    pub intent: CallbackIntent,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub full_name: String,
    /// To dial (E.164).
    #[schema(max_length = 16, pattern = r"^\+[1-9][0-9]{1,14}$", example = "+420601123456")]
    pub phone: String,
    /// To read.
    #[schema(max_length = 40, pattern = r"^\+[0-9 -]+$", example = "+420 601 123 456")]
    pub phone_display: String,
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
}

impl From<CallbackRequest> for CallbackRequestBody {
    fn from(row: CallbackRequest) -> Self {
        Self {
            phone_display: phone::parse(&row.phone_e164).map_or_else(|_| row.phone_e164.clone(), |phone| phone.display),
            id: row.id,
            state: row.state,
            intent: row.intent,
            full_name: row.full_name,
            phone: row.phone_e164,
            email: row.email,
            company: row.company,
            notes: row.notes,
            locale: Lang::from_tag(&row.locale).unwrap_or_default(),
            source_page: row.source_page,
            source_campaign: row.source_campaign,
            notice_id: row.notice_id,
            slot_id: row.slot_id,
            promised_from: row.promised_from,
            promised_by: row.promised_by,
            rolled: row.rolled,
            due_from: row.due_from,
            assigned_to: row.assigned_to,
            attempts: row.attempts,
            created_at: row.created_at,
            updated_at: row.updated_at,
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
    pub due_from: UtcTime,
    /// `sub` of the agent.
    #[schema(required, min_length = 1, max_length = 200, pattern = r"^[^\x00]+$")]
    pub assigned_to: Option<String>,
    #[schema(format = Int32, minimum = 0, maximum = 3)]
    pub attempts: i32,
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
            due_from: row.due_from,
            assigned_to: row.assigned_to.clone(),
            attempts: row.attempts,
        }
    }
}

/// Who cancels: an agent by token, or a visitor by secret.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct CancelCallbackRequest {
    /// The secret that the visitor was given; agents leave it out and send their bearer token.
    #[serde(default)]
    #[schema(nullable = false, min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9_-]{43}$")]
    pub manage_token: Option<String>,
}

impl RequestBody for CancelCallbackRequest {
    const OPTIONAL: bool = true;
}

/// What a visitor is told after cancelling.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct CancelledCallbackRequest {
    pub id: CallbackRequestId,
    pub state: CallbackState,
}

/// Which requests.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallbackRequestQuery {
    /// Only requests in these states; repeat for several.
    #[serde(default)]
    #[schema(nullable = false, max_items = 7)]
    #[param(nullable = false, max_items = 7)]
    pub state: Option<Vec<CallbackState>>,
    /// Only requests with this intent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub intent: Option<CallbackIntent>,
    /// Items of a page.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[schema(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    #[param(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}
