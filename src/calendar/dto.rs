//! Calendar, closures and slots in requests and answers.

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
    /// Monday is 1 (ISO 8601).
    #[must_use]
    pub fn number(self) -> i32 {
        self as i32 + 1
    }
}

/// The company calendar. Times of day are local to `zone`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Calendar)]
pub struct CalendarBody {
    pub id: CalendarId,
    /// IANA name of the zone in which dates and times of day are meant.
    #[schema(max_length = 60, pattern = "^[A-Za-z0-9_+/-]+$", example = "Europe/Prague")]
    pub zone: String,
    /// Open days, when they are neither public holidays nor closures.
    #[schema(max_items = 7)]
    pub weekdays: Vec<Weekday>,
    /// First minute of the opening hours.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "10:00")]
    pub opens: String,
    /// End of the opening hours; at this minute it is closed.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "17:00")]
    pub closes: String,
    /// Length of a window in minutes.
    #[schema(format = Int32, minimum = 15, maximum = 240)]
    pub window_minutes: i32,
    /// Calls that one window takes.
    #[schema(format = Int32, minimum = 1, maximum = 1000)]
    pub window_capacity: i32,
    /// Least time between booking and window, in minutes.
    #[schema(format = Int32, minimum = 0, maximum = 1440)]
    pub minimum_notice_minutes: i32,
    /// How many business days can be booked, today included.
    #[schema(format = Int32, minimum = 1, maximum = 30)]
    pub horizon_business_days: i32,
    /// The promise for a call as soon as possible, in minutes of opening hours.
    #[schema(format = Int32, minimum = 1, maximum = 1440)]
    pub asap_target_minutes: i32,
    /// The windows of a business day.
    #[schema(max_items = 96, value_type = Vec<WindowName>)]
    pub windows: Vec<String>,
    pub updated_at: UtcTime,
}

/// A window of the day, `HH:MM-HH:MM`, local to the calendar's zone; the end does not belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Window, max_length = 11, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", example = "10:00-11:00")]
pub struct WindowName(pub String);

/// What to change about the calendar; absent members stay.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"window_capacity": 4, "minimum_notice_minutes": 30}))]
pub struct CalendarPatch {
    #[serde(default)]
    #[schema(nullable = false, max_length = 60, pattern = "^[A-Za-z0-9_+/-]+$")]
    pub zone: Option<String>,
    #[serde(default)]
    #[schema(nullable = false, min_items = 1, max_items = 7)]
    pub weekdays: Option<Vec<Weekday>>,
    #[serde(default)]
    #[schema(nullable = false, max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub opens: Option<String>,
    #[serde(default)]
    #[schema(nullable = false, max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub closes: Option<String>,
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 15, maximum = 240)]
    pub window_minutes: Option<i32>,
    /// Slots that are fuller already keep their bookings.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1000)]
    pub window_capacity: Option<i32>,
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 0, maximum = 1440)]
    pub minimum_notice_minutes: Option<i32>,
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 30)]
    pub horizon_business_days: Option<i32>,
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1440)]
    pub asap_target_minutes: Option<i32>,
}

impl RequestBody for CalendarPatch {}

/// Which days.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SlotQuery {
    /// First day, local to the calendar; today when absent.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub from: Option<Day>,
    /// How many calendar days from there; the whole horizon when absent.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100)]
    pub days: Option<i64>,
}

/// One window on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Slot)]
pub struct SlotBody {
    /// The same for the same window, always; the start in UTC.
    #[schema(max_length = 14, pattern = "^[0-9]{8}T[0-9]{4}Z$", example = "20270330T0800Z")]
    pub slot_id: String,
    /// The local date.
    pub date: Day,
    #[schema(value_type = WindowName)]
    pub window: String,
    /// Start, included.
    pub starts_at: UtcTime,
    /// End, excluded.
    pub ends_at: UtcTime,
    /// Whether there is a seat left.
    pub available: bool,
    /// Seats left at this moment.
    #[schema(format = Int32, minimum = 0, maximum = 1000)]
    pub seats_left: i32,
}

impl SlotBody {
    /// A slot with the capacity that remains.
    pub fn new(slot: &Slot, remaining: i32) -> Self {
        Self {
            slot_id: slot.slot_id(),
            date: Day::from_jiff(slot.date),
            window: slot.window.to_string(),
            starts_at: UtcTime::from_jiff(slot.start),
            ends_at: UtcTime::from_jiff(slot.end),
            available: remaining > 0,
            seats_left: remaining,
        }
    }
}

/// The slots that can be booked by time; full ones are among them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SlotList {
    /// The zone of `date` and `window`.
    #[schema(max_length = 60, pattern = "^[A-Za-z0-9_+/-]+$", example = "Europe/Prague")]
    pub zone: String,
    /// In order of start.
    #[schema(max_items = 3000)]
    pub data: Vec<SlotBody>,
}

/// The windows as they are written.
pub fn window_names(windows: &[Window]) -> Vec<String> {
    windows.iter().map(Window::to_string).collect()
}
