//! Lifecycle of a project: signing and amending the charter, activation, hold, resumption, closing and cancellation.
//!
//! Rules: a project can be activated once all sides have signed the charter and readiness has no blockers. Any side can
//! put it on hold for a limited time; resuming and closing it, and cancelling it once it was active, need the approval
//! of all sides. It is closed when every member has returned and the closure report exists. This module holds the use
//! cases that need more than the `projects` module.

pub(crate) mod amendment;
pub(crate) mod arbiters;
mod closure_report;
mod dto;
pub(crate) mod hold;
pub(crate) mod joint;
mod lead;
mod readiness;
mod revise_charter;
mod routes;
pub(crate) mod scheduled;
mod service;
mod side_changes;
pub(crate) mod sponsor_handover;
mod sponsor_rules;
mod sponsors;

pub(crate) use routes::configure;
