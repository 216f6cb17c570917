//! The company calendar: opening hours, closed days, and the slots that visitors can book.
//!
//! Rules: there is one calendar; everyone can read it, and administrators change it; Czech public holidays are
//! always closed, and administrators add other closed days ([`closed_days`]); a slot is bookable if it starts
//! late enough, is inside the horizon and has capacity left; the database prevents overbooking. The settings have
//! versions: what has been measured or promised does not change with them.

pub(crate) mod capacity;
pub(crate) mod closed_days;
mod dto;
pub(crate) mod holidays;
mod reference;
mod routes;
pub(crate) mod rules;
pub(crate) mod service;
pub(crate) mod slots;
mod store;
mod versions;

pub use dto::{SlotBody, Weekday, WindowName};
pub use reference::CalendarRef;
pub use routes::configure;
