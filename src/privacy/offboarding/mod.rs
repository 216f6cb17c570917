//! Offboarding: the report about a person who leaves the company, the hand-over to successors, and the deactivation and
//! reactivation of people.
//!
//! Rules: nothing is reassigned automatically; a deactivated person's sponsor roles count as vacant and their
//! memberships end, but their areas stay assigned to them until they are transferred.

mod dto;
mod in_projects;
mod offboard;
mod offboard_dto;
mod remaining;
mod report;
mod routes;
mod service;
mod successors;

pub use routes::configure;
