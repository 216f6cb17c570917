//! The life of a project: what signs, starts, stops, changes and closes it, by all its sides.
//!
//! Rules: a project runs from the moment all sides have signed the charter and nothing is left on its
//! readiness list; it is stopped by any side, goes on and closes by all, and is closed when everybody
//! has returned. Here are the use cases that need more than the project itself.

pub(crate) mod amendment;
mod closure_report;
mod dto;
pub(crate) mod joint;
mod readiness;
mod revise_charter;
mod routes;
pub(crate) mod scheduled;
mod service;
mod sponsors;

pub(crate) use routes::configure;
