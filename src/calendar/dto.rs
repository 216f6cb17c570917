//! The calendar and slots in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::slots::{Slot, Window};
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::CalendarId;
use crate::kernel::time::{Day, UtcTime};

crate::text_enum! {
    /// A day of the week.
    pub enum Weekday {
        Monday,
        Tuesday,
        Wednesday,
        Thursday,
        Friday,
        Saturday,
        Sunday,
    }
}

impl Weekday {
    /// Returns the number of the weekday in ISO 8601: Monday is 1.
    #[must_use]
    pub fn number(self) -> i32 {
        self as i32 + 1
    }
}

/// The company calendar: opening hours and booking rules. Times of day are local times in `zone`. A business day is an
/// open weekday that is neither a Czech public holiday nor a closed day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Calendar)]
pub struct CalendarBody {
    /// Unique identifier of the calendar.
    pub id: CalendarId,
    /// First day on which these settings apply, in their time zone.
    pub valid_from: Day,
    /// When the next planned settings come into force; null if no change is planned. Use `as_of` to get them.
    #[schema(required)]
    pub next_change_at: Option<UtcTime>,
    /// IANA time zone of all dates and times of day of the calendar.
    #[schema(max_length = 60, pattern = "^[A-Za-z0-9_+/-]+$", example = "Europe/Prague")]
    pub zone: String,
    /// Weekdays that are open, unless they are Czech public holidays or closed days.
    #[schema(max_items = 7)]
    pub weekdays: Vec<Weekday>,
    /// Start of the opening hours as local time, `HH:MM`.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "10:00")]
    pub opens: String,
    /// End of the opening hours as local time, `HH:MM`, exclusive.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "17:00")]
    pub closes: String,
    /// Length of a callback window, in minutes.
    #[schema(format = Int32, minimum = 15, maximum = 240)]
    pub window_minutes: i32,
    /// Capacity of a slot: how many calls can be booked in it.
    #[schema(format = Int32, minimum = 1, maximum = 1000)]
    pub window_capacity: i32,
    /// Minimum time between booking and the start of a slot, in minutes.
    #[schema(format = Int32, minimum = 0, maximum = 1440)]
    pub minimum_notice_minutes: i32,
    /// Booking horizon: how many business days can be booked, including today.
    #[schema(format = Int32, minimum = 1, maximum = 30)]
    pub horizon_business_days: i32,
    /// Time within which a call as soon as possible is promised, in minutes within opening hours.
    #[schema(format = Int32, minimum = 1, maximum = 1440)]
    pub asap_target_minutes: i32,
    /// The callback windows of a business day, in order. They result from the opening hours and `window_minutes`.
    #[schema(max_items = 96, value_type = Vec<WindowName>)]
    pub windows: Vec<String>,
    /// When these settings were made.
    pub updated_at: UtcTime,
}

/// A callback window, `HH:MM-HH:MM`, in local time of the calendar's time zone. The end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Window, max_length = 11, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", example = "10:00-11:00")]
pub struct WindowName(pub String);

/// Changes to the calendar (JSON Merge Patch). Absent fields do not change.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"window_capacity": 4, "minimum_notice_minutes": 30}))]
pub struct CalendarPatch {
    /// First day on which the changed settings apply, in the time zone of the calendar; today or later. If absent or
    /// today, they apply from now on. Settings that are planned for later days do not change.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_from: Option<Day>,
    /// IANA time zone of all dates and times of day of the calendar.
    #[serde(default)]
    #[schema(nullable = false, max_length = 60, pattern = "^[A-Za-z0-9_+/-]+$")]
    pub zone: Option<String>,
    /// The complete list of open weekdays.
    #[serde(default)]
    #[schema(nullable = false, min_items = 1, max_items = 7)]
    pub weekdays: Option<Vec<Weekday>>,
    /// Start of the opening hours as local time, `HH:MM`.
    #[serde(default)]
    #[schema(nullable = false, max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub opens: Option<String>,
    /// End of the opening hours as local time, `HH:MM`, exclusive. Must be after `opens`.
    #[serde(default)]
    #[schema(nullable = false, max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub closes: Option<String>,
    /// Length of a callback window, in minutes. Must not be longer than the opening hours.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 15, maximum = 240)]
    pub window_minutes: Option<i32>,
    /// Capacity of a slot: how many calls can be booked in it. Existing bookings above the capacity are kept.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1000)]
    pub window_capacity: Option<i32>,
    /// Minimum time between booking and the start of a slot, in minutes.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 0, maximum = 1440)]
    pub minimum_notice_minutes: Option<i32>,
    /// Booking horizon: how many business days can be booked, including today.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 30)]
    pub horizon_business_days: Option<i32>,
    /// Time within which a call as soon as possible is promised, in minutes within opening hours.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1440)]
    pub asap_target_minutes: Option<i32>,
}

impl RequestBody for CalendarPatch {}

/// Selects the settings of a calendar.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarQuery {
    /// Day whose settings are returned, in the past or in the future. If the settings changed on this day, the last
    /// ones are returned. If absent, the settings that are in force now are returned.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}

/// Filters of the list of slots.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SlotQuery {
    /// First day, in the calendar's time zone. If absent, today.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub from: Option<Day>,
    /// Number of calendar days from `from`. If absent, all days up to the booking horizon.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100)]
    pub days: Option<i64>,
}

/// A slot: an occurrence of a callback window on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Slot)]
pub struct SlotBody {
    /// Stable identifier of the slot: its start in UTC.
    #[schema(max_length = 14, pattern = "^[0-9]{8}T[0-9]{4}Z$", example = "20270330T0800Z")]
    pub slot_id: String,
    /// Date of the slot, in the calendar's time zone.
    pub date: Day,
    /// The callback window, in local time.
    #[schema(value_type = WindowName)]
    pub window: String,
    /// Start of the slot.
    pub starts_at: UtcTime,
    /// End of the slot, exclusive.
    pub ends_at: UtcTime,
    /// Whether the slot has capacity left.
    pub available: bool,
    /// How many more calls can be booked in the slot.
    #[schema(format = Int32, minimum = 0, maximum = 1000)]
    pub capacity_remaining: i32,
}

impl SlotBody {
    /// Creates the body of a slot; `remaining` returns the remaining capacity by the id of the slot.
    pub fn new(slot: &Slot, remaining: impl Fn(&str) -> i32) -> Self {
        let slot_id = slot.slot_id();
        let remaining = remaining(&slot_id);
        Self {
            slot_id,
            date: Day::from_jiff(slot.date),
            window: slot.window.to_string(),
            starts_at: UtcTime::from_jiff(slot.start),
            ends_at: UtcTime::from_jiff(slot.end),
            available: remaining > 0,
            capacity_remaining: remaining,
        }
    }
}

/// The slots that start after the minimum notice and within the booking horizon, including full slots.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SlotList {
    /// IANA time zone of `date` and `window`.
    #[schema(max_length = 60, pattern = "^[A-Za-z0-9_+/-]+$", example = "Europe/Prague")]
    pub zone: String,
    /// The slots, in order of their start.
    #[schema(max_items = 3000)]
    pub data: Vec<SlotBody>,
}

/// Returns the windows as text.
pub fn window_names(windows: &[Window]) -> Vec<String> {
    windows.iter().map(Window::to_string).collect()
}
