//! Memberships: who works in a project, for which side, and until when.
//!
//! Rules: nobody is a member before they have accepted role and dates; a member keeps the home
//! position they came from and answers to the sponsors of all sides; on any day a person has at
//! most one membership in a project, which the database sees to; what time brings (active,
//! returning, expired) is computed when read; whoever was away returns, and says so.

pub mod change;
mod dto;
pub mod invite;
mod mapping;
pub mod member;
pub mod neutrality;
pub mod parity;
mod respond;
pub mod returning;
mod routes;
pub mod scheduled;
pub mod service;
pub mod shorten;
pub mod state;
mod store;

pub use dto::{MembershipBatch, MembershipBody, Parity, SideStrength};
pub use routes::{configure, configure_returns};
