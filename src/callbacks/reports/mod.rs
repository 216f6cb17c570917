//! The callback report: exact counts of kept and broken promises, and the time to the first call.
//!
//! Rules: a promise belongs to the day on which it is due; linked requests are one call and count
//! once; requests that visitors cancelled and abuse are not counted; a promise whose time has passed
//! without a call is broken, even if the scheduler has not recorded it yet.

mod dto;
mod routes;
mod service;
mod store;

pub use routes::configure;
