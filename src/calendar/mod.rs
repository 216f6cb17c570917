//! Calendars: opening hours, public holidays, closed days, and the slots that visitors can book.
//!
//! Rules: one calendar is the company calendar, by which projects measure business time; queues use any calendar;
//! everyone can read calendars, and administrators change them and add closed days ([`closed_days`]); a slot is
//! bookable if it starts late enough, is inside the horizon of its queue and has capacity left; the database prevents
//! overbooking. The settings have versions: what has been measured or promised does not change with them.

pub(crate) mod booking;
pub(crate) mod capacity;
pub(crate) mod closed_days;
mod dto;
pub(crate) mod holidays;
pub(crate) mod hours;
mod opening;
pub(crate) mod planned;
pub(crate) mod public_holidays;
mod reference;
mod routes;
pub(crate) mod rows;
pub(crate) mod rules;
pub(crate) mod service;
mod slot_store;
pub(crate) mod slots;
pub(crate) mod staffing;
mod store;
mod versions;
mod zones;

pub use dto::{SlotBody, SlotList, Weekday, WindowName};
pub use reference::CalendarRef;
pub use routes::configure;
pub use service::HoursObserver;
