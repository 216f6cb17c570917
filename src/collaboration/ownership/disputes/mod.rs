//! Disputes about the ownership of areas.
//!
//! Rules: while an area is disputed, its ownership cannot change and the current owner stays accountable; an area has
//! at most one open dispute; a dispute is settled by the approval of all sides or, after the deadline, by an
//! arbiter, whom no side names alone (see `arbitration`); the outcome is recorded as a decision.

mod dto;
mod filter;
pub(crate) mod guard;
mod mapping;
mod raise;
mod routes;
pub(crate) mod service;
mod store;

pub(crate) use dto::DisputeBody;
pub(crate) use routes::configure;
