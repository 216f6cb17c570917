//! Shared projects: equal sponsors, joint approval, balanced teams, one owner for every area.

pub mod approvals;
pub mod decisions;
pub mod inbox;
pub mod lifecycle;
pub mod memberships;
pub mod ownership;
pub mod partnership;
pub mod projects;
pub mod releases;
pub mod responses;
pub mod states;
