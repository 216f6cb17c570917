//! The company calendar: when agents call, and which windows visitors can choose.
//!
//! Rules: there is one calendar; everybody may read it, administrators change it; Czech public
//! holidays are closed by law, further days by a closure ([`closed_days`]); a slot is bookable when it is in time, inside
//! the horizon and has capacity left; the database does not let a slot be oversold.

pub(crate) mod capacity;
pub(crate) mod closed_days;
mod dto;
pub(crate) mod holidays;
mod routes;
pub(crate) mod rules;
pub(crate) mod service;
pub(crate) mod slots;
mod store;

pub use dto::{SlotBody, Weekday, WindowName};
pub use routes::configure;
