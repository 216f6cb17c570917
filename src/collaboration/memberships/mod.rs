//! Memberships: who works in a project, for which side, and for how long.
//!
//! Rules: a person becomes a member only after accepting role and dates; a member keeps their regular position and
//! reports to the sponsors of all sides; on any day a person has at most one membership in a project, which a database
//! constraint enforces; states that follow from time (active, returning, expired) are computed when read; every member
//! who was active confirms the return to the regular position.

pub(crate) mod change;
pub(crate) mod dto;
mod invite;
mod mapping;
pub(crate) mod member;
pub(crate) mod neutrality;
pub(crate) mod parity;
mod respond;
pub(crate) mod returning;
mod routes;
pub(crate) mod scheduled;
pub(crate) mod service;
pub mod state;
mod store;
pub(crate) mod team;
mod update;

pub(crate) use dto::{MembershipBatch, MembershipBody, Parity};
pub(crate) use routes::{configure, configure_returns};
pub(crate) use store::{Membership, TeamMember, took_part_for_side};
