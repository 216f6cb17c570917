//! The preferred time of a call.

use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::calendar::WindowName;
use crate::calendar::slots::RequestedTime;
use crate::kernel::http::body::{self, RequestBody};
use crate::kernel::time::Day;

/// When the visitor would like to be called: as soon as possible, or in a slot.
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
    /// Converts the preference for the rules of the calendar.
    pub fn requested_time(&self) -> RequestedTime {
        match self {
            Self::Asap(_) => RequestedTime::Asap,
            Self::Slot(SlotPreference { slot_id: Some(SlotId(id)), .. }) => RequestedTime::SlotId(id.clone()),
            Self::Slot(SlotPreference { window, date, .. }) => RequestedTime::Window {
                window: window.as_ref().map(|name| name.0.clone()).unwrap_or_default(),
                date: date.map(Day::to_jiff as fn(Day) -> Date),
            },
        }
    }
}

/// Kind of a preference for a call as soon as possible.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AsapKind {
    Asap,
}

/// Requests a call as soon as possible, within opening hours.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AsapPreference {
    /// Always `asap`.
    #[allow(dead_code, reason = "distinguishes the variants, never read")]
    pub kind: AsapKind,
}

/// Kind of a preference for a call in a slot.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    Slot,
}

/// Identifier of a slot, as returned by `GET /v1/slots`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(max_length = 14, pattern = "^[0-9]{8}T[0-9]{4}Z$", example = "20270330T0800Z")]
pub struct SlotId(pub String);

/// Requests a call in a slot. Send either `slot_id`, or `window` with or without `date`. Without `date`, the next day
/// on which the window can still be booked is used.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = one_way_to_name_a_slot))]
pub struct SlotPreference {
    /// Always `slot`.
    #[allow(dead_code, reason = "distinguishes the variants, never read")]
    pub kind: SlotKind,
    /// The callback window. Required without `slot_id`.
    #[serde(default)]
    #[schema(nullable = false)]
    pub window: Option<WindowName>,
    /// Day of the call in the calendar's time zone. If absent, the next day on which the window can be booked.
    #[serde(default)]
    #[schema(nullable = false)]
    pub date: Option<Day>,
    /// Identifier of the slot. Must not be combined with `window` or `date`.
    #[serde(default)]
    #[schema(nullable = false)]
    pub slot_id: Option<SlotId>,
}

fn one_way_to_name_a_slot(preference: &SlotPreference) -> Result<(), ValidationError> {
    match (&preference.slot_id, &preference.window, &preference.date) {
        (Some(_), None, None) | (None, Some(_), _) => Ok(()),
        _ => Err(body::fault("ambiguous_slot", "violation-ambiguous-slot")),
    }
}

/// The new time of a call.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"preference": {"kind": "slot", "window": "11:00-12:00"}}))]
pub struct RescheduleCallbackRequest {
    /// When the visitor would like to be called instead.
    #[validate(nested)]
    pub preference: Preference,
}

impl RequestBody for RescheduleCallbackRequest {}
