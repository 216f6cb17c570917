//! Memberships: who works in a project, for which side, and until when.
//!
//! Rules: nobody is a member before they have accepted role and dates; a member keeps the home
//! position they came from and answers to the sponsors of all sides; on any day a person has at
//! most one membership in a project, which the database sees to; what time brings (active,
//! returning, expired) is computed when read; whoever was away returns, and says so.

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

pub(crate) use dto::{MembershipBatch, MembershipBody, Parity};
pub(crate) use routes::{configure, configure_returns};
