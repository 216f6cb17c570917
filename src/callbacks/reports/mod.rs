//! Whether we call when we said we would: exact counts, and how fast the first attempt came.
//!
//! Rules: a promise belongs to the day on which it is due; linked requests are one call and count
//! once; what visitors cancelled and what was abuse is not counted; a promise whose time is over
//! without an attempt is broken, whether the scheduler has recorded it or not.

mod dto;
mod routes;
mod service;
mod store;

pub use routes::configure;
