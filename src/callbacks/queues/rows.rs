//! Rows of the tables `queues` and `queue_versions`.

use diesel::prelude::*;

use super::enums::{CallbackIntent, CapacitySource};
use super::phone_region::PhoneRegion;
use crate::kernel::db::schema::{queue_versions, queues};
use crate::kernel::ids::{CalendarId, QueueId};
use crate::kernel::time::{Day, UtcTime};

/// A queue without its settings.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = queues, treat_none_as_default_value = false)]
pub struct Queue {
    pub id: QueueId,
    pub key: String,
    pub name: String,
    pub calendar_id: CalendarId,
    /// The country of phone numbers without a country code.
    pub default_region: String,
    pub sales: bool,
    pub technical_support: bool,
    pub public: bool,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl Queue {
    /// Whether the queue accepts requests with this intent.
    #[must_use]
    pub fn accepts(&self, intent: CallbackIntent) -> bool {
        match intent {
            CallbackIntent::Sales => self.sales,
            CallbackIntent::TechnicalSupport => self.technical_support,
        }
    }

    /// Returns the region of phone numbers without a country code.
    #[must_use]
    pub fn region(&self) -> PhoneRegion {
        self.default_region.parse().unwrap_or_default()
    }

    /// Returns the intents that the queue accepts.
    #[must_use]
    pub fn intents(&self) -> Vec<CallbackIntent> {
        CallbackIntent::ALL.iter().copied().filter(|intent| self.accepts(*intent)).collect()
    }
}

/// Settings of a queue, in force from `starts_at` until the next ones begin.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = queue_versions, treat_none_as_null = true, treat_none_as_default_value = false)]
#[diesel(primary_key(queue_id, starts_at))]
pub struct QueueSettings {
    pub queue_id: QueueId,
    pub starts_at: UtcTime,
    /// When the next settings begin; `None` for the last ones.
    pub ends_at: Option<UtcTime>,
    /// Version of the queue that added these settings.
    pub version: i64,
    /// First day with these settings.
    pub valid_from: Day,
    pub window_minutes: i32,
    pub capacity_source: CapacitySource,
    pub window_capacity: i32,
    pub minimum_notice_minutes: i32,
    pub horizon_business_days: i32,
    pub asap_target_minutes: i32,
    pub handling_minutes: i32,
    pub max_attempts: i32,
    pub attempt_pause_minutes: i32,
    pub unrecorded_return_minutes: i32,
    pub recorded_at: UtcTime,
}
