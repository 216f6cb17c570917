//! Shared projects: equal sponsors, joint approval, balanced teams, one accountable owner for every area.
//!
//! Each module imports only modules below it. From the bottom: projects, approvals, memberships, arbitration,
//! decisions, ownership, releases, reminders, lifecycle, responses. `partnership`, `inbox` and `evidence` only read.

pub(crate) mod approvals;
pub(crate) mod arbitration;
pub mod decisions;
pub mod evidence;
pub(crate) mod gauges;
pub(crate) mod inbox;
pub(crate) mod lifecycle;
pub mod memberships;
pub mod ownership;
pub(crate) mod partnership;
pub mod projects;
pub(crate) mod releases;
pub(crate) mod reminders;
pub(crate) mod responses;
pub(crate) mod states;
