//! Calendars and slots in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::hours::Period;
use super::public_holidays::PublicHolidays;
use super::slots::Slot;
use crate::kernel::http::body::{RequestBody, visible_name};
use crate::kernel::ids::{CalendarId, QueueId};
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

/// A weekly opening period, in local time of the calendar's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningPeriod {
    /// Day of the week.
    pub weekday: Weekday,
    /// Start of the period as local time, `HH:MM`.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "10:00")]
    pub opens: String,
    /// End of the period as local time, `HH:MM`, exclusive. Must be after `opens`.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "17:00")]
    pub closes: String,
}

/// An opening period of a single date, in local time of the calendar's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimePeriod {
    /// Start of the period as local time, `HH:MM`.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "09:00")]
    pub opens: String,
    /// End of the period as local time, `HH:MM`, exclusive. Must be after `opens`.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "12:00")]
    pub closes: String,
}

impl From<Period> for TimePeriod {
    fn from(period: Period) -> Self {
        let text = period.to_string();
        let (opens, closes) = text.split_once('-').unwrap_or_default();
        Self { opens: opens.to_owned(), closes: closes.to_owned() }
    }
}

/// The opening periods of a single date, which replace those of its weekday, also on a public holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayHours {
    /// The date, in the calendar's time zone.
    #[schema(example = "2099-12-24")]
    pub date: Day,
    /// The opening periods, which must not overlap. To close the whole day, create a closed day instead.
    #[schema(min_items = 1, max_items = 10)]
    pub periods: Vec<TimePeriod>,
}

/// A calendar: opening hours, public holidays and closed days. Times of day are local times in `zone`. A business day
/// has opening periods. A public holiday has none unless it is in `special_hours`; a closed day never has any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Calendar)]
pub struct CalendarBody {
    /// Unique identifier of the calendar.
    pub id: CalendarId,
    /// Name of the calendar.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Prague office")]
    pub name: String,
    /// Whether this is the company calendar, by which projects measure business time. In paths, its identifier can also
    /// be `default`.
    pub company: bool,
    /// First day on which these settings apply, in their time zone.
    pub valid_from: Day,
    /// When the next planned settings come into force; null if no change is planned. Use `as_of` to get them.
    #[schema(required)]
    pub next_change_at: Option<UtcTime>,
    /// IANA time zone of all dates and times of day of the calendar.
    #[schema(max_length = 60, pattern = "^[A-Za-z0-9_+/-]+$", example = "Europe/Prague")]
    pub zone: String,
    /// Weekly opening periods, ordered by weekday and start.
    #[schema(max_items = 70)]
    pub opening_hours: Vec<OpeningPeriod>,
    /// Dates with their own opening hours, ordered by date.
    #[schema(max_items = 100)]
    pub special_hours: Vec<DayHours>,
    /// Region whose public holidays the calendar observes.
    pub public_holidays: PublicHolidays,
    /// When these settings were last changed.
    pub updated_at: UtcTime,
}

/// A calendar to create.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Support", "zone": "Europe/Prague", "public_holidays": "CZ",
    "opening_hours": [
        {"weekday": "monday", "opens": "08:00", "closes": "12:00"},
        {"weekday": "monday", "opens": "13:00", "closes": "18:00"}
    ]
}))]
pub struct NewCalendar {
    /// Name of the calendar.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    #[validate(custom(function = "visible_name"))]
    pub name: String,
    /// IANA time zone of all dates and times of day of the calendar: a place such as `Europe/Prague`, or `UTC`.
    #[schema(max_length = 60, pattern = "^[A-Za-z0-9_+/-]+$")]
    pub zone: String,
    /// Weekly opening periods, several a day if necessary. Periods of one weekday must not overlap.
    #[schema(min_items = 1, max_items = 70)]
    pub opening_hours: Vec<OpeningPeriod>,
    /// Dates with their own opening hours.
    #[serde(default)]
    #[schema(nullable = false, max_items = 100)]
    pub special_hours: Option<Vec<DayHours>>,
    /// Region whose public holidays the calendar observes.
    pub public_holidays: PublicHolidays,
}

impl RequestBody for NewCalendar {}

/// A callback window, `HH:MM-HH:MM`, in local time of the calendar's time zone. The end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Window, max_length = 11, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", example = "10:00-11:00")]
pub struct WindowName(pub String);

/// Changes to a calendar (JSON Merge Patch). Absent fields do not change.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"special_hours": [
    {"date": "2099-12-31", "periods": [{"opens": "10:00", "closes": "12:00"}]}
]}))]
pub struct CalendarPatch {
    /// Name of the calendar. It changes at once, whatever `valid_from` is.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    #[validate(custom(function = "visible_name"))]
    pub name: Option<String>,
    /// First day on which the changed settings apply, in the time zone of the calendar; today or later, before the year
    /// 9999. If absent or today, they apply from now on. Settings that are planned for later days do not change. The
    /// day must begin after the settings before it and before those after it, which can have other time zones.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_from: Option<Day>,
    /// IANA time zone of all dates and times of day of the calendar: a place such as `Europe/Prague`, or `UTC`.
    #[serde(default)]
    #[schema(nullable = false, max_length = 60, pattern = "^[A-Za-z0-9_+/-]+$")]
    pub zone: Option<String>,
    /// The complete list of weekly opening periods, which replaces the previous list. Periods of one weekday must not
    /// overlap. At least one period must be as long as the windows of each queue with the calendar.
    #[serde(default)]
    #[schema(nullable = false, min_items = 1, max_items = 70)]
    pub opening_hours: Option<Vec<OpeningPeriod>>,
    /// The complete list of dates with their own opening hours, which replaces the previous list.
    #[serde(default)]
    #[schema(nullable = false, max_items = 100)]
    pub special_hours: Option<Vec<DayHours>>,
    /// Region whose public holidays the calendar observes.
    #[serde(default)]
    #[schema(nullable = false)]
    pub public_holidays: Option<PublicHolidays>,
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

/// The slots of a queue that start after the minimum notice and within the booking horizon, including full slots.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SlotList {
    /// The queue whose slots these are; null for a request in a queue that is not public.
    #[schema(required)]
    pub queue_id: Option<QueueId>,
    /// IANA time zone of `date` and `window`.
    #[schema(max_length = 60, pattern = "^[A-Za-z0-9_+/-]+$", example = "Europe/Prague")]
    pub zone: String,
    /// The slots, in order of their start.
    #[schema(max_items = 3000)]
    pub data: Vec<SlotBody>,
}
