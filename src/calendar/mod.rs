//! The company calendar: when agents call, and which windows visitors can choose.
//!
//! Rules: there is one calendar; everybody may read it, administrators change it; Czech public
//! holidays are closed by law, further days by a closure ([`closed_days`]); a slot is bookable when it is in time, inside
//! the horizon and has capacity left; the database does not let a slot be oversold.

pub mod capacity;
pub mod closed_days;
mod dto;
pub mod holidays;
mod routes;
pub mod rules;
pub mod service;
pub mod slots;
mod store;

pub use dto::{SlotBody, Weekday, WindowName};
pub use routes::configure;
