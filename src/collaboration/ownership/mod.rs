//! Ownership: who answers for which area of a project, and when.
//!
//! Rules: the charter says which side owns an area, an assignment says who; exactly one person is
//! accountable at a time, which the databases see to; accountable and responsible people are
//! members of the owning side on all of those days. Intervals are half-open days, `[from, to)`,
//! like those of projects and memberships: touching ones hand over without a gap or a second
//! owner, and no comparison mixes days with instants.

mod assign;
pub(crate) mod check_coverage;
mod conflicts;
pub(crate) mod coverage;
pub(crate) mod disputes;
pub(crate) mod dto;
mod filter;
pub(crate) mod handover;
mod mapping;
mod move_area;
mod owners;
mod responsibility;
mod routes;
pub(crate) mod service;
mod store;
pub mod transfers;

pub(crate) use dto::{AreaCoverage, AssignmentBody, Coverage, CoverageQuery, Successor};
pub(crate) use routes::configure;
