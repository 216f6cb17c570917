//! Disputes: a side contests who owns an area.
//!
//! Rules: while an area is disputed nothing about its owner changes, and the present owner stays
//! accountable; one dispute for an area at a time; it is settled by the consent of all sides, or by
//! the arbiter who was named, once the deadline has passed; the outcome is kept as a decision.

mod dto;
mod filter;
pub(crate) mod guard;
mod mapping;
mod raise;
mod routes;
pub(crate) mod service;
mod store;

pub(crate) use routes::configure;
pub(crate) use store::Dispute;
