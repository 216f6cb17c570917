//! Closed days of a calendar, in addition to weekends and public holidays.
//!
//! Rules: a day can be closed only once in a calendar; administrators add and remove closed days, one by one or from an
//! iCalendar file (`ics`); requests on a day that is closed later are flagged, but not moved.

mod dto;
pub(crate) mod ics;
mod routes;
mod rows;
mod service;
mod store;

pub use routes::configure;
pub use service::Observer;
