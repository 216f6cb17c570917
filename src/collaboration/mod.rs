//! Shared projects: equal sponsors, joint approval, balanced teams, one owner for every area.

pub(crate) mod approvals;
pub mod decisions;
pub(crate) mod inbox;
pub(crate) mod lifecycle;
pub mod memberships;
pub mod ownership;
pub(crate) mod partnership;
pub mod projects;
pub(crate) mod releases;
pub(crate) mod responses;
pub(crate) mod states;
