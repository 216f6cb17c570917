//! The callback report: exact counts of kept and broken promises, and the time to the first call.
//!
//! Rules: a promise belongs to the day on which it is due; linked requests are one call and count
//! once; requests that visitors cancelled and abuse are not counted, and the report shows which agent cancelled them; a
//! promise whose time has passed without a call is broken, even if the scheduler has not recorded it yet; what visitors
//! said is counted next to it and changes none of these counts.

mod csv_text;
mod dto;
mod routes;
mod segments;
mod service;
mod store;
mod sums;

pub use routes::configure;
