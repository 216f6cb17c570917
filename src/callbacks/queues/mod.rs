//! Queues: each is the work of one team, with a calendar and rules for booking and calling.
//!
//! Rules: visitors reach the public queue of their intent, of which there is at most one; administrators change queues;
//! the settings have versions, so that slots of a day follow the settings of that day; everything else has none and
//! changes at once, except the key, which never changes.

mod dto;
mod enums;
mod phone_region;
mod present;
mod routes;
mod rows;
mod service;
mod store;

pub use enums::{CallbackIntent, CapacitySource};
pub use phone_region::PhoneRegion;
pub use present::{PresentQueue, rules_over_time};
pub use routes::configure;
pub use rows::{Queue, QueueSettings};
pub use service::{
    Topic, calendars, common_region, exist, present, present_with, return_times, topics, window_faults, zones,
};
pub use store::Which;
