//! Offboarding: what a person who leaves the company would leave behind, and recording that they left.
//!
//! Rules: nothing is reassigned automatically; a deactivated person's sponsor positions count as vacant and their
//! memberships end, but their areas stay in their name until they are handed over.

mod dto;
mod routes;
mod service;

pub use routes::configure;
