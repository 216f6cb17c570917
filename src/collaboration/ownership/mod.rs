//! Ownership: who is accountable for which area of a project, and when.
//!
//! Rules: the charter defines which side owns an area, an assignment defines which person; at most one person is
//! accountable at a time, which a database constraint enforces; accountable and responsible people are members of the
//! owning side on all days of the assignment. Intervals are half-open days, `[from, to)`, like those of projects and
//! memberships: intervals that touch hand over without a gap and without a second owner, and days are never compared
//! with instants.

mod assign;
pub(crate) mod check_coverage;
pub(crate) mod conflict_events;
mod conflicts;
pub(crate) mod coverage;
pub(crate) mod disputes;
pub(crate) mod dto;
mod filter;
pub(crate) mod handover;
mod lookup;
mod mapping;
mod move_area;
mod owners;
mod responsibility;
mod routes;
pub(crate) mod service;
mod store;
pub mod transfers;

pub(crate) use dto::{AreaCoverage, AssignmentBody, ConflictBody, Coverage, CoverageQuery, Successor};
pub(crate) use routes::configure;
