//! Closures: days on which the company does not work, in addition to weekends and public holidays.
//!
//! Rules: a day is closed once; administrators close and open it, one by one or from an iCalendar
//! file (`ics`); what visitors have booked on a day that is closed later is flagged, and nothing is
//! moved.

mod dto;
mod ics;
mod routes;
mod rows;
mod service;
mod store;

pub use routes::configure;
pub use service::Observer;
