//! Queues in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::enums::{CallbackIntent, CapacitySource};
use super::rows::{Queue, QueueSettings};
use crate::kernel::http::body::{RequestBody, visible_name};
use crate::kernel::ids::{CalendarId, QueueId};
use crate::kernel::time::{Day, UtcTime};

/// A queue of callback requests: the work of one team, with a calendar and rules for booking and calling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Queue)]
pub struct QueueBody {
    /// Unique identifier of the queue.
    pub id: QueueId,
    /// Key of the queue, for forms and parameters. It never changes.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$", example = "sales")]
    pub key: String,
    /// Name of the queue, for people.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Sales")]
    pub name: String,
    /// Intents that the queue accepts.
    #[schema(max_items = 2)]
    pub intents: Vec<CallbackIntent>,
    /// Whether requests of visitors with these intents go to this queue.
    pub public: bool,
    /// The calendar of the queue.
    pub calendar_id: CalendarId,
    /// Country to which phone numbers without a country code belong (ISO 3166-1).
    #[schema(min_length = 2, max_length = 2, pattern = "^[A-Z]{2}$", example = "CZ")]
    pub default_region: String,
    /// First day on which these settings apply, in the time zone of the calendar.
    pub valid_from: Day,
    /// When the next planned settings come into force; null if no change is planned. Use `as_of` to get them.
    #[schema(required)]
    pub next_change_at: Option<UtcTime>,
    /// Where the capacity of a slot comes from.
    pub capacity_source: CapacitySource,
    /// Length of a callback window, in minutes. The calendar must have an opening period of at least this length.
    #[schema(format = Int32, minimum = 15, maximum = 240)]
    pub window_minutes: i32,
    /// How many calls can be booked in a slot if `capacity_source` is `fixed`. Existing bookings above the
    /// capacity are kept.
    #[schema(format = Int32, minimum = 1, maximum = 1000)]
    pub window_capacity: i32,
    /// Minimum time between booking and the start of a slot, in minutes.
    #[schema(format = Int32, minimum = 0, maximum = 1440)]
    pub minimum_notice_minutes: i32,
    /// Booking horizon: how many business days can be booked, including today.
    #[schema(format = Int32, minimum = 1, maximum = 30)]
    pub horizon_business_days: i32,
    /// Time within which a call as soon as possible is promised, in minutes within opening hours. With the
    /// capacity source `roster`, the promise is later if the agents on duty cannot keep it.
    #[schema(format = Int32, minimum = 1, maximum = 1440)]
    pub asap_target_minutes: i32,
    /// Average time that an agent needs for a call, including the work after it, in minutes.
    #[schema(format = Int32, minimum = 1, maximum = 240)]
    pub handling_minutes: i32,
    /// Maximum number of calls to a visitor. If none of them reaches the visitor, the request becomes `unreachable`.
    #[schema(format = Int32, minimum = 1, maximum = 10)]
    pub max_attempts: i32,
    /// Minimum time between the starts of two calls to a visitor, in minutes.
    #[schema(format = Int32, minimum = 0, maximum = 10080)]
    pub attempt_pause_minutes: i32,
    /// Time after which an assigned request that is due returns to the queue if it has not changed, in minutes.
    #[schema(format = Int32, minimum = 60, maximum = 10080)]
    pub unrecorded_return_minutes: i32,
    /// When these settings were last changed.
    pub updated_at: UtcTime,
}

impl QueueBody {
    /// Creates the body of a queue with settings.
    pub fn new(queue: &Queue, settings: &QueueSettings) -> Self {
        Self {
            id: queue.id,
            key: queue.key.clone(),
            name: queue.name.clone(),
            intents: queue.intents(),
            public: queue.public,
            calendar_id: queue.calendar_id,
            default_region: queue.default_region.clone(),
            valid_from: settings.valid_from,
            next_change_at: settings.ends_at,
            capacity_source: settings.capacity_source,
            window_minutes: settings.window_minutes,
            window_capacity: settings.window_capacity,
            minimum_notice_minutes: settings.minimum_notice_minutes,
            horizon_business_days: settings.horizon_business_days,
            asap_target_minutes: settings.asap_target_minutes,
            handling_minutes: settings.handling_minutes,
            max_attempts: settings.max_attempts,
            attempt_pause_minutes: settings.attempt_pause_minutes,
            unrecorded_return_minutes: settings.unrecorded_return_minutes,
            updated_at: settings.recorded_at.max(queue.updated_at),
        }
    }
}

