//! When a visitor would like to be called.

use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::calendar::WindowName;
use crate::calendar::slots::Wish;
use crate::kernel::http::body::{self, RequestBody};
use crate::kernel::time::Day;

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

/// Another time for a call.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"preference": {"kind": "slot", "window": "11:00-12:00"}}))]
pub struct RescheduleCallbackRequest {
    #[validate(nested)]
    pub preference: Preference,
}

impl RequestBody for RescheduleCallbackRequest {}
