//! Delegations: who answers in place of a sponsor, on which days.
//!
//! Rules: a sponsor names somebody of the own department, for 90 days at most; a side has one
//! delegate at a time, nobody is a delegate of two sides, and a delegate names no delegate; a
//! delegation ends with the seat of the sponsor who gave it.

mod dto;
mod filter;
mod mapping;
mod routes;
pub(crate) mod service;
mod store;

pub(crate) use routes::configure;