/// A queue to create. Absent settings have the values of the queues that exist from the start.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"key": "key-accounts", "name": "Key accounts", "intents": ["sales"], "calendar_id": CalendarId::demo(1)}))]
pub struct NewQueue {
    /// Key of the queue, for forms and parameters. It never changes.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    pub key: String,
    /// Name of the queue, for people.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    #[validate(custom(function = "visible_name"))]
    pub name: String,
    /// Intents that the queue accepts, each once.
    #[schema(min_items = 1, max_items = 2)]
    pub intents: Vec<CallbackIntent>,
    /// Whether requests of visitors with these intents go to this queue. If absent, false. Each intent has at most one
    /// public queue.
    #[serde(default)]
    #[schema(nullable = false)]
    pub public: Option<bool>,
    /// The calendar of the queue.
    pub calendar_id: CalendarId,
    /// Country to which phone numbers without a country code belong (ISO 3166-1). If absent, `CZ`.
    #[serde(default)]
    #[schema(nullable = false, min_length = 2, max_length = 2, pattern = "^[A-Z]{2}$")]
    pub default_region: Option<String>,
    /// Where the capacity of a slot comes from. If absent, `fixed`.
    #[serde(default)]
    #[schema(nullable = false)]
    pub capacity_source: Option<CapacitySource>,
    /// Length of a callback window, in minutes. The calendar must have an opening period of at least this
    /// length. If absent, 60.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 15, maximum = 240)]
    pub window_minutes: Option<i32>,
    /// How many calls can be booked in a slot if `capacity_source` is `fixed`. Existing bookings above the
    /// capacity are kept. If absent, 3.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1000)]
    pub window_capacity: Option<i32>,
    /// Minimum time between booking and the start of a slot, in minutes. If absent, 15.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 0, maximum = 1440)]
    pub minimum_notice_minutes: Option<i32>,
    /// Booking horizon: how many business days can be booked, including today. If absent, 10.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 30)]
    pub horizon_business_days: Option<i32>,
    /// Time within which a call as soon as possible is promised, in minutes within opening hours. With the
    /// capacity source `roster`, the promise is later if the agents on duty cannot keep it. If absent, 30.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1440)]
    pub asap_target_minutes: Option<i32>,
    /// Average time that an agent needs for a call, including the work after it, in minutes. If absent, 15.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 240)]
    pub handling_minutes: Option<i32>,
    /// Maximum number of calls to a visitor. If none of them reaches the visitor, the request becomes `unreachable`.
    /// If absent, 3.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 10)]
    pub max_attempts: Option<i32>,
    /// Minimum time between the starts of two calls to a visitor, in minutes. If absent, 60.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 0, maximum = 10080)]
    pub attempt_pause_minutes: Option<i32>,
    /// Time after which an assigned request that is due returns to the queue if it has not changed, in minutes. If
    /// absent, 480.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 60, maximum = 10080)]
    pub unrecorded_return_minutes: Option<i32>,
}

impl RequestBody for NewQueue {}

/// Changes to a queue (JSON Merge Patch). Absent fields do not change. `name`, `intents`, `public`, `calendar_id` and
/// `default_region` change at once, whatever `valid_from` is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"window_capacity": 4, "minimum_notice_minutes": 30}))]
pub struct QueuePatch {
    /// First day on which the changed settings apply, in the time zone of the calendar; today or later, before the year
    /// 9999. If absent or today, they apply from now on. Settings that are planned for later days do not change. The
    /// day must begin after the settings before it and before those after it.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_from: Option<Day>,
    /// Name of the queue, for people.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    #[validate(custom(function = "visible_name"))]
    pub name: Option<String>,
    /// The complete list of intents that the queue accepts, each once.
    #[serde(default)]
    #[schema(nullable = false, min_items = 1, max_items = 2)]
    pub intents: Option<Vec<CallbackIntent>>,
    /// Whether requests of visitors with these intents go to this queue. Each intent has at most one public queue.
    #[serde(default)]
    #[schema(nullable = false)]
    pub public: Option<bool>,
    /// The calendar of the queue. Existing callback requests keep their promised time.
    #[serde(default)]
    #[schema(nullable = false)]
    pub calendar_id: Option<CalendarId>,
    /// Country to which phone numbers without a country code belong (ISO 3166-1).
    #[serde(default)]
    #[schema(nullable = false, min_length = 2, max_length = 2, pattern = "^[A-Z]{2}$")]
    pub default_region: Option<String>,
    /// Where the capacity of a slot comes from.
    #[serde(default)]
    #[schema(nullable = false)]
    pub capacity_source: Option<CapacitySource>,
    /// Length of a callback window, in minutes. The calendar must have an opening period of at least this length.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 15, maximum = 240)]
    pub window_minutes: Option<i32>,
    /// How many calls can be booked in a slot if `capacity_source` is `fixed`. Existing bookings above the
    /// capacity are kept.
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
    /// Time within which a call as soon as possible is promised, in minutes within opening hours. With the
    /// capacity source `roster`, the promise is later if the agents on duty cannot keep it.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1440)]
    pub asap_target_minutes: Option<i32>,
    /// Average time that an agent needs for a call, including the work after it, in minutes.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 240)]
    pub handling_minutes: Option<i32>,
    /// Maximum number of calls to a visitor. If none of them reaches the visitor, the request becomes `unreachable`.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 10)]
    pub max_attempts: Option<i32>,
    /// Minimum time between the starts of two calls to a visitor, in minutes.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 0, maximum = 10080)]
    pub attempt_pause_minutes: Option<i32>,
    /// Time after which an assigned request that is due returns to the queue if it has not changed, in minutes.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 60, maximum = 10080)]
    pub unrecorded_return_minutes: Option<i32>,
}

impl RequestBody for QueuePatch {}

/// Selects the settings of a queue.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// Day whose settings are returned, in the past or in the future. If the settings changed on this day, the last
    /// ones are returned. If absent, the settings that are in force now are returned.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}
