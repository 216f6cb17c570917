//! Delegations: people who respond to approvals for a sponsor during a period.
//!
//! Rules: a sponsor delegates to a person of the same department, for at most 90 days, in one project or in all
//! projects in which the sponsor represents the department. A side has at most one delegate of its own at a time, and a
//! sponsor at most one for all projects. A person is a delegate of at most one department at a time, also across
//! projects, so that no two delegations make a person respond for two sides. A delegate cannot delegate further. A
//! delegation in one project is revoked when its sponsor is replaced or removed; one for all projects then no longer
//! concerns that side. Each project concerned records one for all projects, too.

mod create;
mod dto;
mod filter;
mod mapping;
pub(crate) mod notices;
mod routes;
pub(crate) mod service;
mod store;

pub(crate) use dto::{DelegationBody, DelegationNotice};
pub(crate) use routes::configure;
