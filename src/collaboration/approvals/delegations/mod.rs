//! Delegations: people who respond to approvals for a sponsor during a period.
//!
//! Rules: a sponsor delegates to a person of the same department, for at most 90 days. A side has at most one delegate
//! at a time, a person is a delegate of at most one side of a project at a time, and a delegate cannot delegate
//! further. A delegation is revoked when its sponsor is replaced or removed.

mod dto;
mod filter;
mod mapping;
mod routes;
pub(crate) mod service;
mod store;

pub(crate) use dto::DelegationBody;
pub(crate) use routes::configure;
